"""What law and mailbox providers ask of every letter."""

import re
from collections.abc import Iterator

from pismo.checks.places import field_place, setting_place
from pismo.checks.scope import IssueScope, LetterScope, flat, visible_text
from pismo.checks.stand_ins import STAND_INS
from pismo.model.finding import Finding, Rule, Severity
from pismo.model.workspace import Workspace

NO_ADDRESS = Rule(
    "law-postal-address",
    Severity.WARNING,
    en="no postal address in the letter",
    ru="в письме нет почтового адреса",
    hint_en="set postal_address in [tool.pismo.brand]",
    hint_ru="впишите postal_address в [tool.pismo.brand]",
)
NO_LEGAL_NAME = Rule(
    "law-legal-name",
    Severity.WARNING,
    en="the letter does not say who sends it, by legal name",
    ru="в письме нет юридического имени отправителя",
    hint_en="set legal_name in [tool.pismo.brand]",
    hint_ru="впишите legal_name в [tool.pismo.brand]",
)
NO_UNSUBSCRIBE = Rule(
    "law-unsubscribe",
    Severity.ERROR,
    en="no visible link to unsubscribe",
    ru="нет видимой ссылки на отписку",
    hint_en="keep the footer of the layout, or print {{{{ links.unsubscribe }}}}",
    hint_ru="оставьте подвал макета или выведите {{{{ links.unsubscribe }}}}",
)
NO_PREFERENCES = Rule(
    "law-preferences",
    Severity.WARNING,
    en="no link to the preferences page",
    ru="нет ссылки на настройки рассылки",
    hint_en="keep the footer of the layout, or print {{{{ links.preferences }}}}",
    hint_ru="оставьте подвал макета или выведите {{{{ links.preferences }}}}",
)
NO_REASON = Rule(
    "law-reason",
    Severity.WARNING,
    en="the letter does not say why one gets it",
    ru="письмо не объясняет, почему оно пришло",
    hint_en="set reason in newsletter.toml, and keep the footer of the layout",
    hint_ru="впишите reason в newsletter.toml и оставьте подвал макета",
)
NO_ERID = Rule(
    "law-erid",
    Severity.ERROR,
    en="{kind} '{slug}' is sponsored by {sponsor}, but has no erid",
    ru="{kind} «{slug}»: есть рекламодатель {sponsor}, но нет erid",
    hint_en="Russian law asks for the mark on another's advertising: erid: …",
    hint_ru="чужую рекламу закон велит маркировать: erid: …",
)
NO_SPONSOR = Rule(
    "law-sponsor",
    Severity.ERROR,
    en="{kind} '{slug}' has an erid, but names no sponsor",
    ru="{kind} «{slug}»: есть erid, но не назван рекламодатель",
    hint_en="add sponsor: …",
    hint_ru="добавьте sponsor: …",
)
BAD_ERID = Rule(
    "law-erid-shape",
    Severity.ERROR,
    en="«{erid}» is no erid",
    ru="«{erid}» — не erid",
    hint_en="the advertising data operator gives it: Latin letters and digits, 2VtzqwABcDe",
    hint_ru="его выдаёт оператор рекламных данных: латиница и цифры, 2VtzqwABcDe",
)

