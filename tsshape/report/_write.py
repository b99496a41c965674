"""Write a report: one HTML file from the folders that verbs have written."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from tsshape._errors import DataError
from tsshape._files import find_target, write_text
from tsshape.bench import RECORDS_FILE
from tsshape.report import _charts
from tsshape.report._bench import bench_part
from tsshape.report._clusters import PROTOTYPES_FILE, clusters_part
from tsshape.report._forecast import FORECAST_FILE, Forecast, Settings
from tsshape.report._opening import forecast_trust
from tsshape.report._page import Part
from tsshape.report._posts import forecast_part
from tsshape.report._running import say_running
from tsshape.report._selection import SELECTION_FILE, selection_part

# By the file that only the folder of this verb has, in the order in which a report shows them.
_PARTS: dict[str, Callable[[Path], Part]] = {
    FORECAST_FILE: forecast_part,
    PROTOTYPES_FILE: clusters_part,
    SELECTION_FILE: selection_part,
    RECORDS_FILE: bench_part,
}
_SCRIPTS = ("tables.js", "fan.js", "posts.js")


def write_report(run: str | Path | Sequence[str | Path], path: str | Path) -> None:
    """Write what folders hold as one HTML file that needs neither a network nor another file.

    The file opens with what matters in plain words. Of a forecast it lists the posts, each with the fan of its
    intervals. Tables and settings follow.

    Parameters
    ----------
    run : path or sequence of paths
        Folders that `tsshape predict --out FOLDER`, `tsshape cluster`, `tsshape select-k`, `tsshape bench` or
        `tsshape.bench.run` have written, in any mix.
    path : path
        The HTML file, also where a link leads. The same folders give the same bytes.

    Raises
    ------
    DataError
        If a folder is none of these or is given twice, a file is corrupted, which is named, or the path is no regular
        file; nothing is written then.

    Notes
    -----
    Names of posts and variants are shown as text. The content policy of the file lets a browser run its one script and
    load nothing.

    Examples
    --------
    >>> import tempfile, tsshape
    >>> from pathlib import Path
    >>> from tsshape.bench import Suite, run
    >>> folder = Path(tempfile.mkdtemp())
    >>> posts = tsshape.simulate_spid(60, n_times=5, random_state=0)
    >>> _ = run(Suite(name="baselines", variants=(), n_runs=2), posts, folder / "run")
    >>> write_report(folder / "run", folder / "report.html")
    >>> (folder / "report.html").read_text().startswith("<!doctype html>")
    True
    """
    target = find_target(Path(path))
    folders = [Path(each) for each in ([run] if isinstance(run, str | Path) else run)]
    if not folders:
        raise DataError("a report needs at least one folder")
    for position, folder in enumerate(folders):
        if folder.resolve() in [other.resolve() for other in folders[:position]]:
            raise DataError(f"{folder} is given twice")
    markers = [_marker(folder) for folder in folders]
    order = sorted(range(len(folders)), key=lambda position: [*_PARTS].index(markers[position]))
    write_text(target, _render([(folders[each].name, _PARTS[markers[each]](folders[each])) for each in order]))


def _marker(folder: Path) -> str:
    """Return the file that tells which verb has written a folder."""
    present = [name for name in _PARTS if (folder / name).exists()]
    if not present:
        raise DataError(f"{folder} is not a folder of `tsshape predict`, `cluster`, `select-k` or `bench`")
    return present[0]


def _render(parts: list[tuple[str, Part]]) -> str:
    """Return the parts of folders, each with the folder's name, as HTML with style and script."""
    import tsshape  # noqa: PLC0415 - the package is being imported when this file is

    templates = Environment(
        loader=PackageLoader("tsshape.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = _asset("report.css")
    script = "\n".join(['"use strict";', *map(_asset, _SCRIPTS), 'document.body.classList.add("ready");\n'])
    html = templates.get_template("report.html.jinja").render(
        parts=[_values(position, *each) for position, each in enumerate(parts)],
        title=parts[0][1].title,
        opening=_opening(parts),
        version=tsshape.__version__,
        charts=_charts,
        style=style,
        script=script,
        style_hash=_content_hash(style),
        script_hash=_content_hash(script),
    )
    # Surrogates cannot be encoded in UTF-8; a name that holds one shows its number.
    return html.encode("utf-8", "backslashreplace").decode()


def _values(position: int, folder: str, part: Part) -> dict[str, Any]:
    """Return what the templates know of a part; the suffix keeps the ids of elements apart."""
    return {"folder": folder, "page": part, "suffix": f"-{position + 1}" if position else ""}


def _opening(parts: Sequence[tuple[str, Part]]) -> list[str]:
    """Return the sentences that open the report: of the forecasts first, and how far to trust them.

    Forecasts say themselves which kinds of life they have; other clusterings beside them are details.
    """
    forecasts = [part.content["forecast"] for _, part in parts if part.kind == "forecast"]
    of_run = next((part.content["trust"] for _, part in parts if part.kind == "bench"), "")
    sentences: list[str] = []
    for folder, part in parts:
        if part.kind == "forecast":
            first, *others = part.opening
            forecast = part.content["forecast"]
            sentences += [f"{folder}: {first}" if len(forecasts) > 1 else first, *others]
            sentences.append(forecast_trust(_measured(forecast.settings, forecasts), of_run))
            sentences += filter(None, [say_running(other, forecast) for other in forecasts])
        elif part.kind == "bench" or not forecasts:
            sentences += part.opening
    # What a run measured is said once, and not beside what was measured for the model of the forecast itself.
    known = any(forecast.settings.measured_coverage is not None for forecast in forecasts)
    quoting = any(of_run in sentence and sentence != of_run for sentence in sentences)
    return [*dict.fromkeys(sentence for sentence in sentences if sentence != of_run or not (known or quoting))]


def _measured(settings: Settings, forecasts: Sequence[Forecast]) -> Settings:
    """Return settings of the same model and coverage for which the coverage was measured, if there are any."""
    same = [
        other.settings
        for other in forecasts
        if (other.settings.model, other.settings.coverage) == (settings.model, settings.coverage)
    ]
    measured = [each for each in (settings, *same) if each.measured_coverage is not None]
    return measured[0] if measured else settings


def _asset(name: str) -> str:
    """Return the text of a file of this package."""
    return resources.files("tsshape.report").joinpath("assets", name).read_text(encoding="utf-8")


def _content_hash(text: str) -> str:
    """Return the hash by which a content policy allows a text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
