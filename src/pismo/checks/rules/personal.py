"""Personal data in letters: what a letter asks of a person, and who lacks it."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pismo.build.sample import sample_recipient
from pismo.checks.scope import IssueScope
from pismo.checks.stand_ins import STAND_INS
from pismo.model.edition import (
    Choice,
    Context,
    Edition,
    Filter,
    Hole,
    Parts,
    Repeat,
    columns,
    paths,
)
from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.model.people import Recipient
from pismo.render import MISSING, evaluate, missing, scope_of

NO_FALLBACK = Rule(
    "personal-no-fallback",
    Severity.NOTE,
    en="'{column}' has no fallback: who lacks it gets no letter",
    ru="у «{column}» нет запасного значения: кому его не хватает, письмо не уйдёт",
    hint_en='give one: | default("friend"), or default(0) for a number',
    hint_ru='дайте запасное: | default("друг"), а числу — default(0)',
)
EXCLUDES = Rule(
    "personal-excludes",
    Severity.WARNING,
    en="{count} of {total} people have no '{column}' and would get no letter",
    ru="у {count} из {total} человек нет «{column}», и письмо им не уйдёт",
    hint_en='give a fallback: | default("friend")',
    hint_ru='дайте запасное значение: | default("друг")',
)
NEW_COLUMN = Rule(
    "personal-new-column",
    Severity.NOTE,
    en="'{column}' was in no letter of this newsletter before",
    ru="«{column}» раньше не было ни в одном письме этой рассылки",
    hint_en="make sure that readers expect you to know it",
    hint_ru="убедитесь, что читатели ждут, что вы это знаете",
)

IN_ADDRESS = Rule(
    "personal-in-link",
    Severity.WARNING,
    en="'{column}' stands in the address of a link: it ends up in the logs of that site",
    ru="«{column}» стоит в адресе ссылки и останется в журналах того сайта",
    hint_en="link without it; who clicked is known from the reader's own link",
    hint_ru="дайте ссылку без него: кто перешёл, видно и так",
)

GAP = Rule(
    "personal-gap",
    Severity.WARNING,
    en="who has no '{column}' reads a space before «{mark}»",
    ru="у кого нет «{column}», увидит пробел перед «{mark}»",
    hint_en='put the space inside an if, or give a word: | default("friend")',
    hint_ru='внесите пробел внутрь if или дайте слово: | default("друг")',
)
STAND_IN = Rule(
    "personal-placeholder",
    Severity.ERROR,
    en="who has no '{column}' is called «{word}»",
    ru="кого без «{column}» назовут «{word}»",
    hint_en="choose a word that one says to people, or write the sentence without it",
    hint_ru="возьмите слово, каким обращаются к людям, или перестройте фразу",
)
GENDER = Rule(
    "personal-gender",
    Severity.WARNING,
    en="«{word}» before a name is wrong for half of the readers",
    ru="«{word}» перед именем не подойдёт половине читателей",
    hint_en="greet without gender, or ask in an if",
    hint_ru="поздоровайтесь без рода: «Здравствуйте, …!» — или спросите пол в if",
)
OWN_NAME = Rule(
    "personal-name-written",
    Severity.WARNING,
    en="everybody is greeted as «{name}», who is one of the example people",
    ru="всех поприветствуют как «{name}», а это человек из примеров",
    hint_en='write {{{{ recipient.first_name | default("friend") }}}}',
    hint_ru='напишите {{{{ recipient.first_name | default("друг") }}}}',
)

_GAP = re.compile(
    r"[\s,]\{\{-?\s*recipient\.(\w+)[^}]*\|\s*default\(\s*([\"'])\2\s*\)\s*\}\}([,.!?;:])"
)
_STAND_IN = re.compile(
    rf"\brecipient\.(\w+)[^}}]*\|\s*default\(\s*[\"']((?:{STAND_INS}|NAME|ИМЯ|USER(?:NAME)?|null|none|None"
    r"|NULL|undefined|n/a|N/A|\?+|-+|[Ff]irst ?name|[Ии]мя|name))[\"']"
)
_GENDER = re.compile(
    r"\b([Дд]орог(?:ой|ая)|[Уу]важаем(?:ый|ая)|[Мм]ил(?:ый|ая)|[Лл]юбим(?:ый|ая))\s+"
    r"\{\{-?\s*recipient\.(?:first_)?name"
)
_GREETING = r"\b(?:hello|hi|dear|hey|здравствуй(?:те)?|привет|добрый день),?\s+({names})\s*[!,.]"
_COLUMN = re.compile(r"\brecipient\.(\w+)")


def check_fallbacks(scope: IssueScope) -> Iterator[Finding]:
    """Find holes without fallback; with an audience, count the people who would lose the letter."""
    for edition in scope.editions:
        reader = sample_recipient(scope.workspace, edition)
        nameless = replace(reader, facts={})
        for column in missing(edition, nameless):
            place = _place(scope, edition, column, nameless)
            if scope.people is None:
                yield NO_FALLBACK.at(place, column=column)
                continue
            count, total = scope.people.empty_values(column)
            if count:
                yield EXCLUDES.at(place, column=column, count=count, total=total)


def check_new_columns(scope: IssueScope) -> Iterator[Finding]:
    """Find what no earlier issue of the newsletter asked for; a first issue has none to compare."""
    earlier = scope.workspace.before(scope.issue)
    if not earlier:
        return
    known = {name for issue in earlier for name in _COLUMN.findall(issue.subject + issue.body)}
    known |= {
        name for item in scope.workspace.items.values() for name in _COLUMN.findall(item.body)
    }
    told: set[str] = set()
    for edition in scope.editions:
        for column in columns(edition):
            if column not in known | told:
                told.add(column)
                yield NEW_COLUMN.at(_place(scope, edition, column), column=column)


def check_greetings(scope: IssueScope) -> Iterator[Finding]:
    """Find what a missing name leaves, and names and genders that fit some readers only."""
    for written in scope.written:
        for found in _GAP.finditer(written.body):
            place = written.place_at(found.start(1))
            yield GAP.at(place, column=found[1], mark=found[3])
        for found in _STAND_IN.finditer(written.body):
            place = written.place_at(found.start(1))
            yield STAND_IN.at(place, column=found[1], word=found[2])
        for found in _GENDER.finditer(written.body):
            if "gender" not in written.body and "recipient.sex" not in written.body:
                yield GENDER.at(written.place_at(found.start(1)), word=found[1])
    if greeting := _greeting(scope):
        for found in greeting.finditer(scope.issue.body):
            yield OWN_NAME.at(scope.issue.place_at(found.start()), name=found[1])


def _greeting(scope: IssueScope) -> re.Pattern[str] | None:
    """Return how one greets the people of the examples, None if none has a name."""
    workspace = scope.workspace
    known = [person.facts for person in workspace.people]
    known += [facts for one in workspace.segments.values() for facts in one.example_in]
    names = {name for facts in known if isinstance(name := facts.get("first_name"), str) and name}
    if not names:
        return None
    choice = "|".join(sorted(map(re.escape, names)))
    return re.compile(_GREETING.format(names=choice), re.IGNORECASE)


def check_addresses(scope: IssueScope) -> Iterator[Finding]:
    """Find what is known about a person in the addresses of links."""
    told: set[str] = set()
    for edition in scope.editions:
        for hole in _holes(edition.html):
            if not _in_address(hole):
                continue
            named = {str(path.steps[0]) for path in paths(hole.expr) if path.root == "recipient"}
            for column in sorted(named - told):
                told.add(column)
                place = _place_in_address(scope, column) or _place(scope, edition, column)
                yield IN_ADDRESS.at(place, column=column)


def _place_in_address(scope: IssueScope, column: str) -> Source | None:
    """Find the link that a column was written into."""
    link = re.compile(rf"(?:\]\(|href\s*=\s*[\"'])[^)\"'\s]*\{{\{{[^}}]*recipient\.{column}\b")
    for written in scope.written:
        if found := link.search(written.body):
            return written.place_at(found.start())
    return None


def _in_address(hole: Hole) -> bool:
    """Tell whether a hole is a link's address, or a part of one."""
    part = isinstance(hole.expr, Filter) and hole.expr.name == "urlencode"
    return hole.context is Context.URL or (hole.context is Context.ATTRIBUTE and part)


def _holes(parts: Parts) -> Iterator[Hole]:
    for part in parts:
        match part:
            case Hole():
                yield part
            case Choice(branches, otherwise):
                for branch in branches:
                    yield from _holes(branch.parts)
                yield from _holes(otherwise)
            case Repeat():
                yield from _holes(part.body)
                yield from _holes(part.otherwise)
            case _:
                continue


def _place(
    scope: IssueScope, edition: Edition, column: str, lacking: Recipient | None = None
) -> Source:
    """Return where a column was written; the issue's file if it stands in a layout.

    With somebody `lacking` it: where it leaves a gap, not where a fallback fills it.
    """
    for use in edition.uses:
        if not any(path.steps[:1] == (column,) for path in paths(use.expr)):
            continue
        gap = lacking and evaluate(use.expr, scope_of(lacking), edition.language) is MISSING
        if gap or lacking is None:
            return use.source
    return scope.issue.source
