"""Deliveries on their way: claimed before the network call, settled after it, never lost."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, TextClause, text

from pismo.ledger.ids import delivery_id, pack, unpack
from pismo.ledger.lookup import Lookup
from pismo.ledger.rows import Known, Proof, Settled
from pismo.ledger.states import (
    BY_PROOF,
    BY_PUBLISHER,
    CLAIMABLE,
    CODE,
    MAYBE_SENT,
    OUTCOME_CODE,
    OUTCOMES,
    SUBMISSIONS,
    codes,
    moves_sql,
)
from pismo.ledger.store import AnyRow, Given, epoch, moment
from pismo.model.people import Delivery, Outcome, Submission

_TOUCH_S = 3_600
_PAGE = 10_000
_SETTLED = Given(
    "given_settled",
    (
        ("seq", "BIGINT"),
        ("submission", "SMALLINT"),
        ("outcome", "SMALLINT"),
        ("message_id", "blob"),
        ("detail", "TEXT"),
    ),
)


_Move = tuple[str, Submission, Outcome | None, str | None, str | None]
"""Delivery id, where it moves, outcome, message id, detail."""


class Deliveries(Lookup):
    """The rows of plans: claim, settle, count, list."""

    def claim(
        self, plan_id: str, batch: Sequence[str], now: datetime, *, publisher: int
    ) -> tuple[str, ...]:
        """Claim deliveries for one network call: on disk before this returns.

        Args:
            plan_id: The plan they belong to now; rows of a superseded plan are not claimed.
            batch: Ids of deliveries; those that are not planned or throttled are left alone.
            now: The moment of the claim.
            publisher: `Publisher.num` of whoever sends them.

        Returns:
            The claimed ids, in the order of `batch`; send these and no others.
        """
        with self.write() as connection:
            plan, seqs = self.plan_num(connection, plan_id), self.seqs(connection, batch)
            sql = _CLAIM_SQLITE if self.is_sqlite else _CLAIM_POSTGRESQL
            rows = connection.execute(
                text(sql),
                {
                    "seqs": self.numbers(list(seqs.values())),
                    "plan": plan,
                    "publisher": publisher,
                    "now": epoch(now),
                },
            ).all()
            self._touch(connection, {occasion for _, occasion in rows}, epoch(now))
        claimed = {seq for seq, _ in rows}
        return tuple(name for name, seq in seqs.items() if seq in claimed)

    def settle(self, results: Iterable[Settled], now: datetime, *, publisher: int) -> int:
        """Write down what became of deliveries, by what a publisher knows (`BY_PUBLISHER`).

        After a power cut the last of them may be claimed again as if never answered, and so in
        doubt: the next claim is what brings them to disk.

        A claim of another publisher can only be settled as accepted: whoever adopted it knows more.

        Returns:
            How many rows moved (or were accepted already, by an event that was faster).
        """
        return self._move(
            (
                (result.id, result.submission, None, result.message_id, result.detail)
                for result in results
            ),
            text(_SETTLE),
            {"now": epoch(now), "publisher": publisher},
            is_durable=False,
        )

    def withdraw(self, reasons: Mapping[str, str], now: datetime) -> int:
        """Take back deliveries that were not sent, each with its reason (`unsubscribed` …)."""
        results = [Settled(name, Submission.WITHDRAWN, detail=why) for name, why in reasons.items()]
        return self.settle(results, now, publisher=0)

    def record_proofs(self, proofs: Iterable[Proof], now: datetime) -> int:
        """Write down what the mail service says afterwards (`BY_PROOF`); outcomes only move up.

        Ids of other ledgers are passed over.

        Returns:
            How many rows were touched.
        """
        moves = (
            (
                proof.id,
                Submission.REFUSED if proof.outcome is None else Submission.ACCEPTED,
                proof.outcome,
                proof.message_id,
                proof.detail,
            )
            for proof in proofs
        )
        return self._move(moves, text(_PROVE), {"now": epoch(now)}, _folded)

    def retry_in_doubt(self, plan_id: str, ids: Iterable[str] | None, now: datetime) -> int:
        """Make deliveries in doubt claimable again: they may arrive twice, a person has asked.

        Args:
            plan_id: The plan.
            ids: Which; None means all that are in doubt.
            now: The moment of asking.
        """
        chosen = self.in_doubt(plan_id) if ids is None else tuple(ids)
        results = [Settled(name, Submission.THROTTLED, detail="retry asked for") for name in chosen]
        return self._move(
            ((r.id, r.submission, None, None, r.detail) for r in results),
            text(_RETRY),
            {"now": epoch(now)},
        )

    def doubt_unsent(self, plan_id: str, now: datetime) -> int:
        """Put in doubt what a plan has not sent: after a restore, nobody knows whether it has."""
        sql = (
            f"UPDATE deliveries SET submission = {CODE[Submission.IN_DOUBT]}, updated_at = :now,"
            " detail = 'a backup was restored'"
            " WHERE plan = (SELECT num FROM plans WHERE id = :plan_id)"
            " AND seq >= (SELECT oldest_seq FROM plans WHERE id = :plan_id)"
            f" AND submission IN ({codes(CLAIMABLE | {Submission.CLAIMED})})"
        )
        with self.write() as connection:
            given = {"now": epoch(now), "plan_id": plan_id}
            return connection.execute(text(sql), given).rowcount

    def counts(self, plan_id: str) -> dict[Submission, int]:
        """Count a plan's deliveries by submission; all seven are named."""
        return dict(
            zip(SUBMISSIONS, self._tally(plan_id, "submission", len(SUBMISSIONS)), strict=True)
        )

    def accepted_since(self, since: datetime) -> int:
        """Count letters accepted since a moment, over all issues: for a warm-up's daily bound."""
        sql = (
            "SELECT count(*) FROM deliveries"
            f" WHERE submission = {CODE[Submission.ACCEPTED]} AND updated_at >= :since"
        )
        with self.read() as connection:
            row = connection.execute(text(sql), {"since": epoch(since)}).one()
        return int(row[0])

    def outcomes(self, plan_id: str) -> dict[Outcome, int]:
        """Count a plan's deliveries by outcome; those without one are not counted."""
        return dict(zip(OUTCOMES, self._tally(plan_id, "outcome", len(OUTCOMES)), strict=True))

    def withdrawn(self, plan_id: str) -> dict[str, int]:
        """Count withdrawn deliveries by reason."""
        rows = self._of_plan(
            plan_id,
            "SELECT d.detail, count(*)",
            f"AND d.submission = {CODE[Submission.WITHDRAWN]} GROUP BY d.detail",
        )
        return {detail or "": count for detail, count in rows}

    def accepted_editions(self, plan_id: str) -> dict[tuple[str, str], int]:
        """Count accepted letters by segment and the first `DIGEST_LETTERS` of the digest.

        People whom an earlier plan of the issue wrote to are counted with what they got.
        """
        rows = self._of_plan(
            plan_id,
            "SELECT e.segment, e.digest, count(*)",
            f"AND d.submission = {CODE[Submission.ACCEPTED]} GROUP BY e.segment, e.digest",
            "JOIN editions e ON e.num = d.edition",
        )
        return {(segment, digest): count for segment, digest, count in rows}

    def in_doubt(self, plan_id: str) -> tuple[str, ...]:
        """List who is in doubt, by delivery id."""
        return tuple(each.id for each in self.who(plan_id, Submission.IN_DOUBT))

    def claimable(self, plan_id: str, batch: Sequence[str]) -> set[str]:
        """Return which of these deliveries are planned or throttled in this plan."""
        with self.read() as connection:
            plan, seqs = self.plan_num(connection, plan_id), self.seqs(connection, batch)
            rows = connection.execute(
                text(
                    f"SELECT seq FROM deliveries WHERE {self.among('seq', 'seqs')}"
                    f" AND plan = :plan AND submission IN ({codes(CLAIMABLE)})"
                ),
                {"seqs": self.numbers(list(seqs.values())), "plan": plan},
            ).all()
        free = {seq for (seq,) in rows}
        return {name for name, seq in seqs.items() if seq in free}

    def next_due(self, plan_id: str, after: datetime) -> datetime | None:
        """Return the first hour after `after` at which something is due, None if nothing is."""
        rows = self._of_plan(
            plan_id,
            "SELECT min(d.send_at)",
            f"AND d.submission IN ({codes(CLAIMABLE)}) AND d.send_at > :after",
            after=epoch(after),
        )
        ((seconds,),) = rows
        return None if seconds is None else moment(seconds)

    def who(self, plan_id: str, asked: Submission | Outcome) -> Iterator[Delivery]:
        """List a plan's deliveries in one state or of one outcome, in the plan's order."""
        if isinstance(asked, Submission):
            column, code = "submission", CODE[asked]
        else:
            column, code = "outcome", OUTCOME_CODE[asked]
        after = -1
        while True:
            rows = self._of_plan(
                plan_id,
                _DELIVERY,
                f"AND d.{column} = :code AND d.seq > :after ORDER BY d.seq LIMIT :page",
                _NAMES,
                code=code,
                after=after,
                page=_PAGE,
            )
            for row in rows:
                yield _delivery(row)
            if len(rows) < _PAGE:
                return
            after = rows[-1].seq

    def delivery(self, delivery: str) -> Delivery | None:
        """Return one delivery by its id, None if there is none."""
        with self.read() as connection:
            seqs = self.seqs(connection, [delivery])
            if not seqs:
                return None
            sql = f"{_DELIVERY} FROM deliveries d {_NAMES} WHERE d.seq = :seq"
            row = connection.execute(text(sql), {"seq": seqs[delivery]}).first()
        return None if row is None else _delivery(row)

    def sent_as(self, message_id: str) -> Delivery | None:
        """Return the delivery that SES took under a message id; all rows are looked through."""
        with self.read() as connection:
            sql = f"{_DELIVERY} FROM deliveries d {_NAMES} WHERE d.message_id = :message_id"
            row = connection.execute(text(sql), {"message_id": pack(message_id)}).first()
        return None if row is None else _delivery(row)

    def known(self, batch: Iterable[str]) -> dict[str, Known]:
        """Look up deliveries by the tags of events; ids of other ledgers are left out."""
        with self.read() as connection:
            seqs = self.seqs(connection, batch)
            rows = connection.execute(
                text(
                    "SELECT seq, person, address_hash, submission FROM deliveries"
                    f" WHERE {self.among('seq', 'seqs')}"
                ),
                {"seqs": self.numbers(list(seqs.values()))},
            ).all()
        by_seq = {seq: Known(person, key, SUBMISSIONS[code]) for seq, person, key, code in rows}
        return {name: by_seq[seq] for name, seq in seqs.items() if seq in by_seq}

    def deliveries_of(self, person: str) -> tuple[Delivery, ...]:
        """List all that was ever planned for one person, newest first."""
        sql = (
            f"{_DELIVERY} FROM occasions q CROSS JOIN deliveries d {_NAMES}"
            " WHERE d.occasion = q.num AND d.person = :person ORDER BY d.seq DESC"
        )
        with self.read() as connection:
            rows = connection.execute(text(sql), {"person": person}).all()
        return tuple(_delivery(row) for row in rows)

    def shown(self, occasions: Iterable[str]) -> Iterator[tuple[str, str]]:
        """List which products people were shown in these occasions: pairs of person, product."""
        for occasion in occasions:
            with self.read() as connection:
                rows = connection.execution_options(yield_per=_PAGE).execute(
                    text(
                        "SELECT d.person, d.shown FROM occasions o"
                        " CROSS JOIN deliveries d WHERE o.name = :occasion"
                        " AND d.occasion = o.num AND d.shown IS NOT NULL"
                        f" AND d.submission IN ({codes(MAYBE_SENT)})"
                    ),
                    {"occasion": occasion},
                )
                for person, products in rows:
                    for product in products.split(" "):
                        yield person, product

    def _move(
        self,
        rows: Iterable[_Move],
        statement: TextClause,
        parameters: Mapping[str, object],
        fold: Callable[[_Move, _Move], _Move] = lambda _, later: later,
        *,
        is_durable: bool = True,
    ) -> int:
        listed = list(rows)
        with self.write(is_durable=is_durable) as connection:
            seqs = self.seqs(connection, (name for name, *_ in listed))
            moves: dict[int, _Move] = {}
            for move in listed:
                seq = seqs.get(move[0])
                if seq is not None:
                    moves[seq] = fold(moves[seq], move) if seq in moves else move
            given = [
                (
                    seq,
                    CODE[submission],
                    None if outcome is None else OUTCOME_CODE[outcome],
                    None if message_id is None else pack(message_id),
                    detail,
                )
                for seq, (_, submission, outcome, message_id, detail) in moves.items()
            ]
            if not self.give(connection, _SETTLED, given):
                return 0
            return int(connection.execute(statement, parameters).rowcount)

    def _tally(self, plan_id: str, column: str, codes: int) -> tuple[int, ...]:
        """Count a plan's rows by a column of codes; GROUP BY would sort all of them in memory."""
        sums = (f"sum(CASE WHEN d.{column} = {code} THEN 1 ELSE 0 END)" for code in range(codes))
        (row,) = self._of_plan(plan_id, f"SELECT {', '.join(sums)}", "")
        return tuple(int(count or 0) for count in row)

    def _of_plan(
        self, plan_id: str, select: str, rest: str, joins: str = "", **parameters: object
    ) -> Sequence[AnyRow]:
        """Read a plan's rows by their range of numbers: no index over plans is needed."""
        sql = (
            f"{select} FROM plans p CROSS JOIN deliveries d {joins} WHERE p.id = :plan_id"
            " AND d.seq >= p.oldest_seq AND d.seq < p.first_seq + p.size AND d.plan = p.num"
            f" {rest}"
        )
        with self.read() as connection:
            return connection.execute(text(sql), {"plan_id": plan_id, **parameters}).all()

    def _touch(self, connection: Connection, occasions: set[int], now: int) -> None:
        """Note that an occasion is being sent (once an hour): caps look at recent ones only."""
        for occasion in sorted(occasions):
            if now - self._touched.get(occasion, 0) <= _TOUCH_S:
                continue
            self._touched[occasion] = now
            connection.execute(
                text(
                    "UPDATE occasions SET touched_at = :now"
                    " WHERE num = :num AND touched_at < :now - :hour"
                ),
                {"now": now, "num": occasion, "hour": _TOUCH_S},
            )


