"""Approvals: `newsletters/<name>/<issue>.approved.toml`, committed beside the issue.

They say which editions may leave, by digest: the words and the expressions, no person. Where an
edition changes by a letter, its digest does, and publishing to SES asks for approval again.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from pismo.errors import ContentError, PismoError, SendError
from pismo.model.edition import Edition
from pismo.model.finding import Source
from pismo.model.people import Plan
from pismo.model.workspace import Workspace
from pismo.records import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What was approved; `ledger` and the counts are '' and empty if no plan was there."""

    editions: Mapping[str, str]
    approved_at: datetime
    ledger: str = ""
    audience: int = 0
    planned: Mapping[str, int] = field(default_factory=dict)


def approval_path(issue_id: str) -> str:
    """Return where an issue's approval is kept, relative to the workspace."""
    return f"newsletters/{issue_id}.approved.toml"


def approve(
    workspace: Workspace,
    issue_id: str,
    editions: Sequence[Edition],
    *,
    now: datetime,
    plan: Plan | None = None,
    ledger_id: str = "",
) -> str:
    """Write the approval of these editions; return its path, relative to the workspace.

    Args:
        workspace: Where.
        issue_id: Which issue.
        editions: What is approved: one per segment.
        now: When.
        plan: For the counts, if one was made; an approval needs no audience.
        ledger_id: The state database that the plan is in.
    """
    path = approval_path(issue_id)
    lines = [
        f"# Approved with `pismo plan {issue_id} --approve`: these words and no others.",
        "# Commit this file; publishing to SES compares the digests.",
        f"approved_at = {now:%Y-%m-%dT%H:%M:%SZ}",
    ]
    if plan is not None:
        lines += [f'ledger = "{ledger_id}"', f"audience = {plan.audience}"]
    lines += ["", "[editions]", *(f'{_key(one.segment)} = "{one.digest}"' for one in editions)]
    if plan is not None:
        lines += ["", "[planned]"]
        lines += [f"{_key(segment)} = {count}" for segment, count in plan.planned.items()]
    (workspace.root / path).write_text("\n".join(lines) + "\n", "utf-8")
    return path


def read_approval(root: Path, issue_id: str) -> Approval | None:
    """Read an issue's approval; None if there is none.

    Raises:
        ContentError: If the file is broken.
    """
    path = approval_path(issue_id)
    try:
        document = tomllib.loads((root / path).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise ContentError(
            f"the approval is not TOML: {error}",
            Source(path),
            ru=f"одобрение — не TOML: {error}",
        ) from error
    editions, moment = document.get("editions"), document.get("approved_at")
    if not isinstance(editions, dict) or not isinstance(moment, datetime):
        raise ContentError(
            "the approval has no approved_at or no [editions]",
            Source(path),
            hint=f"write it anew: pismo plan {issue_id} --approve",
            ru="в одобрении нет approved_at или [editions]",
            hint_ru=f"сделайте его заново: pismo plan {issue_id} --approve",
        )
    return Approval(
        editions={str(segment): str(digest) for segment, digest in editions.items()},
        approved_at=moment,
        ledger=str(document.get("ledger", "")),
        audience=int(document.get("audience", 0)),
        planned=document.get("planned", {}),
    )


def require_approval(root: Path, issue_id: str, digests: Mapping[str, str], ledger_id: str) -> None:
    """Refuse editions that were not approved, or approved for another state database.

    Raises:
        SendError: Naming the segments; nothing was sent.
    """
    approval = read_approval(root, issue_id)
    hint = f"look at them (pismo preview), then: pismo plan {issue_id} --approve"
    hint_ru = f"посмотрите на письма (pismo preview), потом: pismo plan {issue_id} --approve"
    if approval is None:
        raise SendError(
            f"{issue_id} is not approved",
            Source(approval_path(issue_id)),
            hint=hint,
            ru=f"{issue_id} не одобрен",
            hint_ru=hint_ru,
        )
    changed = [name for name, digest in digests.items() if approval.editions.get(name) != digest]
    if changed:
        raise SendError(
            f"what would leave differs from what was approved, in: {', '.join(sorted(changed))}",
            Source(approval_path(issue_id)),
            hint=hint,
            ru=f"уйдёт не то, что одобрено, в сегментах: {', '.join(sorted(changed))}",
            hint_ru=hint_ru,
        )
    if approval.ledger and approval.ledger != ledger_id:
        raise SendError(
            f"{issue_id} was approved over another state database than this one",
            Source(approval_path(issue_id)),
            hint="who was written to is recorded there: use it (state.url), or approve again here",
            ru=f"{issue_id} одобрен при другой базе состояния",
            hint_ru="в ней записано, кому писали: возьмите её (state.url) или одобрите здесь снова",
        )


def is_approved(root: Path, issue_id: str, digests: Mapping[str, str], ledger_id: str) -> bool:
    """Tell whether these editions may leave through SES by this state database."""
    try:
        require_approval(root, issue_id, digests, ledger_id)
    except PismoError:
        return False
    return True


def _key(segment: str) -> str:
    return f'"{segment}"'
