"""The two boto3 clients for SES: one that never repeats a call, one for reading and setting up.

SES has no idempotency token, and boto3's own retries can post a call of 50 letters five times
(measured: facts/ses.md §2). So the sending client makes one attempt, whatever the environment
says, and we decide about the rest.
"""

import json
import os
import threading
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from pismo.errors import SettingsError
from pismo.records import dataclass
from pismo.transports.aws_errors import aws_told

ENDPOINT_VARIABLE = "PISMO_SES_ENDPOINT"
CONFIGURATION_SET = "pismo"
"""Where events come from; `configuration_set = ""` sends without, and nothing in doubt settles."""
CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 60
RESULTS = "BulkEmailEntryResults"
_FIELDS = {
    "region", "configuration_set", "endpoint_url", "threads", "identity", "queue_url", "profile",
    "method",
}  # fmt: skip
_LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}


class Method(StrEnum):
    """How letters are handed over; bulk falls back to single by itself."""

    BULK = "bulk"
    SINGLE = "single"
    RAW = "raw"


@dataclass(frozen=True, slots=True, kw_only=True)
class SesSettings:
    """`[tool.pismo.ses]`; `endpoint_url` is for services that speak SES's language."""

    region: str = ""
    configuration_set: str = CONFIGURATION_SET
    endpoint_url: str = ""
    identity: str = ""
    queue_url: str = ""
    profile: str = ""
    method: Method = Method.BULK
    threads: int = 8
    read_timeout_s: float = READ_TIMEOUT_S

    @property
    def is_local(self) -> bool:
        """Tell whether the endpoint is on this machine: a simulator, never a real account."""
        return urlsplit(self.endpoint_url).hostname in _LOCAL_HOSTS


def ses_settings(table: Mapping[str, object], environ: Mapping[str, str]) -> SesSettings:
    """Read `[tool.pismo.ses]`; PISMO_SES_ENDPOINT wins over `endpoint_url`.

    Raises:
        SettingsError: If a field is unknown or of the wrong kind.
    """
    for name in table:
        if name not in _FIELDS:
            known = ", ".join(sorted(_FIELDS))
            raise SettingsError(f"[tool.pismo.ses] has no field '{name}'", hint=f"known: {known}")
    endpoint = environ.get(ENDPOINT_VARIABLE) or _text(table, "endpoint_url")
    if endpoint and not (
        endpoint.startswith(("http://", "https://")) and urlsplit(endpoint).hostname
    ):
        raise SettingsError(
            f"the endpoint of SES is no web address: {endpoint}",
            hint=f"{ENDPOINT_VARIABLE} is like http://127.0.0.1:8925; without it, AWS is spoken to",
        )
    threads = table.get("threads", 8)
    if not isinstance(threads, int) or not 1 <= threads <= 64:
        raise SettingsError("[tool.pismo.ses] threads must be a whole number from 1 to 64")
    return SesSettings(
        region=_text(table, "region"),
        configuration_set=_text(table, "configuration_set", CONFIGURATION_SET),
        endpoint_url=endpoint,
        identity=_text(table, "identity"),
        queue_url=_text(table, "queue_url"),
        profile=_text(table, "profile"),
        method=_method(table),
        threads=threads,
    )


def _text(table: Mapping[str, object], name: str, default: str = "") -> str:
    value = table.get(name, default)
    if not isinstance(value, str):
        raise SettingsError(f"[tool.pismo.ses] {name} must be text")
    return value


def _method(table: Mapping[str, object]) -> Method:
    value = _text(table, "method") or Method.BULK
    if value not in set(Method):
        raise SettingsError(f"[tool.pismo.ses] method must be one of: {', '.join(Method)}")
    return Method(value)


