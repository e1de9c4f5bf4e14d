"""The words of the template language for help pages: name -> what it does."""

from pismo.model.language import FILTERS, TESTS, Word

SEND_TIME_FILTERS: dict[str, Word] = dict(FILTERS)
SEND_TIME_TESTS: dict[str, Word] = dict(TESTS)


def documented(language: str) -> dict[str, str]:
    """Map every filter (`upper`) and test (`is even`) to one line of help."""
    out = {word.name: _line(word, language) for word in FILTERS.values()}
    return out | {f"is {word.name}": _line(word, language) for word in TESTS.values()}


def _line(word: Word, language: str) -> str:
    return word.ru if language == "ru" else word.en
