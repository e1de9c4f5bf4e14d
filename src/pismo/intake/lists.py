"""A list of ids as a segment: the ids stay with the audience, only the segment's name is in Git."""

import json
import time
from collections.abc import Sequence
from pathlib import Path

from pismo.audience import current, prune, write_snapshot
from pismo.audience.engine import only_row, quoted
from pismo.audience.facts import known_columns
from pismo.audience.schema import NAME
from pismo.errors import AudienceError
from pismo.intake.importing import How
from pismo.intake.mapping import Matched, latin_name, load_extras, save_mapping
from pismo.intake.staging import staged
from pismo.model.workspace import Workspace
from pismo.records import dataclass

TABLE = "ids"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What came of a list: `people` are on it, `unknown` ids belong to nobody in the audience."""

    name: str
    read: int
    bad: int
    people: int
    unknown: int
    segment: Path
    seconds: float


def import_list(workspace: Workspace, name: str, places: Sequence[str], how: How) -> Listed:
    """Make the column `name` true for whoever is in the files, false for all others.

    The list is replaced as a whole. A segment of that name is begun if there is none.

    Raises:
        AudienceError: If there is no audience, the name is taken, or a file cannot be read.
    """
    started = time.perf_counter()
    _check_name(workspace.root, name)
    base = current(workspace.state_dir)
    if base is None:
        raise AudienceError(
            "there is no audience yet",
            hint="first: pismo audience import subscribers",
            ru="аудитории пока нет",
            hint_ru="сначала: pismo audience import subscribers",
        )
    segment = workspace.root / "segments" / f"{name}.toml"
    with staged(
        workspace, TABLE, places, how.now, currency=how.currency, on_progress=how.on_progress
    ) as stage:
        scan = f"read_parquet({quoted(str(base.table('subscribers').resolve()))})"
        stage.engine.execute(f"CREATE VIEW had AS SELECT * FROM {scan}")
        (people,) = only_row(
            stage.engine,
            "SELECT count(*) FROM had WHERE subscriber_id IN (SELECT subscriber_id FROM good)",
        )
        if not how.dry_run:
            columns = [row[0] for row in stage.engine.execute("DESCRIBE had").fetchall()]
            kept = ", ".join(column for column in columns if column != name)
            file = stage.folder / "subscribers.parquet"
            stage.engine.execute(
                f"COPY (SELECT {kept}, subscriber_id IN (SELECT subscriber_id FROM good) "
                f"AS {name} FROM had) TO {quoted(str(file.resolve()))} (FORMAT parquet)"
            )
            write_snapshot(workspace.state_dir, {"subscribers": file}, now=how.now, base=base)
            prune(workspace.state_dir, keep=how.snapshots)
            save_mapping(workspace.root, "subscribers", Matched({}, {}), {name: "BOOLEAN"})
            _begin_segment(segment, name)
        return Listed(
            name=name, read=stage.read, bad=stage.bad, people=int(people),
            unknown=stage.good - stage.repeated - int(people), segment=segment,
            seconds=round(time.perf_counter() - started, 2),
        )  # fmt: skip


def _check_name(root: Path, name: str) -> None:
    if not NAME.match(name) or latin_name(name) != name:
        raise AudienceError(
            f"a list cannot be called '{name}'",
            hint="Latin letters in lower case, digits and _; no word of SQL, no fact's name",
            ru=f"список нельзя назвать «{name}»",
            hint_ru="строчные латинские буквы, цифры и _; не слово SQL и не имя факта",
        )
    if (
        name in known_columns()
        or load_extras(root, "subscribers").get(name, "BOOLEAN") != "BOOLEAN"
    ):
        raise AudienceError(
            f"people have a column '{name}' already",
            hint="choose another name",
            ru=f"у людей уже есть колонка «{name}»",
            hint_ru="выберите другое имя",
        )


def _begin_segment(file: Path, name: str) -> None:
    if file.exists():
        return
    file.parent.mkdir(exist_ok=True)
    title = json.dumps(name.replace("_", " ").capitalize())
    file.write_text(
        f'title = {title}\nwhere = "{name}"\nexample.in = {{ {name} = true }}\n'
        f"example.out = {{ {name} = false }}\n",
        "utf-8",
    )
