"""`last_rebus()`: the answer to the rebus of the letter before, and how many got it.

How many is a count that is known when the letter leaves; where it is not, the sentence stays away.
"""

import re
from collections.abc import Iterator

from pismo.compile.desk import Draft
from pismo.compile.words import words_of
from pismo.games import Rebus, RebusError, draw_text, fenced, parse_rebus
from pismo.model.content import Issue, Item, Kind

_CALL = re.compile(r"""\brebus\(\s*(["'])([a-z0-9-]+)\1""")


def last_rebus_text(draft: Draft) -> str:
    """Return the block as a template; '' if there is no earlier rebus, or its day has not come.

    What was looked at becomes a source of the edition.
    """
    issue = draft.desk.issue
    for before in _earlier(draft, issue):
        draft.sources.add(before.source.path)
        for item in _rebuses(draft, before):
            draft.sources.add(item.source.path)
            rebus = _read(item)
            if rebus is None:
                continue
            if rebus.answer_from and rebus.answer_from > issue.date:
                return ""
            return _sentences(rebus, item.slug, draft.desk.newsletter.language)
    return ""


def _earlier(draft: Draft, issue: Issue) -> Iterator[Issue]:
    """Yield the issues of the same newsletter before this one, the last first."""
    others = draft.desk.workspace.issues.values()
    same = (
        one
        for one in others
        if one.newsletter == issue.newsletter and one.date < issue.date and not one.draft
    )
    yield from sorted(same, key=lambda one: one.date, reverse=True)


def _rebuses(draft: Draft, issue: Issue) -> Iterator[Item]:
    for found in _CALL.finditer(issue.body):
        item = draft.desk.workspace.items.get((Kind.REBUS, found[2]))
        if item is not None:
            yield item


def _read(item: Item) -> Rebus | None:
    """Read the rebus; what is wrong with it is said where it is shown."""
    try:
        return parse_rebus(fenced(item.body, "rebus") or "")
    except RebusError:
        return None


def _sentences(rebus: Rebus, slug: str, language: str) -> str:
    words = words_of(language)
    line = _literal(draw_text(rebus, language=language).replace("\n", " + "))
    told = words["last_rebus"].format(line=line, answer=_literal(rebus.answer))
    forms = ", ".join(f'"{form}"' for form in words["people"].split("|"))
    count = f'{{{{ counts["{slug}"] | plural({forms}) }}}}'
    solved = words["solved"].format(count=count)
    return f'{told}{{% if counts["{slug}"] %}} {solved}{{% endif %}}'


def _literal(text: str) -> str:
    """Return text that neither Jinja nor Markdown takes for anything else."""
    escaped = re.sub(r"([\\`*_\[\]<>&])", r"\\\1", text)
    return escaped.replace("{", "&#123;").replace("}", "&#125;")
