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

PASSWORD = Rule(
    "text-password",
    Severity.WARNING,
    en="a password stands in the text, and the letter goes to everybody",
    ru="в тексте стоит пароль, а письмо уйдёт всем",
    hint_en="take it out, and change it",
    hint_ru="уберите его и смените",
)
PRIVATE_PHONE = Rule(
    "text-private-phone",
    Severity.WARNING,
    en="{number} is a mobile number: is it somebody's own?",
    ru="{number} — мобильный: это чей-то личный телефон?",
    hint_en="if it is the shop's, make it a link: tel:{number}",
    hint_ru="если это телефон магазина, дайте его ссылкой: tel:{number}",
)
PRIVATE_PAPER = Rule(
    "text-private-paper",
    Severity.ERROR,
    en="«{shown}» looks like the number of somebody's {kind_en}",
    ru="«{shown}» похоже на чей-то номер ({kind_ru})",
    hint_en="take it out: Git keeps what was committed",
    hint_ru="уберите: Git хранит всё, что в него попало",
)

_KEYS = {
    "AWS key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "token": re.compile(r"\b(?:gh[pousr]_|xox[abp]-|sk_live_|sk-ant-|glpat-)[\w-]{16,}"),
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
}
_CARD = re.compile(
    r"(?<![\d-])(?:\d{4}([ \u00a0-]?)\d{4}\1\d{4}\1\d{4}"
    r"|3[47]\d{2}([ \u00a0-]?)\d{6}\2\d{5})(?![\d-])"
)
_MOBILE = re.compile(
    r"(?<![\d+])(?:\+7|8)[\s(\u00a0-]{0,2}9\d{2}[\s)\u00a0-]{0,2}\d{3}(?:[\s\u00a0-]?\d{2}){2}(?!\d)"
)
_PASSWORD = re.compile(
    r"\b(?:password|passwd|пароль)\b\s*(?:is\s+)?[:=—–-]\s*[«\"'`]?(?=\S*\d)[\w!@#$%^&*.-]{4,}",
    re.IGNORECASE,
)
_PASSPORT = re.compile(
    r"\b(?:паспорт|passport)\w*\W{1,3}(?:№\s*)?(\d{2}\s?\d{2}\s?\d{6})\b", re.IGNORECASE
)
_INSURANCE = re.compile(r"(?<![\d-])(\d{3})-(\d{3})-(\d{3})[ -](\d{2})(?![\d-])")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,3})?\b")
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@([\w-]+(?:\.[\w-]+)+)")
_SHOWN = 8


def check_secrets(scope: IssueScope) -> Iterator[Finding]:
    """Look through every text and every link of the issue's files."""
    for document in scope.documents.values():
        offered = {_digits(link.href) for link in document.links if link.href.startswith("tel:")}
        for passage in (*document.passages, *document.html_texts):
            yield from _check(passage)
            for found in _MOBILE.finditer(passage.text):
                if _digits(found[0]) not in offered:
                    yield PRIVATE_PHONE.at(passage.place_of(found), number=found[0])
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
    for found in _PASSWORD.finditer(passage.text):
        yield PASSWORD.at(passage.place_of(found))
    yield from _papers(passage)
    yield from _addresses(passage)


def _papers(passage: Passage) -> Iterator[Finding]:
    for found in _PASSPORT.finditer(passage.text):
        yield _paper(passage, found, found[1], "passport", "паспорт")
    for found in _INSURANCE.finditer(passage.text):
        digits = _digits(found[0])
        total = sum((9 - at) * int(digit) for at, digit in enumerate(digits[:9]))
        if total % 101 % 100 == int(found[4]):
            yield _paper(passage, found, found[0], "insurance (SNILS)", "СНИЛС")
    for found in _ACCOUNT.finditer(passage.text):
        letters = found[0].replace(" ", "")
        number = "".join(str(int(letter, 36)) for letter in letters[4:] + letters[:4])
        if int(number) % 97 == 1:
            yield _paper(passage, found, found[0], "account (IBAN)", "счёт IBAN")


def _paper(passage: Passage, found: re.Match[str], number: str, en: str, ru: str) -> Finding:
    shown = f"{number[:_SHOWN]}…"
    return PRIVATE_PAPER.at(passage.place_of(found), shown=shown, kind_en=en, kind_ru=ru)


def _digits(number: str) -> str:
    """Return a number's digits; a Russian one may begin with 8 or with +7."""
    digits = re.sub(r"\D", "", number)
    return f"7{digits[1:]}" if digits.startswith("8") else digits


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
