"""The errors that Amazon SES answers with; boto3 turns each into the exception of that name.

These stand apart from `pismo.errors`: the simulator imports nothing of the program it tests.
Source: botocore `data/sesv2/2019-09-27/service-2.json`.
"""


class ApiError(Exception):
    """An answer other than 200: its HTTP status, its error type, and its words."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind, self.message = status, kind, message


def bad_request(message: str) -> ApiError:
    """Return what SES says when a field breaks a rule."""
    return ApiError(400, "BadRequestException", message)


def not_found(message: str) -> ApiError:
    """Return what SES says of a template, identity or configuration set that isn't there."""
    return ApiError(404, "NotFoundException", message)


def already_exists(message: str) -> ApiError:
    """Return what SES says when a name is taken."""
    return ApiError(400, "AlreadyExistsException", message)


def rejected(message: str) -> ApiError:
    """Return what SES says of a sender (or, in the sandbox, a recipient) that isn't verified."""
    return ApiError(400, "MessageRejected", message)


def too_many_requests(message: str) -> ApiError:
    """Return what SES says above the sending rate, the daily quota or a call rate."""
    return ApiError(429, "TooManyRequestsException", message)


def limit_exceeded(message: str) -> ApiError:
    """Return what SES says when there is no room for one more."""
    return ApiError(400, "LimitExceededException", message)


def sending_paused(message: str) -> ApiError:
    """Return what SES says when the account's or a configuration set's sending is off."""
    return ApiError(400, "SendingPausedException", message)
