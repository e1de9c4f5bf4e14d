"""Segments that say nothing, or that nobody can reach."""

from collections.abc import Iterator

from pismo.checks.scope import People
from pismo.model.finding import Finding, Rule, Severity
from pismo.model.workspace import Workspace

NO_EXAMPLE = Rule(
    "segment-no-example",
    Severity.WARNING,
    en="segment '{segment}' has no example.{which}",
    ru="у сегмента «{segment}» нет example.{which}",
    hint_en="give a person who belongs and one who does not: they are run as tests",
    hint_ru="дайте человека, который подходит, и который нет: их проверяют как тесты",
)
UNUSED = Rule(
    "segment-unused",
    Severity.NOTE,
    en="no newsletter lists segment '{segment}'",
    ru="сегмент «{segment}» не указан ни в одной рассылке",
)
UNREACHABLE = Rule(
    "segment-unreachable",
    Severity.WARNING,
    en="in '{newsletter}', '{segment}' says the same as '{earlier}', which stands before it",
    ru="в «{newsletter}» сегмент «{segment}» повторяет «{earlier}», который стоит раньше",
    hint_en="the first that fits wins: put the narrower one first",
    hint_ru="выигрывает первый подходящий: узкий ставьте раньше широкого",
)
NOBODY = Rule(
    "segment-empty",
    Severity.WARNING,
    en="segment '{segment}' reaches nobody in '{newsletter}'",
    ru="сегмент «{segment}» не достаёт ни до кого в «{newsletter}»",
    hint_en="pismo segments shows sizes and overlaps; earlier segments win",
    hint_ru="pismo segments покажет размеры и пересечения; выигрывают те, что раньше",
)


def check_segment_files(workspace: Workspace) -> Iterator[Finding]:
    """Check each segment's examples and use."""
    listed = {name for one in workspace.newsletters.values() for name in one.segments}
    composed = " ".join(segment.where for segment in workspace.segments.values())
    for segment in workspace.segments.values():
        for which, examples in (("in", segment.example_in), ("out", segment.example_out)):
            if not examples:
                yield NO_EXAMPLE.at(segment.source, segment=segment.id, which=which)
        if segment.id not in listed and f"${segment.id}" not in composed:
            yield UNUSED.at(segment.source, segment=segment.id)


def check_order(workspace: Workspace) -> Iterator[Finding]:
    """Find segments that an earlier one of the same newsletter always wins over."""
    for newsletter in workspace.newsletters.values():
        before: dict[str, str] = {}
        for name in newsletter.segments:
            where = " ".join(workspace.segments[name].where.lower().split())
            if where in before:
                yield UNREACHABLE.at(
                    newsletter.source,
                    newsletter=newsletter.name,
                    segment=name,
                    earlier=before[where],
                )
            before.setdefault(where, name)


def check_sizes(workspace: Workspace, people: People) -> Iterator[Finding]:
    """Find segments that reach nobody in the audience, or that leave nobody for the others."""
    for newsletter in workspace.newsletters.values():
        sizes = people.sizes(newsletter.name)
        for name in newsletter.segments:
            if not sizes.get(name):
                place = workspace.segments[name].source
                yield NOBODY.at(place, segment=name, newsletter=newsletter.name)
