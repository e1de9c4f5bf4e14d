"""Links as writers wrote them; schemes that no letter may have are the compiler's rule."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from pismo.checks.documents import HOLE, Link
from pismo.checks.scope import IssueScope
from pismo.compile.letter_rules import BAD_LINK
from pismo.model.finding import Finding, Rule, Severity

BROKEN = Rule(
    "link-syntax",
    Severity.ERROR,
    en="'{href}' is not an address",
    ru="«{href}» — не адрес",
    hint_en="write it whole: https://shop.example/page",
    hint_ru="напишите целиком: https://shop.example/page",
)
EMPTY_TARGET = Rule(
    "link-empty",
    Severity.ERROR,
    en="a link that leads nowhere",
    ru="ссылка никуда не ведёт",
    hint_en="give an address between the round brackets",
    hint_ru="впишите адрес в круглые скобки",
)
NO_TEXT = Rule(
    "link-text-missing",
    Severity.ERROR,
    en="the link to {href} has no text",
    ru="у ссылки на {href} нет текста",
    hint_en="say where it leads",
    hint_ru="скажите, куда она ведёт",
)
VAGUE = Rule(
    "link-text-vague",
    Severity.WARNING,
    en="«{text}» says nothing about where the link leads",
    ru="«{text}» не говорит, куда ведёт ссылка",
    hint_en="name the thing itself: a screen reader lists links without the sentence around",
    hint_ru="назовите саму вещь: программы чтения с экрана перечисляют ссылки без фразы вокруг",
)
PLAIN_HTTP = Rule(
    "link-http",
    Severity.WARNING,
    en="{href} is not https",
    ru="{href} — не https",
    hint_en="try the same address with https://",
    hint_ru="попробуйте тот же адрес с https://",
)
SHORTENED = Rule(
    "link-shortener",
    Severity.WARNING,
    en="{host} hides where the link leads, and spam filters know it",
    ru="{host} прячет, куда ведёт ссылка, и спам-фильтры об этом знают",
    hint_en="link to the page itself",
    hint_ru="дайте прямую ссылку",
)
BARE_IP = Rule(
    "link-ip",
    Severity.WARNING,
    en="{host} is a number, as in spam",
    ru="{host} — число, как в спаме",
    hint_en="use the site's name",
    hint_ru="напишите имя сайта",
)
REDIRECT = Rule(
    "link-redirect",
    Severity.WARNING,
    en="the link goes to {target} through {host}",
    ru="ссылка ведёт на {target} через {host}",
    hint_en="link to the page itself",
    hint_ru="дайте прямую ссылку",
)
_VAGUE = {
    "тут",
    "здесь",
    "сюда",
    "ссылка",
    "по ссылке",
    "подробнее",
    "далее",
    "читать",
    "жми",
    "here",
    "click here",
    "link",
    "this link",
    "more",
    "read more",
    "this",
}
_SHORTENERS = {"bit.ly", "goo.gl", "clck.ru", "t.co", "tinyurl.com", "vk.cc", "is.gd", "ow.ly"}
_HREF = re.compile(r"\bhref\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s?]+(\?.*)?")


def check_links(scope: IssueScope) -> Iterator[Finding]:
    """Check every link of the issue's files."""
    for document in scope.documents.values():
        for link in document.links:
            yield from _check(link)
        for passage in document.html:
            for href in _HREF.findall(passage.text):
                yield from _check_target(Link(href, "", passage.place))


def _check(link: Link) -> Iterator[Finding]:
    text = link.text.replace("\n", " ").strip(" .,!»«\"'→>").lower()
    if not link.href:
        yield EMPTY_TARGET.at(link.place)
        return
    if not text and "![" not in link.text:
        yield NO_TEXT.at(link.place, href=link.href)
    if text in _VAGUE:
        yield VAGUE.at(link.place, text=link.text.strip())
    if HOLE not in link.href:
        yield from _check_target(link)


def _check_target(link: Link) -> Iterator[Finding]:
    try:
        parts = urlsplit(link.href)
    except ValueError:
        yield BROKEN.at(link.place, href=link.href)
        return
    if parts.scheme in ("mailto", "tel"):
        ok = parts.scheme == "tel" or _ADDRESS.fullmatch(parts.path)
        yield from () if ok else (BROKEN.at(link.place, href=link.href),)
    elif parts.scheme == "javascript":
        yield BAD_LINK.at(link.place, url=link.href)
    elif parts.scheme in ("http", "https"):
        yield from _check_host(link, parts.hostname or "", parts.query, parts.scheme)


def _check_host(link: Link, host: str, query: str, scheme: str) -> Iterator[Finding]:
    if "." not in host or ".." in host or " " in link.href or "%20" in host:
        yield BROKEN.at(link.place, href=link.href)
        return
    if scheme == "http":
        yield PLAIN_HTTP.at(link.place, href=link.href)
    if host in _SHORTENERS:
        yield SHORTENED.at(link.place, host=host)
    if re.fullmatch(r"[\d.]+", host):
        yield BARE_IP.at(link.place, host=host)
    for _, value in parse_qsl(query):
        if value.startswith(("http://", "https://")):
            yield REDIRECT.at(link.place, host=host, target=value)
