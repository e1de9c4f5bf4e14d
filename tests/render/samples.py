"""Editions built by hand, and readers with the names that break letters."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from pismo.model.codec import with_digest
from pismo.model.content import FactValue, Sender
from pismo.model.edition import (
    Branch,
    Choice,
    Compare,
    Constant,
    Context,
    Edition,
    Expr,
    Filter,
    Hole,
    Parts,
    Path,
    Repeat,
    Scalar,
    Static,
)
from pismo.model.people import Links, Recipient, Recommended

KATYA = Sender("Катя из «Игротеки»", "katya@example.com", "reply@example.com")
NOON = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
MESSAGE_ID = "d-1@letters.example.com"
ODD_NAMES: tuple[str | None, ...] = (
    "Анна",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "{% if x %}",
    "Анна\r\nBcc: x@y.example",
    "Анна\nПетровна",
    None,
    "",
    "🎲" * 500,
    'O\'Brien & "Sons"',
    "=?utf-8?b?0JDQvdC90LA=?=",
    "back\\slash",
    "{{{v1}}}",
    "a\u202egpj.exe",
    "nul\x00\x1b[31m",
    "x" * 1500,
    "  ",
    "👩‍👩‍👧‍👦" * 9,
    ".",
    "=20",
)


def constant(value: Scalar) -> Constant:
    return Constant(value)


def recipient_path(*steps: str | int) -> Path:
    return Path("recipient", steps)


def default(expr: Expr, fallback: str) -> Filter:
    return Filter("default", expr, (Constant(fallback),))


def hole(expr: Expr, context: Context = Context.HTML) -> Hole:
    return Hole(expr, context)


def edition(
    *,
    html: Iterable[object] = (),
    text: Iterable[object] = (),
    subject: Iterable[object] = ("Письмо",),
    headers: tuple[tuple[str, Parts], ...] = (),
    language: str = "ru",
    sender: Sender = KATYA,
) -> Edition:
    """Return an edition; plain strings stand for static text."""
    return with_digest(
        Edition(
            issue="friday/2026-11-27",
            newsletter="friday",
            segment="everyone",
            language=language,
            sender=sender,
            subject=parts(subject),
            preheader=(),
            html=parts(html),
            text=parts(text),
            headers=headers,
            digest="",
        )
    )


def parts(mixed: Iterable[object]) -> Parts:
    """Turn strings among parts into static text."""
    return tuple(Static(part) if isinstance(part, str) else part for part in mixed)  # type: ignore[misc]  # parts


def recipient(
    *, picks: tuple[Recommended, ...] = (), address: str | None = None, **facts: FactValue
) -> Recipient:
    return Recipient(
        id="p1",
        segment="everyone",
        facts=facts,
        picks=picks,
        links=Links(
            unsubscribe="https://links.example.com/u/" + "t" * 60,
            preferences="https://links.example.com/p/" + "t" * 60,
            web="https://site.example.com/friday/2026-11-27.html",
            items={"poll": "https://links.example.com/a/poll"},
        ),
        address=address,
    )


def pick(number: int) -> Recommended:
    return Recommended(
        id=f"g{number:03}",
        title=f"Игра «{number}» & друзья",
        url=f"https://shop.example.com/g{number}?a=1&b=2",
        price=Decimal(1990 + number),
        currency="RUB",
        reason="потому что вы играли в «Каркассон»",
        image=f"https://site.example.com/images/g{number}.png",
        old_price=Decimal("2490.50") if number % 2 else None,
        category="family",
    )


PICKS = tuple(pick(number) for number in range(4))
FIRST_NAME = recipient_path("first_name")


def full_edition() -> Edition:
    """Return a letter with every kind of part in every context."""
    name = default(FIRST_NAME, "друг")
    points = Filter(
        "plural",
        recipient_path("points"),
        (Constant("балл"), Constant("балла"), Constant("баллов")),
    )
    many = Compare(">", recipient_path("points"), Constant(100))
    some = Compare(">", recipient_path("points"), Constant(0))
    price = Filter("money", Path("p", ("price",)), (Path("p", ("currency",)),))
    paragraph = "<p>Пятничная история про людей, кубики и дождь, длинная, как дождь.</p>\n" * 40

    def row(context: Context, url: Context, line: str) -> Parts:
        return parts(
            (
                line + '<a href="',
                Hole(Path("p", ("url",)), url),
                '">',
                Hole(Path("p", ("title",)), context),
                "</a> — ",
                Hole(price, context),
                Choice(
                    (
                        Branch(
                            Path("loop:p", ("last",)),
                            parts((". ", Hole(Path("loop:p", ("index",)), context), "\n")),
                        ),
                    ),
                    parts((";\n",)),
                ),
            )
        )

    return edition(
        subject=(Hole(name, Context.HEADER), ", пятничный ребус"),
        html=(
            '<html><body><p title="',
            hole(FIRST_NAME, Context.ATTRIBUTE),
            '">Привет, ',
            hole(name),
            "!</p>\n",
            paragraph,
            Choice(
                (
                    Branch(many, parts(("<p>У вас ", hole(points), ".</p>\n"))),
                    Branch(some, parts(("<p>Немного есть: ", hole(points), "</p>\n"))),
                ),
                parts(("<p>Пока пусто.</p>\n",)),
            ),
            "<ul>\n",
            Repeat(
                "p",
                Path("picks"),
                row(Context.HTML, Context.URL, "<li>"),
                parts(("<li>Ничего.</li>\n",)),
                only=Compare("!=", Path("p", ("id",)), Constant("g001")),
            ),
            '</ul>\n<a href="',
            hole(Path("links", ("unsubscribe",)), Context.URL),
            '">отписаться</a> <a href="https://shop.example.com/?q=',
            hole(Filter("urlencode", FIRST_NAME), Context.ATTRIBUTE),
            '">искать</a></body></html>\n',
        ),
        text=(
            "Привет, ",
            hole(name, Context.TEXT),
            "!\n\nПятничная история.\n",
            Choice((Branch(many, parts(("У вас ", hole(points, Context.TEXT), ".\n"))),)),
            Repeat("p", Path("picks"), row(Context.TEXT, Context.TEXT, "- ")),
            "Отписаться: ",
            hole(Path("links", ("unsubscribe",)), Context.TEXT),
            "\n",
        ),
        headers=(
            (
                "List-Unsubscribe",
                parts(("<", hole(Path("links", ("unsubscribe",)), Context.HEADER), ">")),
            ),
            ("List-Unsubscribe-Post", parts(("List-Unsubscribe=One-Click",))),
            ("List-Id", parts(("Пятничное письмо <friday.igroteka.example>",))),
        ),
    )


def readers() -> list[Recipient]:
    """Return readers with every odd name, with and without points and picks."""
    points = (None, 0, 1, 101, 12345)
    return [
        recipient(
            first_name=name,
            points=points[number % len(points)],
            picks=PICKS[: number % 5],
            address=f"reader{number}@example.com" if number % 3 else None,
            birthday=date(1990, 5, 17),
        )
        for number, name in enumerate(ODD_NAMES * 2)
    ]
