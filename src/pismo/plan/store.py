"""A plan on disk: `.pismo/plans/<id>/`, 0700, with plan.json, editions/ and shards/ (all 0600).

Shards are Parquet in the order in which letters leave: the canary share first, then by hour and
edition, so that a call holds letters of one edition. A person's place in the plan is a column:
erasing somebody rewrites their shard without them, and nobody else's place moves.
"""

import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pismo.errors import PlanError
from pismo.links import LinkSigner
from pismo.model.codec import digest_of, edition_from_json, edition_json
from pismo.model.edition import Edition
from pismo.model.people import Links, Plan, Recipient, Recommended
from pismo.plan.hours import Schedule
from pismo.records import dataclass, replace

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "plans"
SCHEMA = 1
SIMULATED = "-sim"
"""Ends the name of a way of sending that was begun with a simulator on this machine."""
_AT_ONCE = "at-once"
ROWS = 10_000
"""People per shard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One file of people: places `first` to `first + size - 1`."""

    file: str
    first: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlan:
    """A plan with what publishing needs beside the ledger.

    `columns` are the facts that holes read, `items` the slugs that get links of their own,
    `drafts` what the plan was made of though it is not finished, `counts` values equal for all.
    """

    plan: Plan
    folder: Path
    newsletter: str
    snapshot: str
    schedule: Schedule
    web_url: str
    columns: tuple[str, ...]
    items: tuple[str, ...]
    drafts: tuple[str, ...]
    shards: tuple[Shard, ...]
    canary: int
    counts: Mapping[str, int]

    def edition(self, segment: str) -> Edition:
        """Read the edition of a segment; its digest is checked.

        Raises:
            PlanError: If the file is gone or has been changed.
        """
        digest = self.plan.editions[segment]
        path = self.folder / "editions" / f"{digest}.json"
        try:
            edition = edition_from_json(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise PlanError(
                f"edition {digest[:12]} of plan {self.plan.id} cannot be read",
                hint=f"make the plan again: pismo plan {self.plan.issue}",
                ru=f"вариант {digest[:12]} плана {self.plan.id} не читается",
                hint_ru=f"составьте план снова: pismo plan {self.plan.issue}",
            ) from error
        if digest_of(edition) != digest:
            raise PlanError(
                f"edition {digest[:12]} of plan {self.plan.id} was changed after it was planned",
                hint=f"make the plan again: pismo plan {self.plan.issue}",
                ru=f"вариант {digest[:12]} плана {self.plan.id} изменился после планирования",
                hint_ru=f"составьте план снова: pismo plan {self.plan.issue}",
            )
        # Segments whose letters do not differ share one file, which names one of them.
        return replace(edition, segment=segment)

    def editions(self) -> dict[str, Edition]:
        """Read all editions that somebody gets: segment -> edition."""
        return {name: self.edition(name) for name, count in self.plan.planned.items() if count}


@dataclass(frozen=True, slots=True)
class Planned:
    """One person in a plan: their place, time zone and what their letter is made of."""

    place: int
    zone: str
    recipient: Recipient


def write_plan(stored: StoredPlan, editions: Iterable[Edition]) -> None:
    """Write plan.json and the editions beside shards that are there already."""
    folder = stored.folder / "editions"
    folder.mkdir(mode=0o700, exist_ok=True)
    for edition in editions:
        write_private(folder / f"{edition.digest}.json", edition_json(edition))
    write_private(
        stored.folder / "plan.json", json.dumps(_document(stored), ensure_ascii=False, indent=1)
    )


def read_plan(state_dir: Path, plan_id: str, issue: str) -> StoredPlan:
    """Read a plan that is stored on this machine.

    Raises:
        PlanError: If it is not here, is damaged, or another version wrote it.
    """
    folder = state_dir / FOLDER / plan_id
    try:
        document = json.loads((folder / "plan.json").read_text("utf-8"))
        if document["schema"] == SCHEMA:
            return _stored(document, folder)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PlanError(
            f"plan {plan_id} of {issue} is damaged: its plan.json cannot be read",
            hint="put your copy of it back, or plan again (who was written to stays so):"
            f" pismo plan {issue}",
            ru=f"план {plan_id} ({issue}) повреждён: его plan.json не прочесть",
            hint_ru="верните свою копию или планируйте снова (отправленное не забудется):"
            f" pismo plan {issue}",
        ) from error
    except FileNotFoundError:
        raise PlanError(
            f"the state database knows plan {plan_id} of {issue}, but its people are not on this"
            " machine",
            hint=f"publish where it was planned, copy {FOLDER}/{plan_id} from there, or plan here"
            f" again (who was written to stays so): pismo plan {issue}",
            ru=f"план {plan_id} ({issue}) база состояния знает, но людей его здесь нет",
            hint_ru=f"публикуйте там, где планировали, скопируйте оттуда {FOLDER}/{plan_id} или"
            f" планируйте здесь снова (отправленное не забудется): pismo plan {issue}",
        ) from None
    raise PlanError(
        f"plan {plan_id} was made by another version of pismo",
        hint=f"make it again: pismo plan {issue}",
        ru=f"план {plan_id} составлен другой версией pismo",
        hint_ru=f"составьте его снова: pismo plan {issue}",
    )


def shard_table(stored: StoredPlan, shard: Shard, columns: Sequence[str] | None = None) -> Any:  # noqa: ANN401  # an Arrow table
    """Read a shard, or some of its columns.

    Raises:
        PlanError: If it cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = stored.folder / "shards" / shard.file
    try:
        return pq.read_table(file, columns=columns, partitioning=None)
    except (OSError, pa.ArrowInvalid) as error:
        raise _damaged(stored, shard) from error


def _check_shard(stored: StoredPlan, shard: Shard, table: Any) -> None:  # noqa: ANN401  # an Arrow table
    """Refuse a shard in which somebody stands twice, or in another shard's place."""
    import pyarrow.compute as pc

    if not table.num_rows:
        return
    ends = pc.min_max(table["place"]).as_py()
    outside = ends["min"] < shard.first or ends["max"] >= shard.first + shard.size
    twice = any(
        pc.count_distinct(table[name]).as_py() != table.num_rows for name in ("place", "person")
    )
    if outside or twice:
        raise _damaged(stored, shard)


def _damaged(stored: StoredPlan, shard: Shard) -> PlanError:
    return PlanError(
        f"shard {shard.file} of plan {stored.plan.id} cannot be read",
        hint="restore it from a backup, or plan again: who was written to stays so",
        ru=f"часть {shard.file} плана {stored.plan.id} не читается",
        hint_ru="верните её из копии или планируйте заново: отправленное не забудется",
    )


def read_people(
    stored: StoredPlan, shard: Shard, signer: LinkSigner, *, zones: frozenset[str] | None = None
) -> Iterator[Planned]:
    """Read the people of one shard, or those in some time zones, in their order.

    Raises:
        PlanError: If the shard cannot be read.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    # Arrow's own allocator keeps what the largest moment took; the system's gives it back.
    pa.set_memory_pool(pa.system_memory_pool())
    table = shard_table(stored, shard)
    _check_shard(stored, shard, table)
    if zones is not None:
        table = table.filter(pc.is_in(table["zone"], pa.array(sorted(zones), pa.string())))
    for batch in table.to_batches(max_chunksize=1_000):
        for row in batch.to_pylist():
            yield Planned(row["place"], row["zone"], recipient_of(row, stored, signer))


def recipient_of(row: Mapping[str, Any], stored: StoredPlan, signer: LinkSigner) -> Recipient:
    """Make a recipient of a shard's row; links are signed anew, always to the same result."""
    person = str(row["person"])
    return Recipient(
        id=person,
        segment=row["segment"],
        facts=row["facts"] or {},
        picks=tuple(Recommended(**pick) for pick in row["picks"] or ()),
        links=_links(person, stored, signer),
        address=row["address"],
        counts=stored.counts,
    )


def pick_type() -> "pa.DataType":
    """Return the Parquet type of one pick: the fields of `Recommended`."""
    import pyarrow as pa

    texts = ("id", "title", "url", "currency", "reason", "image", "category")
    money = pa.decimal128(12, 2)
    fields = [(name, pa.string()) for name in texts] + [("price", money), ("old_price", money)]
    return pa.struct(fields)


def bound_transport(folder: Path) -> str:
    """Say how the plan in `folder` is published; '' if that has not begun."""
    return _begun(folder)[0]


def begun_at_once(folder: Path) -> bool:
    """Tell whether the publishing of a plan was begun with every hour set aside."""
    return _AT_ONCE in _begun(folder)[1:]


def _begun(folder: Path) -> list[str]:
    try:
        return (folder / "transport").read_text("utf-8").split() or [""]
    except FileNotFoundError:
        return [""]


def sent_by(folder: Path) -> str:
    """Return the `--to` that goes on with a plan; '' if its publishing has not begun."""
    return bound_transport(folder).removesuffix(SIMULATED)


def bind_transport(folder: Path, name: str, *, at_once: bool = False) -> None:
    """Remember how a plan is published: its letters leave one way only.

    Args:
        folder: The plan's.
        name: The way.
        at_once: Whether readers' hours are set aside, for whoever goes on after a crash.
    """
    write_private(folder / "transport", f"{name} {_AT_ONCE}\n" if at_once else f"{name}\n")


def _links(person: str, stored: StoredPlan, signer: LinkSigner) -> Links:
    return signer.links_for(
        person,
        newsletter=stored.newsletter,
        issue=stored.plan.issue,
        web_url=stored.web_url,
        items=stored.items,
    )


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone may read: on the disk whole, or as it was before."""
    # A name of its own: two publishers of one plan write at the same moment.
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _document(stored: StoredPlan) -> dict[str, object]:
    plan, schedule = stored.plan, stored.schedule
    return {
        "schema": SCHEMA,
        "id": plan.id,
        "issue": plan.issue,
        "newsletter": stored.newsletter,
        "created_at": plan.created_at.isoformat(),
        "audience": plan.audience,
        "planned": dict(plan.planned),
        "excluded": dict(plan.excluded),
        "editions": dict(plan.editions),
        "snapshot": stored.snapshot,
        "schedule": schedule.as_json(),
        "web_url": stored.web_url,
        "columns": list(stored.columns),
        "items": list(stored.items),
        "drafts": list(stored.drafts),
        "shards": [[shard.file, shard.first, shard.size] for shard in stored.shards],
        "canary": stored.canary,
        "counts": dict(stored.counts),
    }


def _stored(document: Mapping[str, Any], folder: Path) -> StoredPlan:
    plan = Plan(
        id=document["id"],
        issue=document["issue"],
        created_at=datetime.fromisoformat(document["created_at"]),
        audience=document["audience"],
        planned=document["planned"],
        excluded=document["excluded"],
        editions=document["editions"],
    )
    return StoredPlan(
        plan=plan,
        folder=folder,
        newsletter=document["newsletter"],
        snapshot=document["snapshot"],
        schedule=Schedule.from_json(document["schedule"]),
        web_url=document["web_url"],
        columns=tuple(document["columns"]),
        items=tuple(document["items"]),
        drafts=tuple(document["drafts"]),
        shards=tuple(
            Shard(file=f, first=first, size=size) for f, first, size in document["shards"]
        ),
        canary=document["canary"],
        counts=document["counts"],
    )
