"""Facts about people: derived columns, each documented here, computed once for everybody."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pismo.audience.engine import only_row, quoted, read_query, run_query, set_parameters, utc
from pismo.audience.schema import SUBSCRIBERS, Column
from pismo.audience.snapshot import Snapshot, point
from pismo.errors import AudienceError, SettingsError
from pismo.model.workspace import Settings
from pismo.records import dataclass, replace

if TYPE_CHECKING:
    import duckdb

PACKAGE = "pismo.audience"
STEPS = ("orders", "order_facts", "category_facts", "event_facts", "viewed_category", "rfm")
"""Queries that leave one table each for `facts.sql` to join."""
_KEEP = 3


@dataclass(frozen=True, slots=True)
class Fact:
    """One derived column: type, unit, meaning, and the query (`audience/sql/`) it comes from."""

    name: str
    type: str
    unit: str
    en: str
    ru: str
    query: str
    nullable: bool = False


FACTS: tuple[Fact, ...] = (
    Fact("now", "TIMESTAMP", "UTC", "the moment the facts are true at",
         "момент, на который верны факты", "facts"),
    Fact("age", "INTEGER", "years", "full years since the birthday",
         "полных лет", "facts", nullable=True),
    Fact("days_since_signup", "INTEGER", "days", "days since they signed up",
         "дней с подписки", "facts", nullable=True),
    Fact("orders", "INTEGER", "orders", "orders ever made; one of returns only is none",
         "заказов за всё время; заказ из одних возвратов не в счёт", "order_facts"),
    Fact("orders_365", "INTEGER", "orders", "orders in the last 365 days",
         "заказов за 365 дней", "order_facts"),
    Fact("orders_90", "INTEGER", "orders", "orders in the last 90 days",
         "заказов за 90 дней", "order_facts"),
    Fact("orders_30", "INTEGER", "orders", "orders in the last 30 days",
         "заказов за 30 дней", "order_facts"),
    Fact("spend", "DOUBLE", "money", "paid ever, returns taken off",
         "потрачено за всё время без возвращённого", "order_facts"),
    Fact("spend_365", "DOUBLE", "money", "paid in the last 365 days, returns taken off",
         "потрачено за 365 дней без возвращённого", "order_facts"),
    Fact("spend_90", "DOUBLE", "money", "paid in the last 90 days, returns taken off",
         "потрачено за 90 дней без возвращённого", "order_facts"),
    Fact("spend_30", "DOUBLE", "money", "paid in the last 30 days, returns taken off",
         "потрачено за 30 дней без возвращённого", "order_facts"),
    Fact("first_order", "DATE", "", "day of the first order",
         "день первого заказа", "order_facts", nullable=True),
    Fact("last_order", "DATE", "", "day of the last order",
         "день последнего заказа", "order_facts", nullable=True),
    Fact("days_since_first_order", "INTEGER", "days", "days since the first order",
         "дней с первого заказа", "facts", nullable=True),
    Fact("days_since_last_order", "INTEGER", "days", "days since the last order",
         "дней с последнего заказа", "facts", nullable=True),
    Fact("average_order", "DOUBLE", "money", "spend / orders",
         "средний заказ: потрачено / число заказов", "facts", nullable=True),
    Fact("lifetime_value", "DOUBLE", "money",
         "average order × orders a month × months ahead ([tool.pismo.facts] lifetime_months, 24);"
         " orders a month over at least lifetime_known_months (12)",
         "средний заказ × заказов в месяц × месяцев вперёд ([tool.pismo.facts] lifetime_months,"
         " 24); заказы в месяц считаются не меньше чем за lifetime_known_months (12)", "facts"),
    Fact("favourite_category", "VARCHAR", "", "category most things were bought of",
         "категория, из которой куплено больше всего", "category_facts", nullable=True),
    Fact("last_category", "VARCHAR", "", "category of the last purchase",
         "категория последней покупки", "category_facts", nullable=True),
    Fact("viewed_category", "VARCHAR", "", "category looked at most in the last 90 days",
         "категория, которую чаще всего смотрели за 90 дней", "viewed_category", nullable=True),
    Fact("views_90", "INTEGER", "views", "products looked at in the last 90 days",
         "просмотров товаров за 90 дней", "event_facts"),
    Fact("views_30", "INTEGER", "views", "products looked at in the last 30 days",
         "просмотров товаров за 30 дней", "event_facts"),
    Fact("opens_90", "INTEGER", "opens", "letters opened in the last 90 days, as far as is known",
         "открытий писем за 90 дней, насколько они видны", "event_facts"),
    Fact("clicks_90", "INTEGER", "clicks", "clicks in letters in the last 90 days",
         "переходов из писем за 90 дней", "event_facts"),
    Fact("last_view", "DATE", "", "day a product was last looked at",
         "день последнего просмотра товара", "event_facts", nullable=True),
    Fact("last_click", "DATE", "", "day of the last click in a letter",
         "день последнего перехода из письма", "event_facts", nullable=True),
    Fact("loyalty_stage", "VARCHAR", "never, one-time, episodic, regular",
         "where on the loyalty scale ([tool.pismo.loyalty]); a regular who went quiet is episodic",
         "ступень лояльности ([tool.pismo.loyalty]); затихший постоянный — снова эпизодический",
         "facts"),
    Fact("quiet", "BOOLEAN", "", "bought once, but not for [tool.pismo.loyalty] quiet_days",
         "покупал, но не дольше quiet_days дней из [tool.pismo.loyalty]", "facts"),
    Fact("rfm", "VARCHAR", "three digits 1-5", "recency, frequency, money; 5 is best, 555 the top",
         "давность, частота, деньги; 5 — лучше всего, 555 — вершина", "rfm", nullable=True),
    Fact("days_to_birthday", "INTEGER", "days", "days to the next birthday, 0 today;"
         " 29 February is kept on the 28th", "дней до дня рождения, 0 — сегодня;"
         " 29 февраля отмечается 28-го", "facts", nullable=True),
    Fact("days_to_signup_anniversary", "INTEGER", "days", "days to the next anniversary of signing"
         " up", "дней до годовщины подписки", "facts", nullable=True),
    Fact("days_to_first_order_anniversary", "INTEGER", "days", "days to the next anniversary of the"
         " first order", "дней до годовщины первого заказа", "facts", nullable=True),
)  # fmt: skip

FACT_NAMES = frozenset(fact.name for fact in FACTS)


def known_columns() -> dict[str, Column]:
    """Return what every audience has: the subscriber's columns, then the facts."""
    derived = [Column(f.name, f.type, f.en, f.ru, f.nullable) for f in FACTS]
    return {column.name: column for column in (*SUBSCRIBERS, *derived)}


