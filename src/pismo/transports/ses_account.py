"""What the SES account allows right now: GetAccount, read-only, once a minute."""

import math
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from pismo.errors import SendError
from pismo.records import dataclass
from pismo.transports.aws_errors import aws_told, told_of

UNLIMITED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """GetAccount's answer; `daily` is -1 for no limit."""

    rate: float
    daily: float
    sent: float
    sending: bool
    production: bool
    enforcement: str
    suppressed_reasons: tuple[str, ...]

    @property
    def left(self) -> float:
        """Recipients that the last 24 hours still take."""
        return math.inf if self.daily == UNLIMITED else max(0.0, self.daily - self.sent)


class SesAccount:
    """Asks the account, and keeps the last answer if it cannot be asked.

    A sink (`pismo ses-sim --sink`) has a quota as well; a benchmark hands in its own account.
    """

    def __init__(self, client: Any) -> None:  # noqa: ANN401  # boto3 has no types
        self._client = client
        self._last: AccountFacts | None = None

    def facts(self) -> AccountFacts:
        """Ask.

        Raises:
            SendError: If SES does not answer, or says that these credentials may not ask.
        """
        with aws_told("sesv2", "GetAccount", hint="pismo ses doctor"):
            answer = self._client.get_account()
        quota = answer.get("SendQuota", {})
        self._last = AccountFacts(
            rate=float(quota.get("MaxSendRate", 1.0)),
            daily=float(quota.get("Max24HourSend", UNLIMITED)),
            sent=float(quota.get("SentLast24Hours", 0.0)),
            sending=bool(answer.get("SendingEnabled", False)),
            production=bool(answer.get("ProductionAccessEnabled", False)),
            enforcement=str(answer.get("EnforcementStatus", "")),
            suppressed_reasons=tuple(
                answer.get("SuppressionAttributes", {}).get("SuppressedReasons", [])
            ),
        )
        return self._last

    def rate(self) -> float:
        """Return recipients per second, as last heard."""
        return self._heard().rate

    def left(self) -> float:
        """Return what the day still takes, as last heard."""
        return self._heard().left

    def _heard(self) -> AccountFacts:
        try:
            return self.facts()
        except SendError:
            if self._last is None:
                raise
            return self._last


def problem_with_account(facts: AccountFacts, letters: int, *, over_days: bool) -> tuple[str, str]:
    """Say why the account cannot take so many letters, and what to do; ('', '') if it can."""
    if not facts.sending:
        return "sending is switched off for this account", "switch it on in the SES console"
    if facts.enforcement == "SHUTDOWN":
        return "AWS has shut this account's sending down", "answer AWS's case, then publish again"
    if not facts.production:
        return (
            "the account is in the sandbox: SES delivers to verified addresses only",
            "ask AWS for production access; or rehearse with --to outbox",
        )
    if letters > facts.left and not over_days:
        left = f"{facts.left:,.0f}"
        return (
            f"{letters:,} letters are to leave, and the account's 24 hours take {left} more",
            "ask AWS for a larger quota; or let it take several days: --over-days",
        )
    return "", ""


def identity_of(client: Any, address: str) -> tuple[str, Mapping[str, Any] | None]:  # noqa: ANN401  # boto3 has no types
    """Find the identity that an address sends by: itself, its domain or one above.

    Returns:
        Its name and GetEmailIdentity's answer; ('', None) if SES knows none of them.

    Raises:
        SendError: If SES does not answer.
    """
    labels = address.rpartition("@")[2].split(".")
    above = [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]
    for name in (address, *above):
        answer = answer_about(name, client.get_email_identity, "EmailIdentity")
        if answer is not None:
            return name, answer
    return "", None


def problem_with_sender(client: Any, address: str) -> str:  # noqa: ANN401  # boto3 has no types
    """Say why SES would refuse every letter of a sender; '' if it would not, or may not tell.

    A key that may send need not be allowed to read identities: then SES itself has to say.
    """
    try:
        _, answer = identity_of(client, address)
    except SendError:
        return ""
    if answer is None:
        return f"SES does not know the sender {address}, nor its domain"
    return "" if answer.get("VerifiedForSendingStatus") else f"the sender {address} is not verified"


def answer_about(
    name: str, ask: Callable[..., Mapping[str, Any]], parameter: str
) -> Mapping[str, Any] | None:
    """Ask SES about something by its name; None if there is no such thing.

    Raises:
        SendError: If SES does not answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return ask(**{parameter: name})
    except BotoCoreError as error:
        raise told_of("sesv2", error, f"about {name}") from error
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == HTTPStatus.NOT_FOUND:
            return None
        code = error.response.get("Error", {}).get("Code", "")
        raise SendError(f"SES does not answer about {name}: {code}") from error
