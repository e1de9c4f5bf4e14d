"""The embedded transport: every letter an `.eml` file in a Maildir, named by its delivery id.

A letter is there wholly or not at all (written to `tmp/`, synced, renamed into `new/`), and its
name is its delivery: so handing the same letter over twice leaves one, and after a crash the
folder says what was handed over.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from pismo.errors import SendError
from pismo.model.people import Submission
from pismo.private import private_folder
from pismo.render import Program, mime_program
from pismo.transports.base import Halt, Outgoing, Result

SUFFIX = ".eml"


class Outbox:
    """A Maildir at `folder`; `now` dates the letters."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now
        self._programs: dict[str, Program] = {}
        for name in ("tmp", "new", "cur"):
            private_folder(folder / name)

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
        """Write the letters that are not there yet; they are on the disk when this returns."""
        there = self.already_there(letter.id for letter in batch)
        results = [self._accept(letter, there) for letter in batch]
        try:
            _sync_folder(self._folder / "new")
        except OSError as error:
            # Written, but perhaps not for good: the next publisher looks which are there.
            return [
                Result(letter.id, Submission.IN_DOUBT, detail=_reason(error), halt=Halt.ACCOUNT)
                for letter in batch
            ]
        return results

    def already_there(self, ids: Iterable[str]) -> frozenset[str]:
        """Say which deliveries were handed over, also if a mail program has moved them on."""
        wanted = list(ids)
        new = {id_ for id_ in wanted if (self._folder / "new" / f"{id_}{SUFFIX}").exists()}
        if len(new) == len(wanted):
            return frozenset(new)
        # A mail program renames what was read to cur/NAME:2,FLAGS.
        read = {entry.name.partition(":")[0] for entry in os.scandir(self._folder / "cur")}
        return frozenset(new | {id_ for id_ in wanted if f"{id_}{SUFFIX}" in read})

    def _accept(self, letter: Outgoing, there: frozenset[str]) -> Result:
        message_id = f"{letter.id}@{letter.edition.sender.address.rpartition('@')[2]}"
        if letter.id not in there:
            try:
                self._write(letter, f"<{message_id}>")
            except SendError as error:
                return Result(letter.id, Submission.REFUSED, detail=error.message)
            except OSError as error:
                # The rename is the last step, so a letter that failed before it is not there.
                return Result(
                    letter.id, Submission.THROTTLED, detail=_reason(error), halt=Halt.ACCOUNT
                )
        return Result(letter.id, Submission.ACCEPTED, message_id)

    def _write(self, letter: Outgoing, message_id: str) -> None:
        program = self._programs.get(letter.edition.digest)
        if program is None:
            program = self._programs[letter.edition.digest] = mime_program(letter.edition)
        unfinished = self._folder / "tmp" / f"{letter.id}{SUFFIX}"
        content = program(letter.recipient, self._now(), message_id)
        descriptor = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(self._folder / "new" / unfinished.name)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise


def outbox_folder(state_dir: Path, issue: str) -> Path:
    """Say where an issue's letters go: `.pismo/outbox/<newsletter>/<issue>/`.

    Raises:
        SendError: If the issue's name would lead out of the outbox.
    """
    parts = issue.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise SendError(f"'{issue}' cannot name a folder of the outbox")
    return state_dir.joinpath("outbox", *parts)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _reason(error: OSError) -> str:
    return f"cannot write to the outbox: {error.strerror or type(error).__name__}"
