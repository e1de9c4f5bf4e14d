"""What a build writes, and when it writes nothing."""

import json
import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from pismo.build import build, load_edition, sample_recipient
from pismo.build.tree import replace_tree
from pismo.compile import compile_issue
from pismo.errors import ContentError, SettingsError, UsageError
from pismo.model.codec import digest_of
from pismo.model.content import Kind, PickedProduct
from pismo.render import render
from pismo.workspace import load_workspace

ISSUE = "weekly/2026-11-27"


def files_of(root: Path) -> dict[str, bytes]:
    """Return every file that a build left, by path, hidden ones too."""
    folder = root / "build"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def add_issue(root: Path, day: str, body: str, **fields: str) -> None:
    front = "".join(f"{name}: {value}\n" for name, value in {"subject": "Hi", **fields}.items())
    path = root / "newsletters" / "weekly" / f"{day}.md"
    path.write_text(f"---\n{front}---\n{body}\n", "utf-8")


def test_a_build_writes_letters_site_and_manifest(small: Path) -> None:
    report = build(load_workspace(small))
    assert not report.findings
    written = files_of(small)
    for segment in ("families", "everyone"):
        for name in ("letter.html", "letter.txt", "edition.json"):
            assert f"letters/{ISSUE}/{segment}/a/{name}" in written
    assert {"manifest.json", "site/index.html", f"site/{ISSUE}/index.html"} <= set(written)


def test_the_report_names_what_was_written(small: Path) -> None:
    report = build(load_workspace(small))
    assert [(one.issue, one.segment, one.variant) for one in report.editions] == [
        (ISSUE, "families", "a"),
        (ISSUE, "everyone", "a"),
    ]
    for one in report.editions:
        edition = load_edition(small / one.path)
        assert edition.digest == one.digest == digest_of(edition)
        assert (small / one.path / "letter.txt").stat().st_size == one.text_bytes


def test_the_sample_letter_is_the_edition_filled_in_for_the_sample_reader(small: Path) -> None:
    workspace = load_workspace(small)
    build(workspace)
    folder = small / "build" / "letters" / ISSUE / "families" / "a"
    reader = sample_recipient(workspace, load_edition(folder))
    assert reader.facts["first_name"] == "Anna"
    assert reader.address is None
    text = render(load_edition(folder), reader).text
    shown = (folder / "letter.txt").read_text("utf-8")
    assert shown.splitlines()[0] == text.splitlines()[0] == "Hello Anna!"


def test_sample_picks_are_the_first_products_in_stock(small: Path) -> None:
    workspace = load_workspace(small)
    _, everyone = compile_issue(workspace, ISSUE).editions
    in_stock = [one.product_id for one in workspace.catalogue.values() if one.in_stock]
    reader = sample_recipient(workspace, everyone)
    assert [pick.id for pick in reader.picks] == in_stock[:12]
    picked = PickedProduct(product_id=in_stock[0])
    rain = workspace.items[Kind.STORY, "rain"]
    items = {**workspace.items, (Kind.STORY, "rain"): replace(rain, products=(picked,))}
    reader = sample_recipient(replace(workspace, items=items), everyone)
    assert in_stock[0] not in [pick.id for pick in reader.picks], "the letter shows it already"


def test_the_manifest_lists_every_file_with_its_hash(small: Path) -> None:
    build(load_workspace(small))
    written = files_of(small)
    manifest = json.loads(written.pop("manifest.json"))
    assert manifest["files"] == {
        path: sha256(content).hexdigest() for path, content in written.items()
    }


def test_building_again_gives_the_same_bytes_from_the_cache(small: Path) -> None:
    first = build(load_workspace(small))
    before = files_of(small)
    second = build(load_workspace(small))
    assert files_of(small) == before
    assert [one.cached for one in first.editions] == [False, False]
    assert [one.cached for one in second.editions] == [True, True]


