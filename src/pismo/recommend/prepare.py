"""Similarity and popularity of products, computed once and kept beside the snapshot."""

import hashlib
import json
import secrets
import shutil
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pismo.audience.engine import quoted, read_query, run_query, set_parameters, utc
from pismo.audience.snapshot import Snapshot, point
from pismo.model.workspace import Settings
from pismo.recommend.recipe import Recipe, recipe_from

if TYPE_CHECKING:
    import duckdb

PACKAGE = "pismo.recommend"
STEPS = ("goods", "history", "weighed", "norms", "popular", "pairs", "alike")
KEPT = ("goods", "history", "alike", "popular")
"""What `recommend` needs of them, kept as Parquet."""
_KEEP = 2


def prepare(snapshot: Snapshot, now: datetime, settings: Settings) -> Snapshot:
    """Compute what recommendations of this moment stand on; return the snapshot that has it.

    The same question is answered from the folder that answered it before.
    """
    recipe, _ = recipe_from(settings)
    parameters = _parameters(recipe, utc(now))
    queries = [read_query(PACKAGE, step).sql for step in STEPS]
    question = json.dumps([parameters, queries], default=str, sort_keys=True)
    digest = hashlib.sha256(question.encode()).hexdigest()[:12]
    name = f"recommend-{utc(now):%Y%m%dT%H%M%S}-{digest}"
    folder = snapshot.path / name
    if not folder.exists():
        made = snapshot.path / f".{name}-{secrets.token_hex(4)}"
        made.mkdir(mode=0o700)
        try:
            with snapshot.connect() as engine:
                prepare_into(engine, recipe, now)
                for table in KEPT:
                    target = quoted(str((made / f"{table}.parquet").resolve()))
                    engine.execute(f"COPY {table} TO {target} (FORMAT parquet, COMPRESSION snappy)")
            for file in made.iterdir():
                file.chmod(0o600)
            made.rename(folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    point(snapshot.path / "recommend.current", name)
    for old in sorted(snapshot.path.glob("recommend-*"))[:-_KEEP]:
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)
    return replace(snapshot, recommend=folder)


def prepare_into(engine: "duckdb.DuckDBPyConnection", recipe: Recipe, now: datetime) -> None:
    """Leave the tables of `STEPS` on an engine that has the audience's tables."""
    set_parameters(engine, **_parameters(recipe, utc(now)))
    for step in STEPS:
        run_query(engine, PACKAGE, step, literals={"neighbours": recipe.neighbours})


def _parameters(recipe: Recipe, now: datetime) -> dict[str, object]:
    return {"now": now, "from_365": now - timedelta(days=365), **asdict(recipe)}
