"""Real people to look through: found by id or predicate, met as a plan would meet them."""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pismo.audience import Snapshot, compute_facts, current, moment_of
from pismo.consent import may_send
from pismo.errors import AudienceError, SegmentError, UsageError
from pismo.keys import Reader, normalised_address
from pismo.model.content import FactValue, Issue, Segment
from pismo.model.edition import Edition
from pismo.model.finding import Source
from pismo.model.people import Recipient, Recommended
from pismo.model.workspace import Workspace
from pismo.plan import web_url
from pismo.plan.counts import counts_of
from pismo.plan.picks import picks_from, picks_wanted, products_in_letters
from pismo.plan.state import State
from pismo.recommend import prepare
from pismo.records import dataclass, field
from pismo.render import missing
from pismo.segments import (
    answer_columns,
    case_sql,
    columns_of,
    compose,
    compose_all,
    own_facts,
)
from pismo.segments.mistakes import failing, refused
from pismo.segments.report import SegmentReport, report_segments
from pismo.text import meant

if TYPE_CHECKING:
    import duckdb

_ID = re.compile(r"[\w.:-]{1,128}")
_QUESTION = Source("question")
MOST_FOUND = 20
"""So many of the people whom a search finds are named."""
Answer = TypeVar("Answer")
_PRIVATE = {"email", "last_name"}
"""Columns that never leave the audience for a label or a panel."""


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody of the audience, as a label names them; never an address."""

    id: str
    first_name: str
    city: str


@dataclass(frozen=True, slots=True)
class Search:
    """The first people whom a question is true for, and how many there are in all."""

    first: tuple[Found, ...]
    total: int


@dataclass(slots=True)
class Audience:
    """The people of the current snapshot; safe to use from several threads.

    Their facts and recommendations are of the moment that `moment_of` says, when it is opened.

    Args:
        workspace: For segments, recipes and languages.
        snapshot: The audience.
        state: Keys, ledger, signer.
        clock: What time it is, UTC.
    """

    workspace: Workspace
    snapshot: Snapshot
    state: State
    clock: Callable[[], datetime]
    _engine: "duckdb.DuckDBPyConnection | None" = None
    _moment: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)
    _files: tuple[Path, ...] = ()
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def find(self, question: str) -> Search:
        """Find people by id, or by a predicate over the facts such as `orders = 0`.

        At most MOST_FOUND of them are named; all are counted.

        Raises:
            UsageError: If it holds an address: those are not looked people up by.
            SegmentError: If the predicate is wrong or unsafe.
        """
        question = question.strip()
        if "@" in question:
            raise UsageError(
                "nobody is looked up by address", hint="use their id, or a predicate over facts",
                ru="по адресу никого не ищут", hint_ru="возьмите id или условие из фактов",
            )  # fmt: skip
        if _ID.fullmatch(question):
            same = self._where("subscriber_id = ?", question)
            if same.total:
                return same
        return self._where(self._predicate(question))

    def sizes(self, newsletter: str) -> Mapping[str, int]:
        """Count the people of each segment of a newsletter, `everyone` included."""
        sql = f"SELECT {self._case(newsletter)} AS segment, count(*) FROM facts GROUP BY 1"  # noqa: S608  # confined
        return {str(segment): int(count) for segment, count in self._rows(sql)}

    def segment_report(self, newsletter: str) -> SegmentReport:
        """Count who fits each segment of a newsletter, and who gets its letter."""
        workspace = self.workspace
        composed, _ = compose_all(workspace.segments, columns_of(workspace))
        listed = workspace.newsletters[newsletter].segments
        segments = [workspace.segments[name] for name in listed if name in composed]
        return self._asking(lambda engine: report_segments(engine, segments, composed))

    def segment_of(self, newsletter: str, person: str) -> str:
        """Return which segment of a newsletter a person is in.

        Raises:
            UsageError: If there is no such person.
        """
        sql = f"SELECT {self._case(newsletter)} FROM facts WHERE subscriber_id = ?"  # noqa: S608  # confined
        for (segment,) in self._rows(sql, person):
            return str(segment)
        raise self._nobody(person)

    def facts(self, person: str) -> dict[str, FactValue]:
        """Return everything known about a person except address and last name.

        Raises:
            UsageError: If there is no such person.
        """

        def known(engine: "duckdb.DuckDBPyConnection") -> list[tuple[str, object]]:
            asked = engine.execute("SELECT * FROM facts WHERE subscriber_id = ?", [person])
            names = [column[0] for column in asked.description or ()]
            return [pair for row in asked.fetchall() for pair in zip(names, row, strict=True)]

        values = self._asking(known)
        if not values:
            raise self._nobody(person)
        return {name: _fact(value) for name, value in values if name not in _PRIVATE}

    def recipient(self, issue: Issue, edition: Edition, person: str) -> Recipient:
        """Return a person as a plan of this moment would meet them; without their address."""
        newsletter = self.workspace.newsletter_of(issue)
        answered = [item.partition("/")[2] for item in edition.items]
        return Recipient(
            id=person,
            segment=edition.segment,
            facts=self.facts(person),
            picks=self._picks(issue, edition, person),
            links=self.state.signer.links_for(
                person,
                newsletter=newsletter.name,
                issue=issue.id,
                web_url=web_url(self.workspace, issue),
                items=answered,
            ),
            counts=counts_of([edition], self.state.ledger),
        )

    def reader(self, person: str) -> Reader | None:
        """Return a person with the hashes of their address; None without one."""
        rows = self._rows("SELECT email FROM facts WHERE subscriber_id = ?", person)
        address = str(rows[0][0] or "") if rows else ""
        return self.state.keys.reader(person, address) if address else None

    def at_address(self, address: str) -> tuple[str, ...]:
        """Return the ids of those who have an address; it is compared, and kept nowhere."""
        wanted = normalised_address(address)
        rows = self._rows("SELECT subscriber_id, email FROM facts WHERE email IS NOT NULL")
        return tuple(str(one) for one, email in rows if normalised_address(str(email)) == wanted)

    def excluded(self, issue: Issue, edition: Edition, recipient: Recipient) -> str:
        """Return why a plan of this moment would leave a person out, '' if it would not."""
        reader = self.reader(recipient.id)
        if reader is None:
            return "no-address"
        barred = may_send(
            [reader],
            newsletter=self.workspace.newsletter_of(issue),
            moment=self.clock(),
            ledger=self.state.ledger,
        )
        if recipient.id in barred:
            return barred[recipient.id]
        gaps = missing(edition, recipient)
        return f"missing:{gaps[0]}" if gaps else ""

    def empty_values(self, column: str) -> tuple[int, int]:
        """Count the people who lack a column's value, and all people."""
        known = columns_of(self.workspace)
        if column not in known:
            return 0, 0
        sql = (
            f"SELECT count(*) FILTER ({column} IS NULL OR CAST({column} AS VARCHAR) = ''),"  # noqa: S608  # a known column
            " count(*) FROM facts"
        )
        ((empty, everybody),) = self._rows(sql)
        return int(empty), int(everybody)

    def _picks(self, issue: Issue, edition: Edition, person: str) -> tuple[Recommended, ...]:
        import pyarrow as pa

        count = picks_wanted(edition)
        if not count:
            return ()
        forbidden = products_in_letters(self.workspace, (edition,))
        one = pa.table({"subscriber_id": [person], "segment": [edition.segment]})

        def pick(engine: "duckdb.DuckDBPyConnection") -> tuple[Recommended, ...]:
            asked = picks_from(
                engine, self.workspace, issue, count, self.state.ledger, self._moment,
                people=one, forbidden=forbidden,
            )  # fmt: skip
            return tuple(asked([person]).get(person, ()))

        return self._asking(pick)

    def _where(self, condition: str, *values: str) -> Search:
        sql = (
            "SELECT subscriber_id, first_name, city, count(*) OVER () FROM facts"  # noqa: S608  # confined
            f" WHERE {condition} ORDER BY subscriber_id LIMIT {MOST_FOUND}"
        )
        rows = self._rows(sql, *values)
        found = tuple(Found(str(row[0]), row[1] or "", row[2] or "") for row in rows)
        return Search(found, rows[0][3] if rows else 0)

    def _rows(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        """Ask one query that holds a condition.

        Raises:
            SegmentError: If the condition cannot be computed on this audience.
        """
        import duckdb

        try:
            return self._asking(lambda engine: engine.execute(sql, list(values)).fetchall())
        except duckdb.Error as error:
            raise _unplaced(refused(failing(error).at(_QUESTION))) from error

    def _asking(self, ask: "Callable[[duckdb.DuckDBPyConnection], Answer]") -> Answer:
        """Ask the people; once more if another process took the files away in the middle of it.

        Raises:
            AudienceError: If they are gone again.
        """
        import duckdb

        with self._lock:
            try:
                return ask(self._connection())
            except duckdb.IOException:
                self._leave()
            try:
                return ask(self._connection())
            except duckdb.IOException as error:
                self._leave()
                raise AudienceError(
                    "the audience's files changed while they were read",
                    hint="try again when the import or the plan beside has ended",
                    ru="файлы аудитории сменились во время чтения",
                    hint_ru="повторите, когда закончится импорт или план по соседству",
                ) from error

    def _leave(self) -> None:
        """Close the snapshot: the next question opens the one that is current then."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None
        self.snapshot = current(self.workspace.state_dir) or self.snapshot

    def _is_past(self) -> bool:
        """Tell whether what was opened is no longer there, or no longer the current audience."""
        if not all(file.exists() for file in self._files):
            return True
        newest = current(self.workspace.state_dir)
        return newest is not None and newest.id != self.snapshot.id

    def _nobody(self, person: str) -> UsageError:
        invented = meant(person, [one.id for one in self.workspace.people])
        hint = "ids are in the column subscriber_id; pismo preview finds people by predicate"
        hint_ru = "id стоят в колонке subscriber_id; pismo preview находит людей по условию"
        if invented["hint"]:
            hint = f"in segments/people.toml {invented['hint']}; {hint}"
            hint_ru = f"в segments/people.toml {invented['hint_ru']}; {hint_ru}"
        return UsageError(
            f"nobody in the audience is '{person}'",
            hint=hint,
            ru=f"в аудитории нет человека «{person}»",
            hint_ru=hint_ru,
        )

    def _predicate(self, question: str) -> str:
        asked = Segment(id="question", title="", where=question, where_line=1, source=_QUESTION)
        segments = {**self.workspace.segments, asked.id: asked}
        try:
            return compose(asked.id, segments, columns_of(self.workspace))
        except SegmentError as error:
            raise _unplaced(error) from None

    def _case(self, newsletter: str) -> str:
        workspace = self.workspace
        series = workspace.newsletters[newsletter]
        return case_sql(series, workspace.segments, columns_of(workspace))

    def _connection(self) -> "duckdb.DuckDBPyConnection":
        """Open the snapshot at first use: facts and similarity are computed then, if need be.

        Another process that plans or imports may have made room for its own, or made another
        audience: then again.
        """
        if self._engine is not None and self._is_past():
            self._leave()
        if self._engine is None:
            settings = self.workspace.settings
            own = own_facts(self.workspace.root, [])
            answers = answer_columns(self.workspace)
            now = self._moment = moment_of(self.snapshot, self.clock())
            ready = compute_facts(self.snapshot, settings, now, own=own, answers=answers)
            ready = prepare(ready, now, settings)
            self._files = tuple(file for file in (ready.facts, ready.recommend) if file)
            self._engine = ready.connect()
        return self._engine


def _unplaced(error: SegmentError) -> SegmentError:
    """Take the place from an error about a question: it stands in no file."""
    if error.where is not None and error.where.path == _QUESTION.path:
        error.where = None
    return error


def _fact(value: Any) -> FactValue:  # noqa: ANN401  # what DuckDB returns
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str | int | float | date) or value is None:
        return value
    return ",".join(map(str, value)) if isinstance(value, Sequence) else str(value)
