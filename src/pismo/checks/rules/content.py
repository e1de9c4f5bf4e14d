"""What is used when: expired, repeated, drafts, unused."""

import itertools
import re
from collections.abc import Iterator

from pismo.checks.scope import IssueScope, beginning, flat
from pismo.model.content import EVERYONE, Issue, Item, Kind
from pismo.model.finding import Finding, Rule, Severity
from pismo.model.workspace import Workspace
from pismo.scaffold import told_sentences
from pismo.text import guess

DRAFT_ISSUE = Rule(
    "draft-issue",
    Severity.WARNING,
    en="the issue is a draft: publish refuses it",
    ru="выпуск — черновик: отправка от него откажется",
    hint_en="remove `draft: true` when it is ready",
    hint_ru="уберите `draft: true`, когда всё готово",
)
DRAFT_ITEM = Rule(
    "draft-item",
    Severity.WARNING,
    en="{kind} '{slug}' is a draft, and {issue} uses it",
    ru="{kind} «{slug}» — черновик, а стоит в {issue}",
    hint_en="remove `draft: true` when it is ready",
    hint_ru="уберите `draft: true`, когда всё готово",
)
REPEATED = Rule(
    "item-repeated",
    Severity.WARNING,
    en="{kind} '{slug}' was in {earlier} already",
    ru="{kind} «{slug}» уже было в {earlier}",
    hint_en="readers remember; choose another one",
    hint_ru="читатели помнят; возьмите другое",
)
TWICE = Rule(
    "item-twice",
    Severity.WARNING,
    en="{kind} '{slug}' stands in this issue already",
    ru="{kind} «{slug}» уже стоит в этом выпуске",
    hint_en="take one of them out",
    hint_ru="оставьте что-то одно",
)
UNKNOWN_SEGMENT_ID = Rule(
    "segment-unknown-id",
    Severity.ERROR,
    en="no segment is called '{segment}', so this is true for nobody",
    ru="сегмента «{segment}» нет, и это условие не выполнится ни для кого",
    hint_en="did you mean '{guess}'?",
    hint_ru="может быть, «{guess}»?",
)
NOT_LISTED = Rule(
    "segment-not-listed",
    Severity.WARNING,
    en="newsletter '{newsletter}' has no segment '{segment}', so this is true for nobody",
    ru="у рассылки «{newsletter}» нет сегмента «{segment}»: условие не выполнится ни для кого",
    hint_en="list it under segments in newsletter.toml, or take the branch out",
    hint_ru="впишите его в segments в newsletter.toml или уберите ветку",
)
UNUSED = Rule(
    "item-unused",
    Severity.NOTE,
    en="{kind} '{slug}' is in no issue yet",
    ru="{kind} «{slug}» пока не стоит ни в одном выпуске",
)
COPIED = Rule(
    "item-copied",
    Severity.WARNING,
    en="the text is the same as that of {other}",
    ru="текст тот же, что в {other}",
    hint_en="write it once: issues may share an item",
    hint_ru="напишите один раз: у выпусков может быть общий материал",
)

SAME_TITLE = Rule(
    "item-same-title",
    Severity.WARNING,
    en="{other}, in the same letter, is called «{title}», too",
    ru="в том же письме так же называется {other}: «{title}»",
    hint_en="call one of them otherwise",
    hint_ru="назовите один из них иначе",
)

WHOLE_SEGMENT = Rule(
    "segment-without-id",
    Severity.ERROR,
    en="a segment is compared with «{text}», which is true for nobody",
    ru="сегмент сравнивается с «{text}», и это не выполнится ни для кого",
    hint_en="write segment.id",
    hint_ru="напишите segment.id",
)
FROM_TEMPLATE = Rule(
    "text-from-template",
    Severity.ERROR,
    en="«{text}» is what `pismo new` wrote in your place",
    ru="«{text}» — это написал за вас `pismo new`",
    hint_en="write your own words; while the issue is a draft, this may stay",
    hint_ru="напишите своё; пока выпуск черновик, это может остаться",
)

_WHOLE_SEGMENT = re.compile(
    r"\{%[^%}]*\bsegment\s*(?:==|!=|\bnot\s+in\b|\bin\b)\s*[(\[]?\s*([\"'][^\"']*[\"'])"
)
_SEGMENT_ID = re.compile(r"segment\.id\s*(?:==|!=|in|not in)\s*([^%}]+)")
_SHOWN = 40
_TELLING = 60
"""Letters; shorter texts may be alike by chance."""
_IF = re.compile(r"\{%-?\s*(if|elif|else|endif)\b")
_NAME = re.compile(r"[\"']([\w-]+)[\"']")


def check_drafts(scope: IssueScope) -> Iterator[Finding]:
    """Find drafts that would leave."""
    if scope.issue.draft:
        yield DRAFT_ISSUE.at(scope.issue.place_of("draft"))
    for item in scope.items:
        if item.draft:
            yield DRAFT_ITEM.at(
                item.place_of("draft"), kind=item.kind, slug=item.slug, issue=scope.issue.id
            )


