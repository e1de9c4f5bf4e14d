"""What a reader ticks on the preferences page, and what that means in the ledger."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pismo.ledger import Ledger, OptOut, Scope
from pismo.records import dataclass
from pismo.serve.house import House, Topic

PAUSE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Wishes:
    """The state of the page: topics and occasions that are wanted, silence, nothing at all."""

    topics: frozenset[str]
    occasions: frozenset[str]
    is_paused: bool = False
    wants_nothing: bool = False


def everything(house: House) -> Wishes:
    """Return the page of somebody who never changed anything."""
    return Wishes(frozenset(topic.name for topic in house.topics), frozenset(house.occasions))


def ticked(house: House, form: Mapping[str, Sequence[str]]) -> Wishes:
    """Read the form; what the page does not offer is passed over."""
    offered = everything(house)
    return Wishes(
        offered.topics & set(form.get("topic", ())),
        offered.occasions & set(form.get("occasion", ())),
        "pause" in form,
        "nothing" in form,
    )


def current(house: House, person: str, ledger: Ledger, now: datetime) -> Wishes:
    """Return what a reader wants by what the ledger knows."""
    refused = ledger.opt_outs_of(person)
    names = {scope: {each.name for each in refused if each.scope is scope} for scope in Scope}
    return Wishes(
        frozenset(topic.name for topic in house.topics if not _is_off(topic, names)),
        frozenset(set(house.occasions) - names[Scope.OCCASION]),
        any(each.scope is Scope.PAUSE and each.until and each.until > now for each in refused),
        bool(names[Scope.ALL]),
    )


def save(house: House, person: str, wanted: Wishes, ledger: Ledger, now: datetime) -> None:
    """Write down what differs from what the ledger knows; a pause that runs is not begun anew."""
    before = current(house, person, ledger, now)
    topics, occasions = before.topics - wanted.topics, before.occasions - wanted.occasions
    refused = [
        *(OptOut(person, Scope.TOPIC, now, topic) for topic in topics),
        *(OptOut(person, Scope.OCCASION, now, occasion) for occasion in occasions),
    ]
    if wanted.is_paused and not before.is_paused:
        refused.append(OptOut(person, Scope.PAUSE, now, until=now + PAUSE))
    if wanted.wants_nothing and not before.wants_nothing:
        refused.append(OptOut(person, Scope.ALL, now))
    lifted = _lifted(house, before, wanted)
    if refused:
        ledger.opt_out(refused)
    if lifted:
        ledger.opt_in(person, lifted)


def _is_off(topic: Topic, names: Mapping[Scope, set[str]]) -> bool:
    return topic.name in names[Scope.TOPIC] or set(topic.newsletters) <= names[Scope.NEWSLETTER]


def _lifted(house: House, before: Wishes, wanted: Wishes) -> list[tuple[Scope, str]]:
    newsletters = {topic.name: topic.newsletters for topic in house.topics}
    lifted = [(Scope.OCCASION, each) for each in wanted.occasions - before.occasions]
    for topic in wanted.topics - before.topics:
        lifted.append((Scope.TOPIC, topic))
        lifted += [(Scope.NEWSLETTER, newsletter) for newsletter in newsletters[topic]]
    if before.is_paused and not wanted.is_paused:
        lifted.append((Scope.PAUSE, ""))
    if before.wants_nothing and not wanted.wants_nothing:
        lifted.append((Scope.ALL, ""))
    return lifted
