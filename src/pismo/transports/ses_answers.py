"""What SES's answers mean for a letter: accepted, refused, certainly not sent, or in doubt.

Measured over 26 kinds of failure (facts/ses.md §2). The rule behind the table: a letter counts as
not sent only if the call cannot have reached SES, or SES said so itself; everything else, unknown
codes included, is in doubt, and nobody who is in doubt is written to again by itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pismo.model.people import Submission
from pismo.records import dataclass
from pismo.transports.base import Halt

OK = 200
SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one letter, or of every letter of a failed call.

    `poison` says that one entry spoiled a whole call that was not sent: halving the call finds it.
    """

    submission: Submission
    detail: str
    message_id: str = ""
    halt: Halt = Halt.NONE
    poison: bool = False


_THROTTLE_CODES = {
    "TooManyRequestsException", "Throttling", "ThrottlingException", "ThrottledException",
    "LimitExceededException", "RequestThrottled", "RequestThrottledException",
}  # fmt: skip
_POISON_CODES = {
    "BadRequestException",
    "MessageRejected",
    "InvalidParameterValue",
    "ValidationException",
}
_NOT_SENT_STATUSES = {400, 401, 403, 404, 413, 429}
_STOPPED = {
    "MAIL_FROM_DOMAIN_NOT_VERIFIED", "CONFIGURATION_SET_NOT_FOUND", "TEMPLATE_NOT_FOUND",
    "CONFIGURATION_SET_DOES_NOT_EXIST", "TEMPLATE_DOES_NOT_EXIST", "ACCOUNT_SUSPENDED",
    "INVALID_SENDING_POOL_NAME", "ACCOUNT_SENDING_PAUSED", "CONFIGURATION_SET_SENDING_PAUSED",
}  # fmt: skip
_ENTRIES = {
    "ACCOUNT_THROTTLED": (Submission.THROTTLED, Halt.SLOW_DOWN),
    "ACCOUNT_DAILY_QUOTA_EXCEEDED": (Submission.THROTTLED, Halt.DAILY_QUOTA),
    "TRANSIENT_FAILURE": (Submission.THROTTLED, Halt.NONE),
    "MESSAGE_REJECTED": (Submission.REFUSED, Halt.NONE),
    "INVALID_PARAMETER": (Submission.REFUSED, Halt.NONE),
    # "Amazon SES was unable to process your request": no message id, yet no promise either.
    "FAILED": (Submission.IN_DOUBT, Halt.NONE),
}


def answer_to_one(response: Mapping[str, Any]) -> Answer:
    """Read the answer to SendEmail; without a MessageId it proves nothing."""
    message_id = response.get("MessageId")
    if isinstance(message_id, str) and message_id:
        return Answer(Submission.ACCEPTED, "", message_id)
    # botocore turns HTTP 200 with an unreadable body into an empty success.
    return Answer(Submission.IN_DOUBT, "answer without a message id")


def answers_to_bulk(response: Mapping[str, Any], entries: int) -> Sequence[Answer]:
    """Read the answer to SendBulkEmail: one result per entry, in order, or nothing is proven."""
    results = response.get("BulkEmailEntryResults")
    if not isinstance(results, list) or len(results) != entries:
        count = len(results) if isinstance(results, list) else 0
        doubt = Answer(Submission.IN_DOUBT, f"{count} results for {entries} letters")
        return [doubt] * entries
    return [_entry(result) for result in results]


def _entry(result: Mapping[str, Any]) -> Answer:
    status = str(result.get("Status", ""))
    if status == "SUCCESS":
        return answer_to_one(result)
    if status in _STOPPED:
        return Answer(Submission.THROTTLED, status, halt=Halt.ACCOUNT)
    if status == "MESSAGE_REJECTED" and "not verified" in str(result.get("Error", "")):
        return Answer(Submission.THROTTLED, "an identity is not verified", halt=Halt.ACCOUNT)
    submission, halt = _ENTRIES.get(status, (Submission.IN_DOUBT, Halt.NONE))
    return Answer(submission, status or "no status", halt=halt)


def answer_to_failure(error: Exception) -> Answer:
    """Read an exception that a call of the sending client raised."""
    from botocore import exceptions as botocore_errors

    if isinstance(error, botocore_errors.ClientError):
        return _client_error(error)
    name = type(error).__name__
    credentials = (
        botocore_errors.NoCredentialsError,
        botocore_errors.PartialCredentialsError,
        botocore_errors.CredentialRetrievalError,
        botocore_errors.NoAuthTokenError,
        botocore_errors.TokenRetrievalError,
    )
    if isinstance(error, credentials):
        return Answer(Submission.THROTTLED, f"no AWS credentials ({name})", halt=Halt.ACCOUNT)
    unreachable = (
        botocore_errors.EndpointConnectionError,
        botocore_errors.ConnectTimeoutError,
        botocore_errors.ProxyConnectionError,
    )
    if isinstance(error, unreachable):
        return Answer(Submission.THROTTLED, f"SES is out of reach ({name})", halt=Halt.UNREACHABLE)
    if isinstance(error, botocore_errors.ParamValidationError):
        return Answer(Submission.REFUSED, "the call does not fit SES's model", poison=True)
    return Answer(Submission.IN_DOUBT, name)


def _client_error(error: Any) -> Answer:  # noqa: ANN401  # botocore has no types
    answer = error.response
    code = str(answer.get("Error", {}).get("Code", ""))
    message = str(answer.get("Error", {}).get("Message", ""))
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if status not in _NOT_SENT_STATUSES:
        return Answer(Submission.IN_DOUBT, f"HTTP {status} {code}".strip())
    if status == 429 or code in _THROTTLE_CODES:
        # One code for two things; only the message tells the day's quota from the second's.
        halt = Halt.DAILY_QUOTA if "daily" in message.lower() else Halt.SLOW_DOWN
        return Answer(Submission.THROTTLED, code or "HTTP 429", halt=halt)
    if "not verified" in message:
        # SES says so with MessageRejected, and names addresses, which stay out of our records.
        return Answer(Submission.THROTTLED, "an identity is not verified", halt=Halt.ACCOUNT)
    if code in _POISON_CODES:
        return Answer(Submission.REFUSED, code, poison=True)
    return Answer(Submission.THROTTLED, code or f"HTTP {status}", halt=Halt.ACCOUNT)
