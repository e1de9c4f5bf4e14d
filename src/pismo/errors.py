"""Everything a user can cause, as one tree.

PismoError                  what happened, where, what next
├── UsageError              the call is wrong (exit 2)
├── SettingsError           pyproject.toml or an environment variable is wrong
├── ContentError            a writer's file is wrong
│   └── FindingsError       … in several places at once: carries the findings
├── SegmentError            a predicate is wrong or unsafe
├── AudienceError           a snapshot or an import is wrong
├── StateError              the state database cannot be used as asked
├── PlanError               nobody may be written to as asked
├── StoppedError            stopped part-way, safe to resume (exit 3)
└── SendError               nothing was sent (exit 4)
"""

import errno
import os
from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar

from pismo.model.finding import Finding, Source


class ExitCode(IntEnum):
    """What a command's exit status means (DESIGN §9)."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    STOPPED = 3
    FAILED = 4


class PismoError(Exception):
    """A problem with what, where and what next; the command line prints it without a traceback.

    Args:
        message: What is wrong, in a sentence.
        where: The file and line it is about, if there is one.
        hint: What to do next.
        ru: The message in Russian, of whatever a writer or a marketer can meet.
        hint_ru: The hint in Russian.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FINDINGS

    def __init__(
        self,
        message: str,
        where: Source | None = None,
        *,
        hint: str = "",
        ru: str = "",
        hint_ru: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        self.ru = ru
        self.hint_ru = hint_ru

    def __str__(self) -> str:
        return self.lines("en")

    def lines(self, language: str) -> str:
        """Say it as a terminal does: place and sentence, and the hint below."""
        place = f"{self.where}: " if self.where else ""
        message, hint = self._words(language)
        label = "подсказка" if language == "ru" else "hint"
        return f"{place}{message}" + (f"\n  {label}: {hint}" if hint else "")

    def told(self, language: str) -> str:
        """Say it as a page does: place, sentence and hint in one line."""
        return ": ".join(filter(None, (str(self.where or ""), *self._words(language))))

    def _words(self, language: str) -> tuple[str, str]:
        """Return sentence and hint; in English where nobody wrote more."""
        if language == "ru":
            return self.ru or self.message, self.hint_ru or self.hint
        return self.message, self.hint


class UsageError(PismoError):
    """The call itself is wrong."""

    exit_code = ExitCode.USAGE


class SettingsError(PismoError):
    """A setting is missing or wrong."""


class ContentError(PismoError):
    """A writer's file cannot be used."""


class FindingsError(ContentError):
    """Several files cannot be used; `findings` says which and why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(
            first.message("en") + more,
            first.source,
            hint=first.hint("en"),
            ru=first.message("ru") + (f" (и ещё {len(findings) - 1})" if more else ""),
            hint_ru=first.hint("ru"),
        )
        self.findings = tuple(findings)


class SegmentError(PismoError):
    """A segment's predicate is wrong or unsafe."""


class AudienceError(PismoError):
    """An audience snapshot or an import cannot be used."""


class StateError(PismoError):
    """The state database cannot be used as asked."""

    exit_code = ExitCode.FAILED


class PlanError(PismoError):
    """A plan cannot be made or used as asked, or there is none: nothing was sent."""

    exit_code = ExitCode.FAILED


class StoppedError(PismoError):
    """Stopped part-way; nothing is lost and resuming is safe."""

    exit_code = ExitCode.STOPPED


class SendError(PismoError):
    """Nothing was sent."""

    exit_code = ExitCode.FAILED


def file_trouble(error: OSError) -> SettingsError:
    """Say what the system said of a file: which, why, what next."""
    name = error.filename if isinstance(error.filename, str | bytes) else ""
    place = f"{os.fsdecode(name)}: " if name else ""
    en, ru = _FILE_HINTS.get(error.errno or 0, ("", ""))
    said = error.strerror or type(error).__name__
    said_ru = _FILE_SAID.get(error.errno or 0, said)
    return SettingsError(f"{place}{said}", hint=en, ru=f"{place}{said_ru}", hint_ru=ru)


_NOT_ALLOWED = (
    "let whoever runs pismo read and write there: was it run by another user before, or by root?",
    "дайте право читать и писать тому, кто запускает pismo: раньше это был кто-то другой? root?",
)
_NO_ROOM = ("make room on the disk, then try again", "освободите место и попробуйте снова")
_FILE_SAID = {
    errno.EACCES: "нет прав",
    errno.EPERM: "нет прав",
    errno.EROFS: "диск только для чтения",
    errno.ENOSPC: "на диске нет места",
    errno.EDQUOT: "на диске нет места",
    errno.ENOENT: "нет такого файла или папки",
    errno.EISDIR: "это папка, а нужен файл",
    errno.ENOTDIR: "это файл, а нужна папка",
}
"""What the system says of a file, in Russian."""
_FILE_HINTS = {
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EROFS: ("this disk can only be read", "с этого диска можно только читать"),
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
}
