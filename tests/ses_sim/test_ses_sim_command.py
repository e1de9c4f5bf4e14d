"""`pismo ses-sim` as a command, and the promise to stand alone."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pismo import ses_sim
from pismo.ses_sim.command import ses_sim_command
from pismo.ses_sim.faults import FaultKind, faults_from
from pismo.ses_sim.routes import OPERATIONS


def _run(*arguments: str) -> subprocess.Popen[str]:
    code = "from pismo.ses_sim.command import ses_sim_command; ses_sim_command()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_says_where_it_is_and_how_to_publish_and_ends_quietly(
    number: signal.Signals,
) -> None:
    with _run("--port", "0", "--identity", "shop.test", "--rate", "14") as running:
        assert running.stdout is not None
        said = "".join(running.stdout.readline() for _ in range(8))
        running.send_signal(number)
        rest, problems = running.communicate()
    url = said.split("simulated, at ")[1].splitlines()[0]
    assert "senders:  shop.test" in said
    assert f"PISMO_SES_ENDPOINT={url}\n" in said
    assert "pismo publish ISSUE --to ses --first-use --at-once --yes" in said + rest
    assert (running.returncode, problems) == (0, "")


def test_taken_port_is_a_clear_error(sim: ses_sim.RunningSim) -> None:
    result = CliRunner().invoke(ses_sim_command, ["--port", str(sim.port)])
    assert result.exit_code == 1
    assert f"cannot listen on 127.0.0.1:{sim.port}" in result.output
    assert "--port 0" in result.output


def test_bad_fault_plan_is_wrong_usage(tmp_path: Path) -> None:
    plan = tmp_path / "faults.json"
    plan.write_text('[{"kind": "explode"}]')
    result = CliRunner().invoke(ses_sim_command, ["--faults", str(plan)])
    assert result.exit_code == 2
    assert "rule 1" in result.output


def test_simulator_stands_alone_and_loads_no_boto3() -> None:
    code = (
        "import sys, pismo.ses_sim.command\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('boto3', 'botocore')])\n"
        "print([m for m in sys.modules if m.startswith('pismo.') and 'ses_sim' not in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "[]"]


@pytest.fixture(scope="module")
def reference(repository: Path) -> str:
    return (repository / "docs/reference/ses-sim.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("option", [one.opts[0] for one in ses_sim_command.params])
def test_reference_has_every_option(reference: str, option: str) -> None:
    assert f"`{option}" in reference


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_reference_has_every_operation(reference: str, operation: str) -> None:
    assert f"`{operation}`" in reference


@pytest.mark.parametrize("kind", list(FaultKind))
def test_reference_has_every_fault(reference: str, kind: FaultKind) -> None:
    assert f"| `{kind}` |" in reference


def test_fault_plan_of_the_reference_can_be_read(reference: str) -> None:
    example = reference.split("```json\n")[1].split("```", maxsplit=1)[0]
    assert [one.kind for one in faults_from(json.loads(example))] == ["drop", "error", "entries"]
