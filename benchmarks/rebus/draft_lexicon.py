"""Lists emoji whose names in PyPI `emoji` (CLDR, Russian) the lexicon does not know yet.

A draft to choose from, not a source: CLDR says «морда кошки» where people say «кот». Run with
`uv run --with emoji python benchmarks/rebus/draft_lexicon.py`; each line is a row for
`lexicon_ru.tsv` with plural and flag filled in.
"""

import emoji
import pymorphy3
from nouns import zipf_of_lemma

from pismo.games.lexicon import lexicon
from pismo.games.spelling import fold

_COMMON = 2.9


def main() -> None:
    analyzer = pymorphy3.MorphAnalyzer()
    known = {(name.emoji.replace("\ufe0f", ""), fold(name.name)) for name in lexicon("ru")}
    for sign, labels in emoji.EMOJI_DATA.items():
        label = labels.get("ru", "").strip(":")
        nouns = [word for word in analyzer.parse(label) if "NOUN" in word.tag]
        if "_" in label or not nouns or (sign.replace("\ufe0f", ""), fold(label)) in known:
            continue
        plural = nouns[0].inflect({"plur", "nomn"})
        flag = "rare" if zipf_of_lemma(analyzer, label) < _COMMON else ""
        print(sign, label, plural.word if plural else "", flag, sep="\t")


if __name__ == "__main__":
    main()
