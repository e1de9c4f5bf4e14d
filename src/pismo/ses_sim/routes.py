"""Which request is which operation of SES v2, and what carries it out.

Source: botocore `data/sesv2/2019-09-27/service-2.json`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from pismo.ses_sim import account, configuration_sets, templates
from pismo.ses_sim.reading import Json
from pismo.ses_sim.state import State

Control = Callable[[State, Mapping[str, str], Json], Json]

_SET = "/configuration-sets/{ConfigurationSetName}"
_DESTINATION = "{EventDestinationName}"
_ROUTES = """
SendBulkEmail                           POST   /outbound-bulk-emails
SendEmail                               POST   /outbound-emails
GetAccount                              GET    /account
PutAccountSendingAttributes             PUT    /account/sending
PutAccountSuppressionAttributes         PUT    /account/suppression
CreateEmailTemplate                     POST   /templates
ListEmailTemplates                      GET    /templates
UpdateEmailTemplate                     PUT    /templates/{TemplateName}
GetEmailTemplate                        GET    /templates/{TemplateName}
DeleteEmailTemplate                     DELETE /templates/{TemplateName}
TestRenderEmailTemplate                 POST   /templates/{TemplateName}/render
CreateEmailIdentity                     POST   /identities
ListEmailIdentities                     POST   /list-identities
GetEmailIdentity                        GET    /identities/{EmailIdentity}
DeleteEmailIdentity                     DELETE /identities/{EmailIdentity}
PutEmailIdentityMailFromAttributes      PUT    /identities/{EmailIdentity}/mail-from
PutEmailIdentityDkimAttributes          PUT    /identities/{EmailIdentity}/dkim
CreateConfigurationSet                  POST   /configuration-sets
ListConfigurationSets                   POST   /list-configuration-sets
GetConfigurationSet                     GET    {set}
DeleteConfigurationSet                  DELETE {set}
PutConfigurationSetSendingOptions       PUT    {set}/sending
CreateConfigurationSetEventDestination  POST   {set}/event-destinations
GetConfigurationSetEventDestinations    GET    {set}/event-destinations
UpdateConfigurationSetEventDestination  PUT    {set}/event-destinations/{destination}
DeleteConfigurationSetEventDestination  DELETE {set}/event-destinations/{destination}
PutSuppressedDestination                PUT    /suppression/addresses
ListSuppressedDestinations              GET    /suppression/addresses
GetSuppressedDestination                GET    /suppression/addresses/{EmailAddress}
DeleteSuppressedDestination             DELETE /suppression/addresses/{EmailAddress}
"""

# Sending is not here: it has arguments of its own.
CONTROLS: dict[str, Control] = {
    "GetAccount": account.get_account,
    "PutAccountSendingAttributes": account.put_account_sending,
    "PutAccountSuppressionAttributes": account.put_account_suppression,
    "CreateEmailTemplate": templates.create,
    "ListEmailTemplates": templates.list_all,
    "UpdateEmailTemplate": templates.update,
    "GetEmailTemplate": templates.get,
    "DeleteEmailTemplate": templates.delete,
    "TestRenderEmailTemplate": templates.test_render,
    "CreateEmailIdentity": account.create_identity,
    "ListEmailIdentities": account.list_identities,
    "GetEmailIdentity": account.get_identity,
    "DeleteEmailIdentity": account.delete_identity,
    "PutEmailIdentityMailFromAttributes": account.put_mail_from,
    "PutEmailIdentityDkimAttributes": account.put_dkim,
    "CreateConfigurationSet": configuration_sets.create,
    "ListConfigurationSets": configuration_sets.list_all,
    "GetConfigurationSet": configuration_sets.get,
    "DeleteConfigurationSet": configuration_sets.delete,
    "PutConfigurationSetSendingOptions": configuration_sets.put_sending,
    "CreateConfigurationSetEventDestination": configuration_sets.create_destination,
    "GetConfigurationSetEventDestinations": configuration_sets.get_destinations,
    "UpdateConfigurationSetEventDestination": configuration_sets.update_destination,
    "DeleteConfigurationSetEventDestination": configuration_sets.delete_destination,
    "PutSuppressedDestination": account.put_suppressed,
    "ListSuppressedDestinations": account.list_suppressed,
    "GetSuppressedDestination": account.get_suppressed,
    "DeleteSuppressedDestination": account.delete_suppressed,
}


@dataclass(frozen=True, slots=True)
class Route:
    """What a request was found to be: an operation, and the values in its path."""

    operation: str
    path: Mapping[str, str]


def find(method: str, path: str) -> Route | None:
    """Return the operation behind a percent-encoded path; None if there is none here."""
    if fixed := _FIXED.get((method, path)):
        return Route(fixed, {})
    for wanted, pattern, name in _PATTERNS:
        if wanted == method and (found := pattern.fullmatch(path)):
            values = {key: unquote(value) for key, value in found.groupdict().items()}
            return Route(name, values)
    return None


def _pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route))


_ROWS = [
    (method, "/v2/email" + path.replace("{set}", _SET).replace("{destination}", _DESTINATION), name)
    for name, method, path in (line.split() for line in _ROUTES.strip().splitlines())
]
_FIXED = {(method, path): name for method, path, name in _ROWS if "{" not in path}
_PATTERNS = [(method, _pattern(path), name) for method, path, name in _ROWS if "{" in path]
OPERATIONS = frozenset(name for _, _, name in _ROWS)
