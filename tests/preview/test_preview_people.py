"""Finding people: how many there are, what is wrong with the question, what their ids are."""

from typing import Any

import pytest

from pismo.explain.audience import MOST_FOUND
from pismo.workspace import load_workspace
from tests.preview.conftest import ISSUE, Browse, Running, ask


def test_a_search_counts_everybody_and_names_the_first(sampled: Running) -> None:
    told = ask(sampled, "find", question="orders >= 0")
    assert (len(told["people"]), told["total"]) == (MOST_FOUND, 80)
    one = ask(sampled, "find", question=told["people"][0]["id"])
    assert (len(one["people"]), one["total"]) == (1, 1)
    assert ask(sampled, "find", question="orders < 0") == {"people": [], "total": 0}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("city == Казань", "в одинарные кавычки: 'Казань'"),
        ('city = "Казань"', "в одинарные кавычки: 'Казань'"),
        ("city = Нижний Новгород", "в одинарные кавычки: 'Нижний Новгород'"),
        ("orders => 3", ">= или <="),
        ("orders > 1 && points > 0", "вместо && пишите AND"),
        ("orders > 1 || points > 0", "вместо || пишите OR"),
        ("orders_9 = 0", "может быть, «orders_90»?"),
        ("city > 5", "сравнивается с числом"),
        ("a@example.com", "по адресу никого не ищут"),
    ],
)
def test_a_mistake_in_a_question_is_said_in_russian_with_a_way_out(
    sampled: Running, question: str, said: str
) -> None:
    told = ask(sampled, "find", question=question, language="ru")["error"]
    assert said in told
    assert "question:1" not in told


def test_a_broken_segment_is_not_blamed_for_a_question_about_something_else(
    sampled: Running,
) -> None:
    file = sampled.root / "segments" / "families.toml"
    file.write_text(file.read_text("utf-8").replace("children_max_age <=", "nonsense <="), "utf-8")
    sampled.desk.studio.reload()
    assert ask(sampled, "find", question="orders >= 0")["total"] == 80
    assert "'wrong'" in ask(sampled, "find", question="wrong = 0")["error"]


def test_an_audience_that_changes_in_the_middle_of_a_question_is_asked_again(
    sampled: Running,
) -> None:
    crowd = sampled.desk.crowd
    found = ask(sampled, "find", question="orders >= 0")
    real = crowd.real
    asked: list[Any] = []

    def vanishing(engine: Any) -> Any:
        asked.append(engine)
        if len(asked) == 1:
            real._files[0].unlink()
        return engine.execute("SELECT count(*) FROM facts").fetchone()

    assert real._asking(vanishing) == (80,)
    assert asked[0] is not asked[1]
    assert ask(sampled, "find", question="orders >= 0") == found


def test_an_audience_that_is_gone_is_a_sentence(sampled: Running) -> None:
    ask(sampled, "find", question="orders >= 0")
    for file in load_workspace(sampled.root).state_dir.joinpath("audience").rglob("*.parquet"):
        file.unlink()
    told = ask(sampled, "review", issue=ISSUE, language="ru")
    assert told["stale"]
    assert told["problem"]


@pytest.mark.chromium
def test_what_a_search_finds_and_what_is_wrong_with_it_stands_under_the_field(
    sampled: Running, browse: Browse
) -> None:
    page = browse(sampled.url)
    page.get_by_role("button", name="Русский").click()
    field = page.locator("#find")
    field.fill("orders >= 0")
    field.press("Enter")
    page.locator("#found", has_text="Показаны 20 из 80").wait_for()
    field.fill("orders => 0")
    field.press("Enter")
    page.locator("#found.wrong", has_text=">= или <=").wait_for()
    assert field.input_value() == "orders => 0"
    below, above = page.locator("#found").bounding_box(), field.bounding_box()
    assert below["y"] >= above["y"] + above["height"] - 1


@pytest.mark.chromium
def test_what_is_being_typed_survives_a_save(sampled: Running, browse: Browse) -> None:
    page = browse(sampled.url)
    page.locator("#find").fill("orders = ")
    story = sampled.root / "content" / "stories" / "rain.md"
    story.write_text(story.read_text("utf-8").replace("door", "window"), "utf-8")
    page.frame_locator("iframe").first.locator("p", has_text="window opened").wait_for()
    assert page.locator("#find").input_value() == "orders = "


@pytest.mark.chromium
def test_a_readers_id_stands_beside_the_name_and_is_copied_by_a_click(
    sampled: Running, browse: Browse
) -> None:
    page = browse(sampled.url)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_label("Reader", exact=True).select_option("invented anna")
    page.locator(".reader-id", has_text="anna").click()
    page.locator("#status", has_text="id copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "anna"
    page.get_by_label("Reader", exact=True).select_option("persona persona-3")
    page.locator(".reader-id").wait_for(state="detached")
