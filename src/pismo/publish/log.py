"""What happened, for machines: one JSON object a line, without anything personal.

Deliveries appear as counts and codes. Whoever needs names asks the ledger: `publish --who STATE`.
"""

import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

ALERT_TIMEOUT_S = 20


class Log(Protocol):
    """Where a publisher tells what it does."""

    def write(self, event: str, now: datetime, **fields: object) -> None:
        """Add one line."""
        ...


class FileLog:
    """Lines in `.pismo/log/publish.jsonl` (0600), every one whole, also with two publishers."""

    def __init__(self, state_dir: Path, issue: str, plan: str) -> None:
        self._path = state_dir / "log" / "publish.jsonl"
        self._about: Mapping[str, object] = {"issue": issue, "plan": plan, "pid": os.getpid()}
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, event: str, now: datetime, **fields: object) -> None:
        """Append one line in one write, so that lines of two processes do not mix."""
        entry = {"at": now.isoformat(timespec="milliseconds"), "event": event, **self._about}
        line = json.dumps({**entry, **fields}, ensure_ascii=False) + "\n"
        descriptor = os.open(self._path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)


class NoLog:
    """Keeps nothing."""

    def write(self, event: str, now: datetime, **fields: object) -> None:
        """Do nothing."""


def alert(command: str, subject: Mapping[str, object]) -> str:
    """Run the operator's alert command with one JSON object on its standard input.

    Returns:
        '' if it ran, else why not: an alert that fails must not hide what it is about.
    """
    if not command:
        return ""
    try:
        done = subprocess.run(  # noqa: S603  # the operator's own command, no shell
            shlex.split(command),
            input=json.dumps(subject, ensure_ascii=False),
            text=True,
            capture_output=True,
            timeout=ALERT_TIMEOUT_S,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return f"the alert command did not run: {type(error).__name__}"
    return "" if done.returncode == 0 else f"the alert command ended with {done.returncode}"
