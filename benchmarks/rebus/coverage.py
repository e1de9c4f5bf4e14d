"""Question: for how many frequent nouns does `suggest` find a rebus by the strict rule, how fast?

Input: the 3,000 most frequent Russian nouns of 5-10 letters (nouns.py). The lexicon was grown and
the rule tuned on the odd ranks; the figure to quote is the one for the even ranks. Beside them
the 3,000 most frequent English nouns, by English names. Times are of the core, not of the clock.

    python benchmarks/rebus/coverage.py            # writes results.json beside this file
"""

import json
import platform
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pymorphy3
from nouns import frequent_english, frequent_nouns, zipf_of_lemma

from pismo.games import parse_rebus, solve
from pismo.games.lexicon import lexicon
from pismo.games.suggest import suggest

RESULTS = Path(__file__).with_name("results.json")


def main() -> None:
    nouns = frequent_nouns()
    begun = time.perf_counter()
    suggest("столица")
    first = time.perf_counter() - begun
    report = {
        "python": platform.python_version(),
        "first_call_s": round(first, 2),
        "odd_ranks_tuned_on": measured(nouns[0::2]),
        "even_ranks_held_out": measured(nouns[1::2]),
        "english_nouns": measured(frequent_english()),
        "names": names(),
    }
    RESULTS.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(report, indent=2, ensure_ascii=False))


def measured(nouns: Sequence[str]) -> dict[str, object]:
    times, strict, loose, refused = [], 0, 0, 0
    by_length: dict[int, list[bool]] = defaultdict(list)
    alternatives = []
    for noun in nouns:
        # Time on the core, so that other programs do not count.
        begun = time.thread_time()
        found = suggest(noun)
        times.append((time.thread_time() - begun) * 1000)
        is_strict = bool(found) and found[0].is_strict
        by_length[len(noun)].append(is_strict)
        strict += is_strict
        loose += bool(found) and not is_strict
        if is_strict:
            alternatives.append(len(found))
        refused += sum(not solve(parse_rebus(f"answer: {noun}\nline: {s.line}")).ok for s in found)
    times.sort()
    return {
        "words": len(nouns),
        "strict_share": round(strict / len(nouns), 3),
        "only_far_fetched_share": round(loose / len(nouns), 3),
        "strict_by_length": {
            n: round(statistics.mean(hits), 2) for n, hits in sorted(by_length.items())
        },
        "median_alternatives": statistics.median(alternatives),
        "refused_by_solver": refused,
        "ms_mean": round(statistics.mean(times), 2),
        "ms_p95": round(times[int(0.95 * len(times))], 2),
        "ms_max": round(times[-1], 2),
    }


def names() -> dict[str, int]:
    analyzer = pymorphy3.MorphAnalyzer()
    usable = {name.name for name in lexicon("ru") if name.may_be_suggested}
    rare = sorted(name for name in usable if zipf_of_lemma(analyzer, name) < 2.9)
    return {
        "all": len({name.name for name in lexicon("ru")}),
        "may_be_suggested": len(usable),
        "emoji": len({name.emoji for name in lexicon("ru")}),
        "too_rare_but_not_flagged": len(rare),
        "english": len({name.name for name in lexicon("en")}),
    }


if __name__ == "__main__":
    main()
