"""What a newsletter's settings promise: the hour, its name among lists."""

from collections.abc import Iterator

from pismo.checks.places import field_place
from pismo.checks.scope import IssueScope
from pismo.model.finding import Finding, Rule, Severity
from pismo.model.workspace import Workspace

AT_NIGHT = Rule(
    "send-at-night",
    Severity.WARNING,
    en="letters leave at {hour}, when readers sleep",
    ru="письма уйдут в {hour}, когда читатели спят",
    hint_en="between 7:00 and 22:00 a letter wakes nobody",
    hint_ru="с 7:00 до 22:00 письмо никого не разбудит",
)
NO_LIST_ID = Rule(
    "list-id-short",
    Severity.WARNING,
    en="list_id '{value}' has no domain, as List-Id asks (RFC 2919)",
    ru="в list_id «{value}» нет домена, а List-Id его требует (RFC 2919)",
    hint_en="weekly.shop.example: a name of the list, and a domain of yours",
    hint_ru="weekly.shop.example: имя рассылки и ваш домен",
)

_WAKES, _SLEEPS = 7, 22


def check_hour(scope: IssueScope) -> Iterator[Finding]:
    """Check the hour at which an issue leaves, its own or its newsletter's."""
    issue, newsletter = scope.issue, scope.newsletter
    hour = (issue.send_at or newsletter.send_at).partition(" ")[0]
    if hour and not _WAKES <= int(hour.partition(":")[0]) < _SLEEPS:
        written = field_place(scope.workspace.root, newsletter.source, "send_at")
        yield AT_NIGHT.at(issue.place_of("send_at") if issue.send_at else written, hour=hour)


def check_list_ids(workspace: Workspace) -> Iterator[Finding]:
    """Check the name that each newsletter gives to its list."""
    for newsletter in workspace.newsletters.values():
        if newsletter.list_id and "." not in newsletter.list_id:
            place = field_place(workspace.root, newsletter.source, "list_id")
            yield NO_LIST_ID.at(place, value=newsletter.list_id)
