"""What the page can ask, and the answers as JSON."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool

from pismo.errors import UsageError
from pismo.explain import Explanation, explain_letter
from pismo.model.content import EVERYONE, Issue
from pismo.model.edition import Edition
from pismo.model.finding import Severity
from pismo.model.people import Recipient
from pismo.preview.letters import findings_json, letter_json
from pismo.preview.people import Viewer, invented_people, recipient_of, rule_of, viewers_json
from pismo.preview.studio import Change, Studio
from pismo.preview.words import difference
from pismo.render import mime_program, render
from pismo.workspace import current_issue


class AudienceView(Protocol):
    """Real people, where there is an audience; the command line brings one."""

    def find(self, question: str) -> tuple[Viewer, ...]:
        """Find people by id or by predicate."""

    def recipient(self, issue: Issue, edition: Edition, person: str) -> Recipient:
        """Return somebody as this letter would meet them."""

    def sizes(self, newsletter: str) -> Mapping[str, int]:
        """Count the people in each segment of a newsletter."""


SendToSelf = Callable[[bytes, Edition], str]
"""Takes a whole message; returns where it went. The preview itself cannot send."""


@dataclass(slots=True)
class Desk:
    """Answers for the page; `listeners` are the open event streams."""

    studio: Studio
    audience: AudienceView | None = None
    send_to_self: SendToSelf | None = None
    published: Callable[[str, str], Edition | None] | None = None
    listeners: set[asyncio.Queue[Change]] = field(default_factory=set)

    @staticmethod
    def calls() -> Mapping[str, Callable[["Desk", Mapping[str, Any]], dict[str, object]]]:
        """Name every call of the page and who answers it."""
        return {
            "workspace": lambda desk, body: desk.workspace(),  # noqa: ARG005
            "people": lambda desk, body: desk.people(),  # noqa: ARG005
            "find": lambda desk, body: desk.find(body["question"]),
            "letter": lambda desk, body: desk.letter(*_asked(body)),
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

    async def changes(self) -> AsyncIterator[Change]:
        """Yield each reload from now on."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self.listeners.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self.listeners.discard(queue)

    def workspace(self) -> dict[str, object]:
        """Everything on the shelf: newsletters, issues, segments, counts."""
        workspace = self.studio.workspace
        newsletters = [
            {
                "name": newsletter.name,
                "title": newsletter.title,
                "issues": [
                    self._issue_json(issue)
                    for issue in workspace.issues.values()
                    if issue.newsletter == newsletter.name
                ],
            }
            for newsletter in workspace.newsletters.values()
        ]
        return {
            "language": workspace.settings.language,
            "generation": self.studio.generation,
            "newsletters": newsletters,
            "current": current_issue(workspace, datetime.now(UTC).date()),
            "audience": self.audience is not None,
            "can_send": self.send_to_self is not None,
        }

    def people(self) -> dict[str, object]:
        """Everybody through whose eyes a letter can be seen without an audience."""
        return {"people": viewers_json(invented_people(self.studio.workspace))}

    def find(self, question: str) -> dict[str, object]:
        """Find real people by id or predicate."""
        if self.audience is None:
            raise UsageError("there is no audience here", hint="pismo sample invents one")
        return {"people": viewers_json(self.audience.find(question))}

    def letter(
        self, issue: str, segment: str, person: Mapping[str, str] | None
    ) -> dict[str, object]:
        """One letter, or what stands in its way."""
        workspace = self.studio.workspace
        shown = self.studio.shown(issue, segment)
        recipient = (
            self._recipient(issue, segment, shown.edition, person) if shown.edition else None
        )
        return letter_json(
            shown,
            recipient,
            root=workspace.root,
            language=workspace.settings.language,
            images=self._images_base(),
        )

    def why(self, issue: str, segment: str, person: Mapping[str, str] | None) -> dict[str, object]:
        """Why this reader's letter is what it is."""
        edition, recipient = self._filled(issue, segment, person)
        rule = rule_of(self.studio.workspace.segments, segment)
        return explanation_json(explain_letter(edition, recipient, rule))

    def difference(self, body: Mapping[str, Any]) -> dict[str, object]:
        """Two letters of an issue, word by word, as plain text with the subject on top."""
        issue = str(body["issue"])
        left, right = (self._plain(issue, body[side]) for side in ("right", "left"))
        pieces = difference(left, right)
        return {"words": [{"kind": piece.kind, "text": piece.text} for piece in pieces]}

    def eml(self, issue: str, segment: str, person: Mapping[str, str] | None) -> dict[str, object]:
        """The whole message, to open in a mail program."""
        name = f"{issue.replace('/', '-')}-{segment}.eml"
        message = self._message(issue, segment, person)
        return {"name": name, "eml": b64encode(message).decode()}

    def send(self, issue: str, segment: str, person: Mapping[str, str] | None) -> dict[str, object]:
        """Send this letter to oneself."""
        if self.send_to_self is None:
            raise UsageError("this preview was not told where to send")
        edition, _ = self._filled(issue, segment, person)
        return {"where": self.send_to_self(self._message(issue, segment, person), edition)}

    def image(self, name: str) -> tuple[str, bytes] | None:
        """Find an image of any issue that was looked at, by its hashed name."""
        for issue in self.studio.workspace.issues:
            for image in self.studio.compilation(issue).images:
                if image.name == name:
                    return image.name, image.data
        return None

    def _issue_json(self, issue: Issue) -> dict[str, object]:
        workspace = self.studio.workspace
        newsletter = workspace.newsletter_of(issue)
        found = self.studio.findings(issue.id)
        sizes = self.audience.sizes(newsletter.name) if self.audience else {}
        segments = [
            {
                "id": segment,
                "title": workspace.segments[segment].title,
                "people": sizes.get(segment),
            }
            for segment in newsletter.segments
        ]
        everyone = "все остальные" if workspace.settings.language == "ru" else "everybody else"
        segments.append({"id": EVERYONE, "title": everyone, "people": sizes.get(EVERYONE)})
        return {
            "id": issue.id,
            "date": issue.date.isoformat(),
            "subject": issue.subject,
            "draft": issue.draft,
            "errors": sum(finding.severity is Severity.ERROR for finding in found),
            "warnings": sum(finding.severity is Severity.WARNING for finding in found),
            "findings": findings_json(found, workspace.root, workspace.settings.language),
            "segments": segments,
            "people": sum(sizes.values()) if sizes else None,
        }

    def _filled(
        self, issue: str, segment: str, person: Mapping[str, str] | None
    ) -> tuple[Edition, Recipient]:
        edition = self.studio.shown(issue, segment).edition
        if edition is None:
            raise UsageError(f"{issue} does not build for {segment}")
        return edition, self._recipient(issue, segment, edition, person)

    def _recipient(
        self, issue: str, segment: str, edition: Edition, person: Mapping[str, str] | None
    ) -> Recipient:
        workspace = self.studio.workspace
        if person and person.get("kind") == "audience" and self.audience is not None:
            return self.audience.recipient(workspace.issues[issue], edition, person["id"])
        newsletter = workspace.issues[issue].newsletter
        return recipient_of(workspace, newsletter, segment, person["id"] if person else None)

    def _plain(self, issue: str, side: Mapping[str, Any]) -> str:
        segment = str(side["segment"])
        person = side.get("person")
        if segment.startswith("@"):
            return self._published(issue)
        edition, recipient = self._filled(issue, segment, person)
        email = render(edition, recipient)
        return f"{email.subject}\n{email.preheader}\n\n{email.text}"

    def _published(self, issue: str) -> str:
        edition = self.published(issue, EVERYONE) if self.published else None
        if edition is None:
            raise UsageError(f"{issue} was not built yet", hint=f"pismo build {issue}")
        newsletter = self.studio.workspace.issues[issue].newsletter
        email = render(edition, recipient_of(self.studio.workspace, newsletter, EVERYONE, None))
        return f"{email.subject}\n{email.preheader}\n\n{email.text}"

    def _message(self, issue: str, segment: str, person: Mapping[str, str] | None) -> bytes:
        edition, recipient = self._filled(issue, segment, person)
        return mime_program(edition)(recipient, datetime.now(UTC), "<preview@pismo.invalid>")

    def _images_base(self) -> str:
        return self.studio.workspace.settings.site_base_url or "https://site.invalid"


def explanation_json(explanation: Explanation) -> dict[str, object]:
    """Return an explanation as the page and `pismo explain --json` list it."""
    return {
        "segment": explanation.segment,
        "variant": explanation.variant,
        "rule": explanation.rule,
        "values": [
            {"name": name, "value": None if value is None else str(value)}
            for name, value in explanation.values.items()
        ],
        "picks": [
            {"id": pick.id, "title": pick.title, "reason": pick.reason}
            for pick in explanation.picks
        ],
        "choices": [{"test": choice.test, "taken": choice.taken} for choice in explanation.choices],
        "holes": [
            {"name": hole.name, "value": hole.value, "fallback_used": hole.fallback_used}
            for hole in explanation.holes
        ],
    }


def _asked(body: Mapping[str, Any]) -> tuple[str, str, Mapping[str, str] | None]:
    person = body.get("person")
    return str(body["issue"]), str(body["segment"]), person if isinstance(person, dict) else None