def moment_of(snapshot: Snapshot, clock: datetime) -> datetime:
    """Return the moment that facts are of for whoever looks at them: one rule for all commands.

    The beginning of the clock's hour, so that the same question is answered from the same file. Of
    an audience that was made within this hour, the moment it was made: an answer that it was made
    for counts at once. One that is dated ahead is seen as a plan of this hour sees it.

    Args:
        snapshot: The audience.
        clock: What time it is, UTC.
    """
    hour = clock.replace(minute=0, second=0, microsecond=0)
    made_now = hour <= snapshot.created_at < hour + timedelta(hours=1)
    return snapshot.created_at if made_now else hour


def compute_facts(
    snapshot: Snapshot,
    settings: Settings,
    now: datetime,
    *,
    own: str = "",
    answers: Mapping[str, str] | None = None,
    keep: bool = True,
) -> Snapshot:
    """Compute everybody's facts as of `now` and return the snapshot that has them.

    The same question is answered from the file that answered it before.

    Args:
        snapshot: The audience.
        settings: Bounds of the loyalty scale, and the table `facts`.
        now: Purchases and events from this moment on are not looked at.
        own: A workspace's own SELECT (`segments/facts.sql`): subscriber_id and more columns.
        answers: Column -> item of the quiz or poll whose latest answer it holds.
        keep: Let these be the snapshot's facts from now on; False only looks at another moment.
    """
    parameters = _parameters(settings, utc(now))
    asked = sorted((answers or {}).items())
    queries = [read_query(PACKAGE, name).sql for name in (*STEPS, "facts", "answer_facts")]
    question = json.dumps([parameters, own, asked, queries], default=str, sort_keys=True)
    digest = hashlib.sha256(question.encode()).hexdigest()[:12]
    name = f"facts-{utc(now):%Y%m%dT%H%M%S}-{digest}.parquet"
    file = snapshot.path / name
    if file.exists():
        file.touch()  # the newest are those that were asked for last
    else:
        # Facts of another moment are not looked at, and may have been pruned meanwhile.
        with replace(snapshot, facts=None).connect() as engine:
            set_parameters(engine, **parameters)
            compute_into(engine, utc(now).date(), own=own, answers=asked)
            _write(engine, file)
    if keep:
        point(snapshot.path / "facts.current", name)
    _prune(snapshot.path, keep=name)
    return replace(snapshot, facts=file)


def compute_into(
    engine: "duckdb.DuckDBPyConnection",
    today: date,
    *,
    own: str = "",
    answers: Sequence[tuple[str, str]] = (),
) -> None:
    """Leave the view `computed_facts` on an engine that has the audience's tables and `params`.

    A view, so that its rows go straight to the file they are written to.
    """
    _make_calendar(engine, today)
    for step in STEPS:
        run_query(engine, PACKAGE, step)
    sql = read_query(PACKAGE, "facts").sql
    if answers:
        sql = _with_answers(engine, sql, answers)
    if own:
        # Asked twice, by the workspace's query and for the file: worked out once.
        engine.execute(f"CREATE OR REPLACE TEMP TABLE facts AS {sql}")
        _make_own(engine, own)
        sql = _beside(engine, "SELECT * FROM facts", "own_facts")
    engine.execute(f"CREATE OR REPLACE TEMP VIEW computed_facts AS {sql}")


