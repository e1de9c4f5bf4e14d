"""What AWS's libraries raise, as a sentence: which service and action, which setting, what next."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from pismo.errors import SendError, SettingsError

_SERVICES = {"sesv2": "ses"}
_REFUSED = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "NotAuthorized"}
_STRANGER = {
    "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch",
    "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId",
}  # fmt: skip


@contextmanager
def aws_told(service: str, action: str = "", *, hint: str = "") -> Iterator[None]:
    """Turn what boto3 raises within the block into errors of ours.

    Args:
        service: Who is spoken to, by boto3's name: `sesv2`, `sns`, `sqs`.
        action: What is asked, where the error may not say it.
        hint: What next, where nothing better is known.

    Raises:
        SettingsError: If profile or region are missing, or an endpoint is no address: clients
            cannot be made then.
        SendError: If there are no credentials, or the service cannot be reached, or refuses.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError, ValueError) as error:
        # botocore says ValueError of an endpoint that is no address.
        raise told_of(service, error, action, hint=hint) from error


def told_of(
    service: str, error: Exception, action: str = "", *, hint: str = ""
) -> SendError | SettingsError:
    """Return what `aws_told` raises for something that boto3 raised."""
    if hasattr(error, "operation_name"):
        return _refused(service, error, hint)
    return _unsent(service, action, error, hint)


def _refused(service: str, error: Exception, hint: str) -> SendError:
    code = getattr(error, "response", {}).get("Error", {}).get("Code") or type(error).__name__
    action = getattr(error, "operation_name", "")
    if code in _REFUSED:
        hint = f"these credentials need the IAM permission {_name(service)}:{action}"
    elif code in _STRANGER:
        hint = f"AWS (IAM) does not take the credentials: look at {_credentials_from()}"
    return SendError(f"{_name(service)} refuses {action}: {code}", hint=hint)


def _unsent(service: str, action: str, error: Exception, hint: str) -> SendError | SettingsError:
    from botocore import exceptions

    asked = f"{_name(service)} {action}".rstrip()
    if isinstance(error, exceptions.ProfileNotFound):
        name = str(error.kwargs.get("profile"))
        source = "AWS_PROFILE" if os.environ.get("AWS_PROFILE") == name else _PROFILE
        return SettingsError(
            f"AWS has no profile '{name}', which {source} names",
            hint="aws configure list-profiles lists those there are; they are in ~/.aws/config",
        )
    if isinstance(error, exceptions.NoRegionError):
        return SettingsError(f"no AWS region is set for {asked}", hint=_REGION)
    if isinstance(error, _credentials_errors()):
        return SendError(
            f"no AWS credentials to ask {asked} with ({type(error).__name__})",
            hint="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
        )
    if isinstance(error, ValueError):
        return SettingsError(
            f"the endpoint of {_name(service)} is no web address", hint=_endpoint_hint(service)
        )
    # The library's own ConnectionError, of which Python's knows nothing.
    if isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError):
        return SendError(
            f"{asked} is out of reach ({type(error).__name__})", hint=_endpoint_hint(service)
        )
    return SendError(f"{asked} does not answer: {type(error).__name__}", hint=hint)


_PROFILE = "profile of [tool.pismo.ses]"
_REGION = 'set region = "eu-central-1" under [tool.pismo.ses], or AWS_REGION'


def _credentials_errors() -> tuple[type[Exception], ...]:
    from botocore import exceptions

    return (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.CredentialRetrievalError,
        exceptions.NoAuthTokenError,
        exceptions.TokenRetrievalError,
    )


def _endpoint_hint(service: str) -> str:
    own = "PISMO_SES_ENDPOINT" if service == "sesv2" else f"AWS_ENDPOINT_URL_{service.upper()}"
    given = [name for name in (own, "AWS_ENDPOINT_URL") if os.environ.get(name)]
    if given:
        return f"look at {given[0]}: {_shown(os.environ[given[0]])}"
    return "look at the region (AWS_REGION, [tool.pismo.ses]) and at this machine's network"


def _shown(url: str) -> str:
    """Spell an endpoint without what may be secret in it."""
    return url.rpartition("@")[2] if "@" in url else url


def _credentials_from() -> str:
    given = [name for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE") if os.environ.get(name)]
    return given[0] if given else "~/.aws/credentials"


def _name(service: str) -> str:
    return _SERVICES.get(service, service)
