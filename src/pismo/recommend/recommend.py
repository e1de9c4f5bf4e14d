"""Picks for many people or one: near what they have, else what is popular, else the editor's."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from datetime import datetime
from typing import TYPE_CHECKING

from pismo.audience.engine import one_thread, only_row
from pismo.model.workspace import Settings
from pismo.recommend.question import (
    NO_WISHES,
    Wishes,
    ask_for,
    check_prepared,
    lay_out,
    new_hand,
)
from pismo.recommend.reasons import reason_words
from pismo.recommend.recipe import recipe_from
from pismo.recommend.shard import Labels, choose, read_labels

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

SHARD = 20_000
"""People at a time: so few that their candidates fit into a processor's cache."""


def recommend(
    engine: "duckdb.DuckDBPyConnection",
    *,
    people: "pa.Table",
    count: int,
    now: datetime,
    settings: Settings,
    language: str = "",
    shown: "pa.Table | None" = None,
    wishes: Wishes = NO_WISHES,
) -> "pa.Table":
    """Return picks for all people in one table; see `Picker`."""
    import pyarrow as pa

    picker = Picker(
        engine, people=people, count=count, now=now, settings=settings, language=language,
        shown=shown, wishes=wishes,
    )  # fmt: skip
    return pa.concat_tables(list(picker.everybody()))


class Picker:
    """One question for picks: laid out once, then asked for all of its people or for some.

    Never what a person owns, what cannot be shown, or what `shown` names for them. The same
    question has the same answer: every tie is broken by the product's id. One picker at a time on
    an engine.

    Args:
        engine: `prepare(snapshot, now, settings).connect()`.
        people: subscriber_id, segment of all that will be asked for; who is popular in a segment
            is seen among them.
        count: How many products each.
        now: The moment similarity was prepared for.
        settings: For the recipe and for names of categories.
        language: Of the reasons; the workspace's by default.
        shown: subscriber_id, product_id of what the last issues showed; none by default.
        wishes: What editors pin, forbid and fall back on.

    Raises:
        AudienceError: If the engine has no similarity: `prepare` makes it.
    """

    def __init__(
        self,
        engine: "duckdb.DuckDBPyConnection",
        *,
        people: "pa.Table",
        count: int,
        now: datetime,
        settings: Settings,
        language: str = "",
        shown: "pa.Table | None" = None,
        wishes: Wishes = NO_WISHES,
    ) -> None:
        self._engine, self._count = engine, people.num_rows
        recipe, labels = recipe_from(settings)
        check_prepared(engine)
        words = reason_words(language or settings.language, _categories(engine), labels)
        lay_out(
            engine, people, shown, count=count, recipe=recipe, now=now, wishes=wishes, words=words
        )  # fmt: skip
        self._labels = read_labels(engine)

    def everybody(self, shard_size: int = SHARD) -> "Iterator[pa.Table]":
        """Choose for everybody, shard by shard, so that memory is bounded by the shard.

        Yields:
            subscriber_id, rank (from 1), product_id, title, url, image, price, old_price, currency,
            category, reason; by person in the order of `people`, then by rank. Fewer than `count`
            rows for a person if the shop has no more for them.
        """
        firsts = range(0, max(self._count, 1), shard_size)
        runs = [(first, first + shard_size) for first in firsts]
        return _shards(self._engine, self._labels, runs, "people")

    def some(self, ids: Sequence[str]) -> "pa.Table":
        """Choose for these people, each in the place that `people` has them in.

        Texts are plain here, for whoever goes on with them row by row.
        """
        import pyarrow as pa

        numbers = ask_for(self._engine, ids)
        shards = [numbers[n : n + SHARD] for n in range(0, len(numbers), SHARD)]
        runs = [(shard[0], shard[-1] + 1) for shard in shards] or [(0, 0)]
        return _plain(pa.concat_tables(list(_shards(self._engine, self._labels, runs, "asked"))))


def _plain(table: "pa.Table") -> "pa.Table":
    """Write out the texts that are dictionary-encoded."""
    import pyarrow as pa

    fields = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def _shards(
    engine: "duckdb.DuckDBPyConnection",
    labels: Labels,
    runs: Sequence[tuple[int, int]],
    asked: str,
) -> "Iterator[pa.Table]":
    """Choose for as many shards at a time as the engine has threads; yield them in order.

    A shard is too small to be shared out among threads, but shards have nothing to do with each
    other.
    """
    (threads,) = only_row(engine, "SELECT current_setting('threads')")
    hands = [new_hand(engine, asked) for _ in range(min(int(threads), len(runs)))]
    alone = one_thread(engine) if len(hands) > 1 else nullcontext()
    running: deque[Future[pa.Table]] = deque()
    try:
        with alone, ThreadPoolExecutor(len(hands)) as pool:
            for place, (first, last) in enumerate(runs):
                if len(running) == len(hands):
                    yield running.popleft().result()
                running.append(pool.submit(choose, hands[place % len(hands)], labels, first, last))
            while running:
                yield running.popleft().result()
    finally:
        for hand in hands:
            hand.close()


def _categories(engine: "duckdb.DuckDBPyConnection") -> list[str]:
    found = engine.execute("SELECT DISTINCT category FROM goods WHERE category IS NOT NULL")
    return [str(row[0]) for row in found.fetchall()]