def _folded(one: _Move, other: _Move) -> _Move:
    """Make one of two proofs about a delivery: a refusal wins, the highest outcome stays."""
    outcomes = [outcome for outcome in (one[2], other[2]) if outcome is not None]
    return (
        one[0],
        Submission.REFUSED if Submission.REFUSED in (one[1], other[1]) else Submission.ACCEPTED,
        max(outcomes, key=OUTCOMES.index, default=None),
        other[3] or one[3],
        other[4] or one[4],
    )


_CLAIMED = (
    f"SET submission = {CODE[Submission.CLAIMED]}, claimer = :publisher,"
    " attempt = attempt + 1, updated_at = :now, detail = NULL"
)
_MAY_CLAIM = f"plan = :plan AND submission IN ({codes(CLAIMABLE)})"
_CLAIM_SQLITE = f"""
UPDATE deliveries {_CLAIMED}
 WHERE seq IN (SELECT value FROM json_each(:seqs)) AND {_MAY_CLAIM}
RETURNING seq, occasion
"""
_CLAIM_POSTGRESQL = f"""
  WITH free AS (SELECT seq FROM deliveries WHERE seq = ANY(:seqs) AND {_MAY_CLAIM}
                 ORDER BY seq FOR UPDATE SKIP LOCKED)
UPDATE deliveries {_CLAIMED} FROM free WHERE deliveries.seq = free.seq
RETURNING deliveries.seq, deliveries.occasion
"""  # two publishers never wait for, nor get, one another's rows

