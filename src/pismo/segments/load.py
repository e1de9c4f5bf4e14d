"""Read `segments/*.toml` and the invented people beside them; what they say is checked later."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from pismo.files.fields import Fields
from pismo.files.read import read_toml
from pismo.model.content import EVERYONE, FactValue, Person, Segment
from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.segments.files import FOLDER, PEOPLE, segment_files

RESERVED_ID = Rule(
    "reserved-segment",
    Severity.ERROR,
    en="a segment cannot be called '{name}'",
    ru="сегмент нельзя назвать «{name}»",
    hint_en="'everyone' is who fits no other segment; choose another file name",
    hint_ru="everyone — это те, кто не попал в другие; назовите файл иначе",
)


def load_segments(root: Path, findings: list[Finding]) -> dict[str, Segment]:
    """Read every segment by id (its file's name), in order of name."""
    segments = {}
    for file in segment_files(root):
        path = f"{FOLDER}/{file.name}"
        if file.stem == EVERYONE:
            findings.append(RESERVED_ID.at(Source(path), name=file.stem))
            continue
        fields = read_toml(root, path, "segment", findings)
        if fields is None:
            # Its name is known, so that nothing else is called wrong for using it.
            segments[file.stem] = Segment(
                id=file.stem, title=file.stem, where="", where_line=1, source=Source(path)
            )
            continue
        text = file.read_text("utf-8-sig", errors="replace")
        segments[file.stem] = _segment(fields, file.stem, text.splitlines())
    return segments


def load_people(root: Path, findings: list[Finding]) -> tuple[Person, ...]:
    """Read the invented people, in file order."""
    path = f"{FOLDER}/{PEOPLE}"
    if not (root / path).exists():
        return ()
    fields = read_toml(root, path, "people", findings)
    if fields is None:
        return ()
    listed = fields.raw("people")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        fields.wrong("people", "a list of [[people]] tables", listed)
        return ()
    people = tuple(_person(one, fields, number) for number, one in enumerate(listed))
    fields.finish()
    return people


def _segment(fields: Fields, segment_id: str, lines: Sequence[str]) -> Segment:
    where_line = fields.place_of("where").line
    # TOML drops the line break after an opening """: the condition begins a line further down.
    opens = lines[where_line - 1].rstrip().endswith(('"""', "'''")) if lines else False
    example = fields.table("example")
    segment = Segment(
        id=segment_id,
        title=fields.text("title", segment_id, required=True),
        doc=fields.text("doc"),
        where=fields.text("where", required=True),
        where_line=where_line + opens,
        source=Source(fields.path),
        example_in=_examples(example, "in"),
        example_out=_examples(example, "out"),
        lines=dict(fields.lines),
    )
    example.finish()
    fields.finish()
    return segment


def _examples(fields: Fields, name: str) -> tuple[Mapping[str, FactValue], ...]:
    """Read one table, or a list of them, of facts."""
    value = fields.raw(name)
    tables = [] if value is None else value if isinstance(value, list) else [value]
    examples = []
    for table in tables:
        if isinstance(table, dict):
            examples.append(_facts(table, fields))
        else:
            fields.wrong(name, "a table of facts", table)
    return tuple(examples)


def _person(values: Mapping[str, object], fields: Fields, number: int) -> Person:
    person_id = str(values.get("id", ""))
    if not person_id:
        fields.wrong("people", "tables with an `id`", values)
    about = str(values.get("about", ""))
    facts = {name: value for name, value in values.items() if name not in ("id", "about")}
    begins = f"people.{number}."
    lines = {
        name.removeprefix(begins): line
        for name, line in fields.lines.items()
        if name.startswith(begins)
    }
    return Person(
        id=person_id,
        about=about,
        facts=_facts(facts, fields),
        source=fields.place_of(begins[:-1]),
        lines=lines,
    )


def _facts(values: Mapping[str, object], fields: Fields) -> dict[str, FactValue]:
    facts: dict[str, FactValue] = {}
    for name, value in values.items():
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            facts[name] = ",".join(value)
        elif value is None or isinstance(value, str | int | float | bool | date):
            facts[name] = value.date() if isinstance(value, datetime) else value
        else:
            fields.wrong(name, "a text, number, date or true/false", value)
    return facts