def test_the_cache_may_be_thrown_away_or_cut_short(small: Path) -> None:
    build(load_workspace(small))
    before = files_of(small)
    for record in (small / ".pismo" / "cache").rglob("*.json"):
        record.write_bytes(record.read_bytes()[:100])
    report = build(load_workspace(small))
    assert not any(one.cached for one in report.editions)
    shutil.rmtree(small / ".pismo")
    build(load_workspace(small))
    assert files_of(small) == before


def test_the_cache_does_not_grow(small: Path) -> None:
    add_issue(small, "2026-12-04", "One.")
    build(load_workspace(small))
    (small / "newsletters" / "weekly" / "2026-12-04.md").unlink()
    stray = small / ".pismo" / "cache" / "images" / "old.png"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"")
    story = small / "content" / "stories" / "rain.md"
    story.write_text(story.read_text("utf-8") + "\nMore.\n", "utf-8")
    build(load_workspace(small))
    assert not stray.exists()
    records = (small / ".pismo" / "cache" / "issues").iterdir()
    assert [record.name for record in records] == ["weekly--2026-11-27.json"]


CHANGES = {
    "content/stories/rain.md": ("\n", "\n\n"),
    "content/catalogue.csv": ("\n", "\n\n"),
    "newsletters/weekly/newsletter.toml": ('"Kate"', '"Kat"'),
    f"newsletters/{ISSUE}.md": ("door", "gate"),
    "segments/families.toml": ("12", "11"),
    "pyproject.toml": ("[tool.pismo]", "[tool.pismo.loyalty]\nquiet_days = 90\n\n[tool.pismo]"),
}


@pytest.mark.parametrize("path", CHANGES)
def test_a_change_to_what_an_issue_uses_compiles_it_again(small: Path, path: str) -> None:
    build(load_workspace(small))
    file = small / path
    text = file.read_text("utf-8")
    assert text.replace(*CHANGES[path]) != text
    file.write_text(text.replace(*CHANGES[path]), "utf-8")
    report = build(load_workspace(small))
    assert report.editions
    assert not any(one.cached for one in report.editions)


def test_a_change_elsewhere_compiles_nothing(small: Path) -> None:
    add_issue(small, "2026-12-04", "Just a word.")
    build(load_workspace(small))
    story = small / "content" / "stories" / "rain.md"
    story.write_text(story.read_text("utf-8") + "\nOne more word.\n", "utf-8")
    report = build(load_workspace(small))
    cached = {one.issue: one.cached for one in report.editions}
    assert cached == {ISSUE: False, "weekly/2026-12-04": True}


def test_an_error_leaves_the_last_good_build(small: Path) -> None:
    build(load_workspace(small))
    before = files_of(small)
    add_issue(small, "2026-12-04", '{{ story("nowhere") }}')
    report = build(load_workspace(small))
    assert report.failed
    assert report.editions == ()
    assert files_of(small) == before


def test_every_failure_is_reported_at_once(small: Path) -> None:
    add_issue(small, "2026-12-04", '{{ story("nowhere") }}')
    add_issue(small, "2026-12-11", "{% if %}")
    report = build(load_workspace(small))
    broken = {finding.source.path for finding in report.findings}
    assert broken == {"newsletters/weekly/2026-12-04.md", "newsletters/weekly/2026-12-11.md"}


def test_building_one_issue_swaps_only_that_issue(small: Path) -> None:
    add_issue(small, "2026-12-04", "One.")
    build(load_workspace(small))
    before = files_of(small)
    add_issue(small, "2026-12-04", "Two.")
    add_issue(small, "2026-12-11", '{{ story("nowhere") }}')
    report = build(load_workspace(small), ["weekly/2026-12-04"])
    assert {one.issue for one in report.editions} == {"weekly/2026-12-04"}
    after = files_of(small)
    assert before.keys() == after.keys()
    changed = {path for path, content in after.items() if before[path] != content}
    assert all("2026-12-04" in path or path == "manifest.json" for path in changed)
    assert any(path.endswith("letter.html") for path in changed)


