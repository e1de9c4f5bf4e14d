"""Which column of a file is which of ours: by name in two languages, or as `audience.toml` says."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from pismo.audience.facts import FACT_NAMES
from pismo.audience.schema import OPEN_TABLES, TABLES
from pismo.errors import AudienceError
from pismo.intake.headers import column_of, likely, normal
from pismo.records import dataclass
from pismo.text import guess

FILE = "audience.toml"
CONSENT = ("consent_at", "consent_source", "consent_text")
"""Columns of a file of subscribers that go to the state database, not into the audience."""

QUARANTINED = ("pismo_file", "pismo_row", "pismo_reason", "pismo_line")
"""Columns of a file of bad rows that say what was wrong: such a file can be imported, too."""

_BESIDE = {"subscribers": set(CONSENT), "purchases": {"currency"}}
"""Columns that are read and checked, but not kept in the audience."""

WISHES: dict[str, set[str]] = {
    "consents": {"subscriber_id", "consent_at", "consent_source", "consent_text", "topic"},
    "opt-outs": {"subscriber_id", "scope", "name", "since", "until"},
    "suppressions": {"email", "reason", "since"},
    "ids": {"subscriber_id"},
}
"""What does not become a table of the audience: columns by what is imported."""

NEEDED = {
    "subscribers": ("subscriber_id", "email"),
    "products": ("product_id", "title", "price"),
    "purchases": ("subscriber_id", "product_id", "ts"),
    "events": ("subscriber_id", "kind", "ts"),
    "consents": ("subscriber_id", "consent_at", "consent_source", "consent_text"),
    "opt-outs": ("subscriber_id", "scope", "since"),
    "suppressions": ("email", "reason", "since"),
    "ids": ("subscriber_id",),
}
"""Columns without which a file of a table is refused."""

_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_LETTERS = "a b v g d e zh z i y k l m n o p r s t u f h ts ch sh sch  y  e yu ya"
_RESERVED = (
    "all analyse analyze and anti any array as asc asof asymmetric both case cast check collate "
    "column constraint create cross default deferrable desc describe distinct do else end except "
    "false fetch for foreign from full glob grant group having ilike in initially inner intersect "
    "into is isnull join lambda lateral leading left like limit map natural not notnull null "
    "offset on only or order outer overlaps pivot pivot_longer pivot_wider placing positional "
    "primary qualify references returning right select semi show similar some summarize symmetric "
    "table tablesample then to trailing true union unique unpivot using variadic verbose when "
    "where window with interval values current_date current_timestamp date time timestamp "
    "at authorization between binary by collation columns concurrently freeze generated struct "
    "try_cast tuple unpack use update truncate set pragma if execute force insert install delete "
    "cache begin prepare vacuum rename reset drop explain commit detach comment call alter copy "
    "connect load merge disconnect revoke attach rollback"
)
_INTERNAL = "row_id row_file row_index row_head rowid reasons nth same"
_TAKEN = FACT_NAMES.union(_RESERVED.split(), _INTERNAL.split())
_LATIN = dict(zip(_RUSSIAN, _LETTERS.split(" "), strict=True))


@dataclass(frozen=True, slots=True)
class Matched:
    """Column of the file -> our column; `extras` are the shop's own, under their new names.

    `left` are columns of the file for which there is no place.
    """

    known: Mapping[str, str]
    extras: Mapping[str, str]
    left: tuple[str, ...] = ()

    @property
    def all(self) -> dict[str, str]:
        """Both, in one."""
        return {**self.known, **self.extras}


def match_columns(table: str, headers: Sequence[str], saved: Mapping[str, str]) -> Matched:
    """Match a file's columns with ours; what is unknown becomes a column of the shop's own.

    Args:
        table: What is imported.
        headers: Column names as the file has them.
        saved: Column of the file -> our column, from `audience.toml`; '' leaves one out.

    Raises:
        AudienceError: If a column that every row needs is missing, or two are the same.
    """
    ours = WISHES.get(table) or {column.name for column in TABLES[table]}
    ours = ours | _BESIDE.get(table, set())
    known: dict[str, str] = {}
    extras: dict[str, str] = {}
    left: list[str] = []
    for header in headers:
        name = saved.get(header, column_of(table, header))
        if (header in saved and not name) or header in QUARANTINED:
            continue
        if name in ours and name not in known.values():
            known[header] = name
        elif table in OPEN_TABLES and (latin := latin_name(name or header)):
            extras[header] = latin
        else:
            left.append(header)
    _check(table, headers, known, extras)
    return Matched(known, extras, tuple(left))


def latin_name(header: str) -> str:
    """Return a name that a predicate can be written with, or '' if nothing is left of it.

    What SQL or pismo itself calls something else gets `own_` before it: `own_order`.
    """
    made = "".join(_LATIN.get(letter, letter) for letter in normal(header[:200]))
    name = re.sub(r"^[^a-z]+", "", made)[:55].rstrip("_")
    return f"own_{name}" if name in _TAKEN else name


def shown(name: str) -> str:
    """Return a column's name as a message can print it: short, and nothing but what is seen."""
    text = "".join(sign if sign.isprintable() else "\ufffd" for sign in name[:60])
    return text + "…" if len(name) > 60 else text


