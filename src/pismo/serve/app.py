"""The public app (ASGI): GET only shows, POST acts, and nobody learns whether a link is real.

    /u/TOKEN  unsubscribe, in one click as RFC 8058 asks (form and multipart)
    /p/TOKEN  preferences    /a/TOKEN  an answer    /health  for whoever watches the server

Mail programs and virus scanners open every link in a letter, so GET changes nothing. A token that
was not made here gets the same pages, and changes nothing either.
"""

import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import datetime
from typing import ParamSpec, TypeVar
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pismo.errors import PismoError
from pismo.ledger import Event, Ledger, OptOut, Scope
from pismo.links import LinkClaim, Purpose
from pismo.serve.house import House
from pismo.serve.keyring import Keyring
from pismo.serve.pages import Pages
from pismo.serve.questions import SOLVED, Question
from pismo.serve.wishes import current, everything, save, ticked

MOST_BYTES = 65_536
"""No form of ours is longer."""

_log = logging.getLogger("pismo.serve")
Form = Mapping[str, list[str]]
P = ParamSpec("P")
R = TypeVar("R")


def create_app(
    house: House, ledger: Ledger, keyring: Keyring, now: Callable[[], datetime]
) -> Starlette:
    """Make the app.

    Args:
        house: What the pages show.
        ledger: Where wishes and answers go.
        keyring: Reads links.
        now: The clock.
    """
    desk = _Desk(house, ledger, keyring, now)
    methods = ["GET", "HEAD", "POST"]
    return Starlette(
        routes=[
            Route("/u/{token}", desk.unsubscribe, methods=methods),
            Route("/p/{token}", desk.preferences, methods=methods),
            Route("/a/{token}", desk.answer, methods=methods),
            Route("/health", desk.health),
        ],
        exception_handlers={HTTPException: desk.refuse, PismoError: desk.trouble},
    )


