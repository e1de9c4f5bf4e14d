"""Measuring and tuning: only what was known counts, and settings land where they belong."""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from pismo.audience import Snapshot, write_snapshot
from pismo.audience.invent import write_invented
from pismo.errors import AudienceError
from pismo.model.workspace import Settings
from pismo.recommend import prepare
from pismo.recommend.measure import measure
from pismo.recommend.tune import GRID, tune, write_recipe

TODAY = date(2026, 11, 27)
AT = datetime(2026, 9, 1)  # noqa: DTZ001  # snapshots hold naive UTC


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return write_invented(tmp_path_factory.mktemp("state"), 3000, 120, seed=7, today=TODAY)


def test_taste_is_found_better_than_by_popularity_alone(snapshot: Snapshot) -> None:
    with snapshot.connect() as engine:
        recipe = measure(engine, Settings(), AT)
        only_popular = Settings(tables={"recommend": {"history": 1, "neighbours": 1}})
        plain = measure(engine, only_popular, AT)
    assert recipe.ndcg.mean() > plain.ndcg.mean()
    low, high = recipe.interval("ndcg")
    assert low < recipe.ndcg.mean() < high
    assert 0 < recipe.coverage <= 1


def test_the_same_question_has_the_same_answer(snapshot: Snapshot) -> None:
    with snapshot.connect() as engine:
        first, again = (measure(engine, Settings(), AT) for _ in range(2))
    assert (first.ndcg == again.ndcg).all()
    assert (first.hit == again.hit).all()


def test_nobody_after_the_moment_is_said_and_not_divided_by(snapshot: Snapshot) -> None:
    with (
        snapshot.connect() as engine,
        pytest.raises(AudienceError, match="nobody bought"),
    ):
        measure(engine, Settings(), AT + timedelta(days=365))


def test_a_history_too_short_keeps_the_default(tmp_path: Path) -> None:
    empty = write_snapshot(tmp_path, {})
    with empty.connect() as engine, pytest.raises(AudienceError, match="too short"):
        tune(engine, Settings(), AT)


def test_tuning_tries_one_setting_at_a_time(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GRID, "neighbours", (20, 5))
    for name in set(GRID) - {"neighbours"}:
        monkeypatch.delitem(GRID, name)
    steps: list[str] = []
    with snapshot.connect() as engine:
        done = tune(engine, Settings(), datetime(2026, 11, 27), on_step=steps.append)  # noqa: DTZ001  # naive UTC
    assert [step.partition(":")[0] for step in steps] == ["neighbours = 5"]
    assert done.best >= done.default


def test_a_recipe_is_written_into_settings_and_nothing_else_changes(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(
        '[tool.pismo]\nlanguage = "ru"\n\n[tool.pismo.recommend]\nneighbours = 30\n'
        'per_category = 3\n\n[tool.pismo.brand]\nname = "Б"\n', "utf-8"
    )  # fmt: skip
    write_recipe(tmp_path, {"neighbours": 60, "own_half_life": 365.0})
    document = tomllib.loads(file.read_text("utf-8"))["tool"]["pismo"]
    assert document == {
        "language": "ru",
        "recommend": {"neighbours": 60, "own_half_life": 365.0, "per_category": 3},
        "brand": {"name": "Б"},
    }
    file.write_text('[tool.pismo]\nlanguage = "ru"\n', "utf-8")
    write_recipe(tmp_path, {"neighbours": 60})
    assert tomllib.loads(file.read_text())["tool"]["pismo"]["recommend"] == {"neighbours": 60}


def test_what_was_prepared_is_private_and_found_again(snapshot: Snapshot) -> None:
    done = prepare(snapshot, AT, Settings())
    assert done.recommend is not None
    assert {file.stat().st_mode & 0o777 for file in done.recommend.iterdir()} == {0o600}
    assert prepare(snapshot, AT, Settings()) == done
