"""`build(workspace, issues)`: compile, fill in samples, make the site, write, swap."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pismo
from pismo.build.beside import Beside, inliner
from pismo.build.cache import CompiledIssue, IssueCache
from pismo.build.early import Woken
from pismo.build.letters import LETTERS, EditionFiles, edition_path, letter_files
from pismo.build.predicates import segment_check
from pismo.build.prizes import Prize, check_prizes, load_prizes
from pismo.build.report import BuildReport
from pismo.build.stages import Stages
from pismo.build.tree import locked, replace_tree
from pismo.errors import ContentError
from pismo.inline import Inline
from pismo.model.codec import edition_from_json, edition_json
from pismo.model.content import EVERYONE
from pismo.model.edition import Edition
from pismo.model.finding import Finding, has_errors
from pismo.model.workspace import Workspace
from pismo.records import dataclass
from pismo.site import SITE, SiteIssue, SitePages, site_pages
from pismo.workspace import issue_of

if TYPE_CHECKING:
    from pismo.compile import FragmentCache

MANIFEST = "manifest.json"


def build(
    workspace: Workspace,
    issues: Sequence[str] | None = None,
    *,
    cache: "FragmentCache | None" = None,
    day: date | None = None,
    woken: Woken = Woken(),  # frozen
) -> BuildReport:
    """Compile issues and write `build/`, all or nothing.

    Args:
        workspace: What was loaded, with its findings.
        issues: Ids of the issues to build; only their letters are swapped, and the site is
            brought up to date. None builds everything and drops what is no more.
        cache: What earlier builds of this process found out; for those that build again.
        day: What day it is for the site: it tells no answer and lists no letter of a later one.
            None: the day of its newest letter, so that the same sources give the same bytes.
        woken: Processes beside this one that were begun already.

    Returns:
        What was built. If any finding is an error, nothing was written, and the last good build
        stays.

    Raises:
        UsageError: If there is no such issue.
        SettingsError: If `build/` cannot be written to.
    """
    stages = Stages()
    asked = _asked(workspace, issues)
    findings = list(_loaded(workspace, issues))
    used = _used_segments(workspace, asked)
    with segment_check(workspace, used, woken.checker) as check:
        with stages.timed("compile"):
            compiled = _compiled(workspace, asked, cache, woken.inliner)
        with stages.timed("segments"):
            findings += check()
    findings += [finding for issue in compiled.values() for finding in issue.findings]
    prizes, unreadable = load_prizes(workspace)
    findings += unreadable
    if has_errors(findings):
        return BuildReport(editions=(), findings=tuple(findings), stages=stages.seconds)
    with locked(workspace.state_dir):
        return _Building(workspace, compiled, prizes, day, whole=issues is None).write(
            findings, stages
        )


def load_edition(path: Path) -> Edition:
    """Read an edition that a build wrote.

    Args:
        path: Its `edition.json`, or the folder that holds it.

    Raises:
        ContentError: If it is absent, broken, or of another version of pismo.
    """
    file = path / "edition.json" if path.is_dir() else path
    try:
        return edition_from_json(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ContentError(
            f"cannot read the edition {file.parent.name}/{file.name}: {reason}",
            hint="build the issue again: pismo build NEWSLETTER/DATE",
            ru=f"не читается вариант {file.parent.name}/{file.name}: {reason}",
            hint_ru="соберите выпуск снова: pismo build РАССЫЛКА/ДАТА",
        ) from error


def _asked(workspace: Workspace, issues: Sequence[str] | None) -> list[str]:
    if issues is None:
        return list(workspace.issues)
    for issue_id in issues:
        issue_of(workspace, issue_id)
    return list(dict.fromkeys(issues))


def _loaded(workspace: Workspace, issues: Sequence[str] | None) -> Iterator[Finding]:
    """Yield what was found while loading; for some issues only, nothing of the others' files."""
    others: set[str] = set()
    if issues is not None:
        others = {issue.source.path for key, issue in workspace.issues.items() if key not in issues}
    yield from (finding for finding in workspace.findings if finding.source.path not in others)


def _used_segments(workspace: Workspace, asked: Sequence[str]) -> frozenset[str]:
    issues = [workspace.issues[issue_id] for issue_id in asked]
    return frozenset(name for one in issues for name in workspace.newsletter_of(one).segments)


def _compiled(
    workspace: Workspace,
    asked: Sequence[str],
    fragments: "FragmentCache | None",
    begun: Beside | None,
) -> dict[str, CompiledIssue]:
    """Take issues from the cache, and compile those that have changed."""
    cache = IssueCache(workspace)
    known = {issue_id: cache.get(issue_id) for issue_id in asked}
    changed = [issue_id for issue_id, issue in known.items() if issue is None]
    made = {}
    if changed:
        rules = _rules(workspace, changed[0])
        with inliner(begun, css=rules, forking=fragments is None) as inline:
            made = _compile(workspace, changed, fragments, inline)
        for issue_id, issue in made.items():
            if not has_errors(issue.findings):
                cache.put(issue_id, issue)
        cache.prune()
    return {issue_id: known[issue_id] or made[issue_id] for issue_id in asked}


