"""Work in a process beside this one, where that is safe: waking libraries takes a while."""

import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, TypeVar

from pismo.inline import Inline, inline_css

Made = TypeVar("Made")


def may_fork() -> bool:
    """Tell whether a process beside helps and is safe: Linux, one thread here, two cores."""
    return sys.platform == "linux" and threading.active_count() == 1 and (os.cpu_count() or 1) > 1


def begin(work: Callable[[], Made]) -> Callable[[], Made]:
    """Begin work whose result can be pickled, and return what waits for it.

    Where a process beside is no help, or died, the work is done in this one, when it is asked for.
    """
    if not may_fork():
        return work
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _answer(work, writer)
    os.close(writer)

    def wait() -> Made:
        with os.fdopen(reader, "rb") as answer:
            content = answer.read()
        os.waitpid(child, 0)
        # A child that could not answer, for want of memory perhaps, is no verdict: do it here.
        made: Made = pickle.loads(content) if content else work()  # noqa: S301  # our own
        return made

    return wait


def _answer(work: Callable[[], object], writer: int) -> None:
    """Be the child: write the result, and leave without running the parent's clean-up."""
    try:
        with os.fdopen(writer, "wb") as answer:
            answer.write(pickle.dumps(work()))
    finally:
        os._exit(0)


@contextmanager
def inliner(*, forking: bool) -> Iterator[Inline]:
    """Yield what inlines style; premailer wakes beside this process while the compiler does here.

    Args:
        forking: Whether a process of its own is worth it: not if this one will inline again.
    """
    if not forking or "premailer" in sys.modules or not may_fork():
        yield inline_css
        return
    asked, ask = os.pipe()
    answered, answer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ask)
        os.close(answered)
        _serve(asked, answer)
    os.close(asked)
    os.close(answer)
    with os.fdopen(ask, "wb") as requests, os.fdopen(answered, "rb") as answers:
        try:
            yield lambda html, css: _inlined(html, css, requests, answers)
        finally:
            _leave(requests)
    os.waitpid(child, 0)


def _inlined(html: str, css: str, requests: BinaryIO, answers: BinaryIO) -> str:
    try:
        pickle.dump((html, css), requests)
        requests.flush()
        inlined: str | None = pickle.load(answers)  # noqa: S301  # our own
    except (OSError, EOFError, ValueError):
        # A child that died, for want of memory perhaps, is no verdict: inline here.
        inlined = None
    return inline_css(html, css) if inlined is None else inlined


def _leave(requests: BinaryIO) -> None:
    try:
        requests.close()
    except BrokenPipeError:
        # It is gone already, with a question unread.
        return


def _serve(asked: int, answer: int) -> None:
    """Be the child: answer until nobody asks, and leave without the parent's clean-up."""
    try:
        with os.fdopen(asked, "rb") as requests, os.fdopen(answer, "wb") as answers:
            inline_css("<p>awake</p>", "p{color:red}")
            while requests.peek(1):
                html, css = pickle.load(requests)  # noqa: S301  # our own
                pickle.dump(_inlined_or_none(html, css), answers)
                answers.flush()
    finally:
        os._exit(0)


def _inlined_or_none(html: str, css: str) -> str | None:
    """Inline; what cannot be inlined is tried again, and raised, where it can be caught."""
    try:
        return inline_css(html, css)
    except Exception:  # noqa: BLE001  # whatever it is, the parent meets it too
        return None
