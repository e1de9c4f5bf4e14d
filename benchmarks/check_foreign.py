"""How often do the checks cry wolf over letters that other people made and sent?

python benchmarks/check_foreign.py FOLDER

FOLDER holds finished letters (`*.html`, and `*.txt` where they came with a text part);
`foreign/README.md` says how they are made. Each finding is judged by hand in
`foreign/verdicts.toml`, and what nobody has judged yet is counted as such.
"""

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from machine import machine, table, write_down

from pismo.build.sample import sample_recipient
from pismo.checks.documents import Document, Passage, document_of
from pismo.checks.rules import accessibility, balance, clients, images, law, links, size, wording
from pismo.checks.scope import IssueScope, LetterScope
from pismo.model.edition import Edition, Static
from pismo.model.finding import Finding, Severity
from pismo.model.people import Email
from pismo.workspace import load_workspace

HERE = Path(__file__).parent
SMALL = HERE.parent / "tests" / "workspaces" / "small"
ISSUE_RULES: tuple[Callable[[IssueScope], Iterator[Finding]], ...] = (
    accessibility.check_alts,
    accessibility.check_headings,
    clients.check_raw_html,
    images.check_image_addresses,
    law.check_hidden_advertising,
    links.check_links,
    wording.check_wording,
)
LETTER_RULES: tuple[Callable[[LetterScope], Iterator[Finding]], ...] = (
    accessibility.check_contrast,
    accessibility.check_page,
    balance.check_text_part,
    clients.check_letter,
    size.check_size,
)
BLOCKS = ("p", "td", "th", "li", "div", "h1", "h2", "h3", "h4", "h5", "h6")
VERDICTS = ("true", "taste", "false", "not judged")


class Foreign(IssueScope):
    """A finished page as if a writer had put all of its body into an issue."""

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """The page's raw HTML, and its text as it is read."""
        read = document_of(self.issue)
        passages = tuple(Passage(text, self.issue.source) for text in blocks(self.issue.body))
        return {self.issue.source.path: replace(read, passages=passages, html_texts=())}


@dataclass(frozen=True, slots=True)
class Judged:
    """One finding of one letter, and what a person said of it."""

    letter: str
    finding: Finding
    verdict: str
    reason: str


def main(folder: Path) -> None:
    verdicts = tomllib.loads((HERE / "foreign" / "verdicts.toml").read_text("utf-8"))["verdict"]
    letters = sorted(folder.glob("*.html"))
    judged = [
        judge(letter.stem, finding, verdicts)
        for letter in letters
        for finding in findings_of(letter)
    ]
    write_down(
        "check_foreign",
        "False alarms on letters made by others",
        f"Of what the checks say of {len(letters)} letters that ship with MJML, react-email, "
        "Foundation for Emails, Ghost, mailgen and a well-known template, how much is wrong?",
        (f"Machine: {machine()}. Judged by hand, finding by finding.", *sections(judged, letters)),
    )


def findings_of(letter: Path) -> list[Finding]:
    """Run the rules that need no workspace; what is told twice in a letter counts once."""
    html = letter.read_text("utf-8")
    inside = scope_of(html)
    text = letter.with_suffix(".txt")
    edition = edition_of(inside, html)
    said = text.read_text("utf-8") if text.exists() else ""
    reader = sample_recipient(inside.workspace, edition)
    email = Email(
        sender=edition.sender, to="", subject="A letter", preheader="", html=html, text=said,
        headers=(),
    )  # fmt: skip
    scope = LetterScope(inside, edition, reader, email)
    found = [finding for rule in ISSUE_RULES for finding in rule(inside)]
    found += [finding for rule in LETTER_RULES for finding in rule(scope)]
    found.sort(key=lambda finding: finding.rule is not accessibility.HEADING_ONE)
    if found and found[0].rule is accessibility.HEADING_ONE:
        del found[0]  # A page has one, which in our letters is the layout's.
    if not said:
        found = [finding for finding in found if finding.rule is not balance.TEXT_DIFFERS]
    return list({(one.rule.id, one.message("en")): one for one in found}.values())


def scope_of(html: str) -> IssueScope:
    """Put the page's body into an issue of the small workspace, as one block of raw HTML."""
    workspace = load_workspace(SMALL)
    issue = next(iter(workspace.issues.values()))
    body = re.search(r"<body[^>]*>(.*)</body>", html, re.DOTALL | re.IGNORECASE)
    lines = (line.strip() for line in (body[1] if body else html).splitlines())
    one_block = "<div>\n" + "\n".join(line for line in lines if line) + "\n</div>\n"
    return Foreign(workspace, replace(issue, body=one_block), ())


def blocks(body: str) -> Iterator[str]:
    """Yield the text of each innermost block, as one reads it: a paragraph, a cell, a heading."""
    from lxml import html

    for element in html.fromstring(body).iter(*BLOCKS):
        inner = any(True for _ in element.iterdescendants(*BLOCKS, "style"))
        if not inner and not element.xpath("ancestor-or-self::*[contains(@style, 'display:none')]"):
            yield " ".join(element.text_content().split())


def edition_of(inside: IssueScope, html: str) -> Edition:
    return Edition(
        issue=inside.issue.id, newsletter=inside.newsletter.name, segment="everyone",
        language="en", sender=inside.newsletter.sender, subject=(), preheader=(),
        html=(Static(html),), text=(), headers=(), digest="",
    )  # fmt: skip


def judge(letter: str, finding: Finding, verdicts: Sequence[Mapping[str, str]]) -> Judged:
    """Look a finding up: the first verdict whose rule, letter and words fit."""
    message = finding.message("en")
    for said in verdicts:
        fits = said["rule"] == finding.rule.id and re.match(said.get("letter", ""), letter)
        if fits and re.search(said.get("words", ""), message):
            return Judged(letter, finding, said["is"], said["why"])
    return Judged(letter, finding, "not judged", "")


def sections(judged: Sequence[Judged], letters: Sequence[Path]) -> Iterator[str]:
    """Yield the counts by severity, by rule and by letter, then every finding with its reason."""
    yield "\n".join((f"{len(judged)} findings.", "", by(judged, "severity", severity)))
    yield by(judged, "rule", lambda one: one.finding.rule.id)
    counted = by(judged, "letter", lambda one: one.letter)
    silent = len(letters) - len({one.letter for one in judged})
    yield f"{counted}\n\n{silent} letters without a finding."
    yield "## What was said and why\n\n" + reasons(judged)


def severity(one: Judged) -> str:
    return Severity(one.finding.severity).name.lower()


def by(judged: Sequence[Judged], name: str, key: Callable[[Judged], str]) -> str:
    """Count verdicts per something."""
    counts = Counter((key(one), one.verdict) for one in judged)
    names = sorted({name for name, _ in counts})
    rows = [[each, *(counts[each, verdict] for verdict in VERDICTS)] for each in names]
    return table([name, *VERDICTS], [*rows, ["all", *(sum(c) for c in columns(rows))]])


def columns(rows: Sequence[Sequence[object]]) -> Iterator[list[int]]:
    for column in range(1, len(VERDICTS) + 1):
        yield [int(str(row[column])) for row in rows]


def reasons(judged: Sequence[Judged]) -> str:
    counts = Counter((one.finding.rule.id, one.verdict, one.reason) for one in judged)
    rows = [[rule, verdict, number, why] for (rule, verdict, why), number in sorted(counts.items())]
    return table(["rule", "verdict", "findings", "why"], rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
