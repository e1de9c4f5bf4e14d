"""What is recommended, what never is, and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from pismo.audience import Snapshot, write_snapshot
from pismo.audience.engine import parse_query
from pismo.errors import AudienceError, SettingsError
from pismo.model.workspace import Settings
from pismo.recommend import Picker, Wishes, prepare, recommend

NOW = datetime(2026, 11, 27, 10)  # noqa: DTZ001  # snapshots hold naive UTC
CATEGORIES = ("kids", "cards", "duel")
SQL = Path(__file__).parents[2] / "src" / "pismo" / "recommend" / "sql"


def shop(**changes: Mapping[str, object]) -> pa.Table:
    """Make twelve products, p00 to p11, four of each category; `changes` by product."""
    rows = []
    for number in range(12):
        row: dict[str, object] = {
            "product_id": f"p{number:02d}", "title": f"Игра {number}", "price": 100 + number,
            "url": f"https://shop.example/p{number:02d}", "currency": "RUB", "in_stock": True,
            "category": CATEGORIES[number // 4], "published": True, "family_id": None,
        }  # fmt: skip
        rows.append({**row, **changes.get(f"p{number:02d}", {})})
    return pa.Table.from_pylist(rows)


def bought(*pairs: tuple[str, str], days: int = 10) -> list[dict[str, object]]:
    return [
        {"subscriber_id": who, "product_id": what, "order_id": f"{who}-{what}-{days}",
         "ts": NOW - timedelta(days=days), "quantity": 1, "price": 100}
        for who, what in pairs
    ]  # fmt: skip


TOGETHER = [pair for n in range(6) for pair in ((f"f{n}", "p00"), (f"f{n}", "p05"))]
"""Six friends who have both p00 and p05, so that these two are alike."""


def snapshot_of(
    folder: Path,
    purchases: Sequence[Mapping[str, object]],
    *,
    products: pa.Table | None = None,
    events: Sequence[Mapping[str, object]] = (),
) -> Snapshot:
    ids = [*(f"f{n}" for n in range(6)), "anna", "boris"]
    tables = {
        "subscribers": pa.table(
            {"subscriber_id": ids, "email": [f"{one}@example.com" for one in ids]}
        ),
        "products": shop() if products is None else products,
        "purchases": pa.Table.from_pylist(list(purchases)),
    }
    if events:
        tables["events"] = pa.Table.from_pylist(list(events))
    return write_snapshot(folder, {name: rows for name, rows in tables.items() if rows.num_columns})


def picks(
    snapshot: Snapshot,
    *who: str,
    count: int = 4,
    settings: Settings | None = None,
    language: str = "ru",
    shown: pa.Table | None = None,
    wishes: Wishes | None = None,
    segments: Sequence[str] = (),
) -> list[dict[str, object]]:
    settings = settings or Settings()
    people = pa.table(
        {"subscriber_id": list(who), "segment": list(segments) or ["everyone"] * len(who)}
    )
    with prepare(snapshot, NOW, settings).connect() as engine:
        found = recommend(
            engine, people=people, count=count, now=NOW, settings=settings, language=language,
            shown=shown, wishes=wishes or Wishes(),
        )  # fmt: skip
    rows: list[dict[str, object]] = found.to_pylist()
    return rows


def ids(rows: Sequence[Mapping[str, object]]) -> list[object]:
    return [row["product_id"] for row in rows]


def test_what_friends_have_together_comes_first_with_its_reason(tmp_path: Path) -> None:
    rows = picks(snapshot_of(tmp_path, bought(*TOGETHER, ("anna", "p00"))), "anna")
    assert rows[0]["product_id"] == "p05"
    assert rows[0]["reason"] == "потому что у вас есть «Игра 0»"
    assert [row["rank"] for row in rows] == [1, 2, 3, 4]


def test_a_look_at_a_product_speaks_too(tmp_path: Path) -> None:
    look = {"event_id": "e", "subscriber_id": "anna", "kind": "view", "product_id": "p00",
            "ts": NOW - timedelta(days=1)}  # fmt: skip
    snapshot = snapshot_of(tmp_path, bought(*TOGETHER), events=[look])
    rows = picks(snapshot, "anna", language="en")
    assert rows[0]["product_id"] == "p05"
    assert rows[0]["reason"] == "because you looked at “Игра 0”"


def test_quotes_inside_a_title_change_in_the_reason(tmp_path: Path) -> None:
    products = shop(p00={"title": "Пазл «Туман», 500 деталей"})
    snapshot = snapshot_of(tmp_path, bought(*TOGETHER, ("anna", "p00")), products=products)
    assert (
        picks(snapshot, "anna")[0]["reason"] == "потому что у вас есть «Пазл „Туман“, 500 деталей»"
    )


@pytest.mark.parametrize(
    "change", [{"in_stock": False}, {"published": False}], ids=["out of stock", "unpublished"]
)
def test_what_cannot_be_bought_is_never_shown(tmp_path: Path, change: Mapping[str, object]) -> None:
    purchases = bought(*TOGETHER, ("anna", "p00"))
    snapshot = snapshot_of(tmp_path, purchases, products=shop(p05=change))
    assert "p05" not in ids(picks(snapshot, "anna", count=12))


def test_what_a_person_owns_is_never_shown_even_if_given_back(tmp_path: Path) -> None:
    back = {**bought(("anna", "p05"))[0], "quantity": -1, "ts": NOW - timedelta(days=2)}
    snapshot = snapshot_of(tmp_path, [*bought(*TOGETHER, ("anna", "p00"), ("anna", "p05")), back])
    assert not {"p00", "p05"} & set(ids(picks(snapshot, "anna", count=12)))


def test_what_the_last_issues_showed_is_not_shown_again(tmp_path: Path) -> None:
    shown = pa.table({"subscriber_id": ["anna"], "product_id": ["p05"]})
    snapshot = snapshot_of(tmp_path, bought(*TOGETHER, ("anna", "p00"), ("boris", "p00")))
    rows = picks(snapshot, "anna", "boris", shown=shown)
    assert "p05" not in ids([row for row in rows if row["subscriber_id"] == "anna"])
    assert "p05" in ids([row for row in rows if row["subscriber_id"] == "boris"])


def test_whoever_bought_nothing_gets_what_their_segment_buys_then_what_all_buy(
    tmp_path: Path,
) -> None:
    others = bought(*((f"f{n}", "p09") for n in range(4)), ("f5", "p03"))
    segments = ["new", "new", "old"]
    rows = picks(snapshot_of(tmp_path, others), "f5", "anna", "boris", segments=segments, count=2)
    anna = [row for row in rows if row["subscriber_id"] == "anna"]
    boris = [row for row in rows if row["subscriber_id"] == "boris"]
    assert ids(anna) == ["p03", "p09"]
    assert anna[0]["reason"] == "это выбирают читатели, похожие на вас"
    assert ids(boris) == ["p09", "p03"]
    assert boris[0]["reason"] == "сейчас это берут чаще всего"


def test_the_favourite_category_comes_before_the_segment(tmp_path: Path) -> None:
    purchases = bought(("anna", "p08"), *((f"f{n}", "p01") for n in range(5)), ("f5", "p10"))
    named = Settings(tables={"recommend": {"categories": {"duel": "Дуэли"}}})
    rows = picks(snapshot_of(tmp_path, purchases), "anna", count=1, settings=named)
    assert (rows[0]["product_id"], rows[0]["reason"]) == ("p10", "сейчас берут в разделе «Дуэли»")
    plain = picks(snapshot_of(tmp_path, purchases), "anna", count=1)
    assert plain[0]["reason"] == "из раздела, где вы чаще всего покупаете"


def test_an_empty_shop_falls_back_on_nothing_and_an_unsold_one_on_the_editor(
    tmp_path: Path,
) -> None:
    empty = snapshot_of(tmp_path / "empty", [], products=shop().slice(0, 0))
    assert picks(empty, "anna", wishes=Wishes(editors=("p01",))) == []
    unsold = snapshot_of(tmp_path / "unsold", [])
    assert ids(picks(unsold, "anna", count=2)) == ["p00", "p01"]


def test_at_most_so_many_of_a_category(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, bought(*((f"f{n}", f"p0{n % 4}") for n in range(6))))
    for limit in (2, 3):
        settings = Settings(tables={"recommend": {"per_category": limit}})
        rows = picks(snapshot, "anna", count=6, settings=settings)
        most = max(sum(row["category"] == name for row in rows) for name in CATEGORIES)
        assert (len(rows), most) == (6, limit)


def test_products_without_a_category_are_not_limited_by_it(tmp_path: Path) -> None:
    products = shop(**{f"p{n:02d}": {"category": None} for n in range(8)})
    chosen = ids(picks(snapshot_of(tmp_path, [], products=products), "anna", count=10))
    assert chosen == [f"p{n:02d}" for n in range(10)]


def test_what_is_pinned_fills_its_category_but_is_not_limited_by_it(tmp_path: Path) -> None:
    gone = tuple(f"gone{n}" for n in range(40))
    wishes = Wishes(pinned=(*gone, "p02", "p01", "p00"))
    rows = picks(snapshot_of(tmp_path, []), "anna", count=5, wishes=wishes)
    assert ids(rows) == ["p02", "p01", "p00", "p04", "p05"]


def test_one_of_a_family_is_enough(tmp_path: Path) -> None:
    products = shop(p05={"family_id": "owls"}, p06={"family_id": "owls"})
    snapshot = snapshot_of(tmp_path, bought(*TOGETHER, ("anna", "p00")), products=products)
    chosen = ids(picks(snapshot, "anna", count=12))
    assert "p05" in chosen
    assert "p06" not in chosen


def test_editors_pin_and_forbid(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, bought(*TOGETHER, ("anna", "p00")))
    wishes = Wishes(pinned=("p11", "p00", "gone"), forbidden=("p05",))
    rows = picks(snapshot, "anna", count=12, wishes=wishes)
    assert (rows[0]["product_id"], rows[0]["reason"]) == ("p11", "советует редакция")
    assert not {"p00", "p05"} & set(ids(rows))


def test_shards_and_repeats_give_the_same_picks(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, bought(*TOGETHER, ("anna", "p00"), ("boris", "p05")))
    people = pa.table(
        {"subscriber_id": ["boris", "f1", "anna", "f0"], "segment": ["a", "b", "a", "b"]}
    )
    with prepare(snapshot, NOW, Settings()).connect() as engine:
        whole = recommend(engine, people=people, count=4, now=NOW, settings=Settings())
        picker = Picker(engine, people=people, count=4, now=NOW, settings=Settings())
        assert pa.concat_tables(list(picker.everybody(shard_size=1))) == whole
    assert list(dict.fromkeys(whole["subscriber_id"].to_pylist())) == ["boris", "f1", "anna", "f0"]


def test_whoever_owns_nearly_everything_gets_the_rest_and_others_lose_nothing(
    tmp_path: Path,
) -> None:
    products = pa.concat_tables([shop(), *(_renamed(shop(), f"{n}") for n in range(4))])
    owned = [("anna", one) for one in products["product_id"].to_pylist()[:-2]]
    snapshot = snapshot_of(tmp_path, bought(*owned), products=products)
    rows = picks(snapshot, "anna", "boris", "f0", count=3)
    assert [row["subscriber_id"] for row in rows].count("anna") == 2
    assert [row["subscriber_id"] for row in rows].count("boris") == 3
    assert [row["subscriber_id"] for row in rows].count("f0") == 3


def _renamed(products: pa.Table, mark: str) -> pa.Table:
    rows = [{**row, "product_id": row["product_id"] + mark} for row in products.to_pylist()]
    return pa.Table.from_pylist(rows, schema=products.schema)


def test_purchases_after_the_moment_do_not_count(tmp_path: Path) -> None:
    late = [{**row, "ts": NOW + timedelta(days=1)} for row in bought(("anna", "p00"))]
    snapshot = snapshot_of(tmp_path, [*bought(*TOGETHER), *late])
    assert "p00" in ids(picks(snapshot, "anna", count=12))


def test_a_person_with_100_000_purchases_is_served_like_others(tmp_path: Path) -> None:
    count = 100_000
    heavy = pa.table(
        {
            "subscriber_id": ["anna"] * count,
            "product_id": [f"p{n % 11:02d}" for n in range(count)],
            "order_id": [str(n) for n in range(count)],
            "ts": [NOW - timedelta(minutes=n + 1) for n in range(count)],
            "quantity": [1] * count,
            "price": [1] * count,
        }
    )
    people = pa.table({"subscriber_id": ["anna"], "email": ["anna@example.com"]})
    tables = {"subscribers": people, "products": shop(), "purchases": heavy}
    assert ids(picks(write_snapshot(tmp_path, tables), "anna")) == ["p11"]


def test_an_unprepared_snapshot_says_what_to_do(tmp_path: Path) -> None:
    people = pa.table({"subscriber_id": ["anna"], "segment": ["everyone"]})
    with (
        snapshot_of(tmp_path, []).connect() as engine,
        pytest.raises(AudienceError, match="prepare"),
    ):
        recommend(engine, people=people, count=1, now=NOW, settings=Settings())


@pytest.mark.parametrize(
    "table", [{"neighbors": 3}, {"neighbours": 0}, {"own_half_life": 0}, {"categories": {"a": 1}}]
)
def test_a_setting_that_makes_no_sense_is_refused(
    tmp_path: Path, table: Mapping[str, object]
) -> None:
    with pytest.raises(SettingsError):
        prepare(snapshot_of(tmp_path, []), NOW, Settings(tables={"recommend": table}))


def test_of_a_person_with_very_many_products_only_the_latest_count(tmp_path: Path) -> None:
    count = 3_000
    products = pa.Table.from_pylist(
        [{**shop().to_pylist()[0], "product_id": f"q{n:05d}"} for n in range(count)],
        schema=shop().schema,
    )
    row = bought(("anna", "x"))[0]
    heavy = [
        {**row, "product_id": f"q{n:05d}", "order_id": str(n), "ts": NOW - timedelta(minutes=n + 1)}
        for n in range(count)
    ]
    snapshot = snapshot_of(tmp_path, [*heavy, *bought(*TOGETHER)], products=products)
    settings = Settings(tables={"recommend": {"history": 50}})
    with prepare(snapshot, NOW, settings).connect() as engine:
        kept = engine.execute(
            "SELECT g.product_id FROM history AS h JOIN goods AS g ON g.p = h.p ORDER BY 1"
        ).fetchall()
        (pairs,) = engine.execute("SELECT count(DISTINCT i) FROM alike").fetchall()
    assert kept == [(f"q{n:05d}",) for n in range(50)]
    assert pairs == (50,)


def test_an_empty_catalogue_gives_nobody_anything(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, bought(*TOGETHER), products=shop().slice(0, 0))
    assert picks(snapshot, "anna", "f0") == []


@pytest.mark.parametrize("file", sorted(SQL.glob("*.sql")), ids=lambda file: file.stem)
def test_every_query_says_what_it_is_for_and_keeps_to_portable_sql(file: Path) -> None:
    query = parse_query(file.stem, file.read_text("utf-8"))
    for word in ("QUALIFY", "ANTI JOIN", "LIST(", "UNNEST", "EXCLUDE", "ASOF", "ARG_MAX"):
        assert word not in query.sql.upper()


def test_a_question_laid_out_once_is_answered_in_parts_as_it_is_in_whole(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, bought(*TOGETHER, ("anna", "p00"), ("boris", "p05")))
    people = pa.table({"subscriber_id": ["boris", "f1", "anna"], "segment": ["a", "b", "a"]})
    with prepare(snapshot, NOW, Settings()).connect() as engine:
        whole = recommend(engine, people=people, count=4, now=NOW, settings=Settings())
        picker = Picker(engine, people=people, count=4, now=NOW, settings=Settings())
        parts = [picker.some(["f1", "boris"]), picker.some(["anna"])]
        nobody = picker.some([])
    rows = [row for part in parts for row in part.to_pylist()]
    assert rows == whole.to_pylist()
    assert nobody.num_rows == 0