def _parameters(settings: Settings, now: datetime) -> dict[str, object]:
    table = settings.tables.get("facts", {})
    known = {"lifetime_months": 24.0, "lifetime_known_months": 12.0}
    for name, value in table.items():
        if name not in known or not isinstance(value, int | float) or value <= 0:
            raise SettingsError(
                f"[tool.pismo.facts] {name} = {value!r} is not understood",
                hint="it may hold lifetime_months and lifetime_known_months, both above zero",
                ru=f"[tool.pismo.facts] {name} = {value!r} непонятно",
                hint_ru="там бывают lifetime_months и lifetime_known_months, оба больше нуля",
            )
        known[name] = float(value)
    return {
        "now": now,
        "from_365": now - timedelta(days=365),
        "from_90": now - timedelta(days=90),
        "from_30": now - timedelta(days=30),
        "regular_orders": settings.loyalty.regular_orders,
        "episodic_orders": settings.loyalty.episodic_orders,
        "quiet_days": settings.loyalty.quiet_days,
        **known,
    }


def _make_calendar(engine: "duckdb.DuckDBPyConnection", today: date) -> None:
    """Make `calendar`: month * 100 + day -> days from today to the next such day.

    A table rather than arithmetic on dates, in which engines differ over 29 February.
    """
    ahead = {}
    for days in range(365, -1, -1):
        day = today + timedelta(days=days)
        ahead[day.month * 100 + day.day] = days
    ahead.setdefault(229, ahead[228])
    rows = ", ".join(f"({month_day}, {days})" for month_day, days in sorted(ahead.items()))
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE calendar AS SELECT * FROM "
        f"(VALUES {rows}) AS ahead(month_day, days)"
    )


def _with_answers(
    engine: "duckdb.DuckDBPyConnection", facts: str, answers: Sequence[tuple[str, str]]
) -> str:
    run_query(engine, PACKAGE, "answer_facts")
    columns = ", ".join(
        f"MAX(CASE WHEN item = {quoted(item)} THEN value END) AS {column}"
        for column, item in answers
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE answer_columns AS "
        f"SELECT subscriber_id, {columns} FROM answer_facts GROUP BY subscriber_id"
    )
    return _beside(engine, facts, "answer_columns")


def _make_own(engine: "duckdb.DuckDBPyConnection", own: str) -> None:
    """Run a workspace's own SELECT; two rows of one person would make two people of them."""
    import duckdb

    try:
        engine.execute(f"CREATE OR REPLACE TEMP TABLE own_facts AS {own}")
    except duckdb.Error as error:
        raise AudienceError(
            f"segments/facts.sql fails on this audience: {str(error).splitlines()[0]}",
            hint="divide by nullif(x, 0), cast with try_cast",
            ru=f"segments/facts.sql не считается на этой аудитории: {str(error).splitlines()[0]}",
            hint_ru="делите на nullif(x, 0), приводите типы через try_cast",
        ) from error
    rows, people = only_row(engine, "SELECT count(*), count(DISTINCT subscriber_id) FROM own_facts")
    if rows != people:
        raise AudienceError(
            f"segments/facts.sql returns {rows} rows of {people} people",
            hint="one row a person: GROUP BY subscriber_id, and none without one",
            ru=f"segments/facts.sql вернул строк: {rows}, а людей: {people}",
            hint_ru="нужна одна строка на человека (GROUP BY subscriber_id) и ни одной без него",
        )


def _beside(engine: "duckdb.DuckDBPyConnection", facts: str, more: str) -> str:
    """Return SQL for the columns of table `more` beside the facts."""
    names = [row[0] for row in engine.execute(f"DESCRIBE {more}").fetchall()]
    columns = ", ".join(f"m.{name}" for name in names if name != "subscriber_id")
    return (
        f"SELECT f.*, {columns} FROM ({facts}) AS f "
        f"LEFT JOIN {more} AS m ON m.subscriber_id = f.subscriber_id"
    )


def _write(engine: "duckdb.DuckDBPyConnection", file: Path) -> None:
    made = file.with_name(f".{file.name}.new")
    engine.execute(
        f"COPY (SELECT * FROM computed_facts) TO {quoted(str(made.resolve()))} "
        "(FORMAT parquet, COMPRESSION zstd)"
    )
    made.chmod(0o600)
    made.replace(file)


def _prune(folder: Path, *, keep: str) -> None:
    """Delete all but the newest facts; a reader that has an old file open keeps it."""
    files = sorted(folder.glob("facts-*.parquet"), key=lambda file: file.stat().st_mtime_ns)
    pointer = folder / "facts.current"
    kept = {keep, pointer.read_text("utf-8").strip() if pointer.exists() else ""}
    for file in files[:-_KEEP]:
        if file.name not in kept:
            file.unlink()
