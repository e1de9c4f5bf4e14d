"""Compiled issues, kept on disk under the content of everything that went into them.

A record is good while two things are the same: its *base* (the tool, its libraries, settings,
newsletter, layouts, issue, segments, catalogue) and the files that its compilation named as
sources. Reading a record saves the imports of the compiler as well as its work.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pismo
from pismo.errors import SettingsError
from pismo.model.codec import edition_from_json
from pismo.model.edition import Edition
from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.model.workspace import Workspace
from pismo.private import private_folder
from pismo.records import astuple, dataclass

_LIBRARIES = (
    "duckdb",
    "jinja2",
    "lxml",
    "markdown-it-py",
    "mdit-py-plugins",
    "mjml-python",
    "pillow",
    "premailer",
    "sqlglot",
)
CACHE, ISSUES, SEGMENTS = "cache", "issues", "segments"
_END = "\0"
"""Stands between the texts of a record; JSON never has it."""

_CATALOGUE = "content/catalogue.csv"


@dataclass(frozen=True, slots=True)
class CompiledIssue:
    """One issue as the build uses it: editions, findings, pictures by hashed name.

    `written` are the editions as `edition.json` has them, in the same order.
    """

    editions: tuple[Edition, ...]
    written: tuple[str, ...]
    findings: tuple[Finding, ...]
    images: tuple[tuple[str, bytes], ...]
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One JSON file of the cache, good for one key."""

    workspace: Workspace
    name: str

    @property
    def file(self) -> Path:
        """Where it lies."""
        return record_file(self.workspace.state_dir, self.name)

    def read(self, key: str) -> dict[str, Any] | None:
        """Return what was kept under `key`, with its `texts`; None if nothing good was."""
        try:
            head, *texts = self.file.read_text("utf-8").split(_END)
            record = json.loads(head)
        except (OSError, ValueError):
            # Absent or cut short: it is made again.
            return None
        good = isinstance(record, dict) and record.get("key") == key
        if not good or record.get("count", 0) != len(texts):
            return None
        return {**record, "texts": texts}

    def keep(self, key: str, record: Mapping[str, object], texts: Sequence[str] = ()) -> None:
        """Keep a record instead of the last one.

        Args:
            key: What it is good for.
            record: What JSON can say.
            texts: JSON that goes with it as it is: writing it as a text of JSON takes 15 ms.
        """
        count = {"count": len(texts)} if texts else {}
        head = json.dumps({**record, **count, "key": key}, ensure_ascii=False)
        save(self.workspace, self.file, _END.join([head, *texts]).encode())


