"""A strict local Amazon SES v2 over HTTP, for the real boto3; tests and people look into it.

It stands alone and imports nothing else of pismo. In a test:

    with ses_sim.start(ses_sim.Settings(max_send_rate=14)) as sim:
        client = boto3.client("sesv2", endpoint_url=sim.url, region_name="us-east-1")
        ...
        assert sim.state.accepted_by_tag["delivery"]["d1"] == 1

What it knows, and where it guesses: docs/reference/ses-sim.md.
"""

from pismo.ses_sim.faults import Fault, FaultKind, FaultPlanError, read_plan
from pismo.ses_sim.running import RunningSim, run, start
from pismo.ses_sim.settings import BadEntry, Queue, Settings, Throttle
from pismo.ses_sim.state import Letter, Receipt, State

__all__ = [
    "BadEntry",
    "Fault",
    "FaultKind",
    "FaultPlanError",
    "Letter",
    "Queue",
    "Receipt",
    "RunningSim",
    "Settings",
    "State",
    "Throttle",
    "read_plan",
    "run",
    "start",
]
