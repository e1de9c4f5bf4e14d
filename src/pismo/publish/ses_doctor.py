"""`pismo ses doctor`: is this account able to send these letters? Reads; changes one template.

Each answer says what was found, whether it blocks sending, and how to mend it.
"""

import email
import email.policy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pismo.errors import SendError
from pismo.model.workspace import Workspace
from pismo.publish.gate import problem_with_base
from pismo.publish.ses_dns import Resolve, check_dns
from pismo.publish.ses_findings import Check, Level
from pismo.publish.ses_queue import Queues, check_queue
from pismo.transports.ses_account import (
    SesAccount,
    answer_about,
    identity_of,
    problem_with_account,
)
from pismo.transports.ses_client import SesSettings
from pismo.transports.ses_templates import TemplateStore, TemplateText

NEEDED_EVENTS = (
    "SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT", "RENDERING_FAILURE", "DELIVERY_DELAY",
)  # fmt: skip
_PROBE = TemplateText("{{{subject}}}", "<p>{{{h1}}}</p>", "{{{t1}}}")
_RAW = "<b>&amp; “ё”</b>"


def examine(
    workspace: Workspace,
    settings: SesSettings,
    client: Any,  # noqa: ANN401  # boto3 has no types
    letters: int,
    *,
    pause: Callable[[float], None],
    resolve: Resolve | None = None,
    queues: Queues | None = None,
) -> list[Check]:
    """Look at everything that sending needs.

    Args:
        workspace: Whose letters.
        settings: `[tool.pismo.ses]`.
        client: A control client.
        letters: How many would leave: the largest plan, or the audience.
        pause: Waits (template calls are one a second).
        resolve: Asks DNS; None leaves its records alone (a simulator has none).
        queues: Where events arrive; None if nothing shall read them.
    """
    checks = [*_bases(workspace)]
    try:
        checks += _account(client, letters)
    except SendError as error:
        return [*checks, Check("account", Level.BLOCKS, error.message, error.hint)]
    for address in sorted({one.sender.address for one in workspace.newsletters.values()}):
        checks += _identity(client, address, resolve)
    destinations: list[Mapping[str, Any]] = []
    checks += _configuration_set(client, settings.configuration_set, destinations)
    checks += check_queue(queues, settings.queue_url, _topics(destinations))
    checks += _suppression(client)
    checks.append(_escaping(client, pause))
    return checks


def _bases(workspace: Workspace) -> Iterator[Check]:
    settings = workspace.settings
    for name, url in (("site", settings.site_base_url), ("links", settings.links_base_url)):
        problem = problem_with_base(url)
        yield Check(
            f"{name}.base_url",
            Level.BLOCKS if problem else Level.OK,
            f"{problem}: {url}" if problem and url else problem or url,
            f"set base_url under [tool.pismo.{name}]; it begins with https://" if problem else "",
        )


def _account(client: Any, letters: int) -> Iterator[Check]:  # noqa: ANN401  # boto3 has no types
    facts = SesAccount(client).facts()
    problem, mend = problem_with_account(facts, letters, over_days=False)
    seconds = letters / facts.rate if facts.rate else 0.0
    fine = f"{facts.rate:g} letters/s, {facts.left:,.0f} left of the day; {letters:,} letters take"
    fine += f" {seconds / 60:.0f} min"
    yield Check("account", Level.BLOCKS if problem else Level.OK, problem or fine, mend)
    if facts.enforcement == "PROBATION":
        yield Check("reputation", Level.WARNING, "AWS watches this account", "see the SES console")
    missing = {"BOUNCE", "COMPLAINT"} - set(facts.suppressed_reasons)
    yield Check(
        "account suppression list",
        Level.WARNING if missing else Level.OK,
        f"off for {', '.join(sorted(missing))}" if missing else "on for bounces and complaints",
        "aws sesv2 put-account-suppression-attributes --suppressed-reasons BOUNCE COMPLAINT"
        if missing
        else "",
    )


