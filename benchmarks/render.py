"""How many complete messages a second, against what everybody does, and against memory itself.

python benchmarks/render.py [--people 100000]
"""

import argparse
import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path

import jinja2
from machine import machine, per_second, table, write_down
from markupsafe import Markup

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
from pismo.render import Program, mime_program, render, scope_of
from pismo.render.filters import filters_for

ADR = Path(__file__).parents[1] / "docs" / "adr" / "0005-mime-encoding.md"
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
    unsubscribe = parts("<", hole(Way("links", ("unsubscribe",)), Context.HEADER), ">")
    greeted = hole(or_else(reader("first_name"), "Друзья"), Context.HEADER)
    return with_digest(
        Edition(
            issue="friday/2026-11-27",
            newsletter="friday",
            segment="everyone",
            language="ru",
            sender=SENDER,
            subject=parts(greeted, ", пятничный ребус"),
            preheader=(),
            html=html_parts(story),
            text=text_parts(plain),
            headers=(
                ("List-Unsubscribe", unsubscribe),
                ("List-Unsubscribe-Post", parts("List-Unsubscribe=One-Click")),
                ("List-Id", parts("Пятничное письмо <friday.example.com>")),
            ),
            digest="",
        )
    )


def html_parts(story: str) -> Parts:
    """Return `HTML` as parts."""
    points = hole(counted("points", "балл", "балла", "баллов"))
    orders = hole(counted("orders", "раз", "раза", "раз"))
    many = Branch(
        Compare(">", reader("points"), Constant(100)), parts("<p>У вас ", points, ".</p>\n")
    )
    often = Branch(
        Compare(">", reader("orders"), Constant(3)), parts("<p>Вы с нами ", orders, ".</p>\n")
    )
    url, title, reason = (Way("p", (name,)) for name in ("url", "title", "reason"))
    rows = parts(
        *('<tr><td><a href="', hole(url, Context.URL), '">', hole(title)),
        *("</a></td><td>", hole(PRICE), "</td><td>", hole(reason), "</td></tr>\n"),
    )
    unsubscribe, preferences, web = (
        hole(Way("links", (name,)), Context.URL) for name in ("unsubscribe", "preferences", "web")
    )
    return parts(
        "<html><head><title>Письмо</title></head><body>\n",
        *('<p title="', hole(or_else(reader("city"), ""), Context.ATTRIBUTE), '">Привет, '),
        *(hole(NAME), f"!</p>\n{story}\n", Choice((many,)), f"{story}\n"),
        Choice((often,), parts("<p>Рады вам, ", hole(NAME), ".</p>\n")),
        *("<table>", Repeat("p", Way("picks"), rows), '</table>\n<p><a href="', unsubscribe),
        *('">Отписаться</a> <a href="', preferences, '">Настроить</a> <a href="', web),
        '">Открыть в браузере</a></p></body></html>\n',
    )


def text_parts(plain: str) -> Parts:
    """Return `TEXT` as parts."""
    title, url = Way("p", ("title",)), Way("p", ("url",))
    line = parts(
        *("- ", hole(title, Context.TEXT), ", ", hole(PRICE, Context.TEXT), ": "),
        *(hole(url, Context.TEXT), "\n"),
    )
    return parts(
        *("Привет, ", hole(NAME, Context.TEXT), f"!\n\n{plain}", Repeat("p", Way("picks"), line)),
        *("\nОтписаться: ", hole(Way("links", ("unsubscribe",)), Context.TEXT), "\n"),
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
    safe = Markup(story)

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
    safe = Markup(story)
    for number in range(50):
        scope = scope_of(person(number))
        usual = environment.from_string(HTML).render(scope, story=safe, issue="Письмо")
        assert usual == render(letter, person(number)).html


def quote(measured: str) -> None:
    """Let the decision that rests on these figures quote them."""
    text, count = re.subn(
        r"(?m)^> .* messages a second .*$", f"> {measured}", ADR.read_text("utf-8")
    )
    assert count == 1, f"{ADR} has no line for the figures"
    ADR.write_text(text, "utf-8")


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
    ours, best = everybody(program, people)

    usual = usual_way(story, plain)
    few = [person(number) for number in range(100)]
    theirs = per_second(lambda: len([usual(one, "d1@example.com") for one in few]))

    half = len(sample) // 2
    halves = sample[:half], sample[half:]
    limit, _, _ = per_second(lambda: len([b"".join(halves) for _ in range(2000)]))
    kilobytes = len(render(letter, person(1)).html.encode()) / 1000
    report(people, kilobytes, len(sample), (ours, best, limit), theirs)


def everybody(program: Program, people: int) -> tuple[float, float]:
    """Fill in everybody's letter; return messages a second, and of the best batch."""
    rates = []
    for batch in batches(people):
        begun = time.perf_counter()
        for number, recipient in enumerate(batch):
            program(recipient, MOMENT, f"d{number}@example.com")
        rates.append((len(batch), time.perf_counter() - begun))
    mean = sum(count for count, _ in rates) / sum(seconds for _, seconds in rates)
    return mean, max(count / seconds for count, seconds in rates)


def report(
    people: int,
    kilobytes: float,
    message_bytes: int,
    rates: tuple[float, float, float],
    usual: tuple[float, float, float],
) -> None:
    """Print what was measured, and store it; `rates` are ours, our best and the limit."""
    ours, best, limit = rates
    theirs, least, most = usual
    quote(
        f"{ours:,.0f} messages a second against {theirs:,.0f} of Jinja2 + `EmailMessage`;"
        f" {ours / limit:.2f} of joining two constant halves (load {os.getloadavg()[0]:.1f})"
    )
    write_down(
        "render",
        "Complete messages a second, one core",
        f"How fast is one {kilobytes:.0f} KB letter (12"
        " holes, 2 choices, a repeat of 4; text part too) filled in for readers who share nothing?",
        [
            (
                f"**Input.** {people:,} people, each with a Cyrillic name, city, points, four of"
                f" 300 products and links of their own; one message is {message_bytes:,} bytes on"
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