class IssueCache:
    """Records of compiled issues in one folder, one a issue, each replaced by the next.

    Args:
        workspace: What is compiled; its files are hashed when they are asked for.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.images = cache_folder(workspace) / "images"

    def get(self, issue_id: str) -> CompiledIssue | None:
        """Return what was compiled last, if nothing that it was made of has changed."""
        record = self._record(issue_id).read(self._base(issue_id))
        if record is None or not self._same(record["sources"]):
            return None
        try:
            return CompiledIssue(
                tuple(edition_from_json(text) for text in record["texts"]),
                tuple(record["texts"]),
                tuple(finding_from(encoded) for encoded in record["findings"]),
                tuple((name, self._image(name)) for name in record["images"]),
                cached=True,
            )
        except (OSError, ValueError):
            # A picture was removed, or another schema wrote it: compile again.
            return None

    def put(self, issue_id: str, compiled: CompiledIssue) -> None:
        """Remember an issue; one with errors is compiled again each time."""
        paths = sorted({path for edition in compiled.editions for path in _sources(edition)})
        for name, content in compiled.images:
            save(self.workspace, self.images / name, content)
        record = {
            "sources": {path: self._hash(path) for path in paths},
            "findings": [finding_record(finding) for finding in compiled.findings],
            "images": [name for name, _ in compiled.images],
        }
        self._record(issue_id).keep(self._base(issue_id), record, compiled.written)

    def prune(self) -> None:
        """Drop records of issues that are no more, and pictures that no record names."""
        kept = {self._record(issue_id).file for issue_id in self.workspace.issues}
        files = set((cache_folder(self.workspace) / ISSUES).glob("*.json"))
        for file in files - kept:
            file.unlink()
        pictures = list(self.images.glob("*"))
        if not pictures:
            return
        heads = (file.read_bytes().partition(_END.encode())[0] for file in files & kept)
        named = {name for head in heads for name in json.loads(head)["images"]}
        for picture in pictures:
            if picture.name not in named:
                picture.unlink()

    def _record(self, issue_id: str) -> Record:
        return Record(self.workspace, issue_record(issue_id))

    def _image(self, name: str) -> bytes:
        return (self.images / Path(name).name).read_bytes()

    def _same(self, sources: dict[str, str]) -> bool:
        return all(self._hash(path) == digest for path, digest in sources.items())

    def _hash(self, path: str) -> str:
        try:
            return digest((self.workspace.root / path).read_bytes())
        except OSError:
            return ""

    def _base(self, issue_id: str) -> str:
        """Hash what every edition of an issue depends on."""
        workspace = self.workspace
        issue = workspace.issues[issue_id]
        newsletter = workspace.newsletter_of(issue)
        folder = workspace.root / "newsletters" / newsletter.name
        layouts = sorted(file for file in folder.rglob("*") if file.suffix in (".j2", ".css"))
        parts = (
            program_hash(("compile", "games", "model", "inline.py", "text.py")),
            repr(workspace.settings),
            repr(newsletter),
            repr(issue),
            # `issue.number` counts them.
            repr(
                [key for key, one in workspace.issues.items() if one.newsletter == newsletter.name]
            ),
            repr([workspace.segments.get(segment) for segment in newsletter.segments]),
            *(f"{file.name}:{digest(file.read_bytes())}" for file in layouts),
            self._hash(_CATALOGUE),
            self._hash(workspace.settings.brand.logo) if workspace.settings.brand.logo else "",
        )
        return digest("\0".join(parts).encode())


def _sources(edition: Edition) -> Iterator[str]:
    yield from edition.sources
    yield from (path for _, path in edition.images)


def issue_record(issue_id: str) -> str:
    """Return the name of the record of a compiled issue."""
    return f"{ISSUES}/{issue_id.replace('/', '--')}"


def record_file(state_dir: Path, name: str) -> Path:
    """Return where the record of a name lies."""
    return state_dir / CACHE / f"{name}.json"


def cache_folder(workspace: Workspace) -> Path:
    """Return the folder of everything that may be thrown away."""
    return workspace.state_dir / CACHE


def save(workspace: Workspace, file: Path, content: bytes) -> None:
    """Write a file of the cache, whole or not at all.

    Raises:
        SettingsError: If there is no room, or writing is not allowed.
    """
    part = file.with_name(f"{file.name}.part")
    try:
        private_folder(file.parent)
        part.touch(mode=0o600)  # what is kept may be the key of a prize
        part.write_bytes(content)
        part.replace(file)
    except OSError as error:
        raise SettingsError(
            f"cannot write to {workspace.state_dir.name}/: {error.strerror or error}",
            hint="the last build stays; make room or allow writing there, and build again",
            ru=f"не получается писать в {workspace.state_dir.name}/: {error.strerror or error}",
            hint_ru="прошлая сборка цела; освободите место или дайте право писать и соберите снова",
        ) from error


@lru_cache(maxsize=4)
def program_hash(parts: tuple[str, ...]) -> str:
    """Hash some parts of pismo, and the versions of what they stand on."""
    root = Path(pismo.__file__).parent
    files = (file for part in parts for file in _below(root / part))
    hashed = (f"{file.name}:{digest(file.read_bytes())}" for file in files)
    return "\n".join((pismo.__version__, *_versions(), *hashed))


def _versions() -> list[str]:
    """Name the installed versions by their folders: `importlib.metadata` takes 30 ms to import."""
    found = find_spec("jinja2")
    assert found is not None  # it is required
    assert found.origin is not None
    libraries = Path(found.origin).parent.parent
    names = {name.replace("-", "_") for name in _LIBRARIES}
    installed = (entry.name for entry in libraries.glob("*.dist-info"))
    return sorted(name for name in installed if name.partition("-")[0].lower() in names)


def _below(path: Path) -> Iterable[Path]:
    if path.is_file():
        return (path,)
    return sorted(file for file in path.rglob("*") if file.is_file() and file.suffix != ".pyc")


def digest(content: bytes) -> str:
    """Hash what a record depends on."""
    return hashlib.blake2b(content, digest_size=20).hexdigest()


def finding_record(finding: Finding) -> list[object]:
    """Return a finding, rule and all, as JSON keeps it."""
    source = [finding.source.path, finding.source.line]
    values = [list(pair) for pair in finding.values]
    return [list(astuple(finding.rule)), source, values, finding.issue, finding.segment]


def finding_from(encoded: list[Any]) -> Finding:
    """Return the finding that `finding_record` wrote."""
    (name, severity, *texts), (path, line), values, issue, segment = encoded
    rule = Rule(name, Severity(severity), *texts)
    pairs = tuple((key, value) for key, value in values)
    return Finding(rule, Source(path, line), pairs, issue, segment)
