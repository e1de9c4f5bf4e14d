"""Answers to rebuses: one page each, shut until the reader opens it.

Nothing about a page but its folded part says the answer: its address is a hash of the item's
place, its title is the letter's date. Until the day of the answer search engines are asked to
keep out, and neither archive nor sitemap names the page. Where a prize is locked behind the
answer, the page has the answer only from that day on. A build does not know what day it is:
unless it is told, it is the day of the newest letter on the site.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path, PurePosixPath

from markupsafe import Markup

from pismo.games import (
    DRAWN_PX,
    PICTURE_PX,
    Rebus,
    draw_html,
    drawn_prefix,
    must_be_drawn,
    opener_script,
    prize_form,
    rebus_folder,
    rebus_in,
)
from pismo.model.content import Issue, Item, Kind
from pismo.model.workspace import Settings, Workspace
from pismo.records import dataclass, replace
from pismo.site.addresses import base_url
from pismo.site.paper import WORDS, page
from pismo.text import date_text

PRIZE_SCRIPT = "prize.js"
_WAIT = timedelta(days=7)
_TITLES = {"ru": "Ребус из письма от {day}", "en": "The rebus of {day}"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One rebus and its answer; `known` from the day on which everybody may know it.

    `prize` is the sealed prize as committed, or ''; `picture` the file name and the bytes of the
    picture that the puzzle is, or nothing where it is live text.
    """

    path: str
    issue: str
    title: str
    language: str
    puzzle: str
    hint: str
    answer: str
    known: bool
    known_from: date
    prize: str = ""
    picture: tuple[str, bytes] | None = None


def answers_of(
    workspace: Workspace,
    public: Sequence[tuple[Issue, Iterable[str]]],
    *,
    prizes: Mapping[str, str],
    images: Collection[str],
    day: date,
) -> list[Answer]:
    """Return the answers to all rebuses of the letters on the site, each once, newest last.

    Args:
        workspace: The items.
        public: Issues with the names of all items in their editions.
        prizes: Sealed prizes by the path of their rebus.
        images: Names of the letters' images on the site.
        day: What day it is.
    """
    found: dict[str, Answer] = {}
    for issue, names in public:
        for item in _rebuses(workspace, names):
            language = workspace.newsletter_of(issue).language
            prize = prizes.get(item.source.path, "")
            rebus = rebus_in(item.body)
            if rebus is None:
                continue  # the compiler has let no letter with it through
            picture = _picture(workspace.root, item, rebus)
            puzzle = _puzzle(rebus, language, picture, images)
            answer = _answer(rebus, item, issue, puzzle, language, day)
            answer = replace(answer, prize=prize, picture=picture)
            found.setdefault(answer.path, answer)
    return list(found.values())


def answer_files(settings: Settings, answers: Iterable[Answer]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the pages of rebuses, with prizes as they were sealed."""
    prized = False
    for one in answers:
        yield f"{one.path}index.html", _answer_page(settings, one)
        if one.picture:
            name, content = one.picture
            yield f"{one.path}{name}", content
        if one.prize:
            prized = True
            yield f"{one.path}prize.json", one.prize.encode()
    if prized:
        yield PRIZE_SCRIPT, opener_script().encode()


def _rebuses(workspace: Workspace, names: Iterable[str]) -> Iterator[Item]:
    for name in names:
        kind, _, slug = name.partition("/")
        if kind == Kind.REBUS and (Kind.REBUS, slug) in workspace.items:
            yield workspace.items[Kind.REBUS, slug]


def _answer(
    rebus: Rebus, item: Item, issue: Issue, puzzle: str, language: str, day: date
) -> Answer:
    known_from = rebus.answer_from or issue.date + _WAIT
    return Answer(
        path=rebus_folder(item.source.path),
        issue=issue.id,
        title=_TITLES[language].format(day=date_text(issue.date, language, year=True)),
        language=language,
        puzzle=puzzle,
        hint=rebus.hint,
        answer=rebus.answer,
        known=known_from <= day,
        known_from=known_from,
    )


def _puzzle(
    rebus: Rebus, language: str, picture: tuple[str, bytes] | None, images: Collection[str]
) -> str:
    """Draw the rebus as its letter does; what had to be drawn stands among the letters' images."""
    source, wide = picture[0] if picture else "", PICTURE_PX
    if must_be_drawn(rebus):
        prefix = drawn_prefix(rebus)
        names = [name for name in images if name.startswith(prefix)]
        source, wide = f"../../images/{names[0]}" if names else "", DRAWN_PX
    return draw_html(rebus, language=language, picture_src=source, picture_px=wide)


def _picture(root: Path, item: Item, rebus: Rebus) -> tuple[str, bytes] | None:
    """Read the picture that stands for the rebus; the compiler has refused what leads outside."""
    file = root / PurePosixPath(item.source.path).parent / rebus.picture
    if not rebus.picture or not file.is_file():
        return None
    return f"rebus{file.suffix}", file.read_bytes()  # its own name may tell the answer


def _answer_page(settings: Settings, one: Answer) -> bytes:
    words = WORDS[one.language]
    # With a prize behind it, the answer is no spoiler to be folded: it is the key.
    shown = one.answer if one.known or not one.prize else ""
    form = prize_form(one.prize, language=one.language) if one.prize else ""
    return page(
        settings,
        "answer.html.j2",
        root="../../",
        title=one.title,
        url=f"{base_url(settings)}/{one.path}",
        language=one.language,
        noindex=not one.known,
        letter=f"{one.issue}/index.html",
        puzzle=Markup(one.puzzle),  # noqa: S704  # drawn by `games`, which escapes
        hint=one.hint,
        answer=shown,
        later=words["later"].format(day=date_text(one.known_from, one.language, year=True)),
        prize=Markup(form),  # noqa: S704  # likewise
        script=PRIZE_SCRIPT,
    )
