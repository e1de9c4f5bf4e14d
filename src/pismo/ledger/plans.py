"""Plans, and the deliveries that they begin with."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from pismo.errors import StateError
from pismo.keys import Reader, hashes_of
from pismo.ledger.ids import is_plan_id
from pismo.ledger.rows import AddedPlan, DeliveryRow, PlanRow
from pismo.ledger.states import UNSENT, codes
from pismo.ledger.store import AnyRow, Given, Store, epoch, moment, scalar

DIGEST_LETTERS = 16
"""How much of an edition's digest is stored: enough to tell the editions of one issue apart."""

_CHUNK = 20_000
_DELIVERIES = Given(
    "given_deliveries",
    (
        ("seq", "BIGINT"),
        ("occasion", "INTEGER"),
        ("edition", "INTEGER"),
        ("send_at", "BIGINT"),
        ("person", "TEXT"),
        ("address_hash", "blob"),
        ("shown", "TEXT"),
    ),
)
_TAKEN = Given("given_taken", (("person", "TEXT"), ("address_hash", "blob")))
_COLUMNS = (
    "p.id, p.issue, p.newsletter, p.created_at, p.audience, p.planned, p.excluded, p.editions,"
    " p.stored, p.expires_at, p.erased_at, p.stop_at, s.id AS superseded_by, p.size"
)
_PLANS = f"SELECT {_COLUMNS} FROM plans p LEFT JOIN plans s ON s.num = p.superseded_by"


class Plans(Store):
    """Who is to get what."""

    def add_plan(self, plan: PlanRow, deliveries: Iterable[DeliveryRow]) -> AddedPlan:
        """Store a plan with its deliveries, all or nothing; the i-th gets `delivery_id(plan, i)`.

        An earlier plan of the same issue is superseded: its rows of whom nothing was sent are
        removed, and the rows of people it did write to (or may have) become this plan's, with
        their old id and state, if they are among `deliveries`. So one person never has two.

        Raises:
            StateError: If the plan is there already, or an address is planned for two people.
        """
        if not is_plan_id(plan.id):
            raise StateError(
                "a plan's id is 8 to 20 small letters and digits",
                ru="id плана — от 8 до 20 строчных букв и цифр",
            )
        try:
            with self.write() as connection, self.roomy(connection):
                return _Adding(self, connection, plan).run(deliveries)
        except IntegrityError as error:
            raise _twice(plan.id) from error

    def already_written(
        self, occasion: str, people: Iterable[Reader | tuple[str, bytes]]
    ) -> Mapping[str, str]:
        """Say whose address was written to in this occasion under another person's id.

        Args:
            occasion: The issue's id, or what a triggered letter is about.
            people: Readers; hashes under keys that were rotated out count as well.

        Returns:
            Person -> the other person; a plan has to leave them out.
        """
        with self.read() as connection:
            num = _occasion(connection, occasion)
            if num is None:
                return {}
            self.give(connection, _TAKEN, hashes_of(people))
            rows = connection.execute(
                text(
                    "SELECT g.person, d.person FROM given_taken g CROSS JOIN deliveries d"
                    " WHERE d.occasion = :occasion AND d.address_hash = g.address_hash"
                    f" AND d.person <> g.person AND d.submission NOT IN ({codes(UNSENT)})"
                ),
                {"occasion": num},
            ).all()
        return dict(rows)

    def plan(self, plan_id: str) -> PlanRow:
        """Return one plan.

        Raises:
            StateError: If the ledger knows no such plan.
        """
        with self.read() as connection:
            row = connection.execute(text(f"{_PLANS} WHERE p.id = :id"), {"id": plan_id}).first()
        if row is None:
            raise StateError(
                f"the state database knows no plan {plan_id}",
                hint="make one: pismo plan ISSUE",
                ru=f"в базе состояния нет плана {plan_id}",
                hint_ru="составьте его: pismo plan ВЫПУСК",
            )
        return _plan(row)

    def plans(self, issue: str | None = None) -> tuple[PlanRow, ...]:
        """List plans, newest first; of one issue if it is named."""
        where = "" if issue is None else " WHERE p.issue = :issue"
        with self.read() as connection:
            rows = connection.execute(
                text(f"{_PLANS}{where} ORDER BY p.num DESC"),
                {} if issue is None else {"issue": issue},
            ).all()
        return tuple(_plan(row) for row in rows)

    def latest_plan(self, issue: str) -> PlanRow | None:
        """Return the plan that counts for an issue, None if there is none."""
        return next((plan for plan in self.plans(issue) if not plan.superseded_by), None)

    def mark_erased(self, plan_id: str, now: datetime) -> None:
        """Note that the plan's stored people are gone; its sums stay."""
        self._change(plan_id, "erased_at", epoch(now))

    def request_stop(self, plan_id: str, now: datetime) -> None:
        """Ask every publisher of a plan to stop after what it is sending now."""
        self._change(plan_id, "stop_at", epoch(now))

    def stop_requested(self, plan_id: str) -> bool:
        """Tell whether somebody asked to stop: a publisher asks before each batch."""
        with self.read() as connection:
            sql = "SELECT stop_at FROM plans WHERE id = :id"
            return scalar(connection, sql, id=plan_id) is not None

    def expired_plans(self, now: datetime) -> tuple[PlanRow, ...]:
        """List plans whose stored people should be erased by now."""
        with self.read() as connection:
            rows = connection.execute(
                text(f"{_PLANS} WHERE p.expires_at <= :now AND p.erased_at IS NULL"),
                {"now": epoch(now)},
            ).all()
        return tuple(_plan(row) for row in rows)

    def _change(self, plan_id: str, column: str, value: int | None) -> None:
        with self.write() as connection:
            connection.execute(
                text(f"UPDATE plans SET {column} = :value WHERE id = :id"),
                {"value": value, "id": plan_id},
            )