def _listed(headers: Sequence[str]) -> str:
    some = ", ".join(shown(header) for header in headers[:30]) or "none"
    return f"{some} and {len(headers) - 30} more" if len(headers) > 30 else some


def load_mapping(root: Path, table: str) -> dict[str, str]:
    """Read what `audience.toml` says about a table's columns.

    Raises:
        AudienceError: If the file is not TOML.
    """
    return _section(root, table, "columns")


def load_extras(root: Path, table: str) -> dict[str, str]:
    """Read the types that `audience.toml` gives to a table's own columns."""
    known = ("VARCHAR", "BIGINT", "DOUBLE", "DATE", "BOOLEAN")
    types = _section(root, table, "extra")
    for name, type_ in types.items():
        if type_ not in known:
            raise AudienceError(
                f"{FILE}: {name} has type '{type_}'",
                hint=f"types are {', '.join(known)}",
                ru=f"{FILE}: у {name} тип «{type_}»",
                hint_ru=f"бывают типы: {', '.join(known)}",
            )
    return types


def _section(root: Path, table: str, section: str) -> dict[str, str]:
    file = root / FILE
    if not file.is_file():
        return {}
    try:
        document = tomllib.loads(file.read_text("utf-8-sig"))
    except (ValueError, UnicodeDecodeError) as error:
        raise AudienceError(
            f"{FILE} is not valid TOML: {error}",
            ru=f"{FILE} — не TOML: {error}",
        ) from error
    found = document.get(table, {}).get(section, {})
    return {str(name): str(value) for name, value in found.items()}


def save_mapping(root: Path, table: str, mapping: Matched, types: Mapping[str, str]) -> None:
    """Write a table's mapping and the types of its extra columns; other tables stay."""
    file = root / FILE
    document = tomllib.loads(file.read_text("utf-8-sig")) if file.is_file() else {}
    old = document.get(table, {})
    document[table] = {
        "columns": {**old.get("columns", {}), **mapping.all},
        "extra": {**old.get("extra", {}), **types},
    }
    lines = ["# Which column of an imported file is which of ours, and the shop's own columns.", ""]
    for name, sections in sorted(document.items()):
        for section, values in sections.items():
            if values:
                lines += [f"[{name}.{section}]"]
                lines += [f"{_key(key)} = {_key(str(value))}" for key, value in values.items()]
                lines += [""]
    file.write_text("\n".join(lines), "utf-8")


def _key(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _check(
    table: str, headers: Sequence[str], known: Mapping[str, str], extras: Mapping[str, str]
) -> None:
    needed = NEEDED[table]
    missing = [name for name in needed if name not in known.values()]
    if missing:
        left = [header for header in headers if header not in known]
        near = likely(missing[0], left) or guess(missing[0], left)
        raise AudienceError(
            f"the file has no column for {missing[0]}; it has: {_listed(headers)}",
            hint=(f"is it '{shown(near)}'? " if near else "")
            + f"rename it, or write into {FILE}: [{table}.columns] "
            f'{_key(shown(near) if near else "column of the file")} = "{missing[0]}"',
            ru=f"в файле нет колонки для {missing[0]}; есть: {_listed(headers)}",
            hint_ru=(f"может быть, «{shown(near)}»? " if near else "")
            + f"переименуйте её или впишите в {FILE}: [{table}.columns] "
            f'{_key(shown(near) if near else "колонка файла")} = "{missing[0]}"',
        )
    names = [*known.values(), *extras.values()]
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise AudienceError(
            f"two columns of the file would be '{repeated[0]}'",
            hint=f'rename one, or leave one out in {FILE}: "column of the file" = ""',
            ru=f"две колонки файла стали бы «{repeated[0]}»",
            hint_ru=f'переименуйте одну или пропустите её в {FILE}: "колонка файла" = ""',
        )
