"""Links as writers wrote them; schemes that no letter may have are the compiler's rule."""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pismo.checks.documents import HOLE, Link
from pismo.checks.places import setting_place
from pismo.checks.scope import IssueScope
from pismo.compile.letter_rules import BAD_LINK
from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.model.workspace import Workspace

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
NO_TARGET = Rule(
    "link-target",
    Severity.ERROR,
    en="the link leads to '{href}', and nothing in the letter is called so",
    ru="ссылка ведёт на «{href}», а в письме ничего так не называется",
    hint_en='give the place a name: <a id="…"></a>, or link to a page',
    hint_ru='дайте месту имя: <a id="…"></a>, или сошлитесь на страницу',
)
DISGUISED = Rule(
    "link-disguised",
    Severity.WARNING,
    en="the link looks like {shown} but leads to {host}",
    ru="ссылка похожа на {shown}, а ведёт на {host}",
    hint_en="mail programs warn of this as of fraud: let both be the same",
    hint_ru="почта предупреждает о таком как о мошенничестве: пусть совпадают",
)
ENCODED_TWICE = Rule(
    "link-encoded-twice",
    Severity.WARNING,
    en="'{part}' in {href} was encoded twice: the site will see {once}",
    ru="«{part}» в {href} закодировано дважды: сайт увидит {once}",
    hint_en="write {once}, or copy the address from the browser again",
    hint_ru="напишите {once} или скопируйте адрес из браузера заново",
)
QUERY = Rule(
    "link-query",
    Severity.WARNING,
    en="'{href}': the site will not understand «{mark}»",
    ru="«{href}»: сайт не поймёт «{mark}»",
    hint_en="one ? before the first question to the site, & before each other",
    hint_ru="перед первым параметром один ?, перед остальными &",
)
PRIVATE = Rule(
    "link-private",
    Severity.ERROR,
    en="{host} is known only inside your own network",
    ru="{host} известен только внутри вашей сети",
    hint_en="link to the public page",
    hint_ru="дайте ссылку на открытую страницу",
)
_VAGUE_WORDS = {
    "тут", "здесь", "сюда", "там", "туда", "ссылка", "ссылке", "ссылку", "ссылки", "по", "этой",
    "эту", "на", "в", "нажмите", "нажми", "жми", "жмите", "кликните", "кликни", "кликай",
    "кликайте", "клик", "перейти", "перейдите", "перейди", "подробнее", "подробности", "далее",
    "дальше", "узнать", "узнайте", "узнай", "больше", "ещё", "еще", "читать", "читайте",
    "прочитать", "смотреть", "смотрите", "посмотреть", "открыть", "откройте", "here", "click",
    "this", "link", "more", "read", "learn", "details", "see", "go", "tap", "press", "page",
    "continue", "reading", "on", "open", "the", "to", "a", "out", "find", "now", "visit", "view",
    "follow", "for",
}  # fmt: skip
_FILLING = frozenset("по на в the to a on out for now".split())  # noqa: SIM905
"""Words that are vague beside a vague one, and alone are nothing one would link."""
_SHORTENERS = {
    "bit.ly", "bitly.com", "goo.gl", "clck.ru", "t.co", "tinyurl.com", "vk.cc", "is.gd", "v.gd",
    "ow.ly", "u.to", "cutt.ly", "rb.gy", "shorturl.at", "buff.ly", "rebrand.ly", "t.ly", "qps.ru",
    "lnnk.in", "tiny.cc", "s.id", "goo.su", "ya.cc",
}  # fmt: skip
_REDIRECTS = {"to", "url", "u", "q", "target", "redirect", "redirect_uri", "goto", "next", "link"}
_PRIVATE = re.compile(r"\.(?:local|localhost|internal|intranet|lan|corp|home|test|invalid)$")
_SECOND_QUESTION = re.compile(r"^[^?#]*(?:\?[^#]*?(\?)[\w-]+=|/[^?#/]*?(&)[\w-]+=[^?#/]*$)")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s?]+")
_HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")
_SHOWN_HOST = re.compile(
    r"(?:https?://)?((?:[\w-]+\.)+(?:com|org|net|info|biz|io|shop|store|ru|su|рф|by|kz|ua|de|uk|eu"
    r"|example))(?:[/?#]\S*)?",
    re.IGNORECASE,
)
"""What reads as a site; «Node.js» does not."""
_ENCODED_TWICE = re.compile(
    r"%25(2[0-9A-F]|3[A-F]|40|5[BCDEF]|7[BCDE]|C[23]|D[01]|E2)", re.IGNORECASE
)
"""A space, a mark, a Russian letter; `%2550` may be «%50», fifty per cent."""
_BAD_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")


def check_links(scope: IssueScope) -> Iterator[Finding]:
    """Check every link of the issue's files."""
    names = {
        tag.attributes.get(key, "")
        for document in scope.documents.values()
        for tag in document.markup.tags
        for key in ("id", "name")
    }
    for document in scope.documents.values():
        shown = {image.place for image in document.images}
        for link in document.links:
            yield from _check(link, names, has_picture=link.place in shown)


