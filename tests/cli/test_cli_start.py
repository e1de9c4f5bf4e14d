"""The first tenth of a second of the command."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from pismo.__main__ import main
from pismo.cli import root
from pismo.errors import ExitCode


@pytest.mark.parametrize(("language", "said"), [("en", "stopped\n"), ("ru", "остановлено\n")])
def test_ctrl_c_before_a_command_has_begun_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    monkeypatch.setenv("PISMO_LANG", language)

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "pismo.cli", SimpleNamespace(main=interrupted))
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == ExitCode.STOPPED
    assert capsys.readouterr().err == said


def test_a_command_that_asks_the_engine_leaves_without_a_word_about_memory(small: Path) -> None:
    command = [sys.executable, "-m", "pismo", "-C", str(small), "check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (ExitCode.DONE, ExitCode.FINDINGS)
    assert "leak" not in done.stderr


def test_misspelt_command_is_told_what_it_may_have_been() -> None:
    told = CliRunner().invoke(root, ["publsh"])
    assert told.exit_code == 2
    assert "publish'?" in told.output