def _identity(client: Any, address: str, resolve: Resolve | None) -> Iterator[Check]:  # noqa: ANN401  # boto3 has no types
    domain = address.rpartition("@")[2]
    name, answer = identity_of(client, address)
    if answer is None or not answer.get("VerifiedForSendingStatus"):
        found = "is not verified" if answer else "is unknown to SES"
        yield Check(
            f"sender {domain}", Level.BLOCKS, found, "pismo ses setup; then its DNS records"
        )
        return
    yield Check(f"sender {domain}", Level.OK, "verified")
    dkim = answer.get("DkimAttributes", {})
    signed = dkim.get("SigningEnabled") and dkim.get("Status") == "SUCCESS"
    yield Check(
        f"DKIM of {domain}",
        Level.OK if signed else Level.BLOCKS,
        "signed" if signed else f"not signed ({dkim.get('Status', 'unknown')})",
        "" if signed else "one-click unsubscribe needs it: add the CNAME records SES names",
    )
    mail_from = answer.get("MailFromAttributes", {}).get("MailFromDomainStatus", "")
    aligned = mail_from == "SUCCESS"
    yield Check(
        f"MAIL FROM of {domain}",
        Level.OK if aligned else Level.WARNING,
        "your own domain" if aligned else (mail_from or "amazonses.com: SPF does not align"),
        "" if aligned else "set a MAIL FROM domain with MX and SPF records",
    )
    if resolve is not None:
        yield from check_dns(domain, name, answer, client.meta.region_name, resolve)


def _configuration_set(
    client: Any,  # noqa: ANN401  # boto3 has no types
    name: str,
    destinations: list[Mapping[str, Any]],
) -> Iterator[Check]:
    """Look at a configuration set; its enabled event destinations are added to `destinations`."""
    about = f"configuration set {name}"
    if not name:
        yield Check(
            "configuration set", Level.WARNING, "none: nothing in doubt can settle",
            "set configuration_set under [tool.pismo.ses]; pismo ses setup",
        )  # fmt: skip
        return
    found = answer_about(name, client.get_configuration_set, "ConfigurationSetName")
    if found is None:
        yield Check(about, Level.BLOCKS, "does not exist", "pismo ses setup")
        return
    if not found.get("SendingOptions", {}).get("SendingEnabled", True):
        yield Check(about, Level.BLOCKS, "sending is switched off in it", "switch it on in SES")
    answer = client.get_configuration_set_event_destinations(ConfigurationSetName=name)
    destinations += [one for one in answer.get("EventDestinations", []) if one.get("Enabled")]
    seen = {kind for one in destinations for kind in one.get("MatchingEventTypes", [])}
    missing = [kind for kind in NEEDED_EVENTS if kind not in seen]
    yield Check(
        f"events of {name}",
        Level.WARNING if missing else Level.OK,
        f"nobody is told of {', '.join(missing)}" if missing else "all that settle doubts",
        "pismo ses setup" if missing else "",
    )


def _topics(destinations: Sequence[Mapping[str, Any]]) -> list[str]:
    arns = (one.get("SnsDestination", {}).get("TopicArn", "") for one in destinations)
    return [arn for arn in arns if arn]


def _suppression(client: Any) -> Iterator[Check]:  # noqa: ANN401  # boto3 has no types
    answer = client.list_suppressed_destinations(PageSize=1)
    some = bool(answer.get("SuppressedDestinationSummaries"))
    found = "has addresses: they cost quota and never arrive" if some else "empty"
    yield Check("suppressed addresses", Level.OK, found)


def _escaping(client: Any, pause: Callable[[float], None]) -> Check:  # noqa: ANN401  # boto3 has no types
    """Ask SES to render a value with markup: it must come out as we wrote it."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        name = TemplateStore(client, pause).ensure(_PROBE)
        pause(1.05)
        data = '{"subject": "probe", "h1": "<b>&amp; “ё”</b>", "t1": "probe"}'
        rendered = client.test_render_email_template(TemplateName=name, TemplateData=data)
    except (SendError, ClientError, BotoCoreError) as error:
        return Check("templates", Level.WARNING, f"cannot be tried: {type(error).__name__}")
    message = email.message_from_string(rendered["RenderedTemplate"], policy=email.policy.default)
    body = message.get_body(("html",))
    told = body.get_content() if body is not None else ""
    if _RAW in told:
        return Check("templates", Level.OK, "values arrive as we escaped them")
    return Check(
        "templates", Level.BLOCKS, "SES changes values in templates: readers would see markup",
        'set method = "raw" under [tool.pismo.ses]',
    )  # fmt: skip