_ACCEPTED = CODE[Submission.ACCEPTED]
_HELD = codes(frozenset({Submission.CLAIMED, Submission.IN_DOUBT}))
_CHANGES = """
   SET submission = g.submission,
       message_id = coalesce(g.message_id, deliveries.message_id),
       detail = coalesce(g.detail, deliveries.detail),
       updated_at = CASE WHEN deliveries.submission = g.submission
                         THEN deliveries.updated_at ELSE :now END"""
_SENT = OUTCOME_CODE[Outcome.SENT]
_SETTLE = f"""
UPDATE deliveries {_CHANGES},
       outcome = CASE WHEN g.submission = {_ACCEPTED} THEN coalesce(deliveries.outcome, {_SENT})
                      ELSE deliveries.outcome END
  FROM given_settled g
 WHERE deliveries.seq = g.seq AND g.submission <> {CODE[Submission.CLAIMED]}
   AND ({moves_sql(BY_PUBLISHER, "deliveries.submission", "g.submission")}
     OR (deliveries.submission = {_ACCEPTED} AND g.submission = {_ACCEPTED}))
   AND (g.submission = {_ACCEPTED} OR deliveries.submission NOT IN ({_HELD})
     OR deliveries.claimer = :publisher)
"""
_PROVE = f"""
UPDATE deliveries {_CHANGES},
       outcome = CASE WHEN g.submission <> {_ACCEPTED} OR deliveries.outcome >= g.outcome
                      THEN deliveries.outcome ELSE g.outcome END
  FROM given_settled g
 WHERE deliveries.seq = g.seq
   AND ({moves_sql(BY_PROOF, "deliveries.submission", "g.submission")}
     OR deliveries.submission = g.submission)
   AND NOT (deliveries.submission = {CODE[Submission.REFUSED]}
            AND g.submission = {_ACCEPTED} AND g.outcome = {_SENT})
"""
_RETRY = f"""
UPDATE deliveries {_CHANGES}
  FROM given_settled g
 WHERE deliveries.seq = g.seq AND deliveries.submission = {CODE[Submission.IN_DOUBT]}
"""

