"""Check and time every contest, and write RESULTS.md beside this file."""

import sys
from pathlib import Path

import contests_averages
import contests_dtw
import contests_elastic
import contests_lockstep
import contests_series
import growth
from contest import Contest, Outcome, check, hold
from report import markdown

N_THREADS = (1, 2)


def main() -> None:
    """Everything, or the contests whose name holds the first argument (then nothing is written but to the screen)."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    modules = (contests_averages, contests_lockstep, contests_elastic, contests_dtw, contests_series)
    grown = [] if wanted else growth.rows()
    outcomes: list[Outcome] = []
    for module in modules:
        for contest in module.contests():
            if wanted in contest.name:
                outcomes += _hold(contest)
                # After every contest, so that a run that is cut short leaves what it has found.
                page = markdown(outcomes, grown)
                if not wanted:
                    (Path(__file__).parent / "RESULTS.md").write_text(page, encoding="utf-8")
    if wanted:
        print(page)


def _hold(contest: Contest) -> list[Outcome]:
    """A contest on every number of threads."""
    print(contest.name, contest.dtype, flush=True)
    check(contest)
    return [hold(contest, n_threads) for n_threads in N_THREADS]


if __name__ == "__main__":
    main()
