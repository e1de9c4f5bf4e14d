"""Files put in place together: staged beside the old ones, swapped by renaming, or not at all."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from pismo.errors import SettingsError

_STAGING = ".staging-"
_OLD = ".old"


@contextmanager
def locked(state_dir: Path) -> Iterator[None]:
    """Let one build of a workspace at a time write; a second one waits."""
    state_dir.mkdir(mode=0o700, exist_ok=True)
    lock = state_dir / "build.lock"
    lock.touch(mode=0o600)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def replace_tree(folder: Path, files: Mapping[str, bytes], swapped: Sequence[str]) -> None:
    """Write `files` below `folder`, so that a failure leaves what was there before.

    Args:
        folder: Where to; call it `locked`.
        files: Bytes by POSIX path relative to `folder`; each below one of `swapped`.
        swapped: Files and folders to replace whole, in this order; one that gets no file is
            removed.

    Raises:
        SettingsError: If the disk does not let us; nothing has changed then.
    """
    try:
        folder.mkdir(exist_ok=True)
        recover(folder)
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=folder))
        try:
            _write(staging, files)
            _swap_all(folder, staging, swapped)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise SettingsError(
            f"cannot write to {folder.name}/: {error.strerror or error}",
            hint="nothing was changed; make room or allow writing there, and build again",
            ru=f"не получается писать в {folder.name}/: {error.strerror or error}",
            hint_ru="ничего не изменилось; освободите место, дайте право писать и соберите снова",
        ) from error


def recover(folder: Path) -> None:
    """Put back what a build that was killed had moved aside, and remove what it left behind."""
    for staging in sorted(folder.glob(f"{_STAGING}*")):
        for old in sorted((staging / _OLD).rglob("*"), key=lambda path: len(path.parts)):
            target = folder / old.relative_to(staging / _OLD)
            if not target.exists() and old.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                old.rename(target)
        shutil.rmtree(staging)


def _write(staging: Path, files: Mapping[str, bytes]) -> None:
    for folder in sorted({PurePosixPath(path).parent for path in files}):
        (staging / folder).mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        (staging / path).write_bytes(content)


def _swap_all(folder: Path, staging: Path, swapped: Sequence[str]) -> None:
    done: list[str] = []
    try:
        for path in swapped:
            done.append(path)
            _swap(folder / path, staging / path, staging / _OLD / path)
    except OSError:
        for path in reversed(done):
            _undo(folder / path, staging / _OLD / path)
        raise


def _swap(target: Path, new: Path, old: Path) -> None:
    if target.exists():
        old.parent.mkdir(parents=True, exist_ok=True)
        target.rename(old)
    if new.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        new.rename(target)


def _undo(target: Path, old: Path) -> None:
    if not old.exists():
        return
    if target.is_dir():
        shutil.rmtree(target)
    target.unlink(missing_ok=True) if target.is_file() else None
    old.rename(target)
