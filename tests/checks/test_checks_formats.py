"""`pismo check` for machines: SARIF, JUnit, JSON; pictures; an audience that is counted."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from pismo.checks import check
from pismo.checks.formats import sarif
from pismo.cli import root
from pismo.model.finding import Rule, Severity, Source
from pismo.segments.report import SegmentReport, Size
from pismo.workspace import load_workspace

STORY = Path("content/stories/rain.md")
SCHEMAS = Path(__file__).parent / "schemas"


def run(workspace: Path, *words: str) -> Result:
    return CliRunner().invoke(root, ["-C", str(workspace), "check", *words])


@pytest.fixture
def faulty(small: Path) -> Path:
    """A workspace with one warning and one error."""
    story = small / STORY
    text = story.read_text("utf-8").replace(
        "Then the door", "Then [here](https://shop.example/) the"
    )
    story.write_text(text + "\n![A wet platform](nowhere.png)\n", "utf-8")
    return small


def test_sarif_has_the_shape_that_github_reads(faulty: Path) -> None:
    done = run(faulty, "--format", "sarif")
    log: dict[str, Any] = json.loads(done.stdout)
    assert done.exit_code == 1
    assert log["version"] == "2.1.0"
    (ran,) = log["runs"]
    rules = {rule["id"] for rule in ran["tool"]["driver"]["rules"]}
    assert ran["tool"]["driver"]["name"] == "pismo"
    for result in ran["results"]:
        assert result["ruleId"] in rules
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert not place["artifactLocation"]["uri"].startswith("/")
        assert place["region"]["startLine"] >= 1
    assert {"missing-image", "link-text-vague"} <= {one["ruleId"] for one in ran["results"]}


def test_sarif_keeps_to_the_official_schema(faulty: Path) -> None:
    from jsonschema import Draft4Validator

    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8"))
    log = json.loads(run(faulty, "--format", "sarif").stdout)
    assert [error.message for error in Draft4Validator(schema).iter_errors(log)] == []


def fingerprints(workspace: Path) -> set[str]:
    log = json.loads(run(workspace, "--format", "sarif").stdout)
    return {one["partialFingerprints"]["pismoFinding/v1"] for one in log["runs"][0]["results"]}


def test_sarif_knows_a_finding_again_when_its_line_moves(faulty: Path) -> None:
    before = fingerprints(faulty)
    story = faulty / STORY
    text = story.read_text("utf-8")
    story.write_text(text.replace("It rained all day", "It rained.\n\nIt rained all day"), "utf-8")
    assert fingerprints(faulty) == before


def test_sarif_stays_below_what_github_takes_and_tells_the_gravest_first() -> None:
    note = Rule("a-note", Severity.NOTE, "a note " * 20, "заметка")
    error = Rule("an-error", Severity.ERROR, "an error " * 20, "ошибка")
    found = [note.at(Source("content/a b.md", line)) for line in range(1, 9000)]
    log = sarif([*found, error.at(Source("content/a b.md", 1))], "en")
    results = json.loads(log)["runs"][0]["results"]
    assert len(results) == 5000
    assert results[0]["ruleId"] == "an-error"
    place = results[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "content/a%20b.md"
    assert len(log.encode()) < 10_000_000


@pytest.mark.parametrize("issue", [(), ("weekly/2026-11-27",)])
def test_junit_keeps_to_the_schema_of_jenkins(faulty: Path, issue: tuple[str, ...]) -> None:
    from lxml import etree

    schema = etree.XMLSchema(etree.parse(SCHEMAS / "junit.xsd"))
    suite = etree.fromstring(run(faulty, "--format", "junit", *issue).stdout.encode())
    schema.assertValid(suite)


def test_junit_fails_where_an_error_is(faulty: Path) -> None:
    suite = ET.fromstring(run(faulty, "--format", "junit").stdout)
    assert suite.tag == "testsuite"
    assert int(suite.get("tests", "0")) == len(suite.findall("testcase"))
    failed = [case for case in suite.findall("testcase") if case.find("failure") is not None]
    assert len(failed) == int(suite.get("failures", "0")) == 1
    assert failed[0].get("name") == STORY.as_posix()


def test_json_has_the_fields_of_the_design(faulty: Path) -> None:
    told = json.loads(run(faulty, "--json").stdout)
    assert told["errors"] == 1
    fields = {"rule", "severity", "path", "line", "message", "hint", "issue", "segment"}
    assert all(set(finding) == fields for finding in told["findings"])


def test_a_comment_with_a_reason_takes_a_finding_back(faulty: Path) -> None:
    story = faulty / STORY
    comment = "<!-- pismo: ignore link-text-vague — the joke needs it -->\n"
    story.write_text(story.read_text("utf-8") + comment, "utf-8")
    assert "link-text-vague" not in run(faulty, "--json").stdout


def test_a_heavy_and_a_tall_picture_are_told(small: Path) -> None:
    from random import Random

    from PIL import Image

    noise = Random(7).randbytes(600 * 2600 * 3)
    Image.frombytes("RGB", (600, 2600), noise).save(small / "content" / "stories" / "noise.png")
    story = small / STORY
    story.write_text(story.read_text("utf-8") + "\n![Noise](noise.png)\n", "utf-8")
    found = {(one.rule.id, str(one.source)) for one in check(load_workspace(small)).findings}
    assert {("image-heavy", f"{STORY}:9"), ("image-tall", f"{STORY}:9")} <= found


class Crowd:
    """Ten people, three of them without a name, nobody with children."""

    def __init__(self, size: int = 0, chosen: int = 0) -> None:
        self.size, self.chosen = size, chosen

    def segment_report(self, newsletter: str) -> SegmentReport:
        assert newsletter == "weekly"
        families = Size(id="families", title="", size=self.size, chosen=self.chosen, overlaps={})
        return SegmentReport(people=10, segments=(families,), everyone=10 - self.chosen)

    def empty_values(self, column: str) -> tuple[int, int]:
        return (3 if column == "first_name" else 0), 10


def test_people_who_would_lose_their_letter_are_counted(small: Path) -> None:
    issue = small / "newsletters" / "weekly" / "2026-11-27.md"
    text = issue.read_text("utf-8").replace(' | default("friend")', "")
    issue.write_text(text, "utf-8")
    found = {one.rule.id: one for one in check(load_workspace(small), people=Crowd()).findings}
    assert "3 of 10 people" in found["personal-excludes"].message("en")
    assert str(found["personal-excludes"].source) == "newsletters/weekly/2026-11-27.md:6"
    assert str(found["segment-empty"].source) == "segments/families.toml:2"


@pytest.mark.parametrize(
    ("size", "chosen", "rule"),
    [(0, 0, "segment-empty"), (4, 0, "segment-taken"), (4, 1, "segment-overlap"), (4, 4, None)],
)
def test_empty_unreachable_and_overlapping_segments_are_told_apart(
    small: Path, size: int, chosen: int, rule: str | None
) -> None:
    report = check(load_workspace(small), people=Crowd(size, chosen))
    told = {one.rule.id for one in report.findings} & {
        "segment-empty", "segment-taken", "segment-overlap"
    }  # fmt: skip
    assert told == ({rule} if rule else set())


def test_what_is_asked_of_readers_for_the_first_time_is_noted(small: Path) -> None:
    issues = small / "newsletters" / "weekly"
    text = (issues / "2026-11-27.md").read_text("utf-8").replace("2026-11-27", "2026-12-04")
    text = text.replace("Hello ", "Hello from {{ recipient.city | default('afar') }}, ")
    (issues / "2026-12-04.md").write_text(text, "utf-8")
    found = [
        one for one in check(load_workspace(small)).findings if one.rule.id == "personal-new-column"
    ]
    assert [str(one.source) for one in found] == ["newsletters/weekly/2026-12-04.md:6"]
