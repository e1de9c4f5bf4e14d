"""The first tenth of a second of the command."""

import sys
from types import SimpleNamespace

import pytest

from pismo.__main__ import main
from pismo.errors import ExitCode


def test_ctrl_c_before_a_command_has_begun_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "pismo.cli", SimpleNamespace(main=interrupted))
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == ExitCode.STOPPED
    assert capsys.readouterr().err == "stopped\n"
