"""What an engine lets SQL do."""

from pathlib import Path

import pytest

from pismo.audience.engine import one_thread, only_row, open_engine

THREADS = "SELECT current_setting('threads')"


def test_threads_are_as_they_were_after_work_that_has_its_own(tmp_path: Path) -> None:
    engine = open_engine([tmp_path], threads=3)
    with one_thread(engine):
        assert only_row(engine, THREADS) == (1,)
    assert only_row(engine, THREADS) == (3,)


@pytest.mark.parametrize(
    "setting", ["enable_external_access = true", "allowed_configs = ['memory_limit']"]
)
def test_no_other_setting_can_be_changed(tmp_path: Path, setting: str) -> None:
    import duckdb

    engine = open_engine([tmp_path])
    with pytest.raises(duckdb.Error, match="locked"):
        engine.execute(f"SET {setting}")