class _Adding:
    """One `add_plan`: numbers for names, then chunks of rows."""

    def __init__(self, store: Store, connection: Connection, plan: PlanRow) -> None:
        self._store, self._connection, self._plan = store, connection, plan
        self._editions: dict[tuple[str, str, str], int] = {}
        self._occasions: dict[str, int] = {}
        self._begun = False
        self._adopted = 0
        self._oldest: int | None = None

    def run(self, deliveries: Iterable[DeliveryRow]) -> AddedPlan:
        lock = "" if self._store.is_sqlite else " FOR UPDATE"
        next_seq = f"SELECT value FROM meta WHERE name = 'next_seq'{lock}"
        first = int(scalar(self._connection, next_seq))
        num = self._insert_plan(first)
        self._supersede(num)
        size = added = 0
        rows = enumerate(deliveries, start=first)
        while chunk := list(islice(rows, _CHUNK)):
            encoded = list(self._encoded(chunk))
            size += self._store.give(self._connection, _DELIVERIES, encoded)
            if self._begun:
                self._adopt(num)
            added += self._insert(num)
        if added + self._adopted != size:
            raise _twice(self._plan.id)
        self._close(num, first, size)
        return AddedPlan(added, self._adopted)

    def _insert_plan(self, first: int) -> int:
        plan = self._plan
        self._connection.execute(
            text(
                "INSERT INTO plans (id, issue, newsletter, created_at, audience, planned, excluded,"
                " editions, stored, expires_at, first_seq, size, oldest_seq) VALUES (:id, :issue,"
                " :newsletter, :created_at, :audience, :planned, :excluded, :editions, :stored,"
                " :expires_at, :first, 0, :first)"
            ),
            {
                "id": plan.id,
                "issue": plan.issue,
                "newsletter": plan.newsletter,
                "created_at": epoch(plan.created_at),
                "audience": plan.audience,
                "planned": json.dumps(dict(plan.planned)),
                "excluded": json.dumps(dict(plan.excluded)),
                "editions": json.dumps(dict(plan.editions)),
                "stored": plan.stored,
                "expires_at": plan.expires_at and epoch(plan.expires_at),
                "first": first,
            },
        )
        return int(scalar(self._connection, "SELECT num FROM plans WHERE id = :id", id=plan.id))

    def _supersede(self, num: int) -> None:
        """Remove what earlier plans of this issue have not sent, and say who took over."""
        self._connection.execute(
            text(
                "UPDATE plans SET superseded_by = :num"
                " WHERE issue = :issue AND num < :num AND superseded_by IS NULL"
            ),
            {"num": num, "issue": self._plan.issue},
        )
        occasion = _occasion(self._connection, self._plan.issue)
        if occasion is not None:
            self._connection.execute(
                text(
                    f"DELETE FROM deliveries WHERE occasion = :occasion"
                    f" AND submission IN ({codes(UNSENT)})"
                ),
                {"occasion": occasion},
            )

    def _close(self, num: int, first: int, size: int) -> None:
        self._connection.execute(
            text("UPDATE meta SET value = :next WHERE name = 'next_seq'"),
            {"next": str(first + size)},
        )
        self._connection.execute(
            text(
                "UPDATE plans SET size = :size, oldest_seq = :oldest, adopted = :adopted"
                " WHERE num = :num"
            ),
            {
                "size": size,
                "oldest": first if self._oldest is None else self._oldest,
                "adopted": self._adopted,
                "num": num,
            },
        )

    def _encoded(self, chunk: list[tuple[int, DeliveryRow]]) -> Iterator[tuple[object, ...]]:
        issue = self._plan.issue
        for seq, row in chunk:
            yield (
                seq,
                self._occasion_num(row.occasion or issue),
                self._edition_num(row.segment, row.variant, row.digest[:DIGEST_LETTERS]),
                None if row.send_at is None else epoch(row.send_at),
                row.person,
                row.address_hash,
                " ".join(row.shown) or None,
            )

    def _occasion_num(self, name: str) -> int:
        num = self._occasions.get(name)
        if num is None:
            num = _occasion(self._connection, name)
            self._begun = self._begun or num is not None
            if num is None:
                insert = "INSERT INTO occasions (name) VALUES (:name)"
                self._connection.execute(text(insert), {"name": name})
                num = _occasion(self._connection, name)
            assert num is not None
            self._occasions[name] = num
        return num

    def _edition_num(self, segment: str, variant: str, digest: str) -> int:
        key = (segment, variant, digest)
        num = self._editions.get(key)
        if num is None:
            names = {"segment": segment, "variant": variant, "digest": digest}
            self._connection.execute(
                text(
                    "INSERT INTO editions (segment, variant, digest)"
                    " VALUES (:segment, :variant, :digest) ON CONFLICT DO NOTHING"
                ),
                names,
            )
            select = (
                "SELECT num FROM editions"
                " WHERE segment = :segment AND variant = :variant AND digest = :digest"
            )
            num = self._editions[key] = int(scalar(self._connection, select, **names))
        return num

    def _adopt(self, num: int) -> None:
        """Take over rows of an earlier plan: those unsent go, the others become this plan's."""
        plan = {"plan": num}
        self._connection.execute(text(_REMOVE_UNSENT), plan)
        count, oldest = self._connection.execute(text(_ADOPTABLE), plan).one()
        if count:
            self._connection.execute(text(_ALIAS), plan)
            self._connection.execute(text(_ADOPT), plan)
            self._adopted += count
            self._oldest = oldest if self._oldest is None else min(self._oldest, oldest)

    def _insert(self, num: int) -> int:
        where = _NOT_BEGUN if self._begun else ""
        order = "" if self._store.is_sqlite else _SCATTERED
        parameters = {"plan": num, "now": epoch(self._plan.created_at)}
        return self._connection.execute(text(_INSERT + where + order), parameters).rowcount


