"""Write a report: one HTML file from a folder that a verb has written."""

import base64
import hashlib
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from tsshape._errors import DataError
from tsshape._files import write_text
from tsshape.bench import RECORDS_FILE
from tsshape.report import _charts
from tsshape.report._bench import bench_page
from tsshape.report._clusters import PROTOTYPES_FILE, clusters_page
from tsshape.report._page import Page
from tsshape.report._selection import SELECTION_FILE, selection_page

# By the file that only the folder of this verb has.
_PAGES: dict[str, Callable[[Path], Page]] = {
    RECORDS_FILE: bench_page,
    PROTOTYPES_FILE: clusters_page,
    SELECTION_FILE: selection_page,
}


def write_report(run: str | Path, path: str | Path) -> None:
    """Write the results of a folder as one HTML file that needs neither a network nor another file.

    Parameters
    ----------
    run : path
        A folder that `tsshape.bench.run`, `tsshape bench`, `tsshape cluster` or `tsshape select-k` has written.
    path : path
        The HTML file. The same folder gives the same bytes.

    Raises
    ------
    DataError
        If the folder is none of these or a file is corrupted, which is named; nothing is written then.

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
    folder = Path(run)
    present = [name for name in _PAGES if (folder / name).exists()]
    if not present:
        raise DataError(f"{folder} is not a folder of `tsshape bench`, `cluster` or `select-k`")
    write_text(Path(path), _render(_PAGES[present[0]](folder)))


def _render(page: Page) -> str:
    """Return the page as HTML, with style and script."""
    templates = Environment(
        loader=PackageLoader("tsshape.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = (_asset(name) for name in ("report.css", "report.js"))
    html = templates.get_template(page.template).render(
        page=page,
        charts=_charts,
        style=style,
        script=script,
        style_hash=_content_hash(style),
        script_hash=_content_hash(script),
    )
    # Surrogates cannot be encoded in UTF-8; a name that holds one shows its number.
    return html.encode("utf-8", "backslashreplace").decode()


def _asset(name: str) -> str:
    """Return the text of a file of this package."""
    return resources.files("tsshape.report").joinpath("assets", name).read_text(encoding="utf-8")


def _content_hash(text: str) -> str:
    """Return the hash by which a content policy allows a text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
