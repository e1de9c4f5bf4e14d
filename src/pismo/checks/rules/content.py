"""What is used when: expired, repeated, drafts, unused."""

from collections.abc import Iterator

from pismo.checks.scope import IssueScope
from pismo.model.content import Issue, Kind
from pismo.model.finding import Finding, Rule, Severity
from pismo.model.workspace import Workspace

DRAFT_ISSUE = Rule(
    "draft-issue",
    Severity.WARNING,
    en="the issue is a draft: publish refuses it",
    ru="выпуск — черновик: отправка от него откажется",
    hint_en="remove `draft: true` when it is ready",
    hint_ru="уберите `draft: true`, когда всё готово",
)
DRAFT_ITEM = Rule(
    "draft-item",
    Severity.WARNING,
    en="{kind} '{slug}' is a draft, and {issue} uses it",
    ru="{kind} «{slug}» — черновик, а стоит в {issue}",
    hint_en="remove `draft: true` when it is ready",
    hint_ru="уберите `draft: true`, когда всё готово",
)
REPEATED = Rule(
    "item-repeated",
    Severity.WARNING,
    en="{kind} '{slug}' was in {earlier} already",
    ru="{kind} «{slug}» уже было в {earlier}",
    hint_en="readers remember; choose another one",
    hint_ru="читатели помнят; возьмите другое",
)
UNUSED = Rule(
    "item-unused",
    Severity.NOTE,
    en="{kind} '{slug}' is in no issue yet",
    ru="{kind} «{slug}» пока не стоит ни в одном выпуске",
)

_RECENT = 4
"""How many earlier issues of a newsletter readers are taken to remember."""


def check_drafts(scope: IssueScope) -> Iterator[Finding]:
    """Find drafts that would leave."""
    if scope.issue.draft:
        yield DRAFT_ISSUE.at(scope.issue.place_of("draft"))
    for item in scope.items:
        if item.draft:
            yield DRAFT_ITEM.at(item.source, kind=item.kind, slug=item.slug, issue=scope.issue.id)


def check_repeats(scope: IssueScope) -> Iterator[Finding]:
    """Find items that one of the last issues of the same newsletter had."""
    for item in scope.items:
        for earlier in _earlier(scope.workspace, scope.issue):
            if names(earlier, item.kind, item.slug):
                line = _line_of(scope.issue, item.slug)
                place = scope.issue.source.shifted(line)
                yield REPEATED.at(place, kind=item.kind, slug=item.slug, earlier=earlier.id)
                break


def check_unused(workspace: Workspace) -> Iterator[Finding]:
    """Find items that nobody uses."""
    for (kind, slug), item in workspace.items.items():
        if not any(names(issue, kind, slug) for issue in workspace.issues.values()):
            yield UNUSED.at(item.source, kind=kind, slug=slug)


def names(issue: Issue, kind: Kind, slug: str) -> bool:
    """Tell whether an issue's text calls `kind("slug")`."""
    return any(f"{kind}({quote}{slug}{quote}" in issue.body for quote in "\"'")


def _earlier(workspace: Workspace, issue: Issue) -> list[Issue]:
    same = [
        other
        for other in workspace.issues.values()
        if other.newsletter == issue.newsletter and other.date < issue.date
    ]
    return sorted(same, key=lambda other: other.date, reverse=True)[:_RECENT]


def _line_of(issue: Issue, slug: str) -> int:
    """Return how far below the file's first line `slug` is named."""
    before, _, _ = issue.body.partition(slug)
    return issue.body_line - 1 + before.count("\n")
