"""What a link says beside where it leads, and addresses that were never meant for readers."""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pismo.checks.documents import HOLE, Document, Link
from pismo.checks.rules.links import BROKEN, DISGUISED, VAGUE, mixes_alphabets
from pismo.checks.scope import IssueScope
from pismo.checks.stand_ins import STAND_INS
from pismo.model.finding import Finding, Rule, Severity

OTHER_TARGET = Rule(
    "link-text-other",
    Severity.WARNING,
    en="the link shows {shown} and leads to {target}",
    ru="в ссылке видно {shown}, а ведёт она на {target}",
    hint_en="one of the two was forgotten when it changed",
    hint_ru="что-то одно забыли поменять",
)
SAME_TEXT = Rule(
    "link-text-twice",
    Severity.WARNING,
    en="«{text}» leads to {target} here and to {other} above",
    ru="«{text}» здесь ведёт на {target}, а выше — на {other}",
    hint_en="readers expect one page behind one name: call them otherwise",
    hint_ru="за одним названием ждут одну страницу: назовите их по-разному",
)
STAND_IN = Rule(
    "link-placeholder",
    Severity.ERROR,
    en="«{mark}» was left in the address {href}",
    ru="в адресе {href} осталось «{mark}»",
    hint_en="put the real address there",
    hint_ru="впишите настоящий адрес",
)
OWN_PAGE = Rule(
    "link-own-session",
    Severity.WARNING,
    en="{href} opens for whoever is logged in as you: «{mark}»",
    ru="{href} открывается только под вашим входом: «{mark}»",
    hint_en="open the page in a private window, and copy the address from there",
    hint_ru="откройте страницу в окне инкогнито и возьмите адрес оттуда",
)
UTM = Rule(
    "link-utm",
    Severity.WARNING,
    en="«{mark}» in {href} will not be counted",
    ru="«{mark}» в {href} не посчитают",
    hint_en="?utm_source=…&utm_medium=…&utm_campaign=…, each with a value, before any #",
    hint_ru="?utm_source=…&utm_medium=…&utm_campaign=…, все со значениями, и перед #",
)

BARE = Rule(
    "link-bare",
    Severity.WARNING,
    en="{href} is text: not every mail program makes a link of it",
    ru="{href} — просто текст: ссылку из него сделает не всякая почта",
    hint_en="name the thing, and put the address behind it, as a link",
    hint_ru="назовите саму вещь, а адрес дайте её ссылкой",
)

_BARE = re.compile(r"(?<![\w/(<])(?:https?://|www\.)[^\s<>«»\"]+[^\s<>«»\".,;:!?)]")
_SHOWN = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-zа-яё]{2,}(/\S*)?", re.IGNORECASE)
_MAILBOX = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d\s()\u00a0\u2011-]{5,}")
_LEFT = re.compile(rf"{STAND_INS}|[A-Z]*_?HERE\b|(?:\{{|%7B)[\w ]*(?:\}}|%7D)", re.ASCII)
_EXAMPLE = frozenset(
    ("example.com", "example.org", "example.net", "yoursite.com", "yourdomain.com")
)
_SESSIONS = {
    "phpsessid", "jsessionid", "sessionid", "session_id", "sid", "access_token", "auth_token",
    "api_key", "apikey", "token",
}  # fmt: skip
_BEHIND_LOGIN = re.compile(
    r"/wp-admin/|/wp-login|/admin/|/bitrix/admin|^docs\.google\.com/.*/(?:edit|u/\d)"
)
_KNOWN_UTM = {"source", "medium", "campaign", "content", "term", "id", "source_platform",
              "creative_format", "marketing_tactic", "referrer"}  # fmt: skip
_RUSSIAN_NUMBER = 11


def check_link_words(scope: IssueScope) -> Iterator[Finding]:
    """Compare what links say with where they lead."""
    own = urlsplit(scope.workspace.settings.brand.url).hostname or ""
    # In a draft, the example that `pismo new` gives may stay.
    examples: frozenset[str] = (
        frozenset() if scope.issue.draft else _EXAMPLE - {own.removeprefix("www.")}
    )
    for document in scope.documents.values():
        shown = {image.place for image in document.images}
        for link in document.links:
            if HOLE in link.href:
                continue
            if link.text.strip() and not re.search(r"\w", link.text) and link.place not in shown:
                yield VAGUE.at(link.place, text=link.text.strip())
            try:
                parts = urlsplit(link.href)
            except ValueError:
                continue  # link-syntax tells of it
            yield from _shown(link, parts)
            if parts.scheme in ("http", "https"):
                yield from _address(link, parts, examples)
        yield from _same_texts(document)
        yield from _bare(document)