class _Desk:
    """The pages and what they do."""

    def __init__(
        self, house: House, ledger: Ledger, keyring: Keyring, now: Callable[[], datetime]
    ) -> None:
        self._house, self._ledger, self._keyring, self._now = house, ledger, keyring, now
        self._pages = Pages(house)

    async def unsubscribe(self, request: Request) -> Response:
        """Show the button; on POST, whatever its body, do it."""
        claim, token = await self._claim(request, Purpose.UNSUBSCRIBE)
        link = token if claim is None else self._keyring.token(Purpose.PREFERENCES, claim)
        accepted = _accepted(request)
        if request.method != "POST":
            return self._pages.page("unsubscribe", "unsubscribe_title", accepted, preferences=link)
        scope = (await _form(request, strict=False)).get("scope", ["newsletter"])[0]
        if claim is not None:
            await _off_thread(self._unsubscribe, claim, scope)
        title, text = _SAID.get(scope, _SAID["newsletter"])
        template = "page" if scope == "undo" else "unsubscribed"
        return self._pages.page(template, title, accepted, text=text, preferences=link)

    async def preferences(self, request: Request) -> Response:
        """Show what the reader gets; on POST, change it."""
        claim, _ = await self._claim(request, Purpose.PREFERENCES)
        wishes = everything(self._house)
        if request.method == "POST":
            wishes = ticked(self._house, await _form(request))
            if claim is not None:
                await _off_thread(
                    save, self._house, claim.person, wishes, self._ledger, self._now()
                )
        elif claim is not None:
            wishes = await _off_thread(
                current, self._house, claim.person, self._ledger, self._now()
            )
        return self._pages.page(
            "preferences",
            "preferences_title",
            _accepted(request),
            wishes=wishes,
            saved=request.method == "POST",
        )

    async def answer(self, request: Request) -> Response:
        """Show the question with the tapped option; on POST, record it."""
        claim, _ = await self._claim(request, Purpose.ANSWER)
        question = self._house.questions.get(claim.item) if claim is not None else None
        form = await _form(request) if request.method == "POST" else {}
        given = form.get("v", [request.query_params.get("v", "")])[0]
        if claim is not None and question is not None and question.is_puzzle:
            return await self._puzzle(request, claim, question, given)
        return await self._choice(request, claim, question, given)

    async def _puzzle(
        self, request: Request, claim: LinkClaim, question: Question, word: str
    ) -> Response:
        """Ask for the word; on POST, say whether it is right, and record it if so."""
        tried = request.method == "POST" and bool(word.strip())
        accepted = _accepted(request)
        if tried and question.is_right(word):
            await _off_thread(self._record, claim, SOLVED)
            return self._pages.page(
                "solved", "solved_title", accepted, text="solved_text", question=question
            )
        title = "wrong_title" if tried else "puzzle_title"
        return self._pages.page("puzzle", title, accepted, question=question, tried=tried)

    async def _choice(
        self, request: Request, claim: LinkClaim | None, question: Question | None, choice: str
    ) -> Response:
        if question is not None and choice not in question.options:
            choice = ""
        if not _is_plain(choice):
            choice = ""
        if request.method == "POST" and (choice or question is None):
            if claim is not None and choice:
                await _off_thread(self._record, claim, choice)
            return self._pages.page(
                "answered",
                "answered_title",
                _accepted(request),
                text="answered_text",
                thanks=question.thanks if question is not None else "",
            )
        return self._pages.page(
            "answer", "answer_title", _accepted(request), question=question, choice=choice
        )

    async def health(self, request: Request) -> Response:  # noqa: ARG002  # starlette's form
        """Say that the ledger can be read, and that links of new letters can."""
        await _off_thread(self._ledger.opt_outs_of, "")
        await _off_thread(self._keyring.check)
        return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})

    async def refuse(self, request: Request, error: Exception) -> Response:
        """Answer what is not there, or not allowed, with a page."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        headers = error.headers if isinstance(error, HTTPException) else None
        page = self._pages.page(
            "page", "missing_title", _accepted(request), text="missing_text", status=status
        )
        page.headers.update(headers or {})
        return page

    async def trouble(self, request: Request, error: Exception) -> Response:
        """Apologise; the log says what happened, and not to whom."""
        reason = error.message if isinstance(error, PismoError) else type(error).__name__
        _log.error("/%s failed: %s", request.url.path.split("/")[1], reason)
        return self._pages.page(
            "page", "trouble_title", _accepted(request), text="trouble_text", status=500
        )

    async def _claim(self, request: Request, purpose: Purpose) -> tuple[LinkClaim | None, str]:
        token = str(request.path_params["token"])
        return await _off_thread(self._keyring.read, purpose, token), token

    def _unsubscribe(self, claim: LinkClaim, scope: str) -> None:
        now = self._now()
        newsletter = (Scope.NEWSLETTER, claim.newsletter)
        if scope == "undo":
            self._ledger.opt_in(claim.person, [newsletter, (Scope.ALL, "")])
            return
        which, name = (Scope.ALL, "") if scope == "all" else newsletter
        self._ledger.opt_out([OptOut(claim.person, which, now, name, source="one-click")])
        key = f"unsubscribe|{claim.person}|{claim.issue or claim.newsletter}|{now.date()}"
        self._ledger.record_events(
            [Event(key, "unsubscribe", now, claim.person, claim.issue or None, item=which.value)],
            now,
        )

    def _record(self, claim: LinkClaim, choice: str) -> None:
        now = self._now()
        # A double tap is one answer; another day, or another mind, is another.
        key = f"answer|{claim.person}|{claim.issue}|{claim.item}|{choice}|{now.date()}"
        event = Event(
            key, "answer", now, claim.person, claim.issue or None, item=claim.item, value=choice
        )
        self._ledger.record_events([event], now)


_SAID = {
    "newsletter": ("unsubscribed_title", "unsubscribed_text"),
    "all": ("unsubscribed_title", "unsubscribed_all_text"),
    "undo": ("undone_title", "undone_text"),
}


def _accepted(request: Request) -> str:
    return request.headers.get("accept-language", "")


def _is_plain(choice: str) -> bool:
    """Tell whether a choice is a name of ours; a page never shows what somebody else wrote."""
    return len(choice) <= 40 and choice.replace("-", "").replace("_", "").isalnum()


async def _off_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return await run_in_threadpool(function, *args, **kwargs)


async def _form(request: Request, *, strict: bool = True) -> Form:
    """Read a form, urlencoded or multipart (RFC 8058 §3.1 allows both).

    Raises:
        HTTPException: If it is too long; if `strict`, also if it is no form.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    kind = request.headers.get("content-type", "")
    try:
        if kind.startswith("multipart/form-data"):
            return await _multipart(request, bytes(body))
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=500)
    except (ValueError, KeyError, MultiPartException) as error:
        if strict:
            raise HTTPException(400) from error
        # A mail program that posts strangely wants to unsubscribe all the same.
        return {}


async def _multipart(request: Request, body: bytes) -> Form:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parsed = await MultiPartParser(request.headers, stream(), max_files=0, max_fields=500).parse()
    form: dict[str, list[str]] = {}
    for name, value in parsed.multi_items():
        if isinstance(value, str):
            form.setdefault(name, []).append(value)
    return form