_NAMES = (
    "JOIN editions e ON e.num = d.edition JOIN plans i ON i.num = d.plan"
    " JOIN occasions o ON o.num = d.occasion"
)
_DELIVERY = """SELECT d.seq, d.person, d.submission, d.outcome, d.detail, d.attempt, d.message_id,
       d.updated_at, d.send_at, o.name AS occasion, e.segment, e.variant, e.digest, i.issue,
       (SELECT a.id FROM plans a WHERE a.first_seq <= d.seq AND a.size > 0
         ORDER BY a.first_seq DESC LIMIT 1) AS made_by,
       (SELECT max(a.first_seq) FROM plans a WHERE a.first_seq <= d.seq) AS first_seq,
       i.id AS plan"""


def _delivery(row: AnyRow) -> Delivery:
    return Delivery(
        id=delivery_id(row.made_by, row.seq - row.first_seq),
        issue=row.occasion,
        person=row.person,
        submission=SUBMISSIONS[row.submission],
        outcome=None if row.outcome is None else OUTCOMES[row.outcome],
        detail=row.detail or "",
        plan=row.plan,
        segment=row.segment,
        variant=row.variant,
        digest=row.digest,
        attempt=row.attempt,
        message_id="" if row.message_id is None else unpack(row.message_id),
        updated_at=moment(row.updated_at),
        send_at=None if row.send_at is None else moment(row.send_at),
    )
