"""`[tool.pismo]` of pyproject.toml: where a workspace is, and how it is set up."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from pismo.errors import UsageError
from pismo.files.fields import Fields
from pismo.files.read import read_toml
from pismo.model.finding import Finding
from pismo.model.workspace import Brand, Loyalty, Settings

FILE = "pyproject.toml"
TABLES = ("audience", "checks", "facts", "pace", "plan", "recommend", "retention", "serve", "ses")
"""Tables that one part each owns and checks; here they are only carried."""


def find_root(start: Path) -> Path:
    """Find the workspace that `start` lies in: the nearest folder whose pyproject has [tool.pismo].

    Raises:
        UsageError: If there is none up to the root of the file system.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if _is_workspace(folder / FILE):
            return folder
    raise UsageError(
        f"no workspace here: no pyproject.toml with [tool.pismo] in {start} or above",
        hint="go into a workspace, name one with `pismo -C DIR`, or make one: pismo new workspace",
        ru=f"писем здесь нет: ни в {start}, ни выше нет pyproject.toml с [tool.pismo]",
        hint_ru="зайдите в папку с письмами, назовите её (`pismo -C ПАПКА`) или создайте: pismo new"
        " workspace ПАПКА",
    )


def load_settings(root: Path, findings: list[Finding] | None = None) -> Settings:
    """Read the settings; environment variables PISMO_STATE_URL and PISMO_SITE_BASE_URL win."""
    found: list[Finding] = [] if findings is None else findings
    document = read_toml(root, FILE, "settings", found)
    if document is None:
        return Settings()
    fields = document.table("tool").table("pismo")
    fields.kind = "[tool.pismo]"
    loyalty = fields.table("loyalty")
    settings = Settings(
        language=fields.one_of("language", ("ru", "en"), "en"),
        timezone=_timezone(fields),
        site_base_url=_base_url(fields.table("site"), "PISMO_SITE_BASE_URL"),
        links_base_url=_base_url(fields.table("links"), "PISMO_LINKS_BASE_URL"),
        state_url=_state_url(fields.table("state")),
        brand=_brand(fields.table("brand")),
        loyalty=_loyalty(loyalty),
        tables={name: _plain(fields.table(name)) for name in TABLES},
    )
    loyalty.finish()
    fields.finish()
    return settings


def _timezone(fields: Fields) -> str:
    """Read the zone that hours are in; one nobody knows would send at hours nobody meant."""
    name = fields.text("timezone", "UTC")
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        fields.wrong("timezone", "a zone such as Europe/Moscow", name)
        return "UTC"
    return name


def _is_workspace(file: Path) -> bool:
    try:
        document = tomllib.loads(file.read_text("utf-8-sig"))
    except (OSError, ValueError):
        # A broken pyproject above is not ours to report; one of ours is named by its table.
        return file.is_file() and "[tool.pismo" in file.read_text("utf-8-sig", errors="replace")
    return "pismo" in document.get("tool", {})


def _base_url(fields: Fields, variable: str) -> str:
    written = fields.text("base_url")
    url = os.environ.get(variable) or written
    fields.finish()
    if url and not url.startswith(("https://", "http://")):
        fields.wrong("base_url", "an address that begins with https://", url)
    return url.rstrip("/")


def _state_url(fields: Fields) -> str:
    written = fields.text("url")
    url = os.environ.get("PISMO_STATE_URL") or written
    fields.finish()
    return url


def _brand(fields: Fields) -> Brand:
    default = Brand(name="")
    brand = Brand(
        name=fields.text("name", required=True),
        legal_name=fields.text("legal_name"),
        postal_address=fields.text("postal_address"),
        url=fields.text("url"),
        logo=fields.text("logo"),
        accent=fields.text("accent", default.accent),
        background=fields.text("background", default.background),
        text=fields.text("text", default.text),
    )
    fields.finish()
    return brand


def _loyalty(fields: Fields) -> Loyalty:
    default = Loyalty()
    return Loyalty(
        regular_orders=int(fields.number("regular_orders", default.regular_orders)),
        episodic_orders=int(fields.number("episodic_orders", default.episodic_orders)),
        quiet_days=int(fields.number("quiet_days", default.quiet_days)),
    )


def _plain(fields: Fields) -> Mapping[str, object]:
    return dict(fields.values)
