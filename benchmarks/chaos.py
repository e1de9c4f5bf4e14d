"""Is anybody lost or written to twice when publishers are killed at any moment, under faults?

Input:   plans of 400 people, a simulated SES with seeded faults; publishers that kill themselves
         with SIGKILL before the claim, between claim and POST, between POST and settling, or at a
         moment of no choice; run again until nobody waits; then SES's events are pulled.
Run:     make chaos                                  1,000 kills on SQLite, 1,000 on PostgreSQL
         python benchmarks/chaos.py --kills 50 --seed 7
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from machine import machine, table, write_down

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.chaos.chaos import Verdict, Window, chaos  # the tests are no package that is installed
from tests.postgresql import postgres_programs, running_postgres


def main() -> None:
    """Run chaos and fail if anybody was lost or repeated."""
    parser = argparse.ArgumentParser(description="Kill publishers and count the letters.")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    verdicts = [("SQLite, one publisher", _killed(options.kills, options.seed))]
    programs = postgres_programs()
    if programs is None:
        print("No PostgreSQL here: two publishers at once were not tried.", file=sys.stderr)
    else:
        with running_postgres(Path(programs)) as url:
            both = _killed(options.kills, options.seed, publishers=2, url=f"{url}/postgres")
        verdicts.append(("PostgreSQL, two at once", both))
    head = [
        "ledger", *(f"kills {window.value}" for window in Window), "publisher processes", "letters",
        "lost", "repeated", "accepted, not recorded", "recorded, not accepted",
        "in doubt, settled by events", "in doubt, listed",
    ]  # fmt: skip
    sections = [
        f"**Machine.** {machine()}; seed {options.seed}, {time.monotonic() - began:.0f} s.",
        table(head, [[name, *_cells(verdict)] for name, verdict in verdicts]),
    ]
    write_down("chaos", "Killed publishers", (__doc__ or "").split("\n")[0], sections)
    raise SystemExit(0 if all(verdict.is_clean for _, verdict in verdicts) else 1)


def _killed(kills: int, seed: int, *, publishers: int = 1, url: str = "") -> Verdict:
    with tempfile.TemporaryDirectory() as folder:
        verdict = chaos(Path(folder), kills=kills, seed=seed, publishers=publishers, url=url)
    print(verdict, file=sys.stderr)
    return verdict


def _cells(verdict: Verdict) -> list[object]:
    return [
        *(verdict.kills[window] for window in Window), verdict.runs, f"{verdict.letters:,}",
        verdict.lost, verdict.repeated, verdict.unrecorded, verdict.unaccepted,
        f"{verdict.settled_by_events:,}", f"{verdict.listed:,}",
    ]  # fmt: skip


if __name__ == "__main__":
    main()
