"""Which words give one another away: a picture of the same stem as the answer solves nothing."""

import re
from functools import cache
from pathlib import Path

_ENDINGS = {"ru": "аеиоуыэюяьй", "en": "esy"}
_SUFFIXES = {
    "ru": re.compile(
        "ак|як|арь|ач|ец|ек|ик|ина|инка|ист|ица|ич|ище|ка|кин|ко|лка|ник|ница|ность|ня|ок|онок|"
        "ость|ота|очка|очек|ство|тель|ух|ушка|чик|чина|шка|щик|щин|щина|янин|ение|ание|ние|ев|ов|ый|"
        "ной|ный"
    ),
    "en": re.compile("ed|er|es|est|ing|ish|ist|let|ling|ly|ment|ness|s|ship|y"),
}
_NAME_SUFFIX = {"ru": re.compile("(?:ик|ок|ек|ец|их)$"), "en": re.compile("(?:er|y)$")}
_LINKS = {"ru": "ое", "en": ""}


def akin(name: str, answer: str) -> bool:
    """Tell whether a picture's name and the answer look like one stem (both folded).

    A rule of thumb that errs on the side of yes: `лист` and `листок`, `вода` and `водопад`,
    `пирог` and `пирожок`; not `корона` and `коробка`.
    """
    language = "ru" if answer[0] > "z" else "en"
    stem = name.rstrip(_ENDINGS[language]) or name
    if len(stem) < 3:
        stem = name
    root = _NAME_SUFFIX[language].sub("", stem)
    if _begins(answer, stem, language) or (root != stem and _derived_from(root, answer, language)):
        return True
    common = _common_prefix(name, answer)
    if common >= 4 and common >= 0.7 * min(len(name), len(answer)):
        return True
    return len(name) >= 5 and stem in answer


def _begins(answer: str, root: str, language: str) -> bool:
    if len(root) < 3 or not answer.startswith(root):
        return False
    return len(root) >= 4 or _looks_derived(answer[len(root) :], language)


def _derived_from(root: str, answer: str, language: str) -> bool:
    """Tell whether both the name and the answer are a root with a suffix (`старик, старуха`)."""
    rest = answer.removeprefix(root).rstrip(_ENDINGS[language])
    return len(root) >= 3 and rest != answer and bool(_SUFFIXES[language].fullmatch(rest))


def _looks_derived(rest: str, language: str) -> bool:
    """Tell whether what follows a short stem is a suffix, an ending or a second stem."""
    if not rest or rest.strip(_ENDINGS[language]) == "":
        return True
    if rest[0] in _LINKS[language] and len(rest) >= 4:
        return True
    bare = rest.rstrip(_ENDINGS[language])
    suffixes = _SUFFIXES[language]
    return bool(suffixes.fullmatch(rest) or suffixes.fullmatch(bare))


def _common_prefix(one: str, other: str) -> int:
    common = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        common += 1
    return common


def is_stopped(answer: str, language: str) -> bool:
    """Tell whether nobody should make a game of this word."""
    return answer.startswith(_stop_stems(language))


@cache
def _stop_stems(language: str) -> tuple[str, ...]:
    table = Path(__file__).with_name("data") / f"stop_{language}.txt"
    rows = table.read_text(encoding="utf-8").splitlines()
    return tuple(row for row in rows if row and not row.startswith("#"))
