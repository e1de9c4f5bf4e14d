"""Consents, opt-outs and suppressions: whom we may write to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from pismo.keys import Reader, hashes_of
from pismo.ledger.rows import EVERY_TOPIC, Consent, OptOut, Reason, Scope, Suppression
from pismo.ledger.states import MAYBE_SENT, codes
from pismo.ledger.store import Given, Store, epoch, moment

_CONSENTS = Given(
    "given_consents",
    (
        ("person", "TEXT"),
        ("topic", "TEXT"),
        ("given_at", "BIGINT"),
        ("source", "TEXT"),
        ("wording", "TEXT"),
    ),
)
_INTO_CONSENTS = "INSERT INTO consents (person, topic, given_at, source, wording)"
_LATER_STAYS = (
    "ON CONFLICT (person, topic) DO UPDATE SET given_at = excluded.given_at,"
    " source = excluded.source, wording = excluded.wording"
    " WHERE excluded.given_at > consents.given_at"
)
_OPT_OUTS = Given(
    "given_opt_outs",
    (
        ("person", "TEXT"),
        ("scope", "TEXT"),
        ("name", "TEXT"),
        ("since", "BIGINT"),
        ("until", "BIGINT"),
        ("source", "TEXT"),
    ),
)
_SUPPRESSIONS = Given(
    "given_suppressions", (("address_hash", "blob"), ("reason", "TEXT"), ("since", "BIGINT"))
)
_PEOPLE = Given("given_people", (("person", "TEXT"), ("address_hash", "blob")))
_LIFTED = Given("given_lifted", (("scope", "TEXT"), ("name", "TEXT")))


class Wishes(Store):
    """The one authority on consent."""

    def record_consents(self, consents: Iterable[Consent]) -> int:
        """Remember who agreed to what; of two for one topic, the later stays.

        A consent does not lift an opt-out: only the reader's own hand does (`opt_in`).

        Returns:
            How many were given.
        """
        return self.record_consent_rows(
            (c.person, c.topic, epoch(c.given_at), c.source, c.wording) for c in consents
        )

    def record_consent_rows(self, rows: Iterable[tuple[str, str, int, str, str]]) -> int:
        """Do as `record_consents` for very many, as rows: person, topic, seconds, source, text."""
        with self.write() as connection:
            if self.is_sqlite:
                # Half the time of a temporary table for a million; rows in order are quickest.
                return self.insert_each(connection, _INTO_CONSENTS, _LATER_STAYS, rows)
            count = self.give(connection, _CONSENTS, rows)
            connection.exec_driver_sql(
                f"{_INTO_CONSENTS} SELECT DISTINCT ON (person, topic) *"
                " FROM given_consents ORDER BY person, topic, given_at DESC, source, wording"
                f" {_LATER_STAYS}"
            )
        return count

    def opt_out(self, opt_outs: Iterable[OptOut]) -> int:
        """Remember what readers do not want; saying it twice is saying it once.

        Returns:
            How many were given.
        """
        rows = (
            (o.person, o.scope.value, o.name, epoch(o.since), _until(o.until), o.source)
            for o in opt_outs
        )
        with self.write() as connection:
            count = self.give(connection, _OPT_OUTS, rows)
            connection.exec_driver_sql(
                "INSERT INTO opt_outs (person, scope, name, since, until, source)"
                " SELECT person, scope, name, min(since), max(until), min(source)"
                " FROM given_opt_outs WHERE true GROUP BY person, scope, name"
                " ON CONFLICT (person, scope, name) DO UPDATE SET until = excluded.until"
            )
        return count

    def opt_in(self, person: str, wishes: Iterable[tuple[Scope, str]]) -> None:
        """Lift opt-outs of one reader, at their own wish: pairs of scope and name."""
        with self.write() as connection:
            self.give(connection, _LIFTED, ((scope.value, name) for scope, name in wishes))
            connection.execute(
                text(
                    "DELETE FROM opt_outs WHERE person = :person AND EXISTS (SELECT 1 FROM"
                    " given_lifted g WHERE g.scope = opt_outs.scope AND g.name = opt_outs.name)"
                ),
                {"person": person},
            )

    def opt_outs_of(self, person: str) -> tuple[OptOut, ...]:
        """List what one reader does not want, ended pauses included."""
        with self.read() as connection:
            rows = connection.execute(
                text(
                    "SELECT scope, since, name, until, source FROM opt_outs"
                    " WHERE person = :person ORDER BY scope, name"
                ),
                {"person": person},
            ).all()
        return tuple(
            OptOut(person, Scope(scope), moment(since), name, until and moment(until), source)
            for scope, since, name, until, source in rows
        )

    def consents_of(self, person: str) -> tuple[Consent, ...]:
        """List what one reader agreed to."""
        with self.read() as connection:
            rows = connection.execute(
                text(
                    "SELECT given_at, source, wording, topic FROM consents"
                    " WHERE person = :person ORDER BY topic"
                ),
                {"person": person},
            ).all()
        return tuple(
            Consent(person, moment(at), source, wording, topic)
            for at, source, wording, topic in rows
        )

    def suppress(self, suppressions: Iterable[Suppression]) -> int:
        """Never write to these addresses again; the first reason stays.

        Returns:
            How many were given.
        """
        rows = ((s.address_hash, s.reason, epoch(s.since)) for s in suppressions)
        with self.write() as connection:
            count = self.give(connection, _SUPPRESSIONS, rows)
            connection.exec_driver_sql(
                "INSERT INTO suppressions (address_hash, reason, since)"
                " SELECT address_hash, min(reason), min(since) FROM given_suppressions"
                " WHERE true GROUP BY address_hash ON CONFLICT (address_hash) DO NOTHING"
            )
        return count

    def suppressions_of(self, address_hashes: Iterable[bytes]) -> tuple[Suppression, ...]:
        """Say since when and why addresses are suppressed; those that are not are left out."""
        with self.write() as connection:
            self.give(connection, _SUPPRESSIONS, ((each, "", 0) for each in address_hashes))
            rows = connection.exec_driver_sql(
                "SELECT address_hash, reason, since FROM suppressions WHERE address_hash IN"
                " (SELECT address_hash FROM given_suppressions) ORDER BY since"
            ).all()
        return tuple(Suppression(bytes(key), reason, moment(since)) for key, reason, since in rows)

    def unsuppress(self, address_hashes: Iterable[bytes]) -> int:
        """Allow addresses again (a mailbox that works once more); says how many there were."""
        with self.write() as connection:
            self.give(connection, _SUPPRESSIONS, ((each, "", 0) for each in address_hashes))
            return connection.exec_driver_sql(
                "DELETE FROM suppressions WHERE address_hash IN"
                " (SELECT address_hash FROM given_suppressions)"
            ).rowcount

    def barred(
        self,
        people: Iterable[Reader | tuple[str, bytes]],
        *,
        newsletter: str,
        topic: str,
        occasion: str | None,
        at: datetime,
    ) -> dict[str, Reason]:
        """Say who may not be written to by what the ledger knows, and why.

        `pismo.consent.may_send` adds holdout and cap; ask that one.

        Args:
            people: Readers; each with the hash of the address, and those under older keys.
            newsletter: The series.
            topic: Its topic.
            occasion: What a triggered letter is about; None for an issue.
            at: The moment of writing: pauses end.
        """
        with self.read() as connection:
            count = self.give(connection, _PEOPLE, hashes_of(people))
            if not count:
                return {}
            rows = connection.execute(
                text(_BARRED),
                {
                    "newsletter": newsletter,
                    "topic": topic,
                    "occasion": occasion or "",
                    "at": epoch(at),
                },
            ).all()
        found: dict[str, Reason] = {}
        for person, place in rows:
            reason = _REASONS[place]
            if person not in found or _REASONS.index(found[person]) > place:
                found[person] = reason
        return found

    def written_since(self, people: Iterable[str], since: datetime) -> Mapping[str, int]:
        """Count letters that went, or may have gone, to each person, over all newsletters."""
        with self.read() as connection:
            self.give(connection, _PEOPLE, ((person, b"") for person in people))
            occasions = _touched(connection, epoch(since))
            found: dict[str, int] = {}
            for occasion in occasions:
                rows = connection.execute(
                    text(_WRITTEN), {"occasion": occasion, "since": epoch(since)}
                )
                for (person,) in rows:
                    found[person] = found.get(person, 0) + 1
        return found


_REASONS: Sequence[Reason] = tuple(Reason)

_BARRED = f"""
SELECT g.person, CASE o.scope
         WHEN '{Scope.ALL}' THEN {_REASONS.index(Reason.UNSUBSCRIBED)}
         WHEN '{Scope.NEWSLETTER}' THEN {_REASONS.index(Reason.UNSUBSCRIBED)}
         WHEN '{Scope.TOPIC}' THEN {_REASONS.index(Reason.OPTED_OUT_TOPIC)}
         WHEN '{Scope.OCCASION}' THEN {_REASONS.index(Reason.OPTED_OUT_OCCASION)}
         ELSE {_REASONS.index(Reason.PAUSED)} END
  FROM given_people g CROSS JOIN opt_outs o
 WHERE o.person = g.person
   AND (o.scope = '{Scope.ALL}'
     OR (o.scope = '{Scope.NEWSLETTER}' AND o.name = :newsletter)
     OR (o.scope = '{Scope.TOPIC}' AND o.name = :topic)
     OR (o.scope = '{Scope.OCCASION}' AND o.name = :occasion)
     OR (o.scope = '{Scope.PAUSE}' AND o.until > :at))
UNION ALL
SELECT g.person, {_REASONS.index(Reason.SUPPRESSED)}
  FROM given_people g CROSS JOIN suppressions s
 WHERE s.address_hash = g.address_hash
UNION ALL
SELECT DISTINCT g.person, {_REASONS.index(Reason.NO_CONSENT)}
  FROM given_people g
 WHERE NOT EXISTS (SELECT 1 FROM consents c
                    WHERE c.person = g.person AND c.topic IN ('{EVERY_TOPIC}', :topic))
"""  # CROSS JOIN makes SQLite begin with the short table

_WRITTEN = f"""
SELECT DISTINCT g.person
  FROM given_people g CROSS JOIN deliveries d
 WHERE d.occasion = :occasion AND d.person = g.person
   AND d.submission IN ({codes(MAYBE_SENT)}) AND d.updated_at >= :since
"""


def _touched(connection: Connection, since: int) -> list[int]:
    rows = connection.execute(
        text("SELECT num FROM occasions WHERE touched_at >= :since"), {"since": since}
    )
    return [num for (num,) in rows]


def _until(until: datetime | None) -> int | None:
    return None if until is None else epoch(until)
