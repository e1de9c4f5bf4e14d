"""How many complete messages a second, against what everybody does, and against memory itself.

python benchmarks/render.py [--people 100000]
"""

import argparse
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from email.message import EmailMessage

import jinja2
from machine import machine, per_second, table, write_down

from pismo.model.codec import with_digest
from pismo.model.content import Sender
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
    Repeat,
    Static,
)
from pismo.model.edition import Path as Way
from pismo.model.people import Links, Recipient, Recommended
from pismo.render import mime_program, render, scope_of
from pismo.render.filters import filters_for

MOMENT = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)
SENDER = Sender("Катя из «Игротеки»", "katya@example.com")
STORY = (
    '<p style="margin:0 0 16px;font-size:17px;line-height:1.6;color:#2b2622">Дождь застал нас на'
    " платформе, и одиннадцать человек под одним навесом играли в кубики на перевёрнутом тазу,"
    " пока машинист не объявил, что тоже хочет бросить.</p>\n"
)
PLAIN = "Дождь застал нас на платформе, и одиннадцать человек играли в кубики на тазу.\n\n"

HTML = """<html><head><title>{{ issue }}</title></head><body>
<p title="{{ recipient.city | default('') }}">Привет, {{ recipient.first_name | default("друг") }}!</p>
{{ story }}
{% if recipient.points > 100 %}<p>У вас {{ recipient.points | plural("балл", "балла", "баллов") }}.</p>
{% endif %}{{ story }}
{% if recipient.orders > 3 %}<p>Вы с нами {{ recipient.orders | plural("раз", "раза", "раз") }}.</p>
{% else %}<p>Рады вам, {{ recipient.first_name | default("друг") }}.</p>
{% endif %}<table>{% for p in picks %}<tr><td><a href="{{ p.url }}">{{ p.title }}</a></td>\
<td>{{ p.price | money(p.currency) }}</td><td>{{ p.reason }}</td></tr>
{% endfor %}</table>
<p><a href="{{ links.unsubscribe }}">Отписаться</a> <a href="{{ links.preferences }}">Настроить</a> \
<a href="{{ links.web }}">Открыть в браузере</a></p></body></html>
"""  # noqa: E501  # a line of the letter each
TEXT = """Привет, {{ recipient.first_name | default("друг") }}!

{{ story }}{% for p in picks %}- {{ p.title }}, {{ p.price | money(p.currency) }}: {{ p.url }}
{% endfor %}
Отписаться: {{ links.unsubscribe }}
"""
SUBJECT = "{{ recipient.first_name | default('Друзья') }}, пятничный ребус"


def reader(column: str) -> Way:
    return Way("recipient", (column,))


def hole(expr: Expr, context: Context = Context.HTML) -> Hole:
    return Hole(expr, context)


def or_else(expr: Expr, fallback: str) -> Filter:
    return Filter("default", expr, (Constant(fallback),))


def counted(column: str, *forms: str) -> Filter:
    return Filter("plural", reader(column), tuple(Constant(form) for form in forms))


NAME = or_else(reader("first_name"), "друг")
PRICE = Filter("money", Way("p", ("price",)), (Way("p", ("currency",)),))


def parts(*mixed: object) -> Parts:
    return tuple(Static(part) if isinstance(part, str) else part for part in mixed)  # type: ignore[misc]  # parts