def sending_client(settings: SesSettings) -> Any:  # noqa: ANN401  # boto3 has no types
    """Make the client that letters go through: one POST per call, at most.

    Raises:
        SettingsError: If no region is set, or botocore would repeat calls after all.
    """
    from botocore.config import Config

    config = Config(
        # Explicit settings beat AWS_MAX_ATTEMPTS, AWS_RETRY_MODE and ~/.aws/config.
        retries={"total_max_attempts": 1, "mode": "standard"},
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=settings.read_timeout_s,
        max_pool_connections=settings.threads,
        tcp_keepalive=True,
        # We validate what SES cares about ourselves (ses_check); botocore's check is half the cost
        # of a call and lets header injection pass.
        parameter_validation=False,
    )
    client = _client("sesv2", settings, config)
    attempts = client.meta.config.retries["total_max_attempts"]
    if attempts != 1:
        raise SettingsError(f"boto3 would try each call {attempts} times: refusing to send")
    return client


class BulkCall:
    """SendBulkEmail with a body written, and an answer read, here: botocore needs thrice as long.

    botocore still signs, keeps connections, posts and understands errors. Its `before-call` event
    hands out the request before signing, which is where the body is put in; a botocore that no
    longer did so would post an empty list, which sends nothing, and is told. Its `before-parse`
    event hands out the answer; what is not a list of results is left to botocore.
    """

    def __init__(self, client: Any) -> None:  # noqa: ANN401  # boto3 has no types
        self._client = client
        self._local = threading.local()
        client.meta.events.register("before-call.sesv2.SendBulkEmail", self._put_body)
        client.meta.events.register("before-parse.sesv2.SendBulkEmail", _read_results)

    def __call__(self, **request: object) -> Mapping[str, Any]:
        """Post one bulk call; raises what the client raises."""
        self._local.body = json.dumps(request, separators=(",", ":")).encode()
        try:
            answer: Mapping[str, Any] = self._client.send_bulk_email(
                DefaultContent={}, BulkEmailEntries=[]
            )
            if self._local.body is not None:
                raise RuntimeError("botocore posted another body than ours")
        finally:
            self._local.body = None
        return answer

    def _put_body(self, params: dict[str, Any], **_: object) -> None:
        body = getattr(self._local, "body", None)
        if body is not None:
            params["body"], self._local.body = body, None


def _read_results(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    if response_dict["status_code"] != HTTPStatus.OK:
        return
    try:
        answer = json.loads(response_dict["body"])
    except ValueError:
        return
    results = answer.get(RESULTS) if isinstance(answer, dict) else None
    if isinstance(results, list) and all(isinstance(result, dict) for result in results):
        customized_response_dict[RESULTS] = results
        response_dict["body"] = b"{}"


def control_client(settings: SesSettings, service: str = "sesv2") -> Any:  # noqa: ANN401  # boto3 has no types
    """Make a client for calls that may safely be repeated: reading, templates, setting up."""
    from botocore.config import Config

    config = Config(
        retries={"total_max_attempts": 5, "mode": "standard"},
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=20,
    )
    return _client(service, settings, config)


def _client(service: str, settings: SesSettings, config: object) -> Any:  # noqa: ANN401  # boto3 has no types
    with aws_told(service):
        return _made(service, settings, config)


def _made(service: str, settings: SesSettings, config: object) -> Any:  # noqa: ANN401  # boto3 has no types
    import boto3

    session = boto3.Session(
        profile_name=settings.profile or None, region_name=settings.region or None
    )
    region = session.region_name or os.environ.get("AWS_REGION", "")
    if not region and not settings.endpoint_url:
        raise SettingsError(
            f"no AWS region is set for {'ses' if service == 'sesv2' else service}",
            hint='set region = "eu-central-1" under [tool.pismo.ses], or AWS_REGION',
        )
    options: dict[str, object] = {}
    if settings.is_local and session.get_credentials() is None:
        # A simulator on this machine checks no signature, so that a newcomer needs no account.
        options = {"aws_access_key_id": "simulator", "aws_secret_access_key": "simulator"}
    return session.client(
        service,
        region_name=region or "us-east-1",
        # SNS and SQS have endpoints of their own (AWS_ENDPOINT_URL_SQS, if not AWS's).
        endpoint_url=(settings.endpoint_url or None) if service == "sesv2" else None,
        config=config,
        **options,
    )
