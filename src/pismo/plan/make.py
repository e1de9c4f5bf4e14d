"""Make a plan: who gets which edition with which values at which hour; for the others, why not.

The sums have to come out: audience = planned + excluded by reason, or there is no plan.
"""

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pismo.audience import Snapshot, compute_facts
from pismo.consent import may_send
from pismo.errors import PlanError, SettingsError
from pismo.keys import Keys
from pismo.ledger import DeliveryRow, Ledger, PlanRow, new_plan_id
from pismo.links import LinkSigner
from pismo.model.content import GAMES, Issue, Newsletter
from pismo.model.edition import Edition, columns
from pismo.model.finding import Finding
from pismo.model.people import Plan, Recommended, Submission
from pismo.model.workspace import Workspace
from pismo.plan.choose import DUPLICATE, Choosing, Gaps, Picks, Questions, arrange, candidates
from pismo.plan.counts import counts_of
from pismo.plan.gaps import GapFinder
from pismo.plan.hours import LATE_HOURS, Schedule, parse_send_at
from pismo.plan.picks import picks_from, picks_wanted, products_in_letters
from pismo.plan.store import FOLDER, StoredPlan, bind_transport, bound_transport, write_plan
from pismo.private import private_folder
from pismo.recommend import prepare
from pismo.records import dataclass, replace
from pismo.segments.assign import case_sql
from pismo.segments.columns import answer_columns, columns_of, own_facts

if TYPE_CHECKING:
    import duckdb

KEPT_DAYS = 30
"""How long a plan's people stay stored (`[tool.pismo.plan] keep_days`)."""
NO_SITE = "https://site.invalid"


def make_plan(
    workspace: Workspace,
    issue_id: str,
    editions: Sequence[Edition],
    *,
    snapshot: Snapshot,
    ledger: Ledger,
    keys: Keys,
    signer: LinkSigner,
    now: datetime,
) -> Plan:
    """Freeze who gets which edition, and store it here and in the ledger.

    A plan of an issue whose publishing has begun takes over who was written to.

    Raises:
        PlanError: If a person has no edition, or the sums do not come out.
        SettingsError: If `[tool.pismo.plan]` is wrong.
    """
    plan_id = new_plan_id()
    folder = private_folder(workspace.state_dir / FOLDER)
    making = _Making(
        workspace=workspace,
        issue=workspace.issues[issue_id],
        editions=tuple(editions),
        counts=counts_of(editions, ledger),
        snapshot=snapshot,
        ledger=ledger,
        keys=keys,
        signer=signer,
        now=now,
    )
    stored = making.store(plan_id, folder / plan_id)
    before = ledger.latest_plan(issue_id)
    record_plan(stored, ledger, expires_at=now + timedelta(days=keep_days(workspace)))
    if before is not None:
        inherit_transport(folder / before.id, stored, ledger)
    return stored.plan


def inherit_transport(before: Path, stored: StoredPlan, ledger: Ledger) -> None:
    """Publish a plan the way its forerunner was begun, if it took over letters from it."""
    counts = ledger.counts(stored.plan.id)
    if sum(counts.values()) > counts[Submission.PLANNED] and bound_transport(before):
        bind_transport(stored.folder, bound_transport(before))