def edition(story: str, plain: str) -> Edition:
    """Return the same letter as the templates above, as the compiler would give it."""
    url, title, reason = (Way("p", (name,)) for name in ("url", "title", "reason"))
    many = Compare(">", reader("points"), Constant(100))
    often = Compare(">", reader("orders"), Constant(3))
    rows = parts(
        *('<tr><td><a href="', hole(url, Context.URL), '">', hole(title)),
        *("</a></td><td>", hole(PRICE), "</td><td>", hole(reason), "</td></tr>\n"),
    )
    html = parts(
        "<html><head><title>Письмо</title></head><body>\n",
        *('<p title="', hole(or_else(reader("city"), ""), Context.ATTRIBUTE), '">Привет, '),
        *(hole(NAME), f"!</p>\n{story}\n"),
        Choice(
            (
                Branch(
                    many,
                    parts(
                        "<p>У вас ", hole(counted("points", "балл", "балла", "баллов")), ".</p>\n"
                    ),
                ),
            )
        ),
        f"{story}\n",
        Choice(
            (
                Branch(
                    often,
                    parts(
                        "<p>Вы с нами ", hole(counted("orders", "раз", "раза", "раз")), ".</p>\n"
                    ),
                ),
            ),
            parts("<p>Рады вам, ", hole(NAME), ".</p>\n"),
        ),
        *("<table>", Repeat("p", Way("picks"), rows), '</table>\n<p><a href="'),
        *(hole(Way("links", ("unsubscribe",)), Context.URL), '">Отписаться</a> <a href="'),
        *(hole(Way("links", ("preferences",)), Context.URL), '">Настроить</a> <a href="'),
        *(
            hole(Way("links", ("web",)), Context.URL),
            '">Открыть в браузере</a></p></body></html>\n',
        ),
    )
    line = parts(
        *("- ", hole(title, Context.TEXT), ", ", hole(PRICE, Context.TEXT), ": "),
        *(hole(url, Context.TEXT), "\n"),
    )
    text = parts(
        *("Привет, ", hole(NAME, Context.TEXT), f"!\n\n{plain}", Repeat("p", Way("picks"), line)),
        *("\nОтписаться: ", hole(Way("links", ("unsubscribe",)), Context.TEXT), "\n"),
    )
    unsubscribe = parts("<", hole(Way("links", ("unsubscribe",)), Context.HEADER), ">")
    return with_digest(
        Edition(
            issue="friday/2026-11-27",
            newsletter="friday",
            segment="everyone",
            language="ru",
            sender=SENDER,
            subject=parts(
                hole(or_else(reader("first_name"), "Друзья"), Context.HEADER), ", пятничный ребус"
            ),
            preheader=(),
            html=html,
            text=text,
            headers=(
                ("List-Unsubscribe", unsubscribe),
                ("List-Unsubscribe-Post", parts("List-Unsubscribe=One-Click")),
                ("List-Id", parts("Пятничное письмо <friday.example.com>")),
            ),
            digest="",
        )
    )


FIRST = ("Анна", "Борис", "Вера", "Григорий", "Дарья", "Егор", "Жанна", "Захар", "Ия", "Ксения")
PRODUCTS = tuple(
    Recommended(
        id=f"g{number:03}",
        title=f"Последняя электричка, выпуск {number}",
        url=f"https://shop.example.com/games/g{number:03}?utm_source=pismo&utm_medium=email",
        price=Decimal(990 + 10 * number),
        currency="RUB",
        reason="потому что вы играли в «Пасечника»",
    )
    for number in range(300)
)


def person(number: int) -> Recipient:
    """Return a reader like no other: name, address and links are theirs alone."""
    token = f"{number:08x}" * 5
    return Recipient(
        id=f"p{number}",
        segment="everyone",
        facts={
            "first_name": f"{FIRST[number % 10]}-{FIRST[number // 10 % 10]} {number}-я",
            "city": f"Город № {number % 700}",
            "points": number % 400,
            "orders": number % 9,
        },
        picks=tuple(PRODUCTS[(number * 7 + step * 31) % 300] for step in range(4)),
        links=Links(
            unsubscribe=f"https://links.example.com/u/{token}",
            preferences=f"https://links.example.com/p/{token}",
            web="https://letters.example.com/friday/2026-11-27/",
        ),
        address=f"reader{number}@example.com",
    )