def _shown(link: Link, parts: SplitResult) -> Iterator[Finding]:
    text = " ".join(link.text.split())
    if parts.scheme == "mailto":
        address = unquote(parts.path)
        if mixes_alphabets(re.sub(r"[@.]", ".", address)):
            yield DISGUISED.at(link.place, shown=address, host=address.encode("idna").decode())
        elif _MAILBOX.fullmatch(text) and text.lower() != address.lower():
            yield OTHER_TARGET.at(link.place, shown=text, target=address)
    elif parts.scheme == "tel":
        number, said = (re.sub(r"\D", "", one) for one in (unquote(parts.path), text))
        if number.startswith("7") and "+" in parts.path and len(number) != _RUSSIAN_NUMBER:
            yield BROKEN.at(link.place, href=link.href)
        elif _PHONE.fullmatch(text) and said[-7:] != number[-7:]:
            yield OTHER_TARGET.at(link.place, shown=text, target=number)
    elif (found := _SHOWN.fullmatch(text)) and found[1] and not _same_path(found[1], parts):
        yield OTHER_TARGET.at(link.place, shown=text, target=link.href)


def _same_path(shown: str, parts: SplitResult) -> bool:
    """Tell whether a path is a link's own, or its beginning, cut with an ellipsis."""
    path = unquote(parts.path)
    head, cut, _ = shown.replace("...", "…").partition("…")
    if cut:
        return path.startswith(unquote(head.rstrip("/")))
    return unquote(re.split("[?#]", head)[0]).rstrip("/.,") == path.rstrip("/.,")


def _address(link: Link, parts: SplitResult, examples: frozenset[str]) -> Iterator[Finding]:
    host = (parts.hostname or "").removeprefix("www.")
    if left := _LEFT.search(link.href):
        yield STAND_IN.at(link.place, mark=unquote(left[0]), href=link.href)
    elif host in examples:
        yield STAND_IN.at(link.place, mark=host, href=f"https://{host}")
    elif parts.path.endswith(("%20", "%C2%A0")):
        yield BROKEN.at(link.place, href=link.href)
    named = parse_qsl(parts.query, keep_blank_values=True)
    login = _BEHIND_LOGIN.search(host + parts.path)
    if (mine := login and login[0]) or (
        mine := next((name for name, _ in named if name.lower() in _SESSIONS), None)
    ):
        yield OWN_PAGE.at(link.place, mark=mine, href=f"{host}{parts.path}")
    if mark := _wrong_utm(named, parts):
        yield UTM.at(link.place, mark=mark, href=f"{host}{parts.path}")


def _wrong_utm(named: list[tuple[str, str]], parts: SplitResult) -> str:
    if parts.fragment.startswith("utm_"):
        return f"#{parts.fragment}"
    for name, value in named:
        kind = name.lower().removeprefix("utm_")
        if name.lower().startswith("utm_") and (kind not in _KNOWN_UTM or not value.strip()):
            return name
    return ""


def _bare(document: Document) -> Iterator[Finding]:
    """Find addresses in running text that no link is made of."""
    linked = " ".join(link.text for link in document.links)
    for passage in document.passages:
        for found in _BARE.finditer(passage.text):
            if found[0] not in linked and HOLE not in found[0]:
                yield BARE.at(passage.place_of(found), href=found[0])


def _same_texts(document: Document) -> Iterator[Finding]:
    """Find two links of one text that lead to two pages."""
    seen: dict[str, str] = {}
    for link in document.links:
        text = " ".join(link.text.lower().split())
        href = link.href.rstrip("/.,")
        if not re.search(r"\w", text) or HOLE in text + href:
            continue
        if (other := seen.setdefault(text, href)) != href:
            yield SAME_TEXT.at(link.place, text=text, target=link.href, other=other)
