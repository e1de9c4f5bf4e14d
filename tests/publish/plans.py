"""Small stored plans over a real ledger, without an audience: for everything that publishes."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pismo.keys import Keys, load_keys
from pismo.ledger import Consent, Ledger, new_plan_id, open_ledger
from pismo.links import LinkSigner
from pismo.model.codec import with_digest
from pismo.model.content import Newsletter, Sender
from pismo.model.edition import Constant, Context, Edition, Filter, Hole, Static
from pismo.model.edition import Path as Where
from pismo.model.finding import Source
from pismo.model.people import Plan
from pismo.plan.choose import Candidate, Choosing, Questions, arrange
from pismo.plan.hours import parse_send_at
from pismo.plan.make import record_plan
from pismo.plan.store import FOLDER, StoredPlan, read_plan, write_plan
from pismo.private import private_folder
from pismo.publish import Clock, Job
from pismo.transports import Transport
from pismo.transports.ses import SesTransport
from pismo.transports.ses_account import SesAccount
from pismo.transports.ses_client import Method, SesSettings, control_client, sending_client
from pismo.transports.ses_prepare import preparer
from pismo.transports.ses_templates import TemplateStore

NOW = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)
ISSUE = "weekly/2026-11-27"
NEWSLETTER = Newsletter(
    name="weekly",
    title="Weekly letter",
    language="en",
    layout="letter",
    segments=("families",),
    sender=Sender("Kate", "kate@shop.example"),
    source=Source("newsletters/weekly/newsletter.toml"),
    topic="weekly",
)


class HandTime:
    """A clock that moves only when somebody waits; its seconds are exact, unlike a timestamp's."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def steady(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.seconds += seconds

    def wake(self) -> None:
        return None


@dataclass
class Desk:
    """What a publisher has before it: a plan, the ledger, the keys."""

    state_dir: Path
    stored: StoredPlan
    ledger: Ledger
    keys: Keys
    signer: LinkSigner

    def again(self) -> "Desk":
        """Open the same state anew, as another process would."""
        return replace(self, ledger=open_ledger(self.ledger.engine.url.render_as_string(False)))


