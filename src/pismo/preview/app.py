"""The preview's web application: a page, a handful of POST calls, an event stream.

It answers only to its own host name (a web page elsewhere may not talk to it through DNS
rebinding) and only to its own pages (Origin, and a header that a foreign form cannot set).
"""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pismo.errors import PismoError
from pismo.preview.desk import Desk
from pismo.preview.guard import Guard
from pismo.preview.watch import watch

_BROKEN = (
    "pismo itself failed here, and its terminal says where; please report it: ",
    "здесь споткнулся сам pismo, подробности в его терминале; пожалуйста, расскажите нам: ",
)
Answer = Callable[[Desk, Mapping[str, Any]], dict[str, object]]


def create_app(desk: Desk, *, hosts: frozenset[str], token: str = "") -> Starlette:
    """Make the application.

    Args:
        desk: What it shows.
        hosts: `host:port` values that it answers to.
        token: What a phone on the LAN must present once; '' on loopback.
    """
    static = files("pismo.preview") / "static"
    calls = {name: _call(desk, answer) for name, answer in Desk.calls().items()}
    routes = [
        Route("/", _page(str(static / "index.html"))),
        Route("/events", _events(desk)),
        Route("/images/{name}", _image(desk)),
        *(Route(f"/api/{name}", call, methods=["POST"]) for name, call in calls.items()),
        Mount("/static", StaticFiles(directory=str(static))),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, hosts=hosts, token=token)],
        exception_handlers={Exception: _failed},
        lifespan=_watching(desk),
    )


def _watching(desk: Desk) -> Callable[[Starlette], Any]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001  # starlette's form
        stop = asyncio.Event()
        usual = _rarely_collecting()
        task = asyncio.create_task(watch(desk.studio.root, desk.reload, stop))
        try:
            yield
        finally:
            stop.set()
            desk.close()
            await task
            gc.set_threshold(*usual)
            gc.unfreeze()

    return lifespan


def _rarely_collecting() -> tuple[int, int, int]:
    """Keep Python from looking through everything it holds in the middle of a reload.

    Each full collection stops a save's letters for some 50 ms; nothing here makes many cycles.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    return usual


def _page(path: str) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:  # noqa: ARG001
        return FileResponse(path, media_type="text/html; charset=utf-8")

    return page


def _call(desk: Desk, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def call(request: Request) -> Response:
        language = _language(request)
        try:
            body = await request.json()
            return JSONResponse(await run_in_threadpool(answer, desk, body))
        except PismoError as error:
            return JSONResponse({"error": error.told(language)}, status_code=400)
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            said = "вопрос не понят" if language == "ru" else "not understood"
            return JSONResponse({"error": f"{said}: {error}"}, status_code=400)

    return call


async def _failed(request: Request, error: Exception) -> Response:
    """Answer where pismo itself fails: the page shows the sentence, uvicorn's log the traceback."""
    russian = _language(request) == "ru"
    return JSONResponse({"error": _BROKEN[russian] + repr(error)}, status_code=500)


def _language(request: Request) -> str:
    return request.headers.get("accept-language", "")[:2]


def _events(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def events(request: Request) -> Response:  # noqa: ARG001
        async def stream() -> AsyncIterator[str]:
            yield "retry: 500\n\n"
            async for change in desk.changes():
                document = {"generation": change.generation, "seconds": change.seconds}
                yield f"event: change\ndata: {json.dumps(document)}\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream")

    return events


def _image(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def image(request: Request) -> Response:
        found = desk.image(request.path_params["name"])
        if found is None:
            return Response(status_code=404)
        name, content = found
        media = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
        return Response(content, media_type=media.get(name.rpartition(".")[2]))

    return image
