"""Time fits and forecasts of real posts, and how they grow with the number of posts; write RESULTS.md beside this file.

    TSSHAPE_DATA=folder python benchmarks/forecast/run.py [--quick] [--before CHECKOUT]

The folder holds youku30 and youku_twostage_5days. With `--quick` nothing is larger than 2,000 posts; with `--before`
another checkout of the project runs each case in turn, and the seconds are compared. Only a full run without
`--before` writes the file.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cases import write_posts

CASES = Path(__file__).parent / "cases.py"
PROJECT = CASES.parents[2]
SMALL, LARGE = "youku30", "youku_twostage_5days"
TRAINING, QUICK_SIZES, SIZES = 18_000, (1_000, 2_000), (10_000, 30_000, 100_000, 300_000, 1_000_000)
LIBRARIES = ("lightgbm", "numpy", "pandas", "pyarrow", "scikit-learn")


def main() -> None:
    """Run every case and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="nothing larger than 2,000 posts")
    parser.add_argument("--before", type=Path, help="another checkout, which runs in turn with this one")
    options = parser.parse_args()
    data = Path(os.environ["TSSHAPE_DATA"])
    with tempfile.TemporaryDirectory() as folder:
        page = _page(_measure(data, Path(folder), options.before, quick=options.quick), options.before)
    print(page)
    if not options.quick and options.before is None:
        (CASES.parent / "RESULTS.md").write_text(page, encoding="utf-8")


def _measure(data: Path, folder: Path, before: Path | None, *, quick: bool) -> list[dict[str, Any]]:
    """Return a row for each case; the files lie in `folder`."""
    rows: list[dict[str, Any]] = []
    checkouts = {"": PROJECT} | ({} if before is None else {"before": before.resolve()})

    def run(name: str, case: str, n_posts: int, *arguments: str) -> None:
        found = {
            label: _run(root, case, *(each.replace("MODEL", f"{folder}/{label}.tsshape") for each in arguments))
            for label, root in checkouts.items()
        }
        rows.append({"name": name, "posts": n_posts, "before": found.get("before"), **found[""]})
        print(f"{name}, {n_posts:,} posts: {found['']['seconds']:.1f} s", file=sys.stderr, flush=True)

    training, n_training = folder / "training", QUICK_SIZES[-1] if quick else TRAINING
    write_posts(data / SMALL, n_training, training)
    run(f"fit, {SMALL}", "fit", n_training, str(training), "MODEL")
    for size in QUICK_SIZES if quick else SIZES:
        posts = folder / f"posts-{size}"
        write_posts(data / (SMALL if quick else LARGE), size, posts)
        for ending in (".parquet", ".csv"):
            name, out = f"forecasts with intervals to {ending}", f"{folder}/out{ending}"
            run(name, "predict", size, "MODEL", str(posts / "features.parquet"), out)
    for size in QUICK_SIZES if quick else SIZES:
        run("fit, growing", "fit", size, str(folder / f"posts-{size}"), f"{folder}/grown.tsshape")
    return rows


def _run(root: Path, case: str, *arguments: str) -> dict[str, Any]:
    """Run a case in a new process with the code of a checkout, and return what it measured."""
    command = [sys.executable, "-W", "ignore", str(CASES), case, *arguments]
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)  # noqa: S603
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _page(rows: list[dict[str, Any]], before: Path | None) -> str:
    """Return the results as Markdown."""
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    lines = [
        "# Speed of forecasts",
        "",
        f"Written by `make speed-forecast` with TSSHAPE_DATA naming a folder that holds `{SMALL}` and `{LARGE}`:",
        "each case in a process of its own, wall time. Fits are under the trimmed loss, in flight and with intervals,",
        "of posts with their authors; forecasts are those of `tsshape predict`, reading and writing included. More",
        "posts than the data have are the same ones under new ids. Memory is the most that the process took, its",
        "libraries included.",
        "",
        f"Machine: {_processor()}, {os.cpu_count()} cores. Versions: {versions}.",
        "",
        "| case | posts | seconds | peak memory, MB | file, MB |" + (" before, s | ratio |" if before else ""),
        "|---|--:|--:|--:|--:|" + ("--:|--:|" if before else ""),
    ]
    for row in rows:
        line = f"| {row['name']} | {row['posts']:,} | {row['seconds']:.1f} | {row['peak'] / 1e6:,.0f} | "
        line += f"{row['size'] / 1e6:.1f} |"
        if row["before"] is not None:
            line += f" {row['before']['seconds']:.1f} | {row['seconds'] / row['before']['seconds']:.2f} |"
        lines.append(line)
    lines += ["", "Stages of a fit, seconds:", "", "| posts | " + " | ".join(rows[0]["stages"]) + " |"]
    lines.append("|--:|" + "--:|" * len(rows[0]["stages"]))
    for row in rows:
        if "stages" in row:
            seconds = (f"{row['stages'].get(stage, 0):.1f}" for stage in rows[0]["stages"])
            lines.append(f"| {row['posts']:,} | " + " | ".join(seconds) + " |")
    return "\n".join([*lines, ""])


def _processor() -> str:
    """Return the processor's name."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    main()
