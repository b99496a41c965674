"""Measure clusterings, forecasts and distances in blocks on Dask, and write RESULTS.md beside this file.

    python benchmarks/scale/run.py [--only NAME] [--n NUMBER] [--folder FOLDER]

Files lie in a temporary folder, of at most 30 GB, which is removed at the end. With `--only` the cases are run whose
name holds NAME; with the others that are in results.json they are written to RESULTS.md. With `--n` no case is larger
than NUMBER, and the tables are only printed. A case that fails is named at the end, and the others are run.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import clusterings
import curves
import distances
import forecasts
import tables

HERE = Path(__file__).parent
ROWS, PAGE = HERE / "results.json", HERE / "RESULTS.md"
MILLION = 1_000_000
CASES = {
    "local": clusterings.local,
    "kmeans": clusterings.on_dask,
    "equal": clusterings.equal,
    "pairwise": distances.written,
    "forecasts-local": forecasts.local,
    "forecasts": forecasts.on_dask,
}


@dataclass(frozen=True)
class Case:
    """One measurement: the key of its function in `CASES`, and what it is called with."""

    kind: str
    n: int
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What `--only` looks in."""
        return "-".join(map(str, [self.kind, *self.options.values(), self.n]))


def main() -> None:
    """Run the cases and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="NAME", help="cases whose name holds this, such as kmeans-dtw")
    parser.add_argument(
        "--n", type=int, metavar="NUMBER", help="no case with more curves or posts than this, and three kills"
    )
    parser.add_argument("--folder", type=Path, help="where the temporary folder is made")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case is not None:
        _measure(json.loads(options.case), options.folder)
        return
    kept = _read_rows() if options.n is None else {}
    failed = []
    with tempfile.TemporaryDirectory(prefix="tsshape-scale-", dir=options.folder) as folder:
        for name, row in _run(options.only, options.n, Path(folder)):
            if row is None:
                failed.append(name)
                continue
            print(json.dumps(row), file=sys.stderr, flush=True)
            kept[name] = row
            if options.n is None:
                _write_rows(kept)
    print(tables.page([*kept.values()], options.n))
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def _read_rows() -> dict[str, dict[str, Any]]:
    """Return what was measured before, by the name of the case."""
    rows: dict[str, dict[str, Any]] = json.loads(ROWS.read_text(encoding="utf-8")) if ROWS.exists() else {}
    return rows


def _write_rows(rows: dict[str, dict[str, Any]]) -> None:
    """Write what was measured, and the page."""
    ROWS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(tables.page([*rows.values()]), encoding="utf-8")


def _run(only: str, limit: int | None, folder: Path) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Give the name of each case and what it measured, None if it failed.

    Data of one kind lie on the disk at a time.
    """
    of_curves = [
        *(case for metric in clusterings.METRICS for case in _clusterings(metric)),
        *(Case("pairwise", 60_000, {"metric": metric}) for metric in clusterings.METRICS),
    ]
    of_posts = [
        Case("forecasts-local", forecasts.PART_ROWS),
        *(
            Case("forecasts", n, {"n_workers": workers})
            for n, workers in ((MILLION, 1), (MILLION, 2), (10 * MILLION, 2))
        ),
    ]
    for cases, write in ((of_curves, curves.write_parts), (of_posts, forecasts.write_parts)):
        chosen = _chosen(cases, only, limit)
        if chosen:
            with _written(folder / "parts", write, max(case.n for case in chosen)) as parts:
                yield from ((case.name, _start(case, parts)) for case in chosen)
    if only in "kills":
        printed = _output([str(HERE / "kills.py"), *(["--kills", "3"] if limit else [])])
        yield "kills", None if printed is None else {"kind": "kills", "printed": printed}


def _clusterings(metric: str) -> Iterator[Case]:
    """The cases of k-means under a metric."""
    for cores in (1, 2):
        yield Case("local", MILLION, {"metric": metric, "n_jobs": cores})
    yield Case("equal", MILLION, {"metric": metric})
    for millions in (1, 10, 50) if metric == "euclidean" else (1, 10):
        for cores in (1, 2):
            yield Case("kmeans", millions * MILLION, {"metric": metric, "n_workers": cores})


def _chosen(cases: list[Case], only: str, limit: int | None) -> list[Case]:
    """Return the cases that are asked for, each once."""
    if limit is not None:
        cases = [Case(case.kind, min(case.n, limit), case.options) for case in cases]
    return list({case.name: case for case in cases if only in case.name}.values())


@contextmanager
def _written(folder: Path, write: Any, n: int) -> Iterator[Path]:
    """Write data to a folder for the time of the block."""
    print(f"writing {n:,} rows", file=sys.stderr, flush=True)
    write(folder, n)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _start(case: Case, folder: Path) -> dict[str, Any] | None:
    """Run a case in a process of its own and return what it measured, None if it failed."""
    print(case.name, file=sys.stderr, flush=True)
    described = {"kind": case.kind, "n": case.n, **case.options}
    printed = _output([__file__, "--folder", str(folder), "--case", json.dumps(described)])
    return None if printed is None else described | json.loads(printed.splitlines()[-1])


def _output(arguments: list[str]) -> str | None:
    """Run a Python program and return what it prints, None if it failed."""
    done = subprocess.run([sys.executable, "-W", "ignore", *arguments], check=False, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


def _measure(case: dict[str, Any], folder: Path) -> None:
    """Run a case and print what it measured."""
    kind, n = case.pop("kind"), case.pop("n")
    size = {"n_posts": n} if kind.startswith("forecasts") else {"n_curves": n}
    print(json.dumps(CASES[kind](folder, **size, **case)))


if __name__ == "__main__":
    main()
