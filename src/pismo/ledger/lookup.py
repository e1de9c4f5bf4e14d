"""Rows found by the ids of deliveries, which are not stored."""

from collections.abc import Iterable

from sqlalchemy import Connection, Engine, text

from pismo.errors import StateError
from pismo.ledger.ids import read_delivery_id
from pismo.ledger.store import AnyRow, Store


class Lookup(Store):
    """Finds plans and rows by name; what a plan's row says of its places never changes."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._extents: dict[str, AnyRow] = {}
        self._touched: dict[int, int] = {}

    def plan_num(self, connection: Connection, plan_id: str) -> int:
        """Return a plan's number.

        Raises:
            StateError: If the ledger knows no such plan.
        """
        extent = self._extent(connection, plan_id)
        if extent is None:
            raise StateError(
                f"the state database knows no plan {plan_id}",
                hint="make one: pismo plan ISSUE",
                ru=f"в базе состояния нет плана {plan_id}",
                hint_ru="составьте его: pismo plan ВЫПУСК",
            )
        return int(extent.num)

    def seqs(self, connection: Connection, batch: Iterable[str]) -> dict[str, int]:
        """Find rows by ids: id -> seq. Ids that no plan of this ledger made are left out."""
        extents: dict[str, AnyRow | None] = {}
        found: dict[str, int] = {}
        adopting = False
        for name in batch:
            read = read_delivery_id(name)
            if read is None:
                continue
            plan, place = read
            if plan not in extents:
                extents[plan] = self._extent(connection, plan)
            row = extents[plan]
            if row is not None and place < row.size:
                found[name] = row.first_seq + place
                adopting = adopting or row.adopted > 0
        return self._unaliased(connection, found) if adopting else found

    def _extent(self, connection: Connection, plan: str) -> AnyRow | None:
        row = self._extents.get(plan)
        if row is None:
            sql = "SELECT num, first_seq, size, adopted FROM plans WHERE id = :id"
            row = connection.execute(text(sql), {"id": plan}).first()
            if row is not None:
                self._extents[plan] = row
        return row

    def _unaliased(self, connection: Connection, found: dict[str, int]) -> dict[str, int]:
        """Lead a plan's own numbers for rows that it took over to those rows."""
        rows = connection.execute(
            text(f"SELECT seq, row_seq FROM aliases WHERE {self.among('seq', 'seqs')}"),
            {"seqs": self.numbers(list(found.values()))},
        ).all()
        aliases = dict([tuple(row) for row in rows])
        return {name: aliases.get(seq, seq) for name, seq in found.items()}