def record_plan(stored: StoredPlan, ledger: Ledger, *, expires_at: datetime) -> None:
    """Write a stored plan into the ledger: from now on it is the one that counts."""
    plan = stored.plan
    row = PlanRow(
        id=plan.id,
        issue=plan.issue,
        newsletter=stored.newsletter,
        created_at=plan.created_at,
        audience=plan.audience,
        planned=plan.planned,
        excluded=plan.excluded,
        editions=plan.editions,
        stored=f"{FOLDER}/{plan.id}",
        expires_at=expires_at,
    )
    ledger.add_plan(row, _rows(stored))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """What a plan is made of."""

    workspace: Workspace
    issue: Issue
    editions: tuple[Edition, ...]
    counts: Mapping[str, int]
    snapshot: Snapshot
    ledger: Ledger
    keys: Keys
    signer: LinkSigner
    now: datetime

    @property
    def newsletter(self) -> Newsletter:
        return self.workspace.newsletter_of(self.issue)

    def store(self, plan_id: str, folder: Path) -> StoredPlan:
        """Write the plan's folder, whole or not at all.

        Raises:
            PlanError: If the audience was deleted meanwhile.
        """
        unfinished = private_folder(folder.with_name(f".{plan_id}"))
        try:
            stored = self.collect(plan_id, unfinished)
            unfinished.rename(folder)
        except Exception as error:
            if self.snapshot.path.exists():
                raise
            raise PlanError(
                "somebody was erased from the audience while the plan was made: nothing was"
                " planned",
                hint=f"make it from the new audience: pismo plan {self.issue.id}",
                ru="пока составлялся план, кого-то стёрли из аудитории: не запланировано ничего",
                hint_ru=f"составьте его по новой аудитории: pismo plan {self.issue.id}",
            ) from error
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        return replace(stored, folder=folder)

    def collect(self, plan_id: str, folder: Path) -> StoredPlan:
        """Write shards and plan.json into `folder`."""
        names = self._columns()
        schedule = schedule_of(self.workspace, self.issue)
        chosen, shards = private_folder(folder / "chosen"), private_folder(folder / "shards")
        snapshot = prepare(self._with_facts(), self.now, self.workspace.settings)
        with snapshot.connect() as connection:
            case = case_sql(self.newsletter, self.workspace.segments, columns_of(self.workspace))
            facts, chunks = candidates(connection, case, names)
            choosing = Choosing(chosen, self._questions(connection, case, schedule), facts)
            for people in chunks:
                choosing.add(people)
        taken = self.ledger.already_written(self.issue.id, self.keys.readers(_addresses(chosen)))
        files, planned, doubles, canary = arrange(chosen, shards, plan_id, taken)
        shutil.rmtree(chosen)
        shutil.rmtree(folder / "spill", ignore_errors=True)
        excluded = dict(choosing.excluded) | ({DUPLICATE: doubles} if doubles else {})
        plan = self._plan(plan_id, choosing.audience, planned, excluded)
        stored = StoredPlan(
            plan=plan,
            folder=folder,
            newsletter=self.newsletter.name,
            snapshot=self.snapshot.id,
            schedule=schedule,
            web_url=web_url(self.workspace, self.issue),
            columns=names,
            items=answered_items(self.editions),
            drafts=drafts_of(self.workspace, self.issue, self.editions),
            shards=tuple(files),
            canary=canary,
            counts=self.counts,
        )
        write_plan(stored, self.editions)
        return stored

    def _plan(
        self, plan_id: str, audience: int, planned: Mapping[str, int], excluded: Mapping[str, int]
    ) -> Plan:
        if audience != sum(planned.values()) + sum(excluded.values()):
            raise PlanError(
                f"the sums do not come out: {audience} people, {sum(planned.values())} planned,"
                f" {sum(excluded.values())} excluded; no plan was made",
                ru=f"счёт не сходится: людей {audience}, в плане {sum(planned.values())},"
                f" без письма {sum(excluded.values())}; план не составлен",
            )
        digests = {edition.segment: edition.digest for edition in self.editions}
        for segment, count in planned.items():
            if segment not in digests:
                raise PlanError(
                    f"{count} people are in segment {segment}, which has no edition of"
                    f" {self.issue.id}",
                    hint=f"pismo check {self.issue.id} says why it did not compile",
                    ru=f"в сегменте {segment} людей: {count}, а письма {self.issue.id} у него нет",
                    hint_ru=f"почему он не собрался, скажет pismo check {self.issue.id}",
                )
        return Plan(
            id=plan_id,
            issue=self.issue.id,
            created_at=self.now.replace(microsecond=0),
            audience=audience,
            planned={segment: planned.get(segment, 0) for segment in digests},
            excluded=dict(sorted(excluded.items())),
            editions=digests,
        )

    def _columns(self) -> tuple[str, ...]:
        """Name the facts that letters read; nothing else about a person is stored."""
        known = columns_of(self.workspace)
        wanted = {name for edition in self.editions for name in columns(edition)}
        return tuple(sorted(wanted & known.keys() - {"id", "segment"}))

    def _with_facts(self) -> Snapshot:
        findings: list[Finding] = []
        own = own_facts(self.workspace.root, findings)
        made = self.snapshot.created_at
        # Facts hold what came before their moment: of an audience made within this second, all.
        moment = made if self.now < made <= self.now + timedelta(seconds=1) else self.now
        return compute_facts(
            self.snapshot,
            self.workspace.settings,
            moment,
            own=own,
            answers=answer_columns(self.workspace),
        )

    def _questions(
        self, connection: "duckdb.DuckDBPyConnection", case: str, schedule: Schedule
    ) -> Questions:
        return Questions(
            barred=self._barred,
            picks=self._picks(connection, case),
            gaps=self._gaps(),
            leaves=lambda zone: schedule.leaves_at(zone, self.now),
            keys=self.keys,
        )

    def _barred(self, people: Sequence[tuple[str, str]]) -> Mapping[str, str]:
        return may_send(
            self.keys.readers(people),
            newsletter=self.newsletter,
            moment=self.now,
            ledger=self.ledger,
        )

    def _gaps(self) -> Gaps:
        links = self.signer.links_for(
            "sample",
            newsletter=self.newsletter.name,
            web_url=web_url(self.workspace, self.issue),
            items=answered_items(self.editions),
        )
        finders = {one.segment: GapFinder(one, links, self.counts) for one in self.editions}

        def gaps(
            segment: str, person: str, facts: Mapping[str, Any], picks: Sequence[Recommended]
        ) -> Sequence[str]:
            # Without an edition there is nothing to ask; that is told when the sums are made.
            return finders[segment].gaps(person, facts, picks) if segment in finders else ()

        return gaps

    def _picks(self, connection: "duckdb.DuckDBPyConnection", case: str) -> Picks | None:
        count = max((picks_wanted(edition) for edition in self.editions), default=0)
        if not count:
            return None
        everybody = f"SELECT subscriber_id, {case} AS segment FROM facts"  # noqa: S608  # parsed and confined by pismo.segments
        return picks_from(
            connection,
            self.workspace,
            self.issue,
            count,
            self.ledger,
            self.now,
            people=connection.sql(everybody).to_arrow_table(),
            forbidden=products_in_letters(self.workspace, self.editions),
        )


