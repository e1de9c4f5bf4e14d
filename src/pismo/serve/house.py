"""What the public pages show of a workspace: its name, colours, topics, occasions, questions."""

from collections.abc import Mapping

from pismo.errors import SettingsError
from pismo.model.workspace import Brand, Workspace
from pismo.records import dataclass, field
from pismo.serve.questions import Question, questions_of


@dataclass(frozen=True, slots=True)
class Topic:
    """Something one can receive: the newsletters of one topic."""

    name: str
    title: str
    description: str
    newsletters: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything the public pages need; nothing personal is in it."""

    brand: Brand
    language: str = "en"
    topics: tuple[Topic, ...] = ()
    occasions: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, Question] = field(default_factory=dict)


def house_of(workspace: Workspace) -> House:
    """Gather what the pages show: brand, topics, occasions, and every game that is answered.

    Occasions that a reader may not want to be reminded of are named in the settings:

        [tool.pismo.serve.occasions]
        mothers-day = "День матери"

    Raises:
        SettingsError: If `[tool.pismo.serve]` holds something else.
    """
    table = workspace.settings.tables.get("serve", {})
    unknown = [name for name in table if name != "occasions"]
    if unknown:
        raise SettingsError(
            f"[tool.pismo.serve] has no field '{unknown[0]}'", hint="known: occasions"
        )
    occasions = table.get("occasions", {})
    if not isinstance(occasions, dict) or not all(isinstance(v, str) for v in occasions.values()):
        raise SettingsError(
            "[tool.pismo.serve.occasions] holds a name and a text for each occasion",
            hint='for example: mothers-day = "Mother\'s Day"',
        )
    return House(
        brand=workspace.settings.brand,
        language=workspace.settings.language,
        topics=_topics(workspace),
        occasions=dict(occasions),
        questions=questions_of(workspace),
    )


def _topics(workspace: Workspace) -> tuple[Topic, ...]:
    by_topic: dict[str, list[str]] = {}
    for name, newsletter in workspace.newsletters.items():
        by_topic.setdefault(newsletter.topic or name, []).append(name)
    return tuple(
        Topic(
            topic,
            " · ".join(workspace.newsletters[name].title for name in names),
            " ".join(filter(None, (workspace.newsletters[name].description for name in names))),
            tuple(names),
        )
        for topic, names in by_topic.items()
    )
