"""Who is where: sizes, overlaps, movements; as table, JSON and picture."""

import json
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from pismo.audience import known_columns
from pismo.audience.engine import open_engine
from pismo.cli import root
from pismo.errors import SegmentError
from pismo.intake.sample import make_sample
from pismo.model.content import Segment
from pismo.model.finding import Source
from pismo.segments import compose_all
from pismo.segments.picture import draw_segments
from pismo.segments.report import SegmentReport, report_segments
from pismo.workspace import load_workspace


def segment(name: str, where: str) -> Segment:
    return Segment(id=name, title=name, where=where, where_line=1, source=Source(f"{name}.toml"))


def report(*segments: Segment, before: str = "") -> SegmentReport:
    composed, findings = compose_all({one.id: one for one in segments}, known_columns())
    assert not findings
    with open_engine([]) as engine:
        engine.execute(
            "CREATE TABLE facts AS SELECT * FROM (VALUES ('a', 5, 'Omsk'), ('b', 1, 'Omsk'), "
            "('c', 0, NULL), ('d', 9, 'Perm')) AS t(subscriber_id, orders, city)"
        )
        engine.execute(
            "CREATE TABLE facts_before AS SELECT * FROM (VALUES ('a', 1, 'Omsk'), ('b', 3, 'Omsk'))"
            " AS t(subscriber_id, orders, city)"
        )
        return report_segments(engine, segments, composed, before=before)


def test_sizes_overlaps_and_the_rest_add_up() -> None:
    found = report(segment("often", "orders >= 5"), segment("omsk", "city = 'Omsk'"))
    often, omsk = found.segments
    assert (often.size, omsk.size, found.everyone) == (2, 2, 1)
    assert (often.chosen, omsk.chosen) == (2, 1)
    assert often.overlaps == {"omsk": 1}
    assert often.chosen + omsk.chosen + found.everyone == found.people == 4


def test_who_came_and_who_left_is_counted() -> None:
    (often,) = report(segment("often", "orders >= 3"), before="facts_before").segments
    assert (often.came, often.left) == (2, 1)


def test_an_empty_segment_and_none_at_all_are_no_mistake() -> None:
    (nobody,) = report(segment("nobody", "orders > 100")).segments
    assert (nobody.size, nobody.overlaps) == (0, {})
    assert report().everyone == 4


def test_a_condition_that_fails_on_the_data_says_so() -> None:
    with pytest.raises(SegmentError, match="fails on this audience"):
        report(segment("sum", "orders * 9223372036854775807 * 9223372036854775807 > 1"))


def test_the_picture_is_well_formed_and_names_every_segment() -> None:
    found = report(segment("often", "orders >= 5"), segment("omsk", "city = 'Omsk'"))
    text = draw_segments(found, "ru")
    assert {"often", "omsk"} <= set(ET.fromstring(text).itertext())  # our own text


def test_the_command_prints_a_table_and_json_and_draws(small: Path) -> None:
    make_sample(
        load_workspace(small), people=300, products=30, seed=7, today=date(2026, 11, 27), environ={}
    )
    picture = small / "segments.svg"
    arguments = ["-C", str(small), "segments", "--json", "--picture", str(picture)]
    result = CliRunner().invoke(root, arguments)
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert {"id", "size", "overlaps"} <= set(document["segments"][0])
    assert document["everyone"] + document["segments"][0]["size"] == 300
    assert picture.exists()
    table = CliRunner().invoke(root, ["-C", str(small), "segments", "--newsletter", "weekly"])
    assert "families" in table.stdout


def test_without_an_audience_the_command_says_how_to_get_one(small: Path) -> None:
    result = CliRunner().invoke(root, ["-C", str(small), "segments"])
    assert result.exit_code == 1
    assert "pismo sample" in str(result.exception)
