"""Why a product is shown, in words a reader would use.

Titles stay in the nominative in every sentence: Russian titles are not ours to decline.
"""

from collections.abc import Iterable, Mapping

Words = tuple[str, str, str, str, str, str, str]
"""Cause, category, text, and the quotes that change inside a title."""
_WORDS: dict[str, dict[str, str]] = {
    "ru": {
        "bought": "потому что у вас есть «{title}»",
        "viewed": "потому что вы заглядывали на страницу «{title}»",
        "category": "сейчас берут в разделе «{label}»",
        "own category": "из раздела, где вы чаще всего покупаете",
        "segment": "это выбирают читатели, похожие на вас",
        "popular": "сейчас это берут чаще всего",
        "editor": "советует редакция",
    },
    "en": {
        "bought": "because you have “{title}”",
        "viewed": "because you looked at “{title}”",
        "category": "popular now in {label}",
        "own category": "from the shelf you buy from most",
        "segment": "chosen by readers like you",
        "popular": "what most people take now",
        "editor": "our editors' choice",
    },
}
_QUOTES = {"ru": ("«", "»", "„", "“"), "en": ("“", "”", "‘", "’")}


def reason_words(
    language: str, categories: Iterable[str], labels: Mapping[str, str]
) -> list[Words]:
    """Return every reason in a language.

    `{title}` is left in the text for the product that was the cause.
    """
    spoken = language if language in _WORDS else "en"
    words, quotes = _WORDS[spoken], _QUOTES[spoken]
    plain = [
        (cause, "", words[cause], *quotes)
        for cause in ("bought", "viewed", "segment", "popular", "editor")
    ]
    shelves = [
        (
            "category",
            category,
            words["category"].replace("{label}", labels[category])
            if category in labels
            else words["own category"],
            *quotes,
        )
        for category in sorted(categories)
    ]
    return plain + shelves
