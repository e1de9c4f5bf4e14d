"""Newsletters and their issues."""

import re
from collections import Counter
from collections.abc import Collection
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from pismo.files.fields import Fields
from pismo.files.read import can_list, read_markdown, read_toml
from pismo.model.content import Issue, Newsletter, Sender
from pismo.model.finding import Finding, Source
from pismo.newsletters.rules import (
    BAD_SEND_AT,
    BAD_SENDER,
    BAD_TIMEZONE,
    DATE_MISMATCH,
    EMPTY_ISSUE,
    LISTED_TWICE,
    NO_SETTINGS,
    STRAY_ISSUE,
    UNKNOWN_SEGMENT,
)
from pismo.text import guess

FOLDER = "newsletters"
SETTINGS = "newsletter.toml"
_ADDRESS = re.compile(r"[^@\s<>\",;:]+@[^@\s<>\",;:]+\.[^@\s<>\",;:]+")
_SEND_AT = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d(?: local)?")
_BESIDE_ISSUES = {"README.md", "letter.md"}


def load_newsletters(
    root: Path, language: str, segments: Collection[str], findings: list[Finding]
) -> tuple[dict[str, Newsletter], dict[str, Issue]]:
    """Load every newsletter and issue.

    Args:
        root: The workspace.
        language: Language of a newsletter that names none.
        segments: Ids that a newsletter may list.
        findings: Where problems go.

    Returns:
        Newsletters by name and issues by `newsletter/issue`, both in order.
    """
    newsletters: dict[str, Newsletter] = {}
    issues: dict[str, Issue] = {}
    base = root / FOLDER
    folders = sorted(path for path in base.iterdir() if path.is_dir()) if base.is_dir() else []
    for folder in folders:
        if not can_list(root, folder, findings):
            continue
        newsletter = _load_newsletter(root, folder.name, language, segments, findings)
        if newsletter is None:
            continue
        newsletters[folder.name] = newsletter
        for file in sorted(folder.glob("*.md")):
            issue = _load_issue(root, folder.name, file.name, findings)
            if issue is not None:
                issues[issue.id] = issue
    return newsletters, issues


def _load_newsletter(
    root: Path, name: str, language: str, segments: Collection[str], findings: list[Finding]
) -> Newsletter | None:
    path = f"{FOLDER}/{name}/{SETTINGS}"
    if not (root / path).exists():
        findings.append(NO_SETTINGS.at(Source(f"{FOLDER}/{name}"), name=name))
        return None
    fields = read_toml(root, path, "newsletter", findings)
    if fields is None:
        return None
    newsletter = Newsletter(
        name=name,
        source=Source(path),
        title=fields.text("title", name, required=True),
        description=fields.text("description"),
        language=fields.one_of("language", ("ru", "en"), language),
        layout=fields.text("layout", "letter"),
        segments=_segments(fields, segments),
        topic=fields.text("topic", name),
        timezone=_timezone(fields),
        send_at=_send_at(fields, "10:00 local"),
        reason=fields.text("reason", required=True),
        list_id=fields.text("list_id", required=True),
        sender=_sender(fields.table("sender")),
        utm=_utm(fields.table("utm")),
        holdout_percent=fields.number("holdout_percent"),
        cap_per_week=int(fields.number("cap_per_week")),
    )
    fields.finish()
    return newsletter


def _segments(fields: Fields, known: Collection[str]) -> tuple[str, ...]:
    listed = fields.texts("segments")
    for segment, count in Counter(listed).items():
        if count > 1:
            place = fields.place_of("segments")
            fields.findings.append(LISTED_TWICE.at(place, segment=segment))
    for segment in listed:
        if segment not in known:
            near = guess(segment, known)
            place = fields.place_of("segments")
            fields.findings.append(UNKNOWN_SEGMENT.at(place, segment=segment, guess=near))
    return tuple(dict.fromkeys(segment for segment in listed if segment in known))


def _timezone(fields: Fields) -> str:
    zone = fields.text("timezone", "UTC")
    try:
        ZoneInfo(zone)
    except (OSError, ValueError, KeyError):
        fields.findings.append(BAD_TIMEZONE.at(fields.place_of("timezone"), zone=zone))
        return "UTC"
    return zone


def _send_at(fields: Fields, default: str) -> str:
    send_at = fields.text("send_at", default)
    if send_at and not _SEND_AT.fullmatch(send_at):
        fields.findings.append(BAD_SEND_AT.at(fields.place_of("send_at"), value=send_at))
        return default
    return send_at


def _sender(fields: Fields) -> Sender:
    address = fields.text("address", required=True)
    reply_to = fields.text("reply_to")
    for name, value in (("address", address), ("reply_to", reply_to)):
        if value and not _ADDRESS.fullmatch(value):
            fields.findings.append(BAD_SENDER.at(fields.place_of(name), address=value))
    sender = Sender(fields.text("name", required=True), address, reply_to)
    fields.finish()
    return sender


def _utm(fields: Fields) -> tuple[tuple[str, str], ...]:
    names = ("source", "medium", "campaign", "content", "term")
    pairs = tuple((f"utm_{name}", fields.text(name)) for name in names)
    fields.finish()
    return tuple(pair for pair in pairs if pair[1])


def _load_issue(root: Path, name: str, file: str, findings: list[Finding]) -> Issue | None:
    path = f"{FOLDER}/{name}/{file}"
    stem = file.removesuffix(".md")
    if file in _BESIDE_ISSUES:
        return None
    try:
        named = date.fromisoformat(stem)
    except ValueError:
        findings.append(STRAY_ISSUE.at(Source(path), name=file))
        return None
    read = read_markdown(root, path, "issue", findings)
    if read is None:
        return None
    fields, body, body_line = read
    dated = fields.day("date") or named
    if dated != named:
        findings.append(DATE_MISMATCH.at(fields.place_of("date"), date=dated, name=file))
    if not body.strip():
        findings.append(EMPTY_ISSUE.at(Source(path, body_line)))
    recommend = fields.table("recommend")
    issue = Issue(
        id=f"{name}/{stem}",
        newsletter=name,
        date=dated,
        title=fields.text("title"),
        subject=fields.text("subject", required=True),
        preheader=fields.text("preheader"),
        send_at=_send_at(fields, ""),
        draft=fields.flag("draft"),
        pinned=recommend.texts("pin"),
        never=recommend.texts("never"),
        otherwise=recommend.texts("otherwise"),
        body=body,
        body_line=body_line,
        source=Source(path),
        lines=dict(fields.lines),
    )
    recommend.finish()
    fields.finish()
    return issue
