"""Requests that SES would take; tests break one thing in them."""

import json
from typing import Any

SENDER = "Lavka <hello@example.com>"


def bulk(*people: str, **changes: Any) -> dict[str, Any]:
    """Return a SendBulkEmail from the stored template `letter` to these addresses."""
    return {
        "FromEmailAddress": SENDER,
        "ConfigurationSetName": "pismo",
        "DefaultContent": {"Template": {"TemplateName": "letter", "TemplateData": "{}"}},
        "BulkEmailEntries": [entry(one) for one in people or ("anna@example.net",)],
        **changes,
    }


def entry(address: str, *, name: str = "Anna", **changes: Any) -> dict[str, Any]:
    """Return one entry, tagged with the part of its address before the @."""
    values = json.dumps({"name": name})
    return {
        "Destination": {"ToAddresses": [address]},
        "ReplacementTags": [{"Name": "delivery", "Value": address.partition("@")[0]}],
        "ReplacementHeaders": [
            {"Name": "List-Unsubscribe", "Value": "<https://example.com/u/abc>"},
            {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
        ],
        "ReplacementEmailContent": {"ReplacementTemplate": {"ReplacementTemplateData": values}},
        **changes,
    }


def simple(address: str = "anna@example.net", **changes: Any) -> dict[str, Any]:
    """Return a SendEmail with ready content."""
    return {
        "FromEmailAddress": SENDER,
        "Destination": {"ToAddresses": [address]},
        "Content": {
            "Simple": {
                "Subject": {"Data": "Пятница"},
                "Body": {"Html": {"Data": "<p>Привет</p>"}, "Text": {"Data": "Привет"}},
            }
        },
        **changes,
    }


def store_template(client: Any, **changes: str) -> None:
    """Store the template `letter`, which greets by name."""
    content = {"Subject": "Hi {{name}}", "Html": "<p>Hi {{name}}</p>", "Text": "Hi {{name}}"}
    client.create_email_template(TemplateName="letter", TemplateContent={**content, **changes})
