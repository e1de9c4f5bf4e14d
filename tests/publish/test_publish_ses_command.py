"""`pismo ses doctor` and `setup` against the simulator, with moto's SNS and SQS."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pismo import ses_sim
from pismo.cli import root as pismo

SENDER = "shop.example"


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(pismo, ["-C", str(root), "ses", *words])


def doctor(root: Path) -> dict[str, dict[str, str]]:
    result = run(root, "doctor", "--json")
    assert result.exit_code in (0, 1), (result.output, result.exception)
    return {one["name"]: one for one in json.loads(result.stdout)["checks"]}


def simulated(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> ses_sim.RunningSim:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr("time.sleep", lambda _: None)
    sim = ses_sim.start(ses_sim.Settings(control_calls_per_second=None, **changes))
    monkeypatch.setenv("PISMO_SES_ENDPOINT", sim.url)
    return sim


@pytest.mark.parametrize(
    ("changes", "name", "word"),
    [
        ({"production": False}, "account", "sandbox"),
        ({"identities": ()}, f"sender {SENDER}", "unknown"),
        ({"configuration_sets": ()}, "configuration set pismo", "does not exist"),
        ({"sending_enabled": False}, "account", "switched off"),
    ],
)
def test_doctor_names_what_blocks_and_how_to_mend_it(
    small: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], name: str, word: str
) -> None:
    with simulated(monkeypatch, **changes):
        check = doctor(small)[name]
    assert check["level"] == "blocks"
    assert word in check["found"]
    assert check["mend"]


def test_doctor_probes_that_templates_keep_values(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with simulated(monkeypatch):
        assert doctor(small)["templates"]["level"] == "ok"


def test_doctor_finds_a_local_base(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PISMO_LINKS_BASE_URL", "http://localhost:9000")
    with simulated(monkeypatch):
        assert doctor(small)["links.base_url"]["level"] == "blocks"


def test_doctor_says_that_ses_is_out_of_reach(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulated(monkeypatch).close()
    result = run(small, "doctor", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["blocked"] is True


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for service in ("SNS", "SQS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", f"http://{host}:{port}")
    yield
    server.stop()


@pytest.mark.usefixtures("aws")
def test_setup_shows_first_then_makes_and_then_has_nothing_to_do(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with simulated(monkeypatch, identities=(), configuration_sets=()):
        shown = run(small, "setup", "--json")
        assert not any(one["made"] for one in json.loads(shown.stdout)["steps"]), shown.output
        made = json.loads(run(small, "setup", "--yes", "--json").stdout)["steps"]
        assert any("CNAME" in one["tell"] for one in made)
        assert all(one["made"] or one["was_there"] for one in made)
        again = json.loads(run(small, "setup", "--yes", "--json").stdout)["steps"]
        assert all(one["was_there"] for one in again), again
        assert doctor(small)["events of pismo"]["level"] == "ok"


@pytest.mark.usefixtures("aws")
def test_doctor_says_of_a_base_without_its_scheme_what_is_wrong(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PISMO_SITE_BASE_URL", "site.example")
    with simulated(monkeypatch, identities=(SENDER,), configuration_sets=()):
        base = doctor(small)["site.base_url"]
    assert base["found"] == "is no web address: site.example"
    assert base["level"] == "blocks"


def told_of_the_queue(root: Path) -> str:
    steps = json.loads(run(root, "setup", "--yes", "--json").stdout)["steps"]
    (tell,) = (one["tell"] for one in steps if "queue_url" in one["tell"])
    return str(tell)


@pytest.mark.usefixtures("aws")
def test_doctor_follows_the_events_into_the_queue(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    with simulated(monkeypatch, identities=(SENDER,), configuration_sets=()):
        assert "queue_url is not set" in doctor(small)["event queue"]["found"]
        tell = told_of_the_queue(small)
        assert told_of_the_queue(small) == tell, "whoever missed it is told again"
        with (small / "pyproject.toml").open("a", encoding="utf-8") as settings:
            settings.write(f"\n[tool.pismo.ses]\n{tell.partition('write: ')[2]}\n")
        checks = doctor(small)
        assert checks["event queue"]["level"] == "ok", checks["event queue"]
        assert checks["events' way"]["level"] == "ok"
        sns = boto3.client("sns")
        (subscription,) = sns.list_subscriptions()["Subscriptions"]
        sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
        way = doctor(small)["events' way"]
        assert (way["level"], way["mend"]) == ("warning", "pismo ses setup")
        boto3.client("sqs").delete_queue(QueueUrl=tell.split('"')[1])
        assert "cannot be asked" in doctor(small)["event queue"]["found"]


def test_setup_against_a_simulator_makes_nothing_in_the_real_aws(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for service in ("SNS", "SQS"):
        monkeypatch.delenv(f"AWS_ENDPOINT_URL_{service}", raising=False)
    with simulated(monkeypatch):
        refused = run(small, "setup", "--yes")
    assert "AWS_ENDPOINT_URL_SNS and AWS_ENDPOINT_URL_SQS" in str(refused.exception)
