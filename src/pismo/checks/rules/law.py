"""What law and mailbox providers ask of every letter."""

from collections.abc import Iterator

from pismo.checks.scope import IssueScope, LetterScope, visible_text
from pismo.model.finding import Finding, Rule, Severity, Source

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

_SETTINGS = Source("pyproject.toml")


def check_footer(scope: LetterScope) -> Iterator[Finding]:
    """Check that the letter says who sends it, why, and how to stop it."""
    brand, newsletter = scope.workspace.settings.brand, scope.inside.newsletter
    html, text = scope.email.html, visible_text(scope.page)
    if not brand.postal_address or _flat(brand.postal_address) not in _flat(text):
        yield NO_ADDRESS.at(_SETTINGS)
    if not brand.legal_name or _flat(brand.legal_name) not in _flat(text):
        yield NO_LEGAL_NAME.at(_SETTINGS)
    if newsletter.reason and _flat(newsletter.reason) not in _flat(text):
        yield NO_REASON.at(newsletter.source)
    links = scope.recipient.links
    if not _linked(html, links.unsubscribe):
        yield NO_UNSUBSCRIBE.at(scope.issue.source)
    if not _linked(html, links.preferences):
        yield NO_PREFERENCES.at(scope.issue.source)


def check_advertising_marks(scope: IssueScope) -> Iterator[Finding]:
    """Check that another's advertising carries its mark."""
    for item in scope.items:
        if item.sponsor and not item.erid:
            yield NO_ERID.at(item.source, kind=item.kind, slug=item.slug, sponsor=item.sponsor)
        if item.erid and not item.sponsor:
            yield NO_SPONSOR.at(item.source, kind=item.kind, slug=item.slug)


def _linked(html: str, url: str) -> bool:
    return f'href="{url}"' in html or f'href="{url.replace("&", "&amp;")}"' in html


def _flat(text: str) -> str:
    """Compare without what typesetting changes: spaces, quotes, dashes."""
    return "".join(letter for letter in text.lower() if letter.isalnum())
