"""What a workspace says of its sender in every letter: nothing that stood there for the time."""

import re
from collections.abc import Iterator, Mapping

from pismo.checks.places import field_place, setting_place
from pismo.checks.stand_ins import FILLERS, STAND_INS
from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.model.workspace import Workspace

STAND_IN = Rule(
    "setting-placeholder",
    Severity.ERROR,
    en="«{value}» was left in {name}, and every letter shows it",
    ru="в {name} осталось «{value}», и это увидят в каждом письме",
    hint_en="write the real one",
    hint_ru="впишите настоящее",
)
SENDER_ADDRESS = Rule(
    "sender-name-address",
    Severity.WARNING,
    en="the sender is called «{name}», as in fraud: a name, not an address",
    ru="отправителя зовут «{name}», как у мошенников: нужно имя, а не адрес",
    hint_en="mail programs hide or flag a name that looks like an address",
    hint_ru="почта прячет или помечает имя, похожее на адрес",
)

_LEFT = re.compile(
    rf"\b(?:{STAND_INS})\b|{FILLERS}|\byour (?:company|address|name|street|city|shop)\b"
    r"|\bваш(?:а|е|ей|его)? (?:компани|адрес|названи|улиц|город|магазин)"
    r"|\.\.\.|<[^>]*>",
    re.IGNORECASE,
)


def check_settings_text(workspace: Workspace) -> Iterator[Finding]:
    """Check the brand's and the newsletters' lines that every letter shows."""
    brand = workspace.settings.brand
    lines = {"name": brand.name, "legal_name": brand.legal_name}
    for name, value in {**lines, "postal_address": brand.postal_address}.items():
        if _LEFT.search(value):
            place = setting_place(workspace.root, f"brand.{name}")
            yield STAND_IN.at(place, name=f"brand.{name}", value=value)
    for newsletter in workspace.newsletters.values():
        shown: Mapping[str, str] = {
            "title": newsletter.title, "reason": newsletter.reason,
            "sender.name": newsletter.sender.name,
        }  # fmt: skip
        for name, value in shown.items():
            if _LEFT.search(value):
                place = _place(workspace, newsletter.source, name)
                yield STAND_IN.at(place, name=name, value=value)
        if "@" in newsletter.sender.name:
            place = _place(workspace, newsletter.source, "sender.name")
            yield SENDER_ADDRESS.at(place, name=newsletter.sender.name)


def _place(workspace: Workspace, file: Source, name: str) -> Source:
    return field_place(workspace.root, file, name)