def test_building_one_by_one_gives_what_building_all_gives(small: Path) -> None:
    add_issue(small, "2026-12-04", "One.")
    build(load_workspace(small), ["weekly/2026-12-04"])
    build(load_workspace(small), [ISSUE])
    apart = files_of(small)
    build(load_workspace(small))
    assert files_of(small) == apart


def test_an_issue_that_is_no_more_leaves_the_build(small: Path) -> None:
    add_issue(small, "2026-12-04", "One.")
    build(load_workspace(small))
    (small / "newsletters" / "weekly" / "2026-12-04.md").unlink()
    build(load_workspace(small))
    assert not [path for path in files_of(small) if "2026-12-04" in path]


def test_an_unknown_issue_is_a_usage_error_with_a_guess(small: Path) -> None:
    with pytest.raises(UsageError, match="weekly/2026-11-28") as raised:
        build(load_workspace(small), ["weekly/2026-11-28"])
    assert ISSUE in raised.value.hint


def test_an_unknown_column_in_a_segment_is_an_error_with_a_guess(small: Path) -> None:
    segment = small / "segments" / "families.toml"
    segment.write_text(segment.read_text("utf-8").replace("children_max_age <=", "children_max <="))
    report = build(load_workspace(small))
    assert report.failed
    assert any("children_max_age" in finding.hint("en") for finding in report.findings)
    assert not (small / "build").exists()


def test_an_unknown_column_in_a_letter_is_an_error_with_a_guess(small: Path) -> None:
    add_issue(small, "2026-12-04", '{{ recipient.frist_name | default("you") }}')
    (finding,) = build(load_workspace(small)).findings
    assert finding.rule.id == "unknown-column"
    assert finding.source.path == "newsletters/weekly/2026-12-04.md"
    assert "first_name" in finding.hint("en")


def test_build_needs_no_audience_and_reads_none(small: Path) -> None:
    build(load_workspace(small))
    before = files_of(small)
    (small / ".pismo" / "audience").mkdir()
    (small / ".pismo" / "audience" / "current").write_text("rubbish")
    build(load_workspace(small))
    assert files_of(small) == before


def test_a_failing_disk_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "build"
    replace_tree(folder, {"site/a.html": b"old", "manifest.json": b"1"}, ["site", "manifest.json"])
    with pytest.raises(SettingsError, match="cannot write"):
        replace_tree(folder, {"site/a.html": b"new", "site/a.html/b": b""}, ["site"])
    assert (folder / "site" / "a.html").read_bytes() == b"old"
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "site"]


def test_a_swap_that_fails_half_way_is_undone(tmp_path: Path) -> None:
    folder = tmp_path / "build"
    replace_tree(folder, {"letters/a": b"old", "site/a": b"old"}, ["letters", "site"])
    (folder / "blocked").write_bytes(b"a file, so that no folder can stand there")
    new = {"letters/a": b"new", "site/a": b"new", "blocked/a": b"new"}
    with pytest.raises(SettingsError):
        replace_tree(folder, new, ["letters", "site", "blocked/a"])
    assert (folder / "letters" / "a").read_bytes() == b"old"
    assert (folder / "site" / "a").read_bytes() == b"old"


def test_a_killed_swap_is_put_back_by_the_next_build(tmp_path: Path) -> None:
    folder = tmp_path / "build"
    replace_tree(folder, {"site/a.html": b"old"}, ["site"])
    old = folder / ".staging-killed" / ".old"
    old.mkdir(parents=True)
    (folder / "site").rename(old / "site")
    replace_tree(folder, {"manifest.json": b"1"}, ["manifest.json"])
    assert (folder / "site" / "a.html").read_bytes() == b"old"
    assert not list(folder.glob(".staging-*"))


def test_an_edition_that_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="cannot read the edition"):
        load_edition(tmp_path)
    (tmp_path / "edition.json").write_text("{}")
    with pytest.raises(ContentError, match="build the issue again"):
        load_edition(tmp_path)
