"""`pismo build`, as typed."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from pismo.cli.build import build_command
from pismo.cli.common import Call
from pismo.model import language

ISSUE = "weekly/2026-11-27"


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(build_command, arguments, obj=Call(root))


def test_json_has_the_fields_of_the_contract(small: Path) -> None:
    result = run(small, "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert {"editions", "findings", "seconds"} <= document.keys()
    wanted = {"issue", "segment", "variant", "digest", "html_bytes", "text_bytes", "path", "cached"}
    for edition in document["editions"]:
        assert edition.keys() == wanted
        assert (small / edition["path"] / "letter.html").is_file()


def test_errors_are_printed_with_place_rule_and_hint_and_exit_with_one(small: Path) -> None:
    issue = small / "newsletters" / f"{ISSUE}.md"
    issue.write_text(issue.read_text("utf-8").replace('story("rain")', 'story("rian")'), "utf-8")
    result = run(small, ISSUE)
    assert result.exit_code == 1
    assert f"newsletters/{ISSUE}.md:" in result.stderr
    assert "error[" in result.stderr
    assert "hint: " in result.stderr
    assert "rain" in result.stderr
    assert "Nothing was written" in result.stderr
    assert not (small / "build").exists()


def test_json_of_a_failed_build_has_its_findings(small: Path) -> None:
    (small / "newsletters" / f"{ISSUE}.md").write_text("---\nsubject: x\n---\n{{ story() }}\n")
    result = run(small, "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["editions"] == []
    assert {finding["severity"] for finding in document["findings"]} == {"error"}


def test_results_go_to_stdout_and_the_next_command_to_stderr(small: Path) -> None:
    result = run(small)
    assert result.exit_code == 0
    assert f"build/letters/{ISSUE}/families/a/letter.html" in result.stdout
    assert "pismo preview" in result.stderr


def test_help_language_lists_every_filter_and_test_with_its_example(small: Path) -> None:
    shown = run(small, "--help-language").stdout
    for word in (*language.FILTERS.values(), *language.TESTS.values()):
        assert word.name in shown
        assert word.same_as or (word.en in shown and word.example in shown)
    assert not (small / "build").exists()


def test_help_language_works_outside_of_a_workspace(tmp_path: Path) -> None:
    assert "plural" in run(tmp_path, "--help-language").stdout
