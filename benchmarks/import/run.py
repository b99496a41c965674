"""Time the import of real curves that were written as exports; each case in a process of its own.

    TSSHAPE_DATA=folder python benchmarks/import/run.py

The folder holds youku30, youtube15 and news144. Each is written as a table of samples, with a row for each count, and
as a sheet with a column for each step that holds what came in it. Memory is the most that the process had, Python and
its libraries included (some 200 MB before anything is read).
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

STEPS = {"youku30": "24h", "youtube15": "24h", "news144": "20min"}
OPTIONS = {"samples": [], "sheet": ["--counts", "per-step"]}


def main() -> None:
    """Write every export, import it in a new process, and print a table."""
    if len(sys.argv) > 1:
        _import(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
        return
    data = Path(os.environ["TSSHAPE_DATA"])
    print("| data | form | file, MB | counts | seconds | counts a minute | peak memory, MB |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, step in STEPS.items():
            curves = pd.read_parquet(data / name / "curves.parquet").set_index("id").astype("Int64")
            curves = curves.set_axis(range(1, curves.shape[1] + 1), axis=1)
            n_counts = int(curves.notna().to_numpy().sum())
            for form, options in OPTIONS.items():
                path = Path(folder) / f"{name}-{form}.csv"
                (_write_samples if form == "samples" else _write_sheet)(path, curves, step)
                command = [sys.executable, __file__, str(path), step, *options]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
                seconds, peak = map(float, done.stdout.split())
                size = path.stat().st_size / 1e6
                print(
                    f"| {name} | {form} | {size:.0f} | {n_counts:,} | {seconds:.1f} | {60 * n_counts / seconds:,.0f}"
                    f" | {peak:.0f} |",
                    flush=True,
                )


def _import(path: Path, step: str, options: list[str]) -> None:
    """Import a file; print the seconds that took and the most memory that this process had, in MB."""
    from tsshape import read_export  # noqa: PLC0415 - the caller does not need it

    started = time.perf_counter()
    read_export(path, step=step, **({"counts": options[1]} if options else {}))
    seconds = time.perf_counter() - started
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)


def _write_samples(path: Path, curves: pd.DataFrame, step: str) -> None:
    """Write a row for each count: id, posted, time and views. All posts go up at one time, which changes nothing."""
    table = curves.reset_index().melt("id", var_name="step", value_name="views").dropna()
    posted = pd.Timestamp("2016-02-01")
    times = posted + table["step"].astype("int64") * pd.Timedelta(step)
    table = table.assign(posted=f"{posted:%Y-%m-%dT%H:%M:%S}", time=times.dt.strftime("%Y-%m-%dT%H:%M:%S"))
    table[["id", "posted", "time", "views"]].to_csv(path, index=False)


def _write_sheet(path: Path, curves: pd.DataFrame, step: str) -> None:  # noqa: ARG001 - numbered steps need none
    """Write a row a post, with what came in each step."""
    known = curves.ffill(axis=1).fillna(0)
    came = known.diff(axis=1).fillna(known).where(curves.notna())
    came.rename(columns="step{:03d}".format).to_csv(path)


if __name__ == "__main__":
    main()
