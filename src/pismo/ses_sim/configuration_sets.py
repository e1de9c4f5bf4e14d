"""Configuration sets and where their events go."""

from collections.abc import Mapping

from pismo.ses_sim import limits, reading
from pismo.ses_sim.account import check_reasons
from pismo.ses_sim.errors import already_exists, bad_request, limit_exceeded, not_found
from pismo.ses_sim.paging import listing, page
from pismo.ses_sim.reading import Json
from pismo.ses_sim.state import ALL_EVENTS, ConfigurationSet, EventDestination, State

_SHOWN = ("TrackingOptions", "DeliveryOptions", "ReputationOptions", "SuppressionOptions", "Tags")
_MAX_DELIVERY_S = (300, 50_400)
_DESTINATIONS_PER_SET = 10
_PLACES = (
    "KinesisFirehoseDestination", "CloudWatchDestination", "SnsDestination",
    "EventBridgeDestination", "PinpointDestination",
)  # fmt: skip


def create(state: State, _path: Mapping[str, str], body: Json) -> Json:
    """Answer CreateConfigurationSet."""
    name = limits.object_name(reading.required(body, "ConfigurationSetName"), "configuration set")
    if name in state.configuration_sets:
        raise already_exists(f"Configuration set <{name}> already exists.")
    made = ConfigurationSet(
        name, reading.flag(reading.record(body, "SendingOptions"), "SendingEnabled", default=True)
    )
    made.options = {key: body[key] for key in _SHOWN if key in body}
    _check_delivery(reading.record(body, "DeliveryOptions"))
    suppression = reading.record(body, "SuppressionOptions")
    if "SuppressedReasons" in suppression:
        made.suppressed_reasons = check_reasons(reading.texts(suppression, "SuppressedReasons"))
    state.configuration_sets[name] = made
    return {}


def get(state: State, path: Mapping[str, str], _body: Json) -> Json:
    """Answer GetConfigurationSet."""
    found = find(state, path["ConfigurationSetName"])
    sending = {"SendingEnabled": found.sending_enabled}
    return {"ConfigurationSetName": found.name, "SendingOptions": sending, **found.options}


def list_all(state: State, _path: Mapping[str, str], body: Json) -> Json:
    """Answer ListConfigurationSets."""
    names = list(state.configuration_sets)
    found, token = page(names, reading.text(body, "NextToken"), body.get("PageSize"), most=1000)
    return listing("ConfigurationSets", found, token)


def delete(state: State, path: Mapping[str, str], _body: Json) -> Json:
    """Answer DeleteConfigurationSet."""
    del state.configuration_sets[find(state, path["ConfigurationSetName"]).name]
    return {}


def put_sending(state: State, path: Mapping[str, str], body: Json) -> Json:
    """Answer PutConfigurationSetSendingOptions: the set's switch."""
    found = find(state, path["ConfigurationSetName"])
    found.sending_enabled = reading.flag(body, "SendingEnabled")
    return {}


def create_destination(state: State, path: Mapping[str, str], body: Json) -> Json:
    """Answer CreateConfigurationSetEventDestination."""
    found = find(state, path["ConfigurationSetName"])
    name = limits.object_name(reading.required(body, "EventDestinationName"), "event destination")
    if name in found.destinations:
        raise already_exists(f"An event destination named <{name}> already exists.")
    if len(found.destinations) >= _DESTINATIONS_PER_SET:
        raise limit_exceeded(f"{_DESTINATIONS_PER_SET} event destinations are allowed")
    found.destinations[name] = _destination(name, reading.record(body, "EventDestination"))
    return {}


def get_destinations(state: State, path: Mapping[str, str], _body: Json) -> Json:
    """Answer GetConfigurationSetEventDestinations."""
    found = find(state, path["ConfigurationSetName"])
    return {
        "EventDestinations": [
            {
                "Name": one.name,
                "Enabled": one.enabled,
                "MatchingEventTypes": list(one.types),
                **one.definition,
            }
            for one in found.destinations.values()
        ]
    }


def update_destination(state: State, path: Mapping[str, str], body: Json) -> Json:
    """Answer UpdateConfigurationSetEventDestination."""
    found, name = _find_destination(state, path)
    found.destinations[name] = _destination(name, reading.record(body, "EventDestination"))
    return {}


def delete_destination(state: State, path: Mapping[str, str], _body: Json) -> Json:
    """Answer DeleteConfigurationSetEventDestination."""
    found, name = _find_destination(state, path)
    del found.destinations[name]
    return {}


def find(state: State, name: str) -> ConfigurationSet:
    """Return a configuration set; refuse an unknown one."""
    if name not in state.configuration_sets:
        raise not_found(f"Configuration set <{name}> does not exist.")
    return state.configuration_sets[name]


def _find_destination(state: State, path: Mapping[str, str]) -> tuple[ConfigurationSet, str]:
    found, name = find(state, path["ConfigurationSetName"]), path["EventDestinationName"]
    if name not in found.destinations:
        raise not_found(f"Event destination <{name}> does not exist.")
    return found, name


def _destination(name: str, definition: Json) -> EventDestination:
    types = tuple(reading.texts(definition, "MatchingEventTypes"))
    if not types or (unknown := [kind for kind in types if kind not in ALL_EVENTS]):
        raise bad_request(
            f"MatchingEventTypes: {unknown[0] if types else 'none'!r} is not an event type"
        )
    places = [key for key in _PLACES if key in definition]
    if len(places) != 1:
        raise bad_request(f"an event destination has exactly one place, not {len(places)}")
    place = reading.record(definition, places[0])
    topic = ""
    if places[0] == "SnsDestination":
        topic = reading.required(place, "TopicArn")
        if not topic.startswith("arn:aws"):
            raise bad_request(f"{topic!r} is not the ARN of a topic")
    if places[0] == "EventBridgeDestination":
        _check_bus(reading.required(place, "EventBusArn"))
    enabled = reading.flag(definition, "Enabled")
    return EventDestination(name, enabled, types, topic, {places[0]: dict(place)})


def _check_bus(arn: str) -> None:
    if not arn.endswith(":event-bus/default"):
        raise bad_request("only the default bus of EventBridge takes events of SES")


def _check_delivery(options: Json) -> None:
    seconds = options.get("MaxDeliverySeconds")
    low, high = _MAX_DELIVERY_S
    if seconds is not None and not (isinstance(seconds, int) and low <= seconds <= high):
        raise bad_request(f"MaxDeliverySeconds must be between {low} and {high}")
