"""Run every check over the issues asked for."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from pismo.build.sample import sample_recipient
from pismo.checks.ignore import Ignored, check_comments
from pismo.checks.rules import (
    accessibility,
    balance,
    blocks,
    catalogue,
    clients,
    content,
    dates,
    envelopes,
    games,
    html,
    images,
    language,
    law,
    link_words,
    links,
    newsletters,
    personal,
    prizes,
    secrets,
    segments,
    settings,
    size,
    subject,
    web,
    wording,
)
from pismo.checks.scope import IssueScope, LetterScope, People
from pismo.checks.settings import check_settings
from pismo.compile import Compilation, compile_issue
from pismo.model.finding import Finding, Severity
from pismo.model.workspace import Workspace
from pismo.records import dataclass, replace
from pismo.render import render
from pismo.segments import check_segments

WORKSPACE_CHECKS: tuple[Callable[[Workspace], Iterator[Finding]], ...] = (
    accessibility.check_brand,
    check_comments,
    catalogue.check_prices,
    catalogue.check_products,
    content.check_copies,
    content.check_unused,
    games.check_waiting,
    images.check_unused,
    law.check_senders,
    links.check_addresses,
    newsletters.check_list_ids,
    prizes.check_sealed,
    segments.check_people,
    segments.check_conditions,
    settings.check_settings_text,
)
OF_NO_ISSUE = (content.check_unused, games.check_waiting, images.check_unused)
"""Those of them that speak of what is in no issue: nothing to whoever asks about one."""

ISSUE_CHECKS: tuple[Callable[[IssueScope], Iterator[Finding]], ...] = (
    accessibility.check_alts,
    accessibility.check_headings,
    blocks.check_blocks,
    catalogue.check_mentions,
    catalogue.check_picks,
    catalogue.check_recommendations,
    clients.check_raw_html,
    content.check_drafts,
    content.check_repeats,
    content.check_segment_ids,
    content.check_template_text,
    content.check_titles,
    content.check_twice,
    dates.check_dates,
    envelopes.check_envelope,
    games.check_answers,
    games.check_prizes,
    html.check_attributes,
    images.check_image_addresses,
    images.check_images,
    language.check_language,
    law.check_advertising_marks,
    law.check_hidden_advertising,
    link_words.check_link_words,
    links.check_links,
    newsletters.check_hour,
    personal.check_addresses,
    personal.check_fallbacks,
    personal.check_greetings,
    personal.check_new_columns,
    secrets.check_secrets,
    web.check_web_version,
    wording.check_wording,
)
LETTER_CHECKS: tuple[Callable[[LetterScope], Iterator[Finding]], ...] = (
    accessibility.check_contrast,
    accessibility.check_page,
    balance.check_advertising,
    balance.check_text_part,
    clients.check_letter,
    law.check_footer,
    size.check_size,
    subject.check_preheader,
    subject.check_subject,
)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All findings, sorted by place; `files` counts what was looked at."""

    findings: tuple[Finding, ...]
    files: int

    @property
    def errors(self) -> int:
        """How many findings stop a build."""
        return self._count(Severity.ERROR)

    @property
    def warnings(self) -> int:
        """How many findings ask."""
        return self._count(Severity.WARNING)

    def _count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)


def check(
    workspace: Workspace, issues: Sequence[str] = (), *, people: People | None = None
) -> CheckReport:
    """Check the workspace and every issue asked for (all of them, if none is).

    Args:
        workspace: What was loaded, with its findings.
        issues: Ids of the issues to check.
        people: The audience, to count who lacks a value or is in no segment; None to leave it.

    Raises:
        UsageError: If an issue does not exist.
    """
    wanted = tuple(issues) or tuple(workspace.issues)
    found = [*workspace.findings, *check_segments(workspace)]
    for rule in WORKSPACE_CHECKS:
        if not issues or rule not in OF_NO_ISSUE:
            found.extend(rule(workspace))
    if people is not None:
        found.extend(segments.check_sizes(workspace, people))
    for issue in wanted:
        found.extend(check_issue(workspace, issue, people))
    return CheckReport(_sorted(Ignored(workspace.root).left(found)), _files(workspace))


def check_issue(workspace: Workspace, issue_id: str, people: People | None = None) -> list[Finding]:
    """Compile one issue and check it and each of its letters.

    Raises:
        UsageError: If it does not exist.
    """
    return _check_compiled(workspace, compile_issue(workspace, issue_id), people)


def review(workspace: Workspace, compiled: Compilation) -> tuple[Finding, ...]:
    """Check one issue that is compiled already, with what concerns all of the workspace."""
    found = [*workspace.findings, *check_segments(workspace)]
    found.extend(_check_compiled(workspace, compiled))
    return _sorted(Ignored(workspace.root).left(found))


def _check_compiled(
    workspace: Workspace, compiled: Compilation, people: People | None = None
) -> list[Finding]:
    issue = workspace.issues[compiled.issue_id]
    found = list(compiled.findings)
    settings = check_settings(workspace, found)
    scope = IssueScope(workspace, issue, compiled.editions, compiled.images, people, settings)
    for rule in ISSUE_CHECKS:
        found.extend(rule(scope))
    found.extend(_check_letters(scope))
    return found


def _check_letters(scope: IssueScope) -> list[Finding]:
    """Check each segment's letter; what all segments share is said once, without a segment."""
    by_segment: dict[str, set[Finding]] = {}
    order: dict[Finding, None] = {}
    for edition in scope.editions:
        recipient = sample_recipient(scope.workspace, edition)
        letter = LetterScope(scope, edition, recipient, render(edition, recipient))
        found = [finding for rule in LETTER_CHECKS for finding in rule(letter)]
        by_segment[edition.segment] = set(found)
        order.update(dict.fromkeys(found))
    return list(_told_once(order, by_segment))


def _told_once(order: Iterable[Finding], by_segment: dict[str, set[Finding]]) -> Iterator[Finding]:
    for finding in order:
        segments_with_it = [name for name, found in by_segment.items() if finding in found]
        if len(segments_with_it) == len(by_segment):
            yield finding
        else:
            yield from (replace(finding, segment=name) for name in segments_with_it)


def _sorted(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort by place and leave out what was found twice (an item used by two issues)."""
    told: dict[tuple[object, ...], Finding] = {}
    # What is said of a file needs not be said again of each segment that shows it.
    for finding in sorted(found, key=lambda finding: finding.segment or ""):
        about = (finding.rule.id, finding.source, finding.message("en"))
        if (*about, None) not in told:
            told.setdefault((*about, finding.segment), finding)
    return tuple(
        sorted(
            told.values(),
            key=lambda finding: (finding.source, finding.rule.id, finding.segment or ""),
        )
    )


def _files(workspace: Workspace) -> int:
    parts = (workspace.items, workspace.issues, workspace.newsletters, workspace.segments)
    return sum(len(part) for part in parts)
