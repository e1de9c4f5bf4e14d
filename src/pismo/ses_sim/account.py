"""The account, its identities and its suppression list."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pismo.ses_sim import limits, reading
from pismo.ses_sim.errors import already_exists, bad_request, not_found
from pismo.ses_sim.paging import listing, page
from pismo.ses_sim.reading import Json
from pismo.ses_sim.state import Identity, State, Suppressed

_REASONS = ("BOUNCE", "COMPLAINT")


def get_account(state: State, _path: Mapping[str, str], _body: Json) -> Json:
    """Answer GetAccount."""
    settings = state.settings
    return {
        "DedicatedIpAutoWarmupEnabled": False,
        "EnforcementStatus": settings.enforcement_status,
        "ProductionAccessEnabled": settings.production,
        "SendQuota": {
            "Max24HourSend": settings.max_24_hour_send,
            "MaxSendRate": settings.max_send_rate,
            "SentLast24Hours": float(state.daily.sent()),
        },
        "SendingEnabled": state.sending_enabled,
        "SuppressionAttributes": {"SuppressedReasons": list(state.suppressed_reasons)},
        "Details": {"MailType": "MARKETING", "ReviewDetails": {"Status": "GRANTED"}},
    }


def put_account_sending(state: State, _path: Mapping[str, str], body: Json) -> Json:
    """Answer PutAccountSendingAttributes: the account's own switch."""
    state.sending_enabled = reading.flag(body, "SendingEnabled")
    return {}


def put_account_suppression(state: State, _path: Mapping[str, str], body: Json) -> Json:
    """Answer PutAccountSuppressionAttributes."""
    state.suppressed_reasons = check_reasons(reading.texts(body, "SuppressedReasons"))
    return {}


def check_reasons(given: Sequence[str]) -> tuple[str, ...]:
    """Return suppression reasons; refuse others than BOUNCE and COMPLAINT."""
    if unknown := [reason for reason in given if reason not in _REASONS]:
        raise bad_request(f"unknown reason {unknown[0]!r}: BOUNCE and COMPLAINT are known")
    return tuple(given)


# --- identities -----------------------------------------------------------------------------------


def create_identity(state: State, _path: Mapping[str, str], body: Json) -> Json:
    """Answer CreateEmailIdentity. A new identity waits for its DNS records: it is not verified."""
    name = reading.required(body, "EmailIdentity")
    probe = name if "@" in name else f"postmaster@{name}"
    if limits.bare_address(probe) != probe:
        raise bad_request(f"{name!r} is neither a domain nor an address")
    if name in state.identities:
        raise already_exists(f"Email identity {name} already exist.")
    chosen = reading.text(body, "ConfigurationSetName")
    if chosen and chosen not in state.configuration_sets:
        raise not_found(f"Configuration set <{chosen}> does not exist.")
    identity = Identity(name, verified=False, configuration_set=chosen)
    state.identities[name] = identity
    return {
        "IdentityType": _type(identity),
        "VerifiedForSendingStatus": False,
        "DkimAttributes": _dkim(identity),
    }


def get_identity(state: State, path: Mapping[str, str], _body: Json) -> Json:
    """Answer GetEmailIdentity."""
    identity = _covered(state, path) or _find(state, path)
    answer: dict[str, object] = {
        "IdentityType": _type(identity),
        "FeedbackForwardingStatus": True,
        "VerifiedForSendingStatus": identity.verified,
        "VerificationStatus": "SUCCESS" if identity.verified else "PENDING",
        "DkimAttributes": _dkim(identity),
        "Policies": {},
        "Tags": [],
    }
    if identity.mail_from:
        answer["MailFromAttributes"] = {
            "MailFromDomain": identity.mail_from,
            "MailFromDomainStatus": identity.mail_from_status,
            "BehaviorOnMxFailure": identity.on_mx_failure,
        }
    if identity.configuration_set:
        answer["ConfigurationSetName"] = identity.configuration_set
    return answer


def delete_identity(state: State, path: Mapping[str, str], _body: Json) -> Json:
    """Answer DeleteEmailIdentity."""
    del state.identities[_find(state, path).name]
    return {}


def list_identities(state: State, _path: Mapping[str, str], body: Json) -> Json:
    """Answer ListEmailIdentities."""
    items = [
        {
            "IdentityType": _type(identity),
            "IdentityName": identity.name,
            "SendingEnabled": identity.verified,
            "VerificationStatus": "SUCCESS" if identity.verified else "PENDING",
        }
        for identity in state.identities.values()
    ]
    found, token = page(items, reading.text(body, "NextToken"), body.get("PageSize"), most=1000)
    return listing("EmailIdentities", found, token)


def put_mail_from(state: State, path: Mapping[str, str], body: Json) -> Json:
    """Answer PutEmailIdentityMailFromAttributes. The MX record is taken to be there."""
    identity = _find(state, path)
    domain = reading.text(body, "MailFromDomain")
    parent = identity.name.rpartition("@")[2]
    if domain and not domain.endswith(f".{parent}"):
        raise bad_request(f"the MAIL FROM domain {domain} must be below {parent}")
    behaviour = reading.text(body, "BehaviorOnMxFailure", "USE_DEFAULT_VALUE")
    if behaviour not in ("USE_DEFAULT_VALUE", "REJECT_MESSAGE"):
        raise bad_request(f"unknown BehaviorOnMxFailure {behaviour!r}")
    identity.mail_from, identity.on_mx_failure = domain, behaviour
    return {}