def schedule_of(workspace: Workspace, issue: Issue) -> Schedule:
    """Return when an issue's letters leave, by its own or its newsletter's `send_at`."""
    newsletter = workspace.newsletter_of(issue)
    own = bool(issue.send_at)
    return parse_send_at(
        issue.send_at if own else newsletter.send_at,
        issue.date,
        newsletter.timezone or workspace.settings.timezone,
        issue.place_of("send_at") if own else newsletter.source,
        late_hours=_setting(workspace, "late_hours"),
    )


def web_url(workspace: Workspace, issue: Issue) -> str:
    """Return where an issue is on the web."""
    base = workspace.settings.site_base_url or NO_SITE
    return f"{base}/{issue.id}/"


def answered_items(editions: Sequence[Edition]) -> tuple[str, ...]:
    """Name the games in the letters that are answered: each gets a link of the reader's own."""
    slugs = {
        slug
        for edition in editions
        for kind, _, slug in (item.partition("/") for item in edition.items)
        if kind in GAMES
    }
    return tuple(sorted(slugs))


def drafts_of(workspace: Workspace, issue: Issue, editions: Sequence[Edition]) -> tuple[str, ...]:
    """Name what is marked `draft: true`: publishing to SES refuses it."""
    used = {item for edition in editions for item in edition.items}
    items = {f"{kind}/{slug}" for (kind, slug), item in workspace.items.items() if item.draft}
    return (*([issue.id] if issue.draft else []), *sorted(used & items))


def keep_days(workspace: Workspace) -> float:
    """Return for how many days a plan's people stay stored."""
    return _setting(workspace, "keep_days")


def _setting(workspace: Workspace, name: str) -> float:
    known = {"keep_days": float(KEPT_DAYS), "late_hours": LATE_HOURS}
    table = workspace.settings.tables.get("plan", {})
    for given, value in table.items():
        if given not in known or not isinstance(value, int | float) or value <= 0:
            raise SettingsError(
                f"[tool.pismo.plan] {given} = {value!r} is not understood",
                hint="it may hold keep_days and late_hours, both above zero",
                ru=f"[tool.pismo.plan] {given} = {value!r} непонятно",
                hint_ru="там бывают keep_days и late_hours, оба больше нуля",
            )
    value = table.get(name, known[name])
    assert isinstance(value, int | float)
    return float(value)


def _addresses(chosen: Path) -> Iterator[tuple[str, str]]:
    import pyarrow.parquet as pq

    for file in sorted(chosen.glob("*.parquet")):
        table = pq.read_table(file, columns=["person", "address"], partitioning=None)
        yield from zip(table["person"].to_pylist(), table["address"].to_pylist(), strict=True)


def _rows(stored: StoredPlan) -> Iterator[DeliveryRow]:
    import pyarrow.parquet as pq

    columns_read = ["place", "person", "address_hash", "segment", "leaves", "picks"]
    place = 0
    for shard in stored.shards:
        file = stored.folder / "shards" / shard.file
        table = pq.read_table(file, columns=columns_read, partitioning=None)
        for row in table.to_pylist():
            yield from (_erased(stored, gone) for gone in range(place, row["place"]))
            place = row["place"] + 1
            yield DeliveryRow(
                person=row["person"],
                address_hash=row["address_hash"],
                segment=row["segment"],
                digest=stored.plan.editions[row["segment"]],
                send_at=row["leaves"],
                shown=tuple(pick["id"] for pick in row["picks"] or ()),
            )
        yield from (_erased(stored, gone) for gone in range(place, shard.first + shard.size))
        place = shard.first + shard.size


def _erased(stored: StoredPlan, place: int) -> DeliveryRow:
    """Return a row for somebody who was erased from a stored plan: nobody else's place moves."""
    segment, digest = next(iter(stored.plan.editions.items()))
    name = f"erased-{stored.plan.id}-{place}"
    address_hash = hashlib.sha256(name.encode()).digest()
    return DeliveryRow(person=name, address_hash=address_hash, segment=segment, digest=digest)
