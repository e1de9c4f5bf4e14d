"""Bytecode of the templates that pismo brings along, kept where Python keeps that of its modules.

Jinja takes 45 ms to compile those of one letter and its site, and they change as seldom as the
modules do.
"""

import hashlib
import importlib.util
import marshal
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

_ROOT = Path(__file__).parent
_COMPILERS = ("compile", "compile/stage", "render", "model", "site")
"""Parts of pismo that have a say in what a template is compiled to: extensions, filters, tests."""


class OwnBytecode(BytecodeCache):
    """Keeps the bytecode of pismo's own templates for as long as nothing that made it changes.

    Whether anything is written is for Python to say, as with modules (`sys.dont_write_bytecode`).

    Args:
        kind: Which environment compiles: other filters, another language give another bytecode.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket, if its template was compiled before."""
        try:
            content = self._file(bucket).read_bytes()
        except OSError:
            return  # never compiled, or not kept
        made_of = _made_of(bucket)
        if content.startswith(made_of):
            try:
                code = marshal.loads(content[len(made_of) :])  # noqa: S302  # our own, as a .pyc
            except (EOFError, ValueError, TypeError):
                return  # cut short
            bucket.code = code if isinstance(code, CodeType) else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, whole or not at all."""
        if sys.dont_write_bytecode or bucket.code is None:
            return
        file = self._file(bucket)
        part = file.with_name(f"{file.name}.{os.getpid()}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(_made_of(bucket) + marshal.dumps(bucket.code))
            part.replace(file)
        except OSError:
            return  # somebody else's folder: compiled again next time, as modules are

    def _file(self, bucket: Bucket) -> Path:
        name = f"{self.kind}-{bucket.key}"
        module = Path(importlib.util.cache_from_source(str(_ROOT / f"{name}.py")))
        return module.with_suffix(".jinja")


def _made_of(bucket: Bucket) -> bytes:
    return hashlib.blake2b(f"{bucket.checksum}\0{_compiler()}".encode(), digest_size=20).digest()


@cache
def _compiler() -> str:
    """Tell this compiler from all others as Python tells modules: by their files' size and time."""
    jinja = Path(jinja2.__file__).parent
    folders = (jinja, _ROOT, *(_ROOT / part for part in _COMPILERS))
    told = sorted(line for folder in folders for line in _files(folder))
    return "\n".join([importlib.util.MAGIC_NUMBER.hex(), *told])


def _files(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                known = entry.stat()
                yield f"{folder.name}/{entry.name} {known.st_size} {known.st_mtime_ns}"
