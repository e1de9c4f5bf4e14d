"""Segments that say nothing, or that nobody can reach."""

import re
from collections.abc import Iterator, Mapping, Sequence

from pismo.audience.schema import Column
from pismo.checks.places import field_place
from pismo.checks.scope import People
from pismo.files.read import read_text
from pismo.model.content import Newsletter
from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.model.workspace import Workspace
from pismo.segments import columns_of, compose_all
from pismo.segments.logic import fits, names_in, relate
from pismo.segments.report import Size
from pismo.segments.rules import UNKNOWN_COLUMN
from pismo.text import guess

UNUSED = Rule(
    "segment-unused",
    Severity.NOTE,
    en="no newsletter lists segment '{segment}'",
    ru="сегмент «{segment}» не указан ни в одной рассылке",
)
UNREACHABLE = Rule(
    "segment-unreachable",
    Severity.WARNING,
    en="in '{newsletter}', everybody in '{segment}' is in '{earlier}', which stands before it",
    ru="в «{newsletter}» все из «{segment}» попадают в «{earlier}», который стоит раньше",
    hint_en="the first that fits wins: put the narrower one first",
    hint_ru="выигрывает первый подходящий: узкий ставьте раньше широкого",
)
CONTRADICTION = Rule(
    "segment-contradiction",
    Severity.WARNING,
    en="nobody can fit segment '{segment}': its condition contradicts itself",
    ru="в сегмент «{segment}» не может попасть никто: условие противоречит себе",
)
EVERYBODY = Rule(
    "segment-everybody",
    Severity.WARNING,
    en="everybody fits segment '{segment}', and nobody is left for what stands after it",
    ru="в сегмент «{segment}» попадают все, и следующим никого не остаётся",
    hint_en="that is what 'everyone' is for: it needs no file",
    hint_ru="для этого есть everyone, ему файл не нужен",
)
EXAMPLE_TAKEN = Rule(
    "segment-example-taken",
    Severity.WARNING,
    en="in '{newsletter}', the example of '{segment}' gets the letter of '{earlier}'",
    ru="в «{newsletter}» пример из «{segment}» получит письмо для «{earlier}»",
    hint_en="the first that fits wins: change the order, or the example",
    hint_ru="выигрывает первый подходящий: поменяйте порядок или пример",
)
MAY_OVERLAP = Rule(
    "segment-may-overlap",
    Severity.NOTE,
    en="in '{newsletter}', who is in '{segment}' and in '{earlier}' gets the letter of '{earlier}'",
    ru="в «{newsletter}» кто и в «{segment}», и в «{earlier}», получит письмо для «{earlier}»",
)
NOBODY = Rule(
    "segment-empty",
    Severity.WARNING,
    en="nobody in the audience fits segment '{segment}' ('{newsletter}')",
    ru="в аудитории никто не подходит под сегмент «{segment}» («{newsletter}»)",
    hint_en="pismo segments shows sizes and overlaps",
    hint_ru="pismo segments покажет размеры и пересечения",
)
ALL_TAKEN = Rule(
    "segment-taken",
    Severity.WARNING,
    en="in '{newsletter}', all {size} people of '{segment}' go to segments before it: {earlier}",
    ru="в «{newsletter}» всех людей из «{segment}» ({size}) забирают сегменты до него: {earlier}",
    hint_en="the first that fits wins: put the narrower one first",
    hint_ru="выигрывает первый подходящий: узкий ставьте раньше широкого",
)
MOSTLY_TAKEN = Rule(
    "segment-overlap",
    Severity.WARNING,
    en="in '{newsletter}', {lost} of {size} in '{segment}' go to segments before it: {earlier}",
    ru="в «{newsletter}» {lost} из {size} человек «{segment}» уходят в сегменты до него: {earlier}",
    hint_en="is that the order you want? pismo segments shows the overlaps",
    hint_ru="порядок точно такой? pismo segments покажет пересечения",
)
SAME_TITLE = Rule(
    "segment-same-title",
    Severity.WARNING,
    en="segment '{other}' is called «{title}», too",
    ru="сегмент «{other}» тоже называется «{title}»",
    hint_en="tell them apart: marketers choose by the title",
    hint_ru="назовите иначе: выбирают по названию",
)
PADDED = Rule(
    "segment-padded-text",
    Severity.WARNING,
    en="{text} has a space at its edge: nobody's value has one",
    ru="в {text} лишний пробел с краю: ни у кого такого значения нет",
    hint_en="take the space out",
    hint_ru="уберите пробел",
)
SAME_PERSON = Rule(
    "person-twice",
    Severity.WARNING,
    en="somebody called '{person}' is here already",
    ru="человек «{person}» здесь уже есть",
    hint_en="ids are unique: the second is never seen",
    hint_ru="id не повторяются: второго никто не увидит",
)


_QUOTED = re.compile(r"'([^']*)'")


def check_conditions(workspace: Workspace) -> Iterator[Finding]:
    """Check what the segments say, each alone and beside those before it."""
    columns = columns_of(workspace)
    # To compose is to parse all of SQL, so both parts share it.
    composed = compose_all(workspace.segments, columns)[0]
    yield from _names(workspace)
    yield from _alone(workspace, tuple(columns.values()), composed)
    yield from _order(workspace, tuple(columns.values()), composed)


