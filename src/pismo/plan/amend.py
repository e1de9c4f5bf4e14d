"""A typo found after the first letters: whoever has none yet gets the corrected text.

An amended plan has the same people, values, picks and hours, and other editions. Who was written
to keeps their delivery and the digest of what they got; nobody is written to again.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from pismo.errors import PlanError
from pismo.ledger import Ledger, new_plan_id
from pismo.ledger.states import TO_COME
from pismo.model.content import Issue
from pismo.model.edition import Choice, Edition, Hole, Part, Parts, Repeat, Static, columns
from pismo.model.people import Plan
from pismo.model.workspace import Workspace
from pismo.plan.counts import counts_of
from pismo.plan.make import answered_items, drafts_of, inherit_transport, keep_days, record_plan
from pismo.plan.picks import picks_wanted
from pismo.plan.store import FOLDER, Shard, StoredPlan, write_plan
from pismo.private import private_folder

ERASED = "erased"


def differences(before: Edition, after: Edition) -> list[str]:
    """Say word by word how two editions differ: `- old words`, `+ new words`, with context."""
    lines: list[str] = []
    for name in ("subject", "preheader", "text"):
        old, new = _words(getattr(before, name)), _words(getattr(after, name))
        changes = list(_changes(old, new))
        if changes:
            lines += [f"{name}:", *changes]
    if not lines and before.digest != after.digest:
        lines = ["only the looks or the headers differ; the words are the same"]
    return lines


def amend_plan(
    workspace: Workspace,
    issue: Issue,
    stored: StoredPlan,
    editions: Sequence[Edition],
    *,
    ledger: Ledger,
    now: datetime,
) -> Plan:
    """Store a plan with corrected editions for whoever was not written to.

    Raises:
        PlanError: If nothing changed, or the new text needs values that were not frozen.
        StateError: If the issue is being published at this moment (SQLite).
    """
    check_amendable(stored, editions, ledger)
    plan_id = new_plan_id()
    folder = private_folder(workspace.state_dir / FOLDER / plan_id)
    with ledger.lease(issue.id, "pismo plan --amend", now):
        shards, planned = _copied(stored, private_folder(folder / "shards"))
        gone = sum(stored.plan.planned.values()) - sum(planned.values())
        excluded = dict(stored.plan.excluded)
        if gone:
            excluded[ERASED] = excluded.get(ERASED, 0) + gone
        plan = replace(
            stored.plan,
            id=plan_id,
            created_at=now.replace(microsecond=0),
            planned={name: planned.get(name, 0) for name in stored.plan.planned},
            excluded=excluded,
            editions={edition.segment: edition.digest for edition in editions},
        )
        amended = replace(
            stored,
            plan=plan,
            folder=folder,
            shards=shards,
            items=answered_items(editions),
            counts=counts_of(editions, ledger),
            drafts=drafts_of(workspace, issue, editions),
        )
        write_plan(amended, editions)
        record_plan(amended, ledger, expires_at=now + timedelta(days=keep_days(workspace)))
    inherit_transport(stored.folder, amended, ledger)
    return plan


def check_amendable(stored: StoredPlan, editions: Sequence[Edition], ledger: Ledger) -> None:
    """Refuse an amendment that changes nothing, reaches nobody, or needs what was not frozen.

    Raises:
        PlanError: Saying which, and what to do instead.
    """
    issue = stored.plan.issue
    counts = ledger.counts(stored.plan.id)
    if not any(counts[state] for state in TO_COME):
        raise PlanError(
            f"everybody has a letter of {issue}: a new text would reach nobody",
            ru=f"письмо {issue} есть уже у всех: новый текст ни до кого не дойдёт",
        )
    digests = {edition.segment: edition.digest for edition in editions}
    if digests == dict(stored.plan.editions):
        raise PlanError(
            f"{issue} reads as it was planned: there is nothing to amend",
            ru=f"{issue} читается так, как запланирован: исправлять нечего",
        )
    if digests.keys() != stored.plan.editions.keys():
        raise PlanError(
            f"{issue} has other segments than its plan",
            hint=f"plan anew, who was written to stays so: pismo plan {issue} --anew",
            ru=f"в {issue} другие сегменты, чем в плане",
            hint_ru=f"планируйте заново, отправленное не забудется: pismo plan {issue} --anew",
        )
    needed = {name for edition in editions for name in columns(edition)} - {"id", "segment"}
    more = sorted(needed - set(stored.columns))
    if more:
        raise PlanError(
            f"the new text reads recipient.{more[0]}, which this plan did not freeze",
            hint=f"leave it out, or plan anew: pismo plan {issue} --anew",
            ru=f"в новом тексте есть recipient.{more[0]}, а в плане этого значения нет",
            hint_ru=f"уберите его или планируйте заново: pismo plan {issue} --anew",
        )
    before = max((picks_wanted(edition) for edition in stored.editions().values()), default=0)
    if max((picks_wanted(edition) for edition in editions), default=0) > before:
        raise PlanError(
            "the new text shows more recommended products than this plan froze",
            hint=f"show as many as before, or plan anew: pismo plan {issue} --anew",
            ru="в новом тексте рекомендаций больше, чем в плане",
            hint_ru=f"оставьте сколько было или планируйте заново: pismo plan {issue} --anew",
        )


def _copied(stored: StoredPlan, folder: Path) -> tuple[tuple[Shard, ...], Mapping[str, int]]:
    """Copy the shards, numbering places anew: erased people left gaps."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    shards: list[Shard] = []
    planned: Counter[str] = Counter()
    first = 0
    for shard in stored.shards:
        table = pq.read_table(stored.folder / "shards" / shard.file, partitioning=None)
        if not table.num_rows:
            continue
        places = pa.array(range(first, first + table.num_rows), pa.int64())
        table = table.set_column(table.schema.get_field_index("place"), "place", places)
        pq.write_table(table, folder / shard.file)
        (folder / shard.file).chmod(0o600)
        planned.update(table["segment"].to_pylist())
        shards.append(Shard(file=shard.file, first=first, size=table.num_rows))
        first += table.num_rows
    return tuple(shards), planned


def _words(parts: Parts) -> list[str]:
    """Split an edition's text into words; what depends on the reader is one word."""
    return re.findall(r"\S+", "".join(_plain(parts)))


def _plain(parts: Parts) -> Iterator[str]:
    for part in parts:
        yield from _shown(part)


def _shown(part: Part) -> Iterator[str]:
    match part:
        case Static(text):
            yield text
        case Hole():
            yield "{…}"
        case Choice(branches, otherwise):
            for branch in branches:
                yield from _plain(branch.parts)
            yield from _plain(otherwise)
        case Repeat(body=body, otherwise=otherwise):
            yield from _plain(body)
            yield from _plain(otherwise)


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            continue
        context = " ".join(old[max(0, first - 3) : first])
        yield f"  … {context}" if context else "  …"
        if first < last:
            yield f"  - {' '.join(old[first:last])}"
        if start < end:
            yield f"  + {' '.join(new[start:end])}"