HIDDEN_AD = Rule(
    "law-hidden-ad",
    Severity.WARNING,
    en="«{words}» reads as another's advertising, but no field says so",
    ru="«{words}» — похоже на чужую рекламу, а в полях об этом ничего",
    hint_en="add ad: true, sponsor: … and erid: …; the letter then says so itself",
    hint_ru="добавьте ad: true, sponsor: … и erid: …: письмо само поставит пометку",
)
FREE_MAIL = Rule(
    "sender-free-mail",
    Severity.WARNING,
    en="{host} lets nobody send letters in its name through another service (DMARC)",
    ru="от имени {host} чужой сервис писем не отправит: их отвергнут (DMARC)",
    hint_en="send from an address on your own domain",
    hint_ru="пишите с адреса на своём домене",
)
NO_REPLY = Rule(
    "sender-no-reply",
    Severity.WARNING,
    en="{address} tells readers that nobody wants their answer",
    ru="{address} говорит читателям, что их ответа не ждут",
    hint_en="a friend can be answered: use an address that somebody reads",
    hint_ru="другу можно ответить: возьмите адрес, который кто-то читает",
)
_AD = re.compile(
    r"на правах рекламы|\berid\b|реклама\. (?:ООО|ИП|АО)|партн[её]рск\w+ материал|спонсор выпуска"
    r"|sponsored by|paid partnership|advertorial",
    re.IGNORECASE,
)
FREE_MAIL_HOSTS = {
    "gmail.com", "googlemail.com", "yahoo.com", "outlook.com", "hotmail.com", "live.com",
    "icloud.com", "aol.com", "mail.ru", "bk.ru", "list.ru", "inbox.ru", "yandex.ru", "ya.ru",
    "rambler.ru",
}  # fmt: skip
"""Where everybody may have a mailbox."""
_ERID = re.compile(r"[0-9A-Za-z]{5,}")
_NO_ERID = re.compile(rf"(?:{STAND_INS})\d*|ERID|TOKEN|ТОКЕН", re.IGNORECASE)
_NO_REPLY = re.compile(r"(?:no|do.?not|ne).?(?:reply|otvechat)|robot", re.IGNORECASE)


def check_footer(scope: LetterScope) -> Iterator[Finding]:
    """Check that the letter says who sends it, why, and how to stop it."""
    brand, newsletter = scope.workspace.settings.brand, scope.inside.newsletter
    html, text = scope.email.html, visible_text(scope.page)
    if not brand.postal_address or flat(brand.postal_address) not in flat(text):
        yield NO_ADDRESS.at(setting_place(scope.workspace.root, "brand.postal_address"))
    if not brand.legal_name or flat(brand.legal_name) not in flat(text):
        yield NO_LEGAL_NAME.at(setting_place(scope.workspace.root, "brand.legal_name"))
    if newsletter.reason and flat(newsletter.reason) not in flat(text):
        yield NO_REASON.at(field_place(scope.workspace.root, newsletter.source, "reason"))
    links = scope.recipient.links
    if not _linked(html, links.unsubscribe):
        yield NO_UNSUBSCRIBE.at(scope.issue.source)
    if not _linked(html, links.preferences):
        yield NO_PREFERENCES.at(scope.issue.source)


def check_advertising_marks(scope: IssueScope) -> Iterator[Finding]:
    """Check that another's advertising carries its mark."""
    for item in scope.items:
        if item.sponsor and not item.erid:
            yield NO_ERID.at(
                item.place_of("sponsor"), kind=item.kind, slug=item.slug, sponsor=item.sponsor
            )
        if item.erid and (not _ERID.fullmatch(item.erid) or _NO_ERID.fullmatch(item.erid)):
            yield BAD_ERID.at(item.place_of("erid"), erid=item.erid)
        if item.erid and not item.sponsor:
            yield NO_SPONSOR.at(item.place_of("erid"), kind=item.kind, slug=item.slug)


def check_hidden_advertising(scope: IssueScope) -> Iterator[Finding]:
    """Find what calls itself advertising in words, in an item that does not."""
    open_ones = {item.source.path for item in scope.items if item.ad or item.sponsor}
    for path, document in scope.documents.items():
        for passage in document.passages if path not in open_ones else ():
            if found := _AD.search(passage.text):
                yield HIDDEN_AD.at(passage.place_of(found), words=found[0])


def check_senders(workspace: Workspace) -> Iterator[Finding]:
    """Check who the letters come from."""
    for newsletter in workspace.newsletters.values():
        place = field_place(workspace.root, newsletter.source, "sender.address")
        local, _, host = newsletter.sender.address.partition("@")
        if host.lower() in FREE_MAIL_HOSTS:
            yield FREE_MAIL.at(place, host=host)
        if _NO_REPLY.search(local) and not newsletter.sender.reply_to:
            yield NO_REPLY.at(place, address=newsletter.sender.address)


def _linked(html: str, url: str) -> bool:
    return f'href="{url}"' in html or f'href="{url.replace("&", "&amp;")}"' in html
