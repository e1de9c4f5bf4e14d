"""An invented audience in its place: the snapshot, and what its people agreed to and refused."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from pismo.audience import Snapshot, current
from pismo.audience.engine import only_row
from pismo.audience.invent import consents, write_invented
from pismo.errors import AudienceError
from pismo.ledger import Consent, Ledger, OptOut, Scope, Suppression, open_state
from pismo.model.workspace import Workspace
from pismo.records import dataclass
from pismo.segments import in_share

if TYPE_CHECKING:
    import pyarrow as pa

_REFUSED = ((1.0, Scope.ALL), (0.7, Scope.PAUSE))
_BOUNCED = 0.5


@dataclass(frozen=True, slots=True)
class Sample:
    """What was invented: rows by table, consents, people who refused, addresses suppressed."""

    snapshot: Snapshot
    rows: Mapping[str, int]
    consents: int
    opt_outs: int
    suppressions: int
    seconds: float


def make_sample(
    workspace: Workspace,
    *,
    people: int,
    products: int,
    seed: int,
    today: date,
    environ: Mapping[str, str],
    replace: bool = False,
    begin: Callable[[str, int], object] = lambda *_: None,
) -> Sample:
    """Invent an audience for a workspace, and record consents: all but 4 % of people gave one.

    A few unsubscribed, paused or have a dead address, so that a plan has something to say.
    `begin` is told of a state database that is made (see `open_state`).

    Raises:
        AudienceError: If it would take the place of people who were imported, without `replace`.
    """
    started = time.perf_counter()
    if not replace:
        _refuse_to_replace(current(workspace.state_dir))
    snapshot = write_invented(
        workspace.state_dir,
        people,
        products,
        seed=seed,
        today=today,
        catalogue=tuple(workspace.catalogue.values()),
        url=workspace.settings.brand.url or "https://shop.example",
    )
    with snapshot.connect() as engine:
        counts = {
            name: int(only_row(engine, f"SELECT count(*) FROM {name}")[0]) for name in _TABLES
        }
        columns = "subscriber_id, email, signup_date"
        rows = engine.sql(f"SELECT {columns} FROM subscribers").to_arrow_table()
    since = datetime.combine(today - timedelta(days=20), datetime.min.time(), UTC)
    url = workspace.settings.state_url
    with open_state(workspace.state_dir, url, environ, begin=begin) as (ledger, keys):
        given = ledger.record_consents(_consents(consents(rows, seed=seed)))
        refused = _record_refusals(ledger, rows, since)
        hashes = (
            keys.address_hash(address)
            for person, address in _pairs(rows)
            if in_share(person, _BOUNCED, "bounced")
        )
        bounced = ledger.suppress(Suppression(one, "bounce", since) for one in hashes)
    seconds = round(time.perf_counter() - started, 2)
    return Sample(snapshot, counts, given, refused, bounced, seconds)


def _refuse_to_replace(snapshot: Snapshot | None) -> None:
    if snapshot is None or snapshot.invented:
        return
    with snapshot.connect() as engine:
        people = int(only_row(engine, "SELECT count(*) FROM subscribers")[0])
    if people:
        raise AudienceError(
            f"the audience has {people} imported people, and invented ones would take their place",
            hint="invent in another workspace; or, if that is meant: pismo sample --replace",
            ru=f"в аудитории {people} настоящих людей, и придуманные заняли бы их место",
            hint_ru="придумайте их в другой папке; а если так и надо: pismo sample --replace",
        )


_TABLES = ("subscribers", "products", "purchases", "events")


def _consents(rows: "pa.Table") -> Iterator[Consent]:
    for batch in rows.to_batches():
        for person, given_at, source, wording in zip(
            *(batch[name].to_pylist() for name in ("person", "ts", "source", "text")), strict=True
        ):
            yield Consent(person, given_at.replace(tzinfo=UTC), source, wording)


def _record_refusals(ledger: Ledger, rows: "pa.Table", since: datetime) -> int:
    refusals = (
        OptOut(person, scope, since, until=_until(scope, since))
        for person, _ in _pairs(rows)
        for share, scope in _REFUSED
        if in_share(person, share, scope)
    )
    return ledger.opt_out(refusals)


def _until(scope: Scope, since: datetime) -> datetime | None:
    return since + timedelta(days=60) if scope is Scope.PAUSE else None


def _pairs(rows: "pa.Table") -> Iterator[tuple[str, str]]:
    for batch in rows.to_batches():
        yield from zip(batch["subscriber_id"].to_pylist(), batch["email"].to_pylist(), strict=True)