def _rules(workspace: Workspace, issue_id: str) -> str:
    """Return the style of an issue's content."""
    from pismo.compile.look import look_of

    layout = workspace.newsletter_of(workspace.issues[issue_id]).layout
    return look_of(layout, workspace.settings.brand).css


def _compile(
    workspace: Workspace, issues: Sequence[str], fragments: "FragmentCache | None", inline: Inline
) -> dict[str, CompiledIssue]:
    # Imported only where something has changed: the compiler's libraries are most of a build.
    from pismo.compile import FragmentCache, compile_issue

    shared = fragments or FragmentCache()
    made = {
        issue_id: compile_issue(workspace, issue_id, cache=shared, inline=inline)
        for issue_id in issues
    }
    return {
        issue_id: CompiledIssue(
            one.editions,
            tuple(edition_json(edition) for edition in one.editions),
            one.findings,
            tuple((image.name, image.data) for image in one.images),
        )
        for issue_id, one in made.items()
    }


@dataclass(frozen=True, slots=True)
class _Building:
    """A build that nothing stands against: what goes into it."""

    workspace: Workspace
    compiled: Mapping[str, CompiledIssue]
    prizes: tuple[Prize, ...]
    day: date | None
    whole: bool

    def write(self, findings: list[Finding], stages: Stages) -> BuildReport:
        workspace, folder = self.workspace, self.workspace.root / "build"
        with stages.timed("letters"):
            letters = [
                one for each in self.compiled.values() for one in letter_files(workspace, each)
            ]
        with stages.timed("site"):
            pages = self._pages(folder)
        findings += pages.findings
        files = {path: content for one in letters for path, content in one.files.items()}
        files |= {f"{SITE}/{path}": content for path, content in pages.files.items()}
        swapped = [LETTERS] if self.whole else [f"{LETTERS}/{name}" for name in self.compiled]
        swapped += [SITE, MANIFEST]
        hashes = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
        files[MANIFEST] = _manifest(folder, hashes, letters, swapped)
        with stages.timed("prizes"):
            hashes[MANIFEST] = hashlib.sha256(files[MANIFEST]).hexdigest()
            findings += check_prizes(workspace, self.prizes, files, hashes)
        if has_errors(findings):
            return BuildReport(editions=(), findings=tuple(findings), stages=stages.seconds)
        with stages.timed("write"):
            replace_tree(folder, files, swapped)
        return BuildReport(
            editions=tuple(one.built for one in letters),
            findings=tuple(findings),
            stages=stages.seconds,
        )

    def _pages(self, folder: Path) -> SitePages:
        """Make the site: of what was compiled now and, unless that is all, of what stands built."""
        shown: list[SiteIssue] = []
        for issue_id, issue in self.workspace.issues.items():
            if issue_id in self.compiled:
                shown += _shown(self.workspace, issue_id, self.compiled[issue_id])
            elif not self.whole:
                built = folder / edition_path(issue_id, EVERYONE, "a")
                if (built / "edition.json").exists():
                    editions = _built_editions(folder, issue_id)
                    pictures = _pictures(folder, editions)
                    items = _items_of(editions)
                    shown.append(SiteIssue(issue, load_edition(built), pictures, items))
        sealed = {prize.item.source.path: prize.sealed for prize in self.prizes}
        return site_pages(self.workspace, shown, prizes=sealed, day=self.day)


def _built_editions(folder: Path, issue_id: str) -> list[Edition]:
    files = sorted((folder / LETTERS / issue_id).glob("*/*/edition.json"))
    return [load_edition(file) for file in files]


def _items_of(editions: Iterable[Edition]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for edition in editions for item in edition.items))


def _shown(workspace: Workspace, issue_id: str, compiled: CompiledIssue) -> Iterator[SiteIssue]:
    issue = workspace.issues[issue_id]
    for edition in compiled.editions:
        if edition.segment == EVERYONE and edition.variant == "a":
            yield SiteIssue(issue, edition, compiled.images, _items_of(compiled.editions))


def _pictures(folder: Path, editions: Iterable[Edition]) -> tuple[tuple[str, bytes], ...]:
    names = dict.fromkeys(name for edition in editions for name, _ in edition.images)
    paths = ((name, folder / SITE / "images" / name) for name in names)
    return tuple((name, path.read_bytes()) for name, path in paths if path.exists())


def _manifest(
    folder: Path,
    made: Mapping[str, str],
    letters: Iterable[EditionFiles],
    swapped: Sequence[str],
) -> bytes:
    """List every file of the build with its hash, and every edition with its digest.

    Args:
        folder: `build/`, of which what is not swapped stays.
        made: Hashes of the files made now.
        letters: Of which the editions are.
        swapped: Files and folders that are written anew.
    """
    old = _old_manifest(folder)
    hashes = {
        path: digest
        for path, digest in old.get("files", {}).items()
        if not any(path == part or path.startswith(f"{part}/") for part in swapped)
    }
    hashes |= made
    editions = {
        path: digest
        for path, digest in old.get("editions", {}).items()
        if f"{path}/edition.json" in hashes
    }
    editions |= {one.built.path.removeprefix("build/"): one.built.digest for one in letters}
    document = {"pismo": pismo.__version__, "editions": editions, "files": hashes}
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _old_manifest(folder: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}
