"""Which facts a predicate or a letter of this workspace may name, without asking an audience."""

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from pismo.audience.engine import open_engine
from pismo.audience.facts import known_columns
from pismo.audience.schema import NAME, TABLES, Column
from pismo.model.content import Kind
from pismo.model.finding import Finding, Source
from pismo.model.workspace import Workspace
from pismo.segments.rules import BAD_OWN_FACTS

if TYPE_CHECKING:
    from sqlglot import exp

OWN_FACTS = "segments/facts.sql"
MAPPING = "audience.toml"
_READABLE = (*TABLES, "facts")
_FILE_READERS = ("read_", "parquet_", "glob", "sniff_", "getenv", "duckdb_", "pragma_", "query")


def columns_of(workspace: Workspace, findings: list[Finding] | None = None) -> dict[str, Column]:
    """Return every column: subscriber's, facts, answers to quizzes, imported extras, own facts."""
    columns = known_columns()
    columns.update(_imported(workspace.root))
    for column in answer_columns(workspace):
        columns[column] = Column(column, "VARCHAR", "the latest answer", "последний ответ")
    found: list[Finding] = []
    own = own_facts(workspace.root, found)
    if own:
        columns.update(_own_columns(own, columns, found))
    if findings is not None:
        findings += found
    return columns


def answer_columns(workspace: Workspace) -> dict[str, str]:
    """Map a column to the quiz or poll whose latest answer it holds: quiz_player_type."""
    return {
        f"{kind}_{slug.replace('-', '_')}": slug
        for kind, slug in sorted(workspace.items)
        if kind in (Kind.QUIZ, Kind.POLL) and NAME.match(slug.replace("-", "_"))
    }


def own_facts(root: Path, findings: list[Finding]) -> str:
    """Return the workspace's own SELECT of facts, confined, or '' if there is none or it is wrong.

    One SELECT over the audience's tables; no function that reads a file, no other table.
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    file = root / OWN_FACTS
    if not file.is_file():
        return ""
    try:
        trees = [
            tree for tree in sqlglot.parse(file.read_text("utf-8-sig"), dialect="duckdb") if tree
        ]
    except (SqlglotError, RecursionError, UnicodeDecodeError) as error:
        findings.append(_bad(str(error).splitlines()[0]))
        return ""
    if len(trees) != 1 or not isinstance(trees[0], exp.Select):
        findings.append(_bad("it is not one SELECT"))
        return ""
    if reason := _unsafe(trees[0]):
        findings.append(_bad(reason))
        return ""
    return str(trees[0].sql(dialect="duckdb", comments=False))


def _unsafe(tree: "exp.Expr") -> str:
    from sqlglot import exp

    known = {*_READABLE, *(cte.alias for cte in tree.find_all(exp.CTE))}
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or table.db or table.name not in known:
            return f"it reads {table.sql(dialect='duckdb')}"
    for node in tree.walk():
        if isinstance(node, exp.Into | exp.Command | exp.ReadCSV | exp.ReadParquet):
            return f"{type(node).__name__.upper()} is not allowed"
        if isinstance(node, exp.Func):
            name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
            if name.lower().startswith(_FILE_READERS):
                return f"{name.lower()}() is not allowed"
    return ""


def _own_columns(
    own: str, columns: dict[str, Column], findings: list[Finding]
) -> dict[str, Column]:
    """Ask an empty audience what the SELECT would return."""
    import duckdb

    tables = {**TABLES, "facts": tuple(columns.values())}
    with open_engine([]) as engine:
        for name, members in tables.items():
            listed = ", ".join(f"{column.name} {column.type}" for column in members)
            engine.execute(f"CREATE TABLE {name} ({listed})")
        try:
            described = engine.execute(f"DESCRIBE {own}").fetchall()
        except duckdb.Error as error:
            findings.append(_bad(str(error).splitlines()[0]))
            return {}
    made = {row[0]: row[1] for row in described}
    if "subscriber_id" not in made:
        findings.append(_bad("it does not return subscriber_id"))
        return {}
    taken = [name for name in made if name in columns and name != "subscriber_id"]
    wrong = taken or [name for name in made if not NAME.match(name)]
    if wrong:
        findings.append(_bad(f"a column cannot be called {wrong[0]}"))
        return {}
    return {
        name: Column(name, type_, f"see {OWN_FACTS}", f"см. {OWN_FACTS}")
        for name, type_ in made.items()
        if name != "subscriber_id"
    }


def _imported(root: Path) -> dict[str, Column]:
    """Return the extra columns that `audience.toml` gives a type to."""
    file = root / MAPPING
    if not file.is_file():
        return {}
    try:
        document = tomllib.loads(file.read_text("utf-8-sig"))
    except (ValueError, OSError):
        return {}  # `audience import` reports it; predicates then miss these columns
    extras = document.get("subscribers", {}).get("extra", {})
    return {
        name: Column(name, str(type_), f"imported, see {MAPPING}", f"из импорта, см. {MAPPING}")
        for name, type_ in extras.items()
        if NAME.match(name) and str(type_) in ("VARCHAR", "BIGINT", "DOUBLE", "DATE", "BOOLEAN")
    }


def _bad(reason: str) -> Finding:
    return BAD_OWN_FACTS.at(Source(OWN_FACTS), reason=reason, tables=", ".join(_READABLE))