_FROM_EARLIER = """
 FROM given_deliveries g CROSS JOIN deliveries d
WHERE d.occasion = g.occasion AND d.person = g.person AND d.plan <> :plan"""
_REMOVE_UNSENT = (
    f"DELETE FROM deliveries WHERE seq IN (SELECT d.seq {_FROM_EARLIER}"
    f" AND d.submission IN ({codes(UNSENT)}))"
)
_ADOPTABLE = f"SELECT count(*), min(d.seq) {_FROM_EARLIER}"
_ALIAS = f"INSERT INTO aliases (seq, row_seq) SELECT g.seq, d.seq {_FROM_EARLIER}"
_ADOPT = f"UPDATE deliveries SET plan = :plan WHERE seq IN (SELECT d.seq {_FROM_EARLIER})"
_INSERT = """
INSERT INTO deliveries (seq, plan, occasion, edition, send_at, person, address_hash, shown,
                        submission, attempt, updated_at)
SELECT g.seq, :plan, g.occasion, g.edition, g.send_at, g.person, g.address_hash, g.shown, 0, 0, :now
  FROM given_deliveries g
"""
_NOT_BEGUN = """
 WHERE NOT EXISTS (SELECT 1 FROM deliveries d
                    WHERE d.occasion = g.occasion AND d.person = g.person AND d.plan = :plan)
"""
_SCATTERED = " ORDER BY g.seq % 400, g.seq"
"""The rows of one claim on as many pages as there are: PostgreSQL writes a new version of a row
for each change, and where the page has room for it, no index is touched and the old version's
place is used again (https://www.postgresql.org/docs/current/storage-hot.html). With neighbours
on one page, five hundred claimed at once find no room, and the table trebles."""


def _twice(plan: str) -> StateError:
    return StateError(
        f"plan {plan} cannot be stored: it is there already, or one person or address is in it"
        " twice (or was written to in this issue under another id)",
        hint="leave out doubles and whom `already_written` names, and plan anew",
        ru=f"план {plan} не записать: он уже есть, или человек или адрес стоит в нём дважды (или"
        " этот выпуск ему уже отправляли под другим id)",
        hint_ru="уберите повторы и тех, кого называет `already_written`, и планируйте заново",
    )


def _occasion(connection: Connection, name: str) -> int | None:
    num = scalar(connection, "SELECT num FROM occasions WHERE name = :name", name=name)
    return None if num is None else int(num)


def _plan(row: AnyRow) -> PlanRow:
    return PlanRow(
        id=row.id,
        issue=row.issue,
        newsletter=row.newsletter,
        created_at=moment(row.created_at),
        audience=row.audience,
        planned=json.loads(row.planned),
        excluded=json.loads(row.excluded),
        editions=json.loads(row.editions),
        stored=row.stored,
        expires_at=row.expires_at and moment(row.expires_at),
        erased_at=row.erased_at and moment(row.erased_at),
        stop_at=row.stop_at and moment(row.stop_at),
        superseded_by=row.superseded_by,
        size=row.size,
    )