def check_repeats(scope: IssueScope) -> Iterator[Finding]:
    """Find items that one of the last issues of the same newsletter had."""
    recent = scope.workspace.before(scope.issue)[: scope.settings.recent_issues]
    for item in scope.items:
        for earlier in recent:
            if names(earlier, item.kind, item.slug):
                call = next(_calls(scope.issue, item.kind, item.slug), None)
                place = scope.issue.source if call is None else scope.issue.place_at(call)
                yield REPEATED.at(place, kind=item.kind, slug=item.slug, earlier=earlier.id)
                break


def check_twice(scope: IssueScope) -> Iterator[Finding]:
    """Find items that one letter shows twice; in two branches of an `if` they may stand."""
    for item in scope.items:
        calls = list(_calls(scope.issue, item.kind, item.slug))
        for one, other in itertools.combinations(calls, 2):
            branches = [_branch(scope.issue.body, at) for at in (one, other)]
            if all(mine == his for mine, his in zip(*branches, strict=False)):
                yield TWICE.at(scope.issue.place_at(other), kind=item.kind, slug=item.slug)


def check_titles(scope: IssueScope) -> Iterator[Finding]:
    """Find two items of one issue with one title that is shown."""
    seen: dict[str, Item] = {}
    for item in scope.items:
        title = flat(item.title)
        other = seen.setdefault(title, item)
        if title and item.show_title and other.show_title and other is not item:
            place, name = item.place_of("title"), f"{other.kind}/{other.slug}"
            yield SAME_TITLE.at(place, title=item.title, other=name)


def _branch(body: str, end: int) -> list[tuple[int, int]]:
    """Return in which branch of which `if` a place stands, outermost first."""
    way: list[tuple[int, int]] = []
    for tag in _IF.finditer(body, 0, end):
        if tag[1] == "if":
            way.append((tag.start(), 0))
        elif way and tag[1] == "endif":
            way.pop()
        elif way:
            way[-1] = (way[-1][0], way[-1][1] + 1)
    return way


def check_segment_ids(scope: IssueScope) -> Iterator[Finding]:
    """Find conditions on a segment that does not exist, or that the newsletter does not have."""
    known, listed = scope.workspace.segments, scope.newsletter.segments
    for written in scope.written:
        for test in _SEGMENT_ID.finditer(written.body):
            for named in _NAME.finditer(test[1]):
                place = written.place_at(test.start(1) + named.start())
                segment = named[1]
                if segment not in (*known, EVERYONE):
                    near = guess(segment, (*known, EVERYONE))
                    yield UNKNOWN_SEGMENT_ID.at(place, segment=segment, guess=near)
                elif segment not in (*listed, EVERYONE) and written is scope.issue:
                    name = scope.newsletter.name
                    yield NOT_LISTED.at(place, segment=segment, newsletter=name)
        for whole in _WHOLE_SEGMENT.finditer(written.body):
            yield WHOLE_SEGMENT.at(written.place_at(whole.start(1)), text=whole[1].strip("\"'"))


def check_template_text(scope: IssueScope) -> Iterator[Finding]:
    """Find what new files say in their author's place, in an issue that is no draft any more."""
    if scope.issue.draft:
        return
    told = told_sentences("ru") | told_sentences("en")
    if scope.issue.preheader in told:
        place = scope.issue.place_of("preheader")
        yield FROM_TEMPLATE.at(place, text=beginning(scope.issue.preheader, _SHOWN))
    for written in scope.written:
        position = 0
        for line in written.body.splitlines(keepends=True):
            if line.strip() in told:
                yield FROM_TEMPLATE.at(
                    written.place_at(position), text=beginning(line.strip(), _SHOWN)
                )
            position += len(line)
    for item in scope.items:
        for picked in item.products:
            if picked.comment in told:
                place = item.place_in(picked, "comment")
                yield FROM_TEMPLATE.at(place, text=beginning(picked.comment, _SHOWN))


def check_unused(workspace: Workspace) -> Iterator[Finding]:
    """Find items that nobody uses."""
    for (kind, slug), item in workspace.items.items():
        if not any(names(issue, kind, slug) for issue in workspace.issues.values()):
            yield UNUSED.at(item.source, kind=kind, slug=slug)


def check_copies(workspace: Workspace) -> Iterator[Finding]:
    """Find items whose texts are the same, under two names."""
    first: dict[str, Item] = {}
    for item in sorted(workspace.items.values(), key=lambda item: item.source):
        text = flat(item.body)
        if len(text) < _TELLING:
            continue
        if text in first:
            yield COPIED.at(item.source, other=first[text].source.path)
        first.setdefault(text, item)


def names(issue: Issue, kind: Kind, slug: str) -> bool:
    """Tell whether an issue's text calls `kind("slug")`."""
    return any(True for _ in _calls(issue, kind, slug))


def _calls(issue: Issue, kind: Kind, slug: str) -> Iterator[int]:
    call = re.compile(rf"\b{kind}\(\s*[\"']{re.escape(slug)}[\"']")
    return (found.start() for found in call.finditer(issue.body))
