"""The state database: consent, wishes, plans, deliveries, events; SQLite or PostgreSQL."""

from pismo.ledger.backup import backup, restore
from pismo.ledger.holds import Tally
from pismo.ledger.ids import delivery_id, new_plan_id
from pismo.ledger.ledger import FILE, Ledger, open_ledger
from pismo.ledger.move import Moved, move
from pismo.ledger.opening import (
    State,
    database_of,
    naming_the_setting,
    open_known,
    open_state,
)
from pismo.ledger.publishers import Publisher
from pismo.ledger.rows import (
    EVERY_TOPIC,
    AddedPlan,
    AuditLine,
    Consent,
    DeliveryRow,
    Event,
    Known,
    OptOut,
    PlanRow,
    Proof,
    Reason,
    Scope,
    Settled,
    Suppression,
)

__all__ = [
    "EVERY_TOPIC",
    "FILE",
    "AddedPlan",
    "AuditLine",
    "Consent",
    "DeliveryRow",
    "Event",
    "Known",
    "Ledger",
    "Moved",
    "OptOut",
    "PlanRow",
    "Proof",
    "Publisher",
    "Reason",
    "Scope",
    "Settled",
    "State",
    "Suppression",
    "Tally",
    "backup",
    "database_of",
    "delivery_id",
    "move",
    "naming_the_setting",
    "new_plan_id",
    "open_known",
    "open_ledger",
    "open_state",
    "restore",
]
