"""The words that coverage is counted on: 3,000 of 5-10 letters, most frequent first.

Russian: common nouns. Forms of the wordfreq list are lemmatised by pymorphy3 and their frequencies
added up; names, places, organisations and abbreviations are left out. Takes about ten seconds.
English: the list of draft_nouns_en.py, which says where it is from.
"""

import math
import re
from collections import defaultdict
from pathlib import Path

import pymorphy3
import wordfreq

_NOT_COMMON = ("Name", "Surn", "Patr", "Geox", "Orgn", "Trad", "Abbr", "Init")


def frequent_nouns(count: int = 3000, shortest: int = 5, longest: int = 10) -> list[str]:
    """Return lemmas by falling frequency."""
    analyzer = pymorphy3.MorphAnalyzer()
    frequency: dict[str, float] = defaultdict(float)
    for word in wordfreq.top_n_list("ru", 100_000, wordlist="large"):
        if not re.fullmatch("[а-яё]+", word):
            continue
        parsed = analyzer.parse(word)[0]
        if "NOUN" in parsed.tag and not any(mark in parsed.tag for mark in _NOT_COMMON):
            frequency[parsed.normal_form] += wordfreq.word_frequency(word, "ru", wordlist="large")
    ranked = sorted(frequency, key=lambda lemma: -frequency[lemma])
    return [lemma for lemma in ranked if shortest <= len(lemma) <= longest][:count]


def frequent_english() -> list[str]:
    """Return English nouns by falling frequency."""
    rows = Path(__file__).with_name("nouns_en.txt").read_text("utf-8").splitlines()
    return [row for row in rows if not row.startswith("#")]


def zipf_of_lemma(analyzer: pymorphy3.MorphAnalyzer, name: str) -> float:
    """Return how common a noun is over all its forms (Zipf: 3 is once in a million words)."""
    nouns = [parsed for parsed in analyzer.parse(name) if "NOUN" in parsed.tag]
    forms = {name, name.replace("ё", "е")}
    for parsed in nouns[:1]:
        forms |= {form.word for form in parsed.lexeme if form.tag.POS == "NOUN"}
        forms |= {form.replace("ё", "е") for form in forms}
    total = sum(wordfreq.word_frequency(form, "ru", wordlist="large") for form in forms)
    return math.log10(total * 1e9) if total else 0.0
