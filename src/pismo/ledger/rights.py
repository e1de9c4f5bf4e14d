"""What a person may ask of us: what we know of them, and to be forgotten; and how long we keep."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from pismo.ledger.rows import AuditLine
from pismo.ledger.states import CLAIMABLE, CODE, TO_COME, codes
from pismo.ledger.store import Store, epoch, moment
from pismo.model.people import Submission


class Rights(Store):
    """Erasure, retention and the audit lines of both."""

    def erase_person(
        self, person: str, address_hashes: Sequence[bytes], now: datetime
    ) -> Mapping[str, int]:
        """Forget one person; sums stay true, and the address stays suppressed as a keyed hash.

        Args:
            person: Their id.
            address_hashes: Hashes of their addresses (under old keys too), to be suppressed, so
                that a later import cannot bring them back.
            now: The moment.

        Returns:
            Rows changed, by table.
        """
        with self.write() as connection:
            changed = {
                name: connection.execute(text(sql), {"person": person}).rowcount
                for name, sql in _FORGET.items()
            }
            changed["deliveries"] = self._forget_deliveries(connection, person, epoch(now))
            for address_hash in address_hashes:
                connection.execute(
                    text(
                        "INSERT INTO suppressions (address_hash, reason, since)"
                        " VALUES (:hash, 'erased', :now) ON CONFLICT (address_hash) DO NOTHING"
                    ),
                    {"hash": address_hash, "now": epoch(now)},
                )
            subject = address_hashes[0].hex() if address_hashes else ""
            self._note(connection, "erase", subject, "person erased", now)
        return changed

    def erased_addresses(self) -> frozenset[bytes]:
        """Return the hashes of addresses whose people were erased."""
        with self.read() as connection:
            sql = "SELECT address_hash FROM suppressions WHERE reason = 'erased'"
            return frozenset(bytes(key) for (key,) in connection.execute(text(sql)))

    def erased_in(self, issue: str) -> tuple[tuple[str, bytes], ...]:
        """List who is in a plan of the issue though erased: pairs of person and hash of address."""
        with self.read() as connection:
            rows = connection.execute(text(_ERASED_IN), {"issue": issue}).all()
        return tuple((person, bytes(address_hash)) for person, address_hash in rows)

    def forget_old(self, before: datetime, now: datetime) -> int:
        """Delete deliveries and events that ended before a moment; says how many deliveries.

        What is still to be sent or in doubt is kept whatever its age.
        """
        kept = codes(TO_COME)
        with self.write() as connection:
            gone = connection.execute(
                text(
                    "DELETE FROM deliveries WHERE updated_at < :before"
                    f" AND submission NOT IN ({kept})"
                ),
                {"before": epoch(before)},
            ).rowcount
            connection.execute(
                text("DELETE FROM events WHERE at < :before"), {"before": epoch(before)}
            )
            connection.execute(
                text("DELETE FROM aliases WHERE row_seq NOT IN (SELECT seq FROM deliveries)")
            )
            self._note(connection, "retention", "", f"{gone} deliveries", now)
        return gone

    def add_audit(self, action: str, subject: str, detail: str, now: datetime) -> None:
        """Note what was done to whose records; `subject` is a keyed hash or '', no address."""
        with self.write() as connection:
            self._note(connection, action, subject, detail, now)

    def audit_lines(self) -> tuple[AuditLine, ...]:
        """List all audit lines, oldest first."""
        with self.read() as connection:
            rows = connection.execute(
                text("SELECT at, action, subject, detail FROM audit ORDER BY num")
            ).all()
        return tuple(AuditLine(moment(at), *rest) for at, *rest in rows)

    def _forget_deliveries(self, connection: Connection, person: str, now: int) -> int:
        rows = connection.execute(text(_OF_PERSON), {"person": person}).all()
        for (seq,) in rows:
            # Random and not stored anywhere else, so nobody can link the row to the person again.
            stranger = secrets.token_bytes(16)
            connection.execute(
                text(_FORGET_DELIVERY),
                {"seq": seq, "nobody": f"erased-{seq}", "hash": stranger, "now": now},
            )
        return len(rows)

    def _note(
        self, connection: Connection, action: str, subject: str, detail: str, now: datetime
    ) -> None:
        connection.execute(
            text(
                "INSERT INTO audit (at, action, subject, detail)"
                " VALUES (:at, :action, :subject, :detail)"
            ),
            {"at": epoch(now), "action": action, "subject": subject, "detail": detail},
        )


_FORGET = {
    "consents": "DELETE FROM consents WHERE person = :person",
    "opt_outs": "DELETE FROM opt_outs WHERE person = :person",
    # Which option was chosen stays, nobody's; what was written in own words does not.
    "events": "UPDATE events SET person = NULL, delivery = NULL,"
    " value = CASE WHEN kind = 'comment' THEN '' ELSE value END WHERE person = :person",
}
_OF_PERSON = (
    "SELECT d.seq FROM occasions o CROSS JOIN deliveries d"
    " WHERE d.occasion = o.num AND d.person = :person"
)
_ERASED_IN = (
    "SELECT d.person, d.address_hash FROM occasions o CROSS JOIN suppressions s"
    " CROSS JOIN deliveries d WHERE o.name = :issue AND s.reason = 'erased'"
    " AND d.occasion = o.num AND d.address_hash = s.address_hash"
)
_FORGET_DELIVERY = f"""
UPDATE deliveries
   SET person = :nobody, address_hash = :hash, message_id = NULL, shown = NULL,
       detail = CASE WHEN submission IN ({codes(CLAIMABLE)}) THEN 'erased' ELSE detail END,
       updated_at = CASE WHEN submission IN ({codes(CLAIMABLE)}) THEN :now ELSE updated_at END,
       submission = CASE WHEN submission IN ({codes(CLAIMABLE)})
                         THEN {CODE[Submission.WITHDRAWN]} ELSE submission END
 WHERE seq = :seq
"""
