"""Rows found by the ids of deliveries, which are not stored."""

from collections.abc import Iterable

from sqlalchemy import Connection, text

from pismo.errors import StateError
from pismo.ledger.ids import read_delivery_id
from pismo.ledger.store import AnyRow, Store, scalar


class Lookup(Store):
    """Finds plans and rows by name."""

    def plan_num(self, connection: Connection, plan_id: str) -> int:
        """Return a plan's number.

        Raises:
            StateError: If the ledger knows no such plan.
        """
        num = scalar(connection, "SELECT num FROM plans WHERE id = :id", id=plan_id)
        if num is None:
            raise StateError(
                f"the state database knows no plan {plan_id}", hint="make one: pismo plan ISSUE"
            )
        return int(num)

    def seqs(self, connection: Connection, batch: Iterable[str]) -> dict[str, int]:
        """Find rows by ids: id -> seq. Ids that no plan of this ledger made are left out."""
        plans: dict[str, AnyRow | None] = {}
        found: dict[str, int] = {}
        adopting = False
        for name in batch:
            read = read_delivery_id(name)
            if read is None:
                continue
            plan, place = read
            if plan not in plans:
                sql = "SELECT first_seq, size, adopted FROM plans WHERE id = :id"
                plans[plan] = connection.execute(text(sql), {"id": plan}).first()
            row = plans[plan]
            if row is not None and place < row.size:
                found[name] = row.first_seq + place
                adopting = adopting or row.adopted > 0
        return self._unaliased(connection, found) if adopting else found

    def _unaliased(self, connection: Connection, found: dict[str, int]) -> dict[str, int]:
        """Lead a plan's own numbers for rows that it took over to those rows."""
        rows = connection.execute(
            text(f"SELECT seq, row_seq FROM aliases WHERE {self.among('seq', 'seqs')}"),
            {"seqs": self.numbers(list(found.values()))},
        ).all()
        aliases = dict([tuple(row) for row in rows])
        return {name: aliases.get(seq, seq) for name, seq in found.items()}
