"""`last_rebus()`: the answer to the rebus of the letter before, and how many got it.

How many is a count that is known when the letter leaves; where it is not, the sentence stays away.
"""

import re
from collections.abc import Iterator

from pismo.compile.desk import Draft
from pismo.compile.words import words_of
from pismo.games import Rebus, draw_text, rebus_in
from pismo.model.content import Issue, Item, Kind

_CALL = re.compile(r"""\brebus\(\s*(["'])([a-z0-9-]+)\1""")


def last_rebus_text(draft: Draft) -> str:
    """Return the block as a template; '' if there is no earlier rebus, or its day has not come.

    What was looked at becomes a source of the edition.
    """
    issue = draft.desk.issue
    for before in draft.desk.workspace.before(issue):
        if before.draft:
            continue
        draft.sources.add(before.source.path)
        for item in _rebuses(draft, before):
            draft.sources.add(item.source.path)
            rebus = rebus_in(item.body)
            if rebus is None:
                continue
            if rebus.answer_from and rebus.answer_from > issue.date:
                return ""
            return _sentences(rebus, item.slug, draft.desk.newsletter.language)
    return ""


def _rebuses(draft: Draft, issue: Issue) -> Iterator[Item]:
    for found in _CALL.finditer(issue.body):
        item = draft.desk.workspace.items.get((Kind.REBUS, found[2]))
        if item is not None:
            yield item


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
