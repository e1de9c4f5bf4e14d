"""What the web version of a letter lacks, which nobody in particular reads."""

from collections.abc import Iterator

from pismo.checks.scope import IssueScope
from pismo.model.content import EVERYONE
from pismo.model.finding import Finding
from pismo.site import SiteIssue, web_gaps


def check_web_version(scope: IssueScope) -> Iterator[Finding]:
    """Find values that leave a hole on the web; drafts are not shown there."""
    if scope.issue.draft:
        return
    for edition in scope.editions:
        if edition.segment == EVERYONE:
            public = SiteIssue(scope.issue, edition, (), edition.items)
            yield from web_gaps(scope.workspace, public)
