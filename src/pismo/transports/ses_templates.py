"""Editions as templates stored in SES: named by their content, made once, read back before use.

A stored template never changes: another text is another name. So two publishers cannot disagree,
and a letter's template is exactly what was approved.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from pismo.errors import SendError
from pismo.records import dataclass

MOST_BYTES = 500 * 1024
PREFIX = "pismo-"
BETWEEN_CALLS_S = 1.05
"""SES takes one call a second of the template operations (botocore's model of sesv2)."""


@dataclass(frozen=True, slots=True)
class TemplateText:
    """Subject, HTML and text of a template, in SES's Handlebars."""

    subject: str
    html: str
    text: str

    @property
    def name(self) -> str:
        """The name its content gives it."""
        content = json.dumps([self.subject, self.html, self.text], ensure_ascii=False)
        return PREFIX + hashlib.sha256(content.encode()).hexdigest()[:32]


class TemplateStore:
    """Sees to it that a template is in SES.

    Args:
        client: A control client (retries are harmless here).
        pause: Waits that many seconds.
    """

    def __init__(self, client: Any, pause: Callable[[float], None]) -> None:  # noqa: ANN401  # boto3 has no types
        self._client = client
        self._pause = pause
        self._ready: set[str] = set()

    def ensure(self, template: TemplateText) -> str:
        """Return the name under which SES holds exactly this template, made now if need be.

        Raises:
            SendError: If it is too large, SES refuses it, or holds something else by that name.
        """
        if template.name in self._ready:
            return template.name
        _check_size(template)
        stored = self._read(template.name)
        if stored is None:
            self._create(template)
            self._pause(BETWEEN_CALLS_S)
            stored = self._read(template.name)
        if stored != template:
            raise SendError(
                f"SES holds another text under the name {template.name} than this edition has",
                hint="someone changed it: delete it there, then publish again",
            )
        self._ready.add(template.name)
        return template.name

    def _read(self, name: str) -> TemplateText | None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            content = self._client.get_email_template(TemplateName=name)["TemplateContent"]
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
                return None
            raise _failed("cannot read a template", error) from error
        except BotoCoreError as error:
            raise _failed("cannot read a template", error) from error
        return TemplateText(
            content.get("Subject", ""), content.get("Html", ""), content.get("Text", "")
        )

    def _create(self, template: TemplateText) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        content = {"Subject": template.subject, "Html": template.html, "Text": template.text}
        try:
            self._client.create_email_template(TemplateName=template.name, TemplateContent=content)
        except ClientError as error:
            # Another publisher may have made it this second; reading it back decides.
            if error.response.get("Error", {}).get("Code") != "AlreadyExistsException":
                raise _failed("cannot store a template", error) from error
        except BotoCoreError as error:
            raise _failed("cannot store a template", error) from error


def _check_size(template: TemplateText) -> None:
    size = len(template.html.encode()) + len(template.text.encode())
    if size > MOST_BYTES:
        raise SendError(
            f"an edition is {size // 1024} KB as a template; SES takes {MOST_BYTES // 1024} KB",
            hint="shorten the issue; nothing was sent",
        )


def _failed(what: str, error: Exception) -> SendError:
    code = getattr(error, "response", {}).get("Error", {}).get("Code") or type(error).__name__
    return SendError(f"{what} in SES: {code}", hint="pismo ses doctor says what is wrong")
