"""How good is the one default recipe on a real shop's purchases, and beside libraries?

Input: Online Retail I and II (UCI, CC BY 4.0), read from $PISMO_RETAIL_DATA; never copied here.
Run:   make bench-recommend [ARGS="--validate" | ARGS="--version NAME"]

The recipe is chosen with `--validate` only. Without it, the test splits are run, ours and those of
libraries (`libraries.py`), into `results/recommend.md`: T = 2011-09-10, which earlier work has
looked at, and T = 2011-10-10, on which nobody has tuned anything. A version that is named is
appended to `log.md`; each is run once.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from libraries import compared
from machine import machine, table, write_down

from pismo.audience.engine import open_engine, quoted
from pismo.model.workspace import Settings
from pismo.recommend.measure import Measured, measure

if TYPE_CHECKING:
    import duckdb

LOG = Path(__file__).with_name("log.md")
VALIDATION = ("2010-07-01", "2010-10-01", "2011-03-01", "2011-05-01", "2011-07-01")
TEST = ("2011-09-10", "2011-10-10")


def open_retail(folder: Path) -> "duckdb.DuckDBPyConnection":
    """Return an engine with the shop as audience tables."""
    engine = open_engine([folder])
    lines = quoted(str((folder / "online_retail_purchases.parquet").resolve()))
    engine.execute(
        "CREATE TABLE purchases AS SELECT CAST(customer_id AS VARCHAR) AS subscriber_id, "
        "sku AS product_id, invoice AS order_id, ts, qty AS quantity, price "
        f"FROM read_parquet({lines}) WHERE customer_id IS NOT NULL AND qty > 0 AND price > 0"
    )
    engine.execute(
        "CREATE TABLE products AS SELECT DISTINCT product_id, product_id AS title, '' AS url, "
        "NULL AS image, 0 AS price, NULL AS old_price, 'GBP' AS currency, "
        "CAST(NULL AS VARCHAR) AS category, TRUE AS in_stock, TRUE AS published, "
        "CAST(NULL AS VARCHAR) AS family_id FROM purchases"
    )
    engine.execute(
        "CREATE TABLE events "
        "(subscriber_id VARCHAR, product_id VARCHAR, kind VARCHAR, ts TIMESTAMP)"
    )
    return engine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--validate", action="store_true", help="run the validation splits only")
    parser.add_argument("--version", default="", help="name of the recipe's version, for the log")
    parser.add_argument("--set", nargs="*", default=[], help="settings to try: own_half_life=90")
    options = parser.parse_args()
    folder = os.environ.get("PISMO_RETAIL_DATA", "")
    if not folder:
        sys.exit("set PISMO_RETAIL_DATA to the folder with online_retail_purchases.parquet")
    tried = {name: float(value) for name, value in (one.split("=") for one in options.set)}
    settings = Settings(tables={"recommend": {k: _number(v) for k, v in tried.items()}})
    if tried and not options.validate:
        sys.exit("settings are tried on validation splits only: add --validate")
    with open_retail(Path(folder)) as engine:
        if options.validate:
            results = _run(engine, settings, VALIDATION)
            ndcg = sum(done.ndcg.mean() for done in results) / len(results)
            hit = sum(done.hit.mean() for done in results) / len(results)
            print(f"mean of {len(results)} validation splits: NDCG@10 {ndcg:.4f}, hit@4 {hit:.4f}")
            return
        results = _run(engine, settings, TEST)
        _write_down(results, list(compared(engine, TEST)))
    _log(options.version, results)


def _run(
    engine: "duckdb.DuckDBPyConnection", settings: Settings, moments: Sequence[str]
) -> list[Measured]:
    results = []
    for at in moments:
        started = time.perf_counter()
        results.append(measure(engine, settings, datetime.fromisoformat(at)))
        print(_line(at, results[-1], time.perf_counter() - started), flush=True)
    return results


def _write_down(results: Sequence[Measured], others: Sequence[Sequence[str]]) -> None:
    figures = [f"{done.ndcg.mean():.4f}, {done.hit.mean():.4f}" for done in results]
    ours = ["pismo, the one default", "-", *figures]
    head = ["method", "NDCG@10 at T = 2011-07-01", *(f"{at}: NDCG@10, hit@4" for at in TEST)]
    ranges = [_line(at, done) for at, done in zip(TEST, results, strict=True)]
    write_down(
        "recommend",
        "Recommendations on a real shop, beside libraries",
        (__doc__ or "").split("\n")[0],
        [
            f"**Machine.** {machine()}; {datetime.now(UTC):%Y-%m-%d}.",
            "**With 95 % bootstrap intervals over people.**\n\n"
            + "\n".join(f"- {line}" for line in ranges),
            "**Beside libraries** that get the same recency recipe, their settings chosen at "
            "T = 2011-07-01; same rows, same stock, same people:\n\n"
            + table(head, [ours, *others]),
        ],
    )


def _number(value: float) -> float | int:
    return int(value) if value == int(value) and value > 0 else value


def _line(at: str, done: Measured, seconds: float | None = None) -> str:
    low, high = done.interval("ndcg")
    hit_low, hit_high = done.interval("hit")
    took = "" if seconds is None else f", {seconds:.1f} s"
    return (
        f"T = {at}: {len(done.ndcg)} people, NDCG@10 {done.ndcg.mean():.4f} "
        f"[{low:.4f}, {high:.4f}], hit@4 {done.hit.mean():.4f} [{hit_low:.4f}, {hit_high:.4f}], "
        f"coverage@4 {done.coverage:.3f}{took}"
    )


def _log(version: str, results: list[Measured]) -> None:
    if not version:
        print("not logged: name the version with --version")
        return
    with LOG.open("a", encoding="utf-8") as log:
        for done in results:
            low, high = done.interval("ndcg")
            hit_low, hit_high = done.interval("hit")
            log.write(
                f"| {datetime.now(UTC):%Y-%m-%d} | {version} | {done.at:%Y-%m-%d} "
                f"| {len(done.ndcg)} | {done.ndcg.mean():.4f} [{low:.4f}, {high:.4f}] "
                f"| {done.hit.mean():.4f} [{hit_low:.4f}, {hit_high:.4f}] "
                f"| {done.coverage:.3f} | {platform.python_version()} |\n"
            )


if __name__ == "__main__":
    main()
