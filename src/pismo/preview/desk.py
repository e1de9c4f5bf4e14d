"""What the page can ask, and the answers as JSON."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool

from pismo.errors import FindingsError, PismoError, SegmentError, UsageError
from pismo.explain import explain_letter, rule_text, rule_values
from pismo.model.content import EVERYONE, Issue
from pismo.model.edition import Edition
from pismo.model.finding import Severity
from pismo.model.people import Recipient
from pismo.preview.baseline import APPROVED, BUILT, PLANNED, baseline
from pismo.preview.last_good import unread
from pismo.preview.letters import explanation_json, findings_json, letter_json
from pismo.preview.people import Asked, Crowd, inert, viewers_json
from pismo.preview.studio import Change, Studio
from pismo.preview.words import difference
from pismo.records import dataclass, field
from pismo.render import mime_program, render
from pismo.workspace import current_issue

SendToSelf = Callable[[bytes, Edition], str]
"""Takes a whole message; returns where it went. The preview itself cannot send."""


@dataclass(slots=True)
class Desk:
    """Answers for the page; `listeners` are the open event streams."""

    studio: Studio
    crowd: Crowd = field(default_factory=Crowd)
    send_to_self: SendToSelf | None = None
    listeners: set[asyncio.Queue[Change | None]] = field(default_factory=set)
    _sizes: dict[str, Mapping[str, int]] = field(default_factory=dict)

    @staticmethod
    def calls() -> Mapping[str, Callable[["Desk", Mapping[str, Any]], dict[str, object]]]:
        """Name every call of the page and who answers it."""
        return {
            "workspace": lambda desk, body: desk.workspace(),  # noqa: ARG005
            "review": lambda desk, body: desk.review(str(body["issue"])),
            "people": lambda desk, body: desk.people(str(body["issue"])),
            "find": lambda desk, body: desk.find(str(body["question"])),
            "letters": lambda desk, body: desk.letters(body),
            "belongs": lambda desk, body: desk.belongs(str(body["issue"]), body.get("person")),
            "why": lambda desk, body: desk.why(*_asked(body)),
            "difference": lambda desk, body: desk.difference(body),
            "eml": lambda desk, body: desk.eml(*_asked(body)),
            "send": lambda desk, body: desk.send(*_asked(body)),
        }

    async def reload(self) -> None:
        """Read the workspace again and tell every open page."""
        change = await run_in_threadpool(self.studio.reload)
        for listener in self.listeners:
            listener.put_nowait(change)
        await run_in_threadpool(self.studio.prepare)

    async def changes(self) -> AsyncIterator[Change]:
        """Yield each reload from now on, until `close`."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        self.listeners.add(queue)
        try:
            while (change := await queue.get()) is not None:
                yield change
        finally:
            self.listeners.discard(queue)

    def close(self) -> None:
        """End every open event stream."""
        for listener in self.listeners:
            listener.put_nowait(None)

    def workspace(self) -> dict[str, object]:
        """Everything on the shelf: newsletters, issues, segments; nothing is compiled for it."""
        workspace = self.studio.workspace
        newsletters = [
            {
                "name": newsletter.name,
                "title": newsletter.title,
                "issues": [
                    self._issue_json(issue)
                    for issue in sorted(workspace.issues.values(), key=_newest_first)
                    if issue.newsletter == newsletter.name
                ],
            }
            for newsletter in workspace.newsletters.values()
        ]
        return {
            "language": workspace.settings.language,
            "generation": self.studio.generation,
            "problems": self._problems(),
            "newsletters": newsletters,
            "current": current_issue(workspace, datetime.now(UTC).date()),
            "audience": self.crowd.audience is not None,
            "can_send": self.send_to_self is not None,
            "baselines": [APPROVED, PLANNED, BUILT],
        }

    def review(self, issue: str) -> dict[str, object]:
        """What every check says of an issue, and how many people each segment reaches."""
        workspace = self.studio.workspace
        newsletter, language = self.studio.issue(issue).newsletter, workspace.settings.language
        found = self.studio.reviewed(issue)
        failed = self._count(newsletter)
        sizes = self._sizes.get(newsletter, {})
        return {
            "issue": issue,
            "stale": bool(failed or unread(workspace)),
            # What is wrong with a condition is among the findings, with its place.
            "problem": "" if isinstance(failed, SegmentError | None) else failed.told(language),
            "errors": sum(finding.severity is Severity.ERROR for finding in found),
            "warnings": sum(finding.severity is Severity.WARNING for finding in found),
            "findings": findings_json(found, workspace.root, language),
            "sizes": dict(sizes),
            "people": sum(sizes.values()) if sizes else None,
            "subjects": self._subject(issue),
        }

    def people(self, issue: str) -> dict[str, object]:
        """Everybody through whose eyes a letter can be seen without asking the audience."""
        return {"people": viewers_json(tuple(self.crowd.people(self.studio.workspace, issue)))}

    def find(self, question: str) -> dict[str, object]:
        """Find real people by id or predicate."""
        first, total = self.crowd.find(self.studio.workspace, question)
        return {"people": viewers_json(first), "total": total}

    def letters(self, body: Mapping[str, Any]) -> dict[str, object]:
        """Several segments' letters of one issue at once, or what stands in their way."""
        person = body.get("person")
        letters = [
            self.letter(str(body["issue"]), str(segment), person, with_source=bool(body["source"]))
            for segment in body["segments"]
        ]
        return {"generation": self.studio.generation, "letters": letters}

    def letter(
        self, issue: str, segment: str, person: Asked, *, with_source: bool
    ) -> dict[str, object]:
        """One letter, or what stands in its way."""
        workspace = self.studio.workspace
        shown = self.studio.shown(issue, segment)
        recipient = self._recipient(issue, shown.edition, person) if shown.edition else None
        return letter_json(
            shown,
            recipient,
            root=workspace.root,
            language=workspace.settings.language,
            images=workspace.settings.site_base_url or "https://site.invalid",
            with_source=with_source,
        )

    def belongs(self, issue: str, person: Asked) -> dict[str, object]:
        """Name the segment whose letter a reader would get, '' for a segment's own example."""
        known = self.studio.issue(issue)
        return {"segment": self.crowd.belongs(self.studio.workspace, known, person)}

    def why(self, issue: str, segment: str, person: Asked) -> dict[str, object]:
        """Why this reader's letter is what it is."""
        edition, recipient = self._filled(issue, segment, person)
        workspace = self.studio.workspace
        known = workspace.issues[issue]
        explanation = explain_letter(edition, recipient, rule_text(workspace, segment))
        return {
            **explanation_json(explanation, rule_values(workspace, segment, recipient.facts)),
            "belongs": self._belongs(known, person),
            "excluded": self.crowd.excluded(known, edition, recipient, person),
        }

    def difference(self, body: Mapping[str, Any]) -> dict[str, object]:
        """Two letters of an issue, word by word, as plain text with the subject on top."""
        issue, segment = str(body["issue"]), str(body["segment"])
        against, person = str(body["against"]), body.get("person")
        now, recipient = self._filled(issue, segment, person)
        if against.startswith("@"):
            before = baseline(self.studio.root, issue, segment, against, self.crowd.stored_plan)
        else:
            before, recipient_before = self._filled(issue, against, person)
            return _pieces(before, recipient_before, now, recipient)
        return _pieces(before, recipient, now, recipient)

    def eml(self, issue: str, segment: str, person: Asked) -> dict[str, object]:
        """The whole message, to open in a mail program; its links lead nowhere."""
        name = f"{issue.replace('/', '-')}-{segment}.eml"
        _, message = self._message(issue, segment, person)
        return {"name": name, "eml": b64encode(message).decode()}

    def send(self, issue: str, segment: str, person: Asked) -> dict[str, object]:
        """Send this letter to oneself."""
        if self.send_to_self is None:
            raise UsageError(
                "this preview was not told where to send",
                ru="предпросмотру не сказано, куда отправлять",
            )
        edition, message = self._message(issue, segment, person)
        return {"where": self.send_to_self(message, edition)}

    def image(self, name: str) -> tuple[str, bytes] | None:
        """Find an image of any issue that was looked at, by its hashed name."""
        for issue in self.studio.looked_at():
            for image in self.studio.compilation(issue).images:
                if image.name == name:
                    return image.name, image.data
        return None

    def _belongs(self, issue: Issue, person: Asked) -> str:
        """Name a reader's segment; '' if a condition is wrong, which is among the findings."""
        try:
            return self.crowd.belongs(self.studio.workspace, issue, person)
        except (SegmentError, FindingsError):
            return ""

    def _count(self, newsletter: str) -> PismoError | None:
        """Count the people of each segment; if that fails, the last counts stay: say why."""
        try:
            self._sizes[newsletter] = self.crowd.sizes(self.studio.workspace, newsletter)
        except PismoError as error:
            return error
        return None

    def _problems(self) -> list[str]:
        """Say what cannot be read at all, and so is seen as it last was, if at all."""
        workspace, failure = self.studio.workspace, self.studio.failure
        language = workspace.settings.language
        return [
            *([failure.told(language)] if failure else []),
            *(f"{one.source}: {one.message(language)}" for one in unread(workspace)),
        ]

    def _issue_json(self, issue: Issue) -> dict[str, object]:
        workspace = self.studio.workspace
        everyone = "все остальные" if workspace.settings.language == "ru" else "everybody else"
        segments = [
            {"id": segment, "title": workspace.segments[segment].title}
            for segment in workspace.newsletter_of(issue).segments
        ]
        return {
            "id": issue.id,
            "date": issue.date.isoformat(),
            "title": issue.title,
            "draft": issue.draft,
            "segments": [*segments, {"id": EVERYONE, "title": everyone}],
        }

    def _subject(self, issue: str) -> str:
        editions = self.studio.compilation(issue).editions
        if not editions:
            return ""
        edition = editions[-1]
        return render(edition, self._recipient(issue, edition, None)).subject

    def _filled(self, issue: str, segment: str, person: Asked) -> tuple[Edition, Recipient]:
        edition = self.studio.shown(issue, segment).edition
        if edition is None:
            raise UsageError(
                f"{issue} does not build for {segment}",
                ru=f"{issue}: письмо для {segment} не собирается",
            )
        return edition, self._recipient(issue, edition, person)

    def _recipient(self, issue: str, edition: Edition, person: Asked) -> Recipient:
        workspace = self.studio.workspace
        return self.crowd.recipient(workspace, workspace.issues[issue], edition, person)

    def _message(self, issue: str, segment: str, person: Asked) -> tuple[Edition, bytes]:
        edition, recipient = self._filled(issue, segment, person)
        write = mime_program(edition)
        return edition, write(inert(recipient), datetime.now(UTC), "preview@pismo.invalid")


def _pieces(
    before: Edition, reader_before: Recipient, now: Edition, reader: Recipient
) -> dict[str, object]:
    texts = []
    for edition, recipient in ((before, reader_before), (now, reader)):
        email = render(edition, recipient)
        texts.append(f"{email.subject}\n{email.preheader}\n\n{email.text}")
    pieces = difference(*texts)
    return {"words": [{"kind": piece.kind, "text": piece.text} for piece in pieces]}


def _newest_first(issue: Issue) -> tuple[int, str]:
    return -issue.date.toordinal(), issue.id


def _asked(body: Mapping[str, Any]) -> tuple[str, str, Asked]:
    person = body.get("person")
    return str(body["issue"]), str(body["segment"]), person if isinstance(person, dict) else None
