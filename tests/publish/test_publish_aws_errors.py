"""What is wrong with profile, credentials or endpoint is a sentence that names it, for SES too."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pismo import ses_sim
from pismo.cli import root as pismo
from pismo.errors import PismoError

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def workspace(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a workspace on a machine that knows no AWS account."""
    for name in ("AWS_PROFILE", "AWS_REGION", "PISMO_SES_ENDPOINT", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setattr("time.sleep", lambda _: None)
    return small


def told(workspace: Path, *words: str) -> str:
    """Return what a command says: its output, or the error that ends it."""
    done = CliRunner().invoke(pismo, ["-C", str(workspace), "ses", *words])
    assert done.exception is None or isinstance(done.exception, PismoError | SystemExit)
    return f"{done.output}{done.exception or ''}"


@pytest.mark.parametrize("command", ["doctor", "setup"])
def test_unknown_profile_is_named_with_its_variable(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "martha")
    said = told(workspace, command)
    assert "no profile 'martha', which AWS_PROFILE names" in said
    assert "list-profiles" in said


@pytest.mark.parametrize("command", ["doctor", "setup"])
def test_missing_credentials_are_named_with_their_variables(workspace: Path, command: str) -> None:
    said = told(workspace, command)
    assert "no AWS credentials to ask ses" in said
    assert "AWS_ACCESS_KEY_ID" in said


@pytest.mark.parametrize("command", ["doctor", "setup"])
def test_endpoint_that_does_not_answer_is_named_with_its_variable(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "key")
    for name in ("PISMO_SES_ENDPOINT", "AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL_SQS"):
        monkeypatch.setenv(name, NOWHERE)
    said = told(workspace, command)
    assert "ses" in said
    assert "is out of reach" in said
    assert f"look at PISMO_SES_ENDPOINT: {NOWHERE}" in said


def test_setup_names_the_service_that_is_out_of_reach(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "key")
    for name in ("AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL_SQS"):
        monkeypatch.setenv(name, NOWHERE)
    with ses_sim.start(ses_sim.Settings(control_calls_per_second=None)) as sim:
        monkeypatch.setenv("PISMO_SES_ENDPOINT", sim.url)
        said = told(workspace, "setup")
    assert "sns is out of reach" in said
    assert "AWS_ENDPOINT_URL_SNS" in said


def test_endpoint_that_is_no_address_is_named_with_its_variable(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost:4566")
    said = told(workspace, "setup")
    assert "no web address" in said
    assert "AWS_ENDPOINT_URL" in said
