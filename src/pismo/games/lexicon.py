"""What pictures are called: a curated table of emoji and the names people really say.

`data/lexicon_ru.tsv` and `lexicon_en.tsv`: emoji, name, plural ('' if nobody says it), flags.
The first name of an emoji is the usual one. Flags: `second` (said less often), `rare` (known, but
said too seldom to suggest), `stop` (never suggested: rude, sad or about peoples and faiths).
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pismo.games.emoji import bare
from pismo.games.spelling import fold, fold_all
from pismo.records import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one emoji; `plural` is what several of them are called."""

    emoji: str
    name: str
    plural: str = ""
    flags: frozenset[str] = frozenset()

    @property
    def may_be_suggested(self) -> bool:
        """Whether the generator may use it."""
        return not self.flags & {"stop", "rare"}


@cache
def lexicon(language: str) -> tuple[Name, ...]:
    """Return all names in a language, "ru" or "en", in the table's order."""
    return tuple(_row(row) for row in _rows(f"lexicon_{language}.tsv"))


def names_of(emoji: str, language: str) -> tuple[Name, ...]:
    """Return what a picture is called, the usual name first; () if nobody knows."""
    return tuple(_row(row) for row in _by_emoji(language).get(bare(emoji), ()))


def emoji_of(name: str, language: str) -> str:
    """Return the first picture that goes by a name, '' if none does."""
    return _by_name(language).get(fold(name), "")


@cache
def words(language: str) -> frozenset[str]:
    """Return common dictionary words, folded: what else a rebus must not read as by chance.

    Source: the most frequent words of wordfreq 3 (CC BY-SA 4.0), see `data/README.md`.
    """
    # All 8,000 at once: one by one they take three times as long, in every build with a rebus.
    return frozenset(fold_all(_rows(f"words_{language}.txt")))


@cache
def _by_emoji(language: str) -> Mapping[str, list[str]]:
    """Return the rows of each picture, not read yet: a rebus asks for three of a thousand."""
    found: dict[str, list[str]] = {}
    for row in _rows(f"lexicon_{language}.tsv"):
        found.setdefault(bare(row.partition("\t")[0]), []).append(row)
    return found


@cache
def _by_name(language: str) -> Mapping[str, str]:
    return {fold(one.name): one.emoji for one in reversed(lexicon(language))}


def _rows(table: str) -> list[str]:
    rows = (Path(__file__).with_name("data") / table).read_text("utf-8").splitlines()
    return [row for row in rows if row and not row.startswith("#")]


def _row(row: str) -> Name:
    emoji, name, plural, flags = ([*row.split("\t"), "", ""])[:4]
    return Name(emoji, name, plural, frozenset(flags.split(",")) - {""})
