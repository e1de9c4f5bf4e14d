"""An issue to its editions: one per segment of its newsletter, then the one for everybody else."""

from collections.abc import Iterator

from pismo.compile.addresses import marking_of
from pismo.compile.cache import CodeCache, FragmentCache
from pismo.compile.desk import Desk, Logo
from pismo.compile.echoes import without_echoes
from pismo.compile.edition import compile_edition
from pismo.compile.images import ImageFile, ImageStore
from pismo.compile.layout import LayoutLoader
from pismo.compile.look import look_of
from pismo.compile.onwards import problems_after
from pismo.compile.problem import CompileError
from pismo.compile.rules import TOO_DEEP
from pismo.compile.stage.environment import StageEnvironment
from pismo.compile.writing import Scribe
from pismo.inline import Inline, inline_css
from pismo.model.content import EVERYONE, Issue
from pismo.model.edition import Edition
from pismo.model.finding import Finding, Source
from pismo.model.workspace import Workspace
from pismo.records import dataclass
from pismo.workspace import issue_of

LOGO_WIDTH = 180

NO_SITE = "https://site.invalid"
"""Stands for the site's address while none is set; the build rewrites it in viewing copies."""


@dataclass(frozen=True, slots=True)
class Compilation:
    """The editions of an issue, in the order of its segments, and all that went wrong.

    A segment that cannot be compiled has findings and no edition. `images` are those of all
    editions.
    """

    issue_id: str
    editions: tuple[Edition, ...]
    findings: tuple[Finding, ...]
    images: tuple[ImageFile, ...]


def compile_issue(
    workspace: Workspace,
    issue_id: str,
    *,
    cache: FragmentCache | None = None,
    inline: Inline = inline_css,
) -> Compilation:
    """Compile an issue for every segment of its newsletter, and for everyone else.

    Args:
        workspace: As loaded; its own findings are not repeated.
        issue_id: `newsletter/issue`.
        cache: What earlier compilations found out; give the same one again while editing.
        inline: Puts style into fragments of HTML.

    Raises:
        UsageError: If there is no such issue.
    """
    issue = issue_of(workspace, issue_id)
    try:
        desk = _desk(workspace, issue, cache or FragmentCache(), inline)
    except CompileError as problem:
        return Compilation(issue_id, (), (problem.finding(issue.source),), ())
    editions: list[Edition] = []
    findings: list[Finding] = []
    segments = (*desk.newsletter.segments, EVERYONE)
    for segment in segments:
        warnings: list[Finding] = []
        try:
            editions.append(compile_edition(desk, segment, warnings))
        except CompileError as problem:
            warnings += _problems(desk, segment, problem)
        except RecursionError:
            warnings.append(TOO_DEEP.at(issue.source))
        told = without_echoes(warnings, workspace.findings)
        findings += [_for(finding, issue_id, segment) for finding in told]
    return Compilation(
        issue_id,
        tuple(editions),
        _gathered(findings, len(segments)),
        tuple(file for _, file in sorted(desk.scribe.images.made.items())),
    )


def _problems(desk: Desk, segment: str, first: CompileError) -> Iterator[Finding]:
    """Yield what an edition cannot be compiled for: the first problem, and those behind it."""

    def compiled(passed: frozenset[Source]) -> Edition:
        return compile_edition(desk, segment, [], passed)

    for problem in problems_after(first, compiled):
        yield problem.finding(desk.issue.source)


def _desk(workspace: Workspace, issue: Issue, cache: FragmentCache, inline: Inline) -> Desk:
    newsletter = workspace.newsletter_of(issue)
    settings = workspace.settings
    look = look_of(newsletter.layout, settings.brand)
    marking = marking_of(newsletter, settings.brand.url, workspace.catalogue.values())
    loader = LayoutLoader(workspace.root, newsletter.name)
    language = newsletter.language
    text_stage = StageEnvironment(
        language, loader=loader, bytecode_cache=CodeCache(cache, f"text {language}")
    )
    markup_stage = StageEnvironment(
        language,
        loader=loader,
        autoescape=True,
        stage=text_stage.stage,
        bytecode_cache=CodeCache(cache, f"markup {language}"),
    )
    images = ImageStore(workspace.root, cache)
    site = settings.site_base_url or NO_SITE
    scribe = Scribe(look, marking, images, cache, site)
    return Desk(
        workspace=workspace,
        newsletter=newsletter,
        issue=issue,
        look=look,
        text_stage=text_stage,
        markup_stage=markup_stage,
        scribe=scribe,
        cache=cache,
        marking=marking,
        layouts=loader,
        inline=inline,
        logo=_logo(settings.brand.logo, scribe),
    )


def _logo(logo: str, scribe: Scribe) -> Logo | None:
    """Find the brand's logo: an address, or a path in the workspace."""
    if not logo or logo.startswith(("https://", "http://")):
        return Logo(logo, LOGO_WIDTH) if logo else None
    placed = scribe.images.place(logo, Source("pyproject.toml"), LOGO_WIDTH)
    return Logo(f"{scribe.site}/images/{placed.file.name}", placed.width)


def _for(finding: Finding, issue: str, segment: str) -> Finding:
    return Finding(finding.rule, finding.source, finding.values, issue, segment)


def _gathered(findings: list[Finding], segments: int) -> tuple[Finding, ...]:
    """Name the segment only of what is not wrong in all of them; each finding once."""
    shared: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        shared.setdefault((finding.rule.id, finding.source, finding.values), []).append(finding)
    out: list[Finding] = []
    for group in shared.values():
        found_in = {finding.segment for finding in group}
        if len(found_in) == segments:
            first = group[0]
            out.append(Finding(first.rule, first.source, first.values, first.issue, None))
        else:
            out += {finding.segment: finding for finding in group}.values()
    return tuple(sorted(out, key=lambda one: (one.source, one.rule.id, one.segment or "")))
