"""What must not stand in a text that goes to everybody and into Git: keys, cards, private mail."""

import re
from collections.abc import Iterator

from pismo.checks.documents import Passage
from pismo.checks.rules.law import FREE_MAIL_HOSTS
from pismo.checks.scope import IssueScope
from pismo.model.finding import Finding, Rule, Severity

KEY = Rule(
    "text-secret",
    Severity.ERROR,
    en="«{shown}» looks like a {kind}",
    ru="«{shown}» похоже на секрет ({kind})",
    hint_en="take it out, and have it replaced: Git keeps what was committed",
    hint_ru="уберите и замените на новый: Git хранит всё, что в него попало",
)
PRIVATE_ADDRESS = Rule(
    "text-private-address",
    Severity.WARNING,
    en="{address} is somebody's own mailbox, and the letter goes to everybody",
    ru="{address} — чей-то личный ящик, а письмо уйдёт всем",
    hint_en="give an address of the shop",
    hint_ru="дайте адрес магазина",
)

_KEYS = {
    "AWS key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "token": re.compile(r"\b(?:gh[pousr]_|xox[abp]-|sk_live_|sk-ant-|glpat-)[\w-]{16,}"),
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
}
_CARD = re.compile(r"(?<![\d-])\d{4}([ \u00a0-]?)\d{4}\1\d{4}\1\d{4}(?![\d-])")
_ADDRESS = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_SHOWN = 8


def check_secrets(scope: IssueScope) -> Iterator[Finding]:
    """Look through every text and every link of the issue's files."""
    for document in scope.documents.values():
        for passage in (*document.passages, *document.html_texts):
            yield from _check(passage)
        for link in document.links:
            if link.href.startswith("mailto:"):
                yield from _addresses(Passage(link.href, link.place))
    for line in (*scope.lines, *scope.envelope):
        yield from _check(line)


def _check(passage: Passage) -> Iterator[Finding]:
    for kind, pattern in _KEYS.items():
        for found in pattern.finditer(passage.text):
            yield KEY.at(passage.place_of(found), shown=f"{found[0][:_SHOWN]}…", kind=kind)
    for found in _CARD.finditer(passage.text):
        if _is_card(re.sub(r"\D", "", found[0])):
            yield KEY.at(passage.place_of(found), shown=f"{found[0][:_SHOWN]}…", kind="bank card")
    yield from _addresses(passage)


def _addresses(passage: Passage) -> Iterator[Finding]:
    for found in _ADDRESS.finditer(passage.text):
        if found[1].lower() in FREE_MAIL_HOSTS:
            address = found[0].removeprefix("mailto:")
            yield PRIVATE_ADDRESS.at(passage.place_of(found), address=address)


def _is_card(digits: str) -> bool:
    """Tell whether the check digit is right (Luhn), and not all digits are the same."""
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    total = sum(map(int, digits[-1::-2])) + sum(one - 9 if one > 9 else one for one in doubled)
    return total % 10 == 0 and len(set(digits)) > 1