def _alone(
    workspace: Workspace, columns: tuple[Column, ...], composed: Mapping[str, str]
) -> Iterator[Finding]:
    listed = {name for one in workspace.newsletters.values() for name in one.segments}
    where = " ".join(segment.where for segment in workspace.segments.values())
    for segment in workspace.segments.values():
        place = Source(segment.source.path, segment.where_line)
        alone = relate(composed[segment.id], "true", columns) if segment.id in composed else None
        if alone and not alone.both:
            yield CONTRADICTION.at(place, segment=segment.id)
        elif alone and not alone.only_second:
            yield EVERYBODY.at(place, segment=segment.id)
        if segment.id not in listed and f"${segment.id}" not in where:
            yield UNUSED.at(segment.source, segment=segment.id)


def _names(workspace: Workspace) -> Iterator[Finding]:
    titles: dict[str, str] = {}
    for segment in workspace.segments.values():
        title = " ".join(segment.title.lower().split())
        if (other := titles.setdefault(title, segment.id)) != segment.id and title:
            yield SAME_TITLE.at(segment.source, other=other, title=segment.title)
        for found in _QUOTED.finditer(segment.where):
            if found[1] != found[1].strip():
                place = Source(segment.source.path, segment.where_line)
                yield PADDED.at(place, text=found[0])


def check_people(workspace: Workspace) -> Iterator[Finding]:
    """Check the invented people: known facts, each id once."""
    known, seen = list(columns_of(workspace)), set()
    for person in workspace.people:
        for name in person.facts:
            if name not in known:
                place = Source(person.source.path, person.lines.get(name, person.source.line))
                near = guess(name, known)
                yield UNKNOWN_COLUMN.at(place, column=name, guess=near, segment="people")
        if person.id in seen:
            place = Source(person.source.path, person.lines.get("id", person.source.line))
            yield SAME_PERSON.at(place, person=person.id)
        seen.add(person.id)


def _order(
    workspace: Workspace, columns: tuple[Column, ...], composed: Mapping[str, str]
) -> Iterator[Finding]:
    """Find segments that an earlier one of the same newsletter wins over, by what they say."""
    for newsletter in workspace.newsletters.values():
        names = [name for name in newsletter.segments if name in composed]
        for at, name in enumerate(names):
            found = _against(workspace, names[:at], name, columns, composed)
            if found is not None:
                rule, earlier = found
                place = _place_in(workspace, newsletter, name)
                yield rule.at(place, newsletter=newsletter.name, segment=name, earlier=earlier)


def _against(
    workspace: Workspace,
    before: Sequence[str],
    name: str,
    columns: tuple[Column, ...],
    composed: Mapping[str, str],
) -> tuple[Rule, str] | None:
    """Compare a segment with those before it; return the gravest rule and who breaks it."""
    sql, overlapped = composed[name], ""
    for earlier in before:
        if not names_in(sql) & names_in(composed[earlier]):
            continue
        relation = relate(composed[earlier], sql, columns)
        same = " ".join(sql.lower().split()) == " ".join(composed[earlier].lower().split())
        if same or (relation and relation.both and not relation.only_second):
            return UNREACHABLE, earlier
        overlapped = overlapped or (earlier if relation and relation.both else "")
    for example in workspace.segments[name].example_in:
        for earlier in before:
            if fits(composed[earlier], example):
                return EXAMPLE_TAKEN, earlier
    return (MAY_OVERLAP, overlapped) if overlapped else None


def check_sizes(workspace: Workspace, people: People) -> Iterator[Finding]:
    """Tell segments that are empty in the audience from those that others leave nobody for."""
    for newsletter in workspace.newsletters.values():
        before: list[str] = []
        for size in people.segment_report(newsletter.name).segments:
            shares = ((name, size.overlaps.get(name, 0)) for name in before)
            earlier = ", ".join(f"{name} ({count})" for name, count in shares if count)
            place = _place_in(workspace, newsletter, size.id)
            lost = size.size - size.chosen
            if not size.size:
                segment = workspace.segments[size.id]
                where = Source(segment.source.path, segment.where_line)
                yield NOBODY.at(where, segment=size.id, newsletter=newsletter.name)
            elif not size.chosen:
                yield _told(ALL_TAKEN, place, size, newsletter, earlier)
            elif 2 * lost > size.size:
                yield _told(MOSTLY_TAKEN, place, size, newsletter, earlier)
            before.append(size.id)


def _told(rule: Rule, place: Source, size: Size, newsletter: Newsletter, earlier: str) -> Finding:
    return rule.at(
        place,
        segment=size.id,
        newsletter=newsletter.name,
        earlier=earlier,
        size=size.size,
        lost=size.size - size.chosen,
    )


def _place_in(workspace: Workspace, newsletter: Newsletter, segment: str) -> Source:
    """Return the line of newsletter.toml that lists a segment."""
    place = field_place(workspace.root, newsletter.source, "segments")
    lines = read_text(workspace.root, place.path, []) or ""
    for number, line in enumerate(lines.split("\n")[place.line - 1 :]):
        if f'"{segment}"' in line or f"'{segment}'" in line:
            return place.shifted(number)
    return place
