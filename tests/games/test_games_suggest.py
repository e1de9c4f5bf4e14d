"""What the generator offers: always solvable, gentle first, never the answer itself."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pismo.games import Rebus, RebusError, parse_rebus, solve
from pismo.games.kinship import akin
from pismo.games.lexicon import lexicon, words
from pismo.games.notation import (
    Changes,
    Letters,
    Line,
    Note,
    Number,
    Part,
    Piece,
    Placed,
    Replace,
    ReplaceAt,
)
from pismo.games.spelling import fold
from pismo.games.suggest import suggest

RUSSIAN = sorted(word for word in words("ru") if 5 <= len(word) <= 10)
ENGLISH = sorted(word for word in words("en") if 5 <= len(word) <= 9)


def rebus(word: str, line: str) -> Rebus:
    return parse_rebus(f"answer: {word}\nline: {line}")


@settings(deadline=None)
@given(st.sampled_from(RUSSIAN + ENGLISH))
def test_every_suggestion_solves_to_its_word(word: str) -> None:
    for suggestion in suggest(word):
        assert solve(rebus(word, suggestion.line)).ok, suggestion


@settings(deadline=None)
@given(st.sampled_from(RUSSIAN), st.randoms(use_true_random=False))
def test_a_suggestion_with_one_device_changed_solves_to_something_else(
    word: str, random: Random
) -> None:
    for suggestion in suggest(word):
        asked = rebus(word, suggestion.line)
        parts = asked.lines[0].parts
        place = random.randrange(len(parts))
        for changed in _mutations(parts[place]):
            line = Line((*parts[:place], *changed, *parts[place + 1 :]), "")
            mutant = replace(asked, lines=(line,))
            assert not _solves(mutant), (suggestion.line, changed)


def _solves(mutant: Rebus) -> bool:
    try:
        return solve(mutant).ok
    except RebusError:
        return False


def _mutations(part: Part) -> list[tuple[Part, ...]]:
    """Return what one wrong device could have made of a part."""
    if isinstance(part, Placed):
        return [(), (replace(part, preposition="перед"),)]
    changes = part.changes
    mutants: list[tuple[Part, ...]] = [()]
    mutants.append((replace(part, changes=replace(changes, drop_first=changes.drop_first + 1)),))
    if changes.drop_last:
        mutants.append((replace(part, changes=replace(changes, drop_last=changes.drop_last - 1)),))
    if changes.flipped:
        mutants.append((replace(part, changes=replace(changes, flipped=False)),))
    for edit in changes.edits:
        mutants.append((replace(part, changes=Changes()),))
        if isinstance(edit, (Replace, ReplaceAt)):
            other = "ъ" if edit.new != "ъ" else "ь"
            mutants.append((replace(part, changes=Changes((replace(edit, new=other),))),))
    if isinstance(part.symbol, Letters):
        mutants.append((Piece(Letters(part.symbol.letters + "Ъ")),))
    if isinstance(part.symbol, Number):
        mutants.append((Piece(Number("77")),))
    if isinstance(part.symbol, Note):
        mutants.append((Piece(Note("ъъ")),))
    return mutants


@settings(deadline=None)
@given(st.sampled_from(RUSSIAN))
def test_no_suggestion_shows_the_answer(word: str) -> None:
    for suggestion in suggest(word):
        rules = {remark.rule.id for remark in solve(rebus(word, suggestion.line)).remarks}
        assert "rebus-shows-answer" not in rules


@settings(deadline=None)
@given(st.sampled_from(RUSSIAN))
def test_suggestions_come_gentlest_first_and_at_most_five(word: str) -> None:
    found = suggest(word)
    scores = [suggestion.score for suggestion in found]
    assert scores == sorted(scores)
    assert len(found) <= 5
    assert len({suggestion.line for suggestion in found}) == len(found)


def test_the_first_friday_rebus_is_found_by_itself() -> None:
    assert suggest("столица")[0].line == "100 + 🦊лиса(с=ц)"


def test_english_words_are_spelled_with_english_names() -> None:
    assert suggest("caravan")[0].line == "💳card(d=a) + 🚐van"


@pytest.mark.parametrize("word", ["", "я", "ок", "убийство", "еврей", "murder", "123"])
def test_some_words_are_no_game(word: str) -> None:
    assert suggest(word) == ()


KIN = [
    ("лист", "листок"),
    ("вода", "водопад"),
    ("пирог", "пирожок"),
    ("дом", "домик"),
    ("рыба", "рыбак"),
    ("море", "моряк"),
    ("поезд", "электропоезд"),
    ("король", "королева"),
    ("старик", "старуха"),
    ("жених", "женщина"),
    ("star", "starfish"),
]
STRANGERS = [
    ("корона", "коробка"),
    ("молоко", "молодость"),
    ("кот", "котлета"),
    ("маг", "магнит"),
    ("сто", "столица"),
    ("лиса", "столица"),
    ("cat", "catering"),
]


@pytest.mark.parametrize(("name", "answer"), KIN)
def test_words_of_one_stem_are_akin(name: str, answer: str) -> None:
    assert akin(name, answer)


@pytest.mark.parametrize(("name", "answer"), STRANGERS)
def test_words_that_only_begin_alike_are_not_akin(name: str, answer: str) -> None:
    assert not akin(name, answer)


def test_the_russian_lexicon_has_at_least_nine_hundred_names_to_suggest() -> None:
    usable = {fold(name.name) for name in lexicon("ru") if name.may_be_suggested}
    assert len(usable) >= 900


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_lexicon_is_tidy(language: str) -> None:
    known = lexicon(language)
    assert len({(name.emoji, name.name) for name in known}) == len(known)
    for name in known:
        assert name.flags <= {"second", "rare", "stop", "plural"}, name
        assert name.name == name.name.strip()
        assert fold(name.name)
        line = f"{name.emoji}{name.name}"
        assert solve(rebus(name.name, line)).ok, line
