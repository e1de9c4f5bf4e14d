"""How close the publisher stays to the account's quota, by the simulator's own receipts.

Question: is the mean over a minute within 0.90-1.00 of the quota, and at most 1 % of calls
throttled, also where the account's bucket is smaller or larger than the publisher assumes?
Input: plans of people for a minute at each quota, a full simulator in a process of its own.

    python benchmarks/pace.py [--quotas 14,50,100,200] [--buckets 0.5,1,5] [--seconds 62]
"""

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from machine import machine, table, write_down
from simulator import simulator

from pismo import ses_sim


@dataclass(frozen=True)
class Measured:
    """What the receipts of one minute say."""

    share: float
    throttled: float
    calls: int


def measure(quota: float, bucket_s: float, seconds: float) -> Measured:
    """Publish for so long at a quota; the bucket holds what `bucket_s` seconds bring."""
    from pismo.publish import SystemClock, publish
    from tests.publish.plans import desk, ses_job

    settings = ses_sim.Settings(
        max_send_rate=quota,
        burst=max(1.0, quota * bucket_s),
        max_24_hour_send=-1,
        control_calls_per_second=None,
        keep_letters=1,
    )
    with simulator(settings) as running, tempfile.TemporaryDirectory() as folder:
        where = desk(Path(folder), int(quota * (seconds + 3)))
        publish(ses_job(where, running.endpoint, SystemClock()))
        where.ledger.close()
    began = running.calls[0][0]
    minute = [one for one in running.calls if one[0] < began + seconds - 2]
    return Measured(
        share=sum(accepted for _, accepted, _ in minute) / (quota * (seconds - 2)),
        throttled=sum(throttled > 0 for *_, throttled in minute) / len(minute),
        calls=len(minute),
    )


def main() -> None:
    """Measure every quota with every bucket, and write the table down."""
    parser = argparse.ArgumentParser(description="Compare receipts with the quota.")
    parser.add_argument("--quotas", default="14,50,100,200")
    parser.add_argument("--buckets", default="0.5,1,5")
    parser.add_argument("--seconds", type=float, default=62.0)
    options = parser.parse_args()
    rows = []
    for quota in map(float, options.quotas.split(",")):
        for bucket in map(float, options.buckets.split(",")):
            found = measure(quota, bucket, options.seconds)
            rows.append(
                [
                    f"{quota:g}/s",
                    f"{bucket:g} s",
                    found.calls,
                    f"{found.share:.3f}",
                    f"{found.throttled:.1%}",
                ]
            )
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    head = ["quota", "bucket holds", "calls", "mean / quota", "throttled calls"]
    question = "How close does the publisher stay to the account's quota?"
    write_down("pace", "Pace", question, [f"Machine: {machine()}.", table(head, rows)])


if __name__ == "__main__":
    main()