def edition(
    segment: str = "everyone", word: str = "Hello", issue: str = ISSUE, size: int = 0
) -> Edition:
    name = Hole(
        Filter("default", Where("recipient", ("first_name",)), (Constant("friend"),)), Context.TEXT
    )
    unsubscribe = Hole(Where("links", ("unsubscribe",)), Context.HEADER)
    return with_digest(
        Edition(
            issue=issue,
            newsletter="weekly",
            segment=segment,
            language="en",
            sender=NEWSLETTER.sender,
            subject=(Static(f"{word}, "), replace(name, context=Context.HEADER)),
            preheader=(),
            html=(
                Static(f"<p>{word} "),
                replace(name, context=Context.HTML),
                Static("</p><p>" + "word " * (size // 5) + "</p>"),
            ),
            text=(Static(f"{word} "), name),
            headers=(
                ("List-Unsubscribe", (Static("<"), unsubscribe, Static(">"))),
                ("List-Unsubscribe-Post", (Static("List-Unsubscribe=One-Click"),)),
                ("List-Id", (Static("Weekly letter <weekly.shop.example>"),)),
            ),
            digest="",
        )
    )


def desk(
    state_dir: Path,
    people: int,
    *,
    url: str = "",
    issue: str = ISSUE,
    zones: Sequence[str] = ("Europe/Moscow",),
    send_at: str = "now",
    excluded: int = 0,
    segments: Sequence[str] = ("families", "everyone"),
    size: int = 0,
) -> Desk:
    """Plan a letter for so many people of example.com, who all agreed to it."""
    import pyarrow as pa

    private_folder(state_dir)
    keys = load_keys(state_dir, {})
    ledger = open_ledger(url or state_dir / "ledger.sqlite", hmac_ids=keys.hmac_ids)
    ledger.record_consents(
        Consent(f"p{n}", NOW - timedelta(days=30), "form", "weekly") for n in range(people)
    )
    signer = LinkSigner(keys, "https://links.shop.example")
    plan_id = new_plan_id()
    folder = private_folder(private_folder(state_dir / FOLDER) / plan_id)
    chosen, shards = private_folder(folder / "chosen"), private_folder(folder / "shards")
    schedule = parse_send_at(send_at, date(2026, 11, 27), "Europe/Moscow", Source("x"))
    questions = Questions(
        barred=lambda _: {},
        picks=None,
        gaps=None,
        leaves=lambda zone: schedule.leaves_at(zone, NOW - timedelta(days=1)),
        keys=keys,
    )
    choosing = Choosing(chosen, questions, pa.schema([("first_name", pa.string())]))
    for start in range(0, people, 10_000):
        choosing.add(
            [
                Candidate(
                    f"p{n}",
                    f"reader{n}@example.com",
                    zones[n % len(zones)],
                    segments[n % len(segments)],
                    {"first_name": f"Name{n}" if n % 3 else None},
                )
                for n in range(start, min(people, start + 10_000))
            ]
        )
    files, planned, _, canary = arrange(chosen, shards, plan_id, ())
    shutil.rmtree(chosen)
    editions = [edition(segment, issue=issue, size=size) for segment in segments]
    plan = Plan(
        id=plan_id,
        issue=issue,
        created_at=NOW - timedelta(days=1),
        audience=people + excluded,
        planned=planned,
        excluded={"no-consent": excluded} if excluded else {},
        editions={each.segment: each.digest for each in editions},
    )
    stored = StoredPlan(
        plan=plan,
        folder=folder,
        newsletter="weekly",
        snapshot="none",
        schedule=schedule,
        web_url="https://letters.shop.example/weekly/2026-11-27/",
        columns=("first_name",),
        items=(),
        drafts=(),
        shards=tuple(files),
        canary=canary,
        counts={},
    )
    write_plan(stored, editions)
    record_plan(stored, ledger, expires_at=NOW + timedelta(days=30))
    return Desk(state_dir, stored, ledger, keys, signer)


def open_desk(state_dir: Path, issue: str = ISSUE) -> Desk:
    """Open what `desk` has stored, as another process does."""
    keys = load_keys(state_dir, {})
    ledger = open_ledger(state_dir / "ledger.sqlite", hmac_ids=keys.hmac_ids)
    row = ledger.latest_plan(issue)
    assert row is not None
    stored = read_plan(state_dir, row.id, issue)
    return Desk(state_dir, stored, ledger, keys, LinkSigner(keys, "https://links.shop.example"))


def ses_job(
    where: Desk,
    endpoint: str,
    clock: Clock,
    *,
    method: Method = Method.BULK,
    patience_s: float = 30.0,
    threads: int = 4,
) -> Job:
    """Make the job of sending a desk's plan to a simulator, by the account that it tells of."""
    chosen = SesSettings(
        endpoint_url=endpoint, region="us-east-1", read_timeout_s=patience_s, threads=threads
    )
    control = control_client(chosen)
    transport = SesTransport(
        sending_client(chosen),
        preparer(TemplateStore(control, clock.wait), method=method, now=clock.now),
        configuration_set="pismo",
        steady=clock.steady,
        method=method,
    )
    return job(where, transport, clock, account=SesAccount(control), threads=threads)


def job(where: Desk, transport: Transport, clock: Clock, **more: object) -> Job:
    """Make the job of sending a desk's plan by a transport; `more` are fields of `Job`."""
    base = Job(
        stored=where.stored,
        transport=transport,
        ledger=where.ledger,
        newsletter=NEWSLETTER,
        keys=where.keys,
        signer=where.signer,
        clock=clock,
    )
    return replace(base, **more)  # type: ignore[arg-type]  # named by who knows them
