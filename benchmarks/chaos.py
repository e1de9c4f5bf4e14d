"""Question: is anybody lost or written to twice when publishers are killed at any moment?

Input: plans of 400 people, a simulated SES with seeded faults; publishers that kill themselves
with SIGKILL before the claim, between claim and POST, and between POST and settling.

    python benchmarks/chaos.py --kills 1000 --seed 1
    python benchmarks/chaos.py --kills 200 --publishers 2 --url postgresql://…
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.chaos.chaos import chaos  # the tests are no package that is installed


def main() -> None:
    """Run chaos and fail if anybody was lost or repeated."""
    parser = argparse.ArgumentParser(description="Kill publishers and count the letters.")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--publishers", type=int, default=1)
    parser.add_argument("--url", default="", help="state database (PostgreSQL for several)")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        verdict = chaos(
            Path(folder),
            kills=options.kills,
            seed=options.seed,
            publishers=options.publishers,
            url=options.url,
        )
    print(f"{verdict}; {time.monotonic() - began:.0f} s, seed {options.seed}")
    raise SystemExit(0 if verdict.is_clean else 1)


if __name__ == "__main__":
    main()