def check_addresses(workspace: Workspace) -> Iterator[Finding]:
    """Check the addresses of settings and of the catalogue, which letters link to, too."""
    settings = workspace.settings
    urls = {"brand.url": settings.brand.url, "links.base_url": settings.links_base_url}
    for name, url in {**urls, "site.base_url": settings.site_base_url}.items():
        if url and not urlsplit(url).scheme:
            yield BROKEN.at(setting_place(workspace.root, name), href=url)
        elif url:
            yield from _check_target(Link(url, "", setting_place(workspace.root, name)))
    for product in workspace.catalogue.values():
        place = Source("content/catalogue.csv", product.line)
        yield from _check_target(Link(product.url, "", place))
        if product.image.startswith("http"):
            yield from _check_target(Link(product.image, "", place))


def mixes_alphabets(host: str) -> bool:
    """Tell whether a part of a name has Latin and Russian letters, as a forged one has."""
    return any(
        re.search("[a-z]", label) and re.search("[а-яё]", label) for label in host.split(".")
    )


def _check(link: Link, names: set[str], *, has_picture: bool) -> Iterator[Finding]:
    text = " ".join(link.text.split())
    if link.href.strip() in ("", "#"):
        yield EMPTY_TARGET.at(link.place)
        return
    if not text and not has_picture:
        yield NO_TEXT.at(link.place, href=link.href)
    if _is_vague(text):
        yield VAGUE.at(link.place, text=text)
    if HOLE in link.href:
        return
    if link.href.startswith("#"):
        if link.href[1:] not in names:
            yield NO_TARGET.at(link.place, href=link.href)
        return
    yield from _check_target(Link(link.href, text, link.place))


def _is_vague(text: str) -> bool:
    words = re.findall(r"\w+", text.lower())
    return bool(words) and set(words) <= _VAGUE_WORDS and not set(words) <= _FILLING


def _check_target(link: Link) -> Iterator[Finding]:
    try:
        parts = urlsplit(link.href)
        port = parts.port
    except ValueError:
        yield BROKEN.at(link.place, href=link.href)
        return
    if parts.scheme == "mailto":
        yield from (
            () if _ADDRESS.fullmatch(parts.path) else (BROKEN.at(link.place, href=link.href),)
        )
    elif parts.scheme == "tel":
        ok = re.fullmatch(r"\+?[\d().\s-]{2,}", unquote(parts.path))
        yield from () if ok else (BROKEN.at(link.place, href=link.href),)
    elif parts.scheme == "javascript":
        yield BAD_LINK.at(link.place, url=link.href)
    elif parts.scheme in ("http", "https"):
        yield from _check_host(link, parts, port)


def _check_host(link: Link, parts: SplitResult, port: int | None) -> Iterator[Finding]:
    host = _spelled(parts.hostname or "")
    number = re.fullmatch(r"[\d.]+|[0-9a-f:]+", host)
    sound = number or _HOST.fullmatch(host)
    if not sound or " " in link.href or port == 0 or _BAD_PERCENT.search(link.href):
        yield BROKEN.at(link.place, href=link.href)
        return
    yield from _check_spelling(link, parts)
    if _PRIVATE.search(host):
        yield PRIVATE.at(link.place, host=host)
    if parts.scheme == "http":
        yield PLAIN_HTTP.at(link.place, href=link.href)
    if host.removeprefix("www.") in _SHORTENERS:
        yield SHORTENED.at(link.place, host=host)
    if number:
        yield BARE_IP.at(link.place, host=host)
    yield from _check_disguise(link, parts, host)
    if target := _target_of(parts):
        yield REDIRECT.at(link.place, host=host, target=target)


def _check_disguise(link: Link, parts: SplitResult, host: str) -> Iterator[Finding]:
    if parts.username is not None:
        yield DISGUISED.at(link.place, shown=unquote(parts.username), host=host)
    elif mixes_alphabets(host):
        yield DISGUISED.at(link.place, shown=f"«{host}»", host=host.encode("idna").decode())
    elif (shown := _SHOWN_HOST.fullmatch(link.text)) and not _same_site(shown[1], host):
        yield DISGUISED.at(link.place, shown=shown[1], host=host)


def _check_spelling(link: Link, parts: SplitResult) -> Iterator[Finding]:
    if twice := _ENCODED_TWICE.search(_own_part(parts)):
        yield ENCODED_TWICE.at(link.place, href=link.href, part=twice[0], once=f"%{twice[1]}")
    if wrong := _SECOND_QUESTION.search(link.href.partition("//")[2]):
        yield QUERY.at(link.place, href=link.href, mark=wrong[1] or wrong[2])


def _own_part(parts: SplitResult) -> str:
    """Return path and query without the addresses that stand in the query, encoded as they must."""
    own = (pair for pair in parts.query.split("&") if "%3a%2f%2f" not in pair.lower())
    return "&".join((parts.path, *own, parts.fragment))


def _target_of(parts: SplitResult) -> str:
    """Follow the addresses that an address carries, to the last; '' if it carries none."""
    inside = re.search(r"https?:/{1,2}\S+", unquote(parts.path))
    found = inside[0] if inside else ""
    for name, value in parse_qsl(parts.query):
        leads_away = name.lower() in _REDIRECTS and _SHOWN_HOST.fullmatch(value)
        if value.startswith(("http://", "https://", "//")) or leads_away:
            found = value
    try:
        return (_target_of(urlsplit(found)) or found) if found else ""
    except ValueError:
        return found


def _spelled(host: str) -> str:
    """Return a host in its own letters; Markdown writes them in Latin (xn--…)."""
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def _same_site(shown: str, host: str) -> bool:
    one, other = (name.lower().removeprefix("www.") for name in (shown, host))
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
