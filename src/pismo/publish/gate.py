"""What has to hold before the first letter leaves; whatever fails here, nothing was sent."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from pismo.errors import SendError, StoppedError
from pismo.ledger import Ledger
from pismo.model.workspace import Settings, Workspace
from pismo.plan.approve import require_approval
from pismo.plan.store import SIMULATED, StoredPlan, bound_transport

_WAYS = {
    "outbox": "--to outbox",
    "ses": "--to ses",
    f"ses{SIMULATED}": "--to ses and a simulator on this machine (PISMO_SES_ENDPOINT)",
}
_PROBLEMS = {
    "is not set": "не задано",
    "is no web address": "не веб-адрес",
    "is local": "местный адрес",
}
"""What is wrong with a base address -> the same in Russian."""
_LOCAL_NAMES = ("localhost", "local", "internal", "lan", "home", "invalid", "test")


def check_plan(stored: StoredPlan, transport: str) -> None:
    """Refuse drafts, and a second way of sending for a plan that was begun with another.

    Raises:
        SendError: Saying which.
    """
    issue = stored.plan.issue
    if stored.drafts:
        raise SendError(
            f"not finished: {', '.join(stored.drafts)} (draft: true)",
            hint=f"take the line out, then plan again: pismo plan {issue}",
            ru=f"не дописано: {', '.join(stored.drafts)} (draft: true)",
            hint_ru=f"уберите эту строку и планируйте снова: pismo plan {issue}",
        )
    before = bound_transport(stored.folder)
    if before and before != transport:
        raise SendError(
            f"{issue} was begun with {_WAYS.get(before, before)}, and those letters count as sent",
            hint="rehearse in a copy of the state: pismo state backup /tmp/rehearsal.sqlite, then"
            " PISMO_STATE_URL=sqlite:////tmp/rehearsal.sqlite; or go on as it was begun",
            ru=f"{issue} начали с {_WAYS.get(before, before)}, и те письма считаются отправленными",
            hint_ru="репетируйте на копии состояния: pismo state backup /tmp/rehearsal.sqlite,"
            " потом PISMO_STATE_URL=sqlite:////tmp/rehearsal.sqlite; или продолжайте как начали",
        )


def check_not_stopped(ledger: Ledger, stored: StoredPlan) -> None:
    """Refuse to go on by itself what a person has stopped, or what stopped for harm it did.

    Raises:
        StoppedError: If somebody said `pismo stop`, or a run has held the plan.
    """
    if reason := ledger.held_for(stored.plan.id):
        issue = stored.plan.issue
        raise StoppedError(
            f"{issue} stopped by itself: {reason}",
            hint=f"find out why: pismo publish {issue} --who refused; to go on:"
            f" pismo resume {issue}",
            ru=f"{issue} остановлен сам: {reason}",
            hint_ru=f"узнайте причину: pismo publish {issue} --who refused; продолжить:"
            f" pismo resume {issue}",
        )
    if ledger.stop_requested(stored.plan.id):
        raise StoppedError(
            f"{stored.plan.issue} was stopped by a person",
            hint=f"to go on: pismo resume {stored.plan.issue}",
            ru=f"{stored.plan.issue} остановил человек",
            hint_ru=f"продолжить: pismo resume {stored.plan.issue}",
        )


def check_for_ses(
    workspace: Workspace, stored: StoredPlan, ledger: Ledger, *, first_use: bool
) -> None:
    """Refuse what must not reach real people.

    Raises:
        SendError: If a base is unset or local, an edition is not approved, or the ledger is new.
    """
    _check_bases(workspace.settings)
    require_approval(workspace.root, stored.plan.issue, _digests(stored), ledger.id)
    if not first_use:
        _check_memory(workspace, stored.plan.issue, ledger)


def _check_bases(settings: Settings) -> None:
    for name, url in (
        ("site.base_url", settings.site_base_url),
        ("links.base_url", settings.links_base_url),
    ):
        problem = problem_with_base(url)
        if problem:
            raise SendError(
                f"{name} {problem}: readers could not open {_about(name)[0]}",
                hint=f"set it in pyproject.toml: [tool.pismo.{name.partition('.')[0]}] base_url",
                ru=f"{name}: {_PROBLEMS[problem]}, и читатели не откроют {_about(name)[1]}",
                hint_ru=f"впишите в pyproject.toml: [tool.pismo.{name.partition('.')[0]}] base_url",
            )


def _check_memory(workspace: Workspace, issue: str, ledger: Ledger) -> None:
    """Refuse a ledger that cannot know who was written to."""
    if not ledger.has_used("ses"):
        raise SendError(
            "this state database has never sent through SES: it cannot know who was written to",
            hint="if that is true of your readers, add --first-use; else use the right state.url,"
            " or restore it: pismo state restore FILE",
            ru="через SES эта база состояния ещё не отправляла: кому писали, она знать не может",
            hint_ru="если у ваших читателей так и есть, добавьте --first-use; иначе укажите нужный"
            " state.url или верните базу: pismo state restore ФАЙЛ",
        )
    if _may_be_forgotten(workspace, issue, ledger):
        raise SendError(
            f"this state database was restored from a backup, which knows no plan of {issue}: it"
            " cannot know whether the issue was sent before",
            hint="if nobody got it, add --first-use; else do not send it: pismo feedback pull"
            " learns only of plans that are stored here or in the backup",
            ru=f"эту базу состояния вернули из копии, а плана {issue} в ней нет:"
            " отправляли ли выпуск, она знать не может",
            hint_ru="если его никто не получил, добавьте --first-use; иначе не отправляйте: pismo"
            " feedback pull узнаёт только о планах, которые есть здесь или в копии",
        )


def _may_be_forgotten(workspace: Workspace, issue: str, ledger: Ledger) -> bool:
    """Tell whether an issue of the time before a restore is planned here for the first time."""
    restored = ledger.restored_at()
    if restored is None or workspace.issues[issue].date > restored.date():
        return False
    return all(plan.created_at >= restored for plan in ledger.plans(issue))


def problem_with_base(url: str) -> str:
    """Say why readers could not reach an address, or ''."""
    if not url:
        return "is not set"
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        return "is no web address"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2]
        return "is local" if last in _LOCAL_NAMES or "." not in host.rstrip(".") else ""
    return "" if address.is_global else "is local"


def _about(name: str) -> tuple[str, str]:
    if name.startswith("site"):
        return "pictures and the web version", "картинки и веб-версию"
    return "the unsubscribe page", "страницу отписки"


def _digests(stored: StoredPlan) -> Mapping[str, str]:
    return {
        segment: stored.plan.editions[segment]
        for segment, count in stored.plan.planned.items()
        if count
    }
