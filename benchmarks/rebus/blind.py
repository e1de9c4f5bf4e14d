"""Question: would an editor print the suggestions? Makes the sheet for a blind rating, sums it up.

    python benchmarks/rebus/blind.py sheet second  # 100 suggestions, 20 published, shuffled
    python benchmarks/rebus/blind.py score second  # ratings-second.tsv against the key

The sheet shows answer and line only; which are ours stands in the key, to be read after rating.
Suggestions: the first one for random nouns of even rank that have a strict one (seeds below). The
first sheet is of the lexicon as it was before 370 names were added, the second of the one after.
"""

import json
import random
import sys
from pathlib import Path

from nouns import frequent_nouns

from pismo.games.suggest import suggest

HERE = Path(__file__).parent
SEEDS = {"first": 20261225, "second": 20261123}
PUBLISHED = (
    ("столица", "100 + ЛИЦА"),
    ("сорока", "40 + А"),
    ("семья", "7 + Я"),
    ("подвал", "ПО + 2 + Л"),
    ("родина", "Р + 1 + А"),
    ("стриж", "С + 3 + Ж"),
    ("патриот", "ПА + 3 + ОТ"),
    ("витрина", "ВИ + 3 + НА"),
    ("пистолет", "ПИ + 100 + ЛЕТ"),
    ("заколка", "ЗА + 1 + КА"),
    ("мотор", "🖥️монитор(-ни)"),
    ("сила", "🪚пила(п=с)"),
    ("липа", "🦊лиса(с=п)"),
    ("ток", "🐱кот^"),
    ("вор", "🐦‍⬛ворона,,,"),
    ("рога", ",,🛣️дорога"),
    ("вода", "в(О; ДА)"),
    ("фасоль", "♪фа + ♪соль"),
    ("дорога", "♪до + РОГА"),
    ("полк", "по(Л; К)"),
)


def sheet(which: str) -> None:
    chance = random.Random(SEEDS[which])
    nouns = [noun for noun in frequent_nouns()[1::2] if (f := suggest(noun)) and f[0].is_strict]
    ours = [(noun, suggest(noun)[0].line) for noun in chance.sample(nouns, 100)]
    rows = [(*row, "ours") for row in ours] + [(*row, "published") for row in PUBLISHED]
    chance.shuffle(rows)
    shown = [f"{place}\t{answer}\t{line}" for place, (answer, line, _) in enumerate(rows, 1)]
    (HERE / f"sheet-{which}.tsv").write_text("\n".join(shown) + "\n", "utf-8")
    key = {place: source for place, (_, _, source) in enumerate(rows, 1)}
    (HERE / f"key-{which}.json").write_text(json.dumps(key) + "\n", "utf-8")


def score(which: str) -> None:
    key = json.loads((HERE / f"key-{which}.json").read_text("utf-8"))
    printable: dict[str, list[bool]] = {"ours": [], "published": []}
    for row in (HERE / f"ratings-{which}.tsv").read_text("utf-8").splitlines():
        place, verdict, *_ = row.split("\t")
        printable[key[place]].append(verdict == "print")
    for source, verdicts in printable.items():
        print(f"{source}: {sum(verdicts)} of {len(verdicts)} fit to print")


if __name__ == "__main__":
    {"sheet": sheet, "score": score}[sys.argv[1]](sys.argv[2])