def usual_way(story: str, plain: str) -> Callable[[Recipient, str], bytes]:
    """Return what everybody does: compiled Jinja templates and an EmailMessage a person."""
    environment = jinja2.Environment(autoescape=True)
    environment.filters.update({name: filters_for("ru")[name] for name in ("plural", "money")})
    html, subject = (environment.from_string(source) for source in (HTML, SUBJECT))
    text = environment.overlay(autoescape=False).from_string(TEXT)
    safe = jinja2.utils.markupsafe.Markup(story)

    def send(recipient: Recipient, message_id: str) -> bytes:
        scope = scope_of(recipient)
        message = EmailMessage()
        message["From"] = f'"{SENDER.name}" <{SENDER.address}>'
        message["To"] = recipient.address
        message["Subject"] = subject.render(scope)
        message["Date"] = MOMENT
        message["Message-ID"] = f"<{message_id}>"
        message["List-Unsubscribe"] = f"<{recipient.links.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message["List-Id"] = "Пятничное письмо <friday.example.com>"
        message.set_content(text.render(scope, story=plain))
        message.add_alternative(html.render(scope, story=safe, issue="Письмо"), subtype="html")
        return message.as_bytes()

    return send


def same_letter(letter: Edition, story: str) -> None:
    """Stop if the two ways do not write the same letter: then nothing is compared."""
    environment = jinja2.Environment(autoescape=True, keep_trailing_newline=True)
    environment.filters.update({name: filters_for("ru")[name] for name in ("plural", "money")})
    safe = jinja2.utils.markupsafe.Markup(story)
    for number in range(50):
        scope = scope_of(person(number))
        usual = environment.from_string(HTML).render(scope, story=safe, issue="Письмо")
        assert usual == render(letter, person(number)).html


def batches(people: int, size: int = 10_000) -> Iterator[list[Recipient]]:
    """Yield everybody, a batch at a time, so that all of them need not be in memory."""
    for start in range(0, people, size):
        yield [person(number) for number in range(start, min(start + size, people))]


def measure(people: int) -> None:
    """Measure, print, and store."""
    story, plain = STORY * 53, PLAIN * 30
    letter = edition(story, plain)
    same_letter(letter, story)
    program = mime_program(letter)
    sample = program(person(1), MOMENT, "d1@example.com")

    rates = []
    for batch in batches(people):
        begun = time.perf_counter()
        for number, recipient in enumerate(batch):
            program(recipient, MOMENT, f"d{number}@example.com")
        rates.append((len(batch), time.perf_counter() - begun))
    ours = sum(count for count, _ in rates) / sum(seconds for _, seconds in rates)
    best = max(count / seconds for count, seconds in rates)

    usual = usual_way(story, plain)
    few = [person(number) for number in range(100)]
    theirs, least, most = per_second(lambda: len([usual(one, "d1@example.com") for one in few]))

    half = len(sample) // 2
    halves = sample[:half], sample[half:]
    limit, _, _ = per_second(lambda: len([b"".join(halves) for _ in range(2000)]))
    write_down(
        "render",
        "Complete messages a second, one core",
        f"How fast is one {len(render(letter, person(1)).html.encode()) / 1000:.0f} KB letter (12"
        " holes, 2 choices, a repeat of 4; text part too) filled in for readers who share nothing?",
        [
            (
                f"**Input.** {people:,} people, each with a Cyrillic name, city, points, four of"
                f" 300 products and links of their own; one message is {len(sample):,} bytes on"
                " the wire (every part in the shorter of base64 and quoted-printable, lines ≤ 76),"
                " Date, Message-ID, From, To, Subject and three List- headers included."
            ),
            f"**Machine.** {machine()}.",
            table(
                ["way", "messages/s", "times Jinja2 + EmailMessage"],
                [
                    ["`mime_program`, everybody", f"{ours:,.0f}", f"{ours / theirs:.0f}"],
                    ["the best 10,000 of them", f"{best:,.0f}", f"{best / theirs:.0f}"],
                    [
                        "Jinja2 (compiled once) + `EmailMessage`",
                        f"{theirs:,.0f} ({least:,.0f}–{most:,.0f})",
                        "1",
                    ],
                    ["joining two constant halves, kept", f"{limit:,.0f}", f"{limit / theirs:.0f}"],
                ],
            ),
            f"Ratio to joining two constant halves of the same size: {ours / limit:.2f}.",
        ],
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    measure(parser.parse_args().people)