def put_dkim(state: State, path: Mapping[str, str], body: Json) -> Json:
    """Answer PutEmailIdentityDkimAttributes."""
    _find(state, path).dkim_enabled = reading.flag(body, "SigningEnabled")
    return {}


def covering_identity(state: State, address: str) -> Identity | None:
    """Return the verified identity that lets this address send: itself, its domain or one above."""
    own = state.identities.get(address)
    if own is not None and own.verified:
        return own
    labels = address.rpartition("@")[2].lower().split(".")
    for start in range(len(labels)):
        found = state.identities.get(".".join(labels[start:]))
        if found is not None and found.verified:
            return found
    return None


def _covered(state: State, path: Mapping[str, str]) -> Identity | None:
    """Return the made-up identity of a whole top-level domain that a name asked for is under.

    SES has no such identities; whoever asks before sending must hear what sending would say.
    """
    name = path["EmailIdentity"]
    if name in state.identities:
        return None
    found = covering_identity(state, name)
    return found if found is not None and "." not in found.name else None


def _find(state: State, path: Mapping[str, str]) -> Identity:
    name = path["EmailIdentity"]
    if name not in state.identities:
        raise not_found(f"Email identity {name} does not exist.")
    return state.identities[name]


def _type(identity: Identity) -> str:
    return "DOMAIN" if identity.is_domain else "EMAIL_ADDRESS"


def _dkim(identity: Identity) -> Json:
    if not identity.is_domain:
        return {"SigningEnabled": False, "Status": "NOT_STARTED"}
    seed = hashlib.sha256(identity.name.encode()).hexdigest()
    return {
        "SigningEnabled": identity.dkim_enabled,
        "Status": "SUCCESS" if identity.verified else "PENDING",
        "Tokens": [seed[start : start + 20] for start in (0, 20, 40)],
        "SigningAttributesOrigin": "AWS_SES",
        "CurrentSigningKeyLength": "RSA_2048_BIT",
        "NextSigningKeyLength": "RSA_2048_BIT",
    }


# --- the suppression list -------------------------------------------------------------------------


def put_suppressed(state: State, _path: Mapping[str, str], body: Json) -> Json:
    """Answer PutSuppressedDestination."""
    address = reading.required(body, "EmailAddress")
    if limits.bare_address(address) is None:
        raise bad_request(f"invalid address {address!r}")
    (reason,) = check_reasons([reading.required(body, "Reason")])
    suppress(state, address, reason)
    return {}


def suppress(state: State, address: str, reason: str) -> None:
    """Put an address on the account's suppression list."""
    state.suppressed[_key(address)] = Suppressed(address, reason, state.now())


def suppressed(state: State, address: str) -> Suppressed | None:
    """Return the entry of an address, if it has one."""
    return state.suppressed.get(_key(address))


def get_suppressed(state: State, path: Mapping[str, str], _body: Json) -> Json:
    """Answer GetSuppressedDestination."""
    return {"SuppressedDestination": _entry(_find_suppressed(state, path))}


def delete_suppressed(state: State, path: Mapping[str, str], _body: Json) -> Json:
    """Answer DeleteSuppressedDestination."""
    del state.suppressed[_key(_find_suppressed(state, path).address)]
    return {}


def list_suppressed(state: State, path: Mapping[str, str], _body: Json) -> Json:
    """Answer ListSuppressedDestinations, by reason and by date."""
    reasons = check_reasons([one for one in path.get("Reason", "").split(",") if one]) or _REASONS
    since, until = _moment(path, "StartDate"), _moment(path, "EndDate")
    items = [
        _entry(one)
        for one in sorted(state.suppressed.values(), key=lambda one: (one.updated, one.address))
        if one.reason in reasons
        and (since is None or one.updated >= since)
        and (until is None or one.updated <= until)
    ]
    found, token = page(items, path.get("NextToken", ""), path.get("PageSize"), most=1000)
    return listing("SuppressedDestinationSummaries", found, token)


def _moment(path: Mapping[str, str], key: str) -> datetime | None:
    given = path.get(key)
    if not given:
        return None
    try:
        return datetime.fromisoformat(given)
    except ValueError as error:
        raise bad_request(f"{key} is not a time: {given!r}") from error


def _find_suppressed(state: State, path: Mapping[str, str]) -> Suppressed:
    found = suppressed(state, path["EmailAddress"])
    if found is None:
        address = path["EmailAddress"]
        raise not_found(f"Email address {address} does not exist on your suppression list.")
    return found


def _entry(one: Suppressed) -> Json:
    seconds = one.updated.astimezone(UTC).timestamp()
    return {"EmailAddress": one.address, "Reason": one.reason, "LastUpdateTime": seconds}


def _key(address: str) -> str:
    return address.casefold()
