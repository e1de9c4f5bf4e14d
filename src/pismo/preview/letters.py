"""One letter as the page shows it: parts, headers, source with its holes, size."""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pismo.explain import Explanation
from pismo.model.content import FactValue
from pismo.model.edition import Choice, Edition, Hole, Parts, Repeat, Static
from pismo.model.finding import Finding, Source, finding_json
from pismo.model.people import Email, Recipient
from pismo.model.spelling import spelled
from pismo.preview.studio import Shown
from pismo.render import render

_FIELD = re.compile(r"^\s*(?:-\s+)?[a-z_]+:\s")
_NOT_WORDS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<[^>]*>|\]\([^)]*\)|[#*_`|\[\]!]|^[>\s-]+|&\w+;")
_LINE_BREAKS_IN_BASE64 = 78 / 76


def letter_json(
    shown: Shown,
    recipient: Recipient | None,
    *,
    root: Path,
    language: str,
    images: str,
    with_source: bool,
) -> dict[str, object]:
    """Return what the page needs to show one letter.

    Args:
        shown: What there is of it.
        recipient: Through whose eyes; None if there is no edition to fill.
        root: The workspace, for links that open an editor.
        language: Of the findings.
        images: Base of the edition's image addresses; they are served from here instead.
        with_source: Whether its source is wanted too, holes marked.
    """
    findings = findings_json(shown.findings, root, language)
    problem = shown.failure.told(language) if shown.failure else ""
    if shown.edition is None or recipient is None:
        return {"status": "broken", "findings": findings, "problem": problem}
    email = render(shown.edition, recipient)
    return {
        "status": "stale" if shown.stale else "ok",
        "findings": findings,
        "problem": problem,
        "from": f"{email.sender.name} <{email.sender.address}>",
        "subject": email.subject,
        "preheader": email.preheader,
        "html": email.html.replace(f"{images}/images/", "/images/"),
        "text": email.text,
        "headers": [list(pair) for pair in email.headers],
        "source": list(source_json(shown.edition)) if with_source else [],
        "bytes": size_json(email),
        "digest": shown.edition.digest,
    }


def explanation_json(
    explanation: Explanation, values: Mapping[str, FactValue]
) -> dict[str, object]:
    """Return an explanation as the page lists it; `values` are those that the rule reads."""
    return {
        "segment": explanation.segment,
        "variant": explanation.variant,
        "rule": explanation.rule,
        "values": [
            {"name": name, "value": None if value is None else str(value)}
            for name, value in values.items()
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


def findings_json(
    findings: Sequence[Finding], root: Path, language: str
) -> list[dict[str, object]]:
    """Return findings with the absolute path that an editor opens, and the words they are about."""
    return [
        {
            **finding_json(finding, language),
            "absolute": str(root / finding.source.path),
            "words": _words_at(root, finding.source),
        }
        for finding in findings
    ]


def _words_at(root: Path, place: Source) -> str:
    """Return the longest run of plain words on a line, by which the page finds it in the letter."""
    if not place.path.endswith(".md"):
        return ""
    try:
        lines = (root / place.path).read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""  # gone or broken since: the finding itself says so
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    return max(_NOT_WORDS.split(_FIELD.sub("", line)), key=len).strip()


def size_json(email: Email) -> Mapping[str, int]:
    """Measure the HTML part in bytes: decoded, and in the smaller of two mail encodings."""
    body = email.html.encode()
    base64_size = int(len(b2a_base64(body, newline=False)) * _LINE_BREAKS_IN_BASE64)
    return {"decoded": len(body), "encoded": min(base64_size, len(b2a_qp(body)))}


def source_json(edition: Edition) -> Iterator[dict[str, str]]:
    """Yield the HTML with its holes as pieces of text; holes say what they are."""
    yield from _source(edition.html)


def _source(parts: Parts) -> Iterator[dict[str, str]]:
    for part in parts:
        match part:
            case Static(text):
                yield {"text": text}
            case Hole(expr, context):
                yield {"text": f"{{{{ {spelled(expr)} }}}}", "hole": context}
            case Choice(branches, otherwise):
                word = "if"
                for branch in branches:
                    yield {"text": f"{{% {word} {spelled(branch.test)} %}}", "hole": "choice"}
                    yield from _source(branch.parts)
                    word = "elif"
                if otherwise:
                    yield {"text": "{% else %}", "hole": "choice"}
                    yield from _source(otherwise)
                yield {"text": "{% endif %}", "hole": "choice"}
            case Repeat(variable, over, body, otherwise):
                opening = f"{{% for {variable} in {spelled(over)} %}}"
                yield {"text": opening, "hole": "repeat"}
                yield from _source(body)
                if otherwise:
                    yield {"text": "{% else %}", "hole": "repeat"}
                    yield from _source(otherwise)
                yield {"text": "{% endfor %}", "hole": "repeat"}
