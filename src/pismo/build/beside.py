"""Work in processes beside this one, where that is safe: waking libraries takes a while."""

import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from pismo.inline import Inline, inline_css


def may_fork() -> bool:
    """Tell whether a process beside helps and is safe: Linux, one thread here, two cores."""
    return sys.platform == "linux" and threading.active_count() == 1 and (os.cpu_count() or 1) > 1


class Beside:
    """A process that answers questions, one after another, until it is left.

    Begin it with `begin_beside`. One that died, for want of memory perhaps, is no verdict: it
    gives no answers, and the work is to be done here.
    """

    def __init__(self, child: int, requests: BinaryIO, answers: BinaryIO) -> None:
        self._child = child
        self._requests = requests
        self._answers = answers
        self._unheard = 0

    def ask(self, question: object) -> None:
        """Send a question; what it is about must be picklable."""
        try:
            pickle.dump(question, self._requests)
            self._requests.flush()
        except OSError:
            return  # it is gone, and `answer` will say so

    def prepare(self, question: object) -> None:
        """Send a question that comes early: nobody waits for its answer, but it will be quick."""
        self.ask(question)
        self._unheard += 1

    def answer(self) -> tuple[Any] | None:
        """Wait for the answer, in brackets; None if there is none."""
        try:
            while self._unheard:
                self._unheard -= 1
                pickle.load(self._answers)  # noqa: S301  # our own
            answer: tuple[Any] | None = pickle.load(self._answers)  # noqa: S301  # our own
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            return None
        return answer

    def leave(self) -> None:
        """Let it end: nobody will ask any more."""
        if self not in _BEGUN:
            return
        _BEGUN.remove(self)
        self.close()
        os.waitpid(self._child, 0)

    def close(self) -> None:
        """Close this end of its pipes: it ends by itself, and `leave` need not wait for that."""
        for pipe in (self._requests, self._answers):
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # it is gone, with a question unread


_BEGUN: list[Beside] = []


def begin_beside(wake: Callable[[], object], answer: Callable[[Any], object]) -> Beside | None:
    """Begin a process that wakes, and then answers.

    Args:
        wake: What it does first, before anybody has asked.
        answer: Takes a question and returns something picklable; if it raises, there is no answer.

    Returns:
        None where a process beside is no help.
    """
    if not may_fork():
        return None
    asked, ask = os.pipe()
    answered, say = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ask)
        os.close(answered)
        for other in _BEGUN:
            # As long as this process held the pipe of another, that one would wait for questions.
            other.close()
        _serve(asked, say, wake, answer)
    os.close(asked)
    os.close(say)
    begun = Beside(child, os.fdopen(ask, "wb"), os.fdopen(answered, "rb"))
    _BEGUN.append(begun)
    return begun


def _serve(
    asked: int, say: int, wake: Callable[[], object], answer: Callable[[Any], object]
) -> None:
    """Be the child: answer until nobody asks, and leave without the parent's clean-up."""
    try:
        with os.fdopen(asked, "rb") as requests, os.fdopen(say, "wb") as answers:
            wake()
            while requests.peek(1):
                question = pickle.load(requests)  # noqa: S301  # our own
                pickle.dump(_answered(answer, question), answers)
                answers.flush()
    finally:
        os._exit(0)


def _answered(answer: Callable[[Any], object], question: object) -> tuple[object] | None:
    """Answer; what cannot be answered is tried again, and raised, where it can be caught."""
    try:
        return (answer(question),)
    except Exception:  # noqa: BLE001  # whatever it is, the parent meets it too
        return None


def begin_inliner() -> Beside | None:
    """Begin a process that inlines style."""
    return begin_beside(
        lambda: inline_css("<p>awake</p>", "p{color:red}"), lambda asked: inline_css(*asked)
    )


@contextmanager
def inliner(begun: Beside | None = None, *, css: str = "", forking: bool) -> Iterator[Inline]:
    """Yield what inlines style; premailer wakes beside this process while the compiler does here.

    Args:
        begun: From `begin_inliner`, if this was known to be coming.
        css: Rules that there will be, to be read meanwhile.
        forking: Whether a process of its own is worth it: not if this one will inline again.
    """
    beside = begun
    if beside is None and forking and "premailer" not in sys.modules:
        beside = begin_inliner()
    if beside is None:
        yield inline_css
        return
    if css:
        beside.prepare(("<p>awake</p>", css))
    try:
        yield lambda html, css: _inlined(html, css, beside)
    finally:
        # Whoever began it waits for its end: 5 ms in which there is other work.
        beside.close() if begun else beside.leave()


def _inlined(html: str, css: str, beside: Beside) -> str:
    beside.ask((html, css))
    answer = beside.answer()
    return inline_css(html, css) if answer is None else str(answer[0])
