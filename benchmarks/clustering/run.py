"""Time every task in a process of its own, and write RESULTS.md beside this file."""

import json
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tasks

PEERS = ("scikit-learn", "aeon", "tslearn", "numba", "numpy")


def main() -> None:
    """Everything, or the tasks whose name holds the first argument (then nothing is written but to the screen)."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    if wanted.startswith("--task="):
        function = getattr(tasks, wanted.removeprefix("--task="))
        print(json.dumps(function()))
        return
    rows: list[dict[str, Any]] = []
    for task in tasks.TASKS:
        if wanted in task.__name__:
            print(task.__name__, flush=True)
            command = [sys.executable, "-W", "ignore", __file__, f"--task={task.__name__}"]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            rows += json.loads(done.stdout.splitlines()[-1])
            page = markdown(rows)
            if not wanted:
                (Path(__file__).parent / "RESULTS.md").write_text(page, encoding="utf-8")
    print(markdown(rows))


def markdown(rows: list[dict[str, Any]]) -> str:
    """The results as Markdown."""
    versions = ", ".join(f"{name} {version(name)}" for name in PEERS)
    lines = [
        "# Clustering speed", "",
        "Written by `make speed-clustering` with TSSHAPE_DATA naming a folder that holds `youku30`: each task in a",
        f"process of its own on {tasks.N_JOBS} threads, kernels compiled before, wall time of a fit, beside the peers",
        "in the same process; a ratio is a peer's time divided by tsshape's. Memory is the most that the process took",
        "up to then, the data and the libraries among it.", "",
        f"Machine: {processor()}, {tasks.N_JOBS} cores. Versions: {versions}.", "",
        "| task | tsshape | memory | peers | |", "|---|--:|--:|---|---|",
    ]  # fmt: skip
    for row in rows:
        ratios = ", ".join(
            f"{name} {seconds:,.1f} s: {seconds / row['seconds']:.1f} x" for name, seconds in row["peers"].items()
        )
        measured = f"{row['seconds']:.3g} s | {row['peak'] / 1e9:.2f} GB"
        lines.append(f"| {row['task']} | {measured} | {ratios} | {row['note']} |")
    return "\n".join([*lines, ""])


def processor() -> str:
    """The processor's name."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    main()
