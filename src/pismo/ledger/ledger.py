"""The ledger: one class over one database, made of its parts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, text

from pismo.errors import StateError
from pismo.ledger.deliveries import Deliveries
from pismo.ledger.events import Events
from pismo.ledger.holds import Holds
from pismo.ledger.migrate import migrate, version_of
from pismo.ledger.pace import Pace
from pismo.ledger.plans import Plans
from pismo.ledger.publishers import Publishers
from pismo.ledger.rights import Rights
from pismo.ledger.store import epoch, moment, open_engine, scalar
from pismo.ledger.wishes import Wishes

FILE = "ledger.sqlite"
MOVED, ARRIVING = "moved_to", "arriving"
"""Names in `meta`: of the place where a ledger is now, and of a copy that is not whole yet."""


class Ledger(Wishes, Plans, Deliveries, Publishers, Holds, Events, Pace, Rights):
    """The one authority on consent, opt-outs, suppressions, deliveries and incoming events.

    Every method is one transaction; many processes and threads use one database at once.
    """

    is_new = False
    """Whether the database was made when it was opened."""

    is_open = False
    """Whether it has its schema by now: from then on, each write asks whether it still counts."""

    @contextmanager
    def write(self, *, is_durable: bool = True) -> Iterator[Connection]:
        """Open a writing transaction, as `Store.write`.

        Raises:
            StateError: If this database has moved meanwhile, or is a copy that is not whole.
        """
        with super().write(is_durable=is_durable) as connection:
            if self.is_open:
                _refuse_moved(connection)
            yield connection

    def moved_to(self) -> str:
        """Say where this ledger has moved, without a password; '' if it is here."""
        with self.read() as connection:
            sql = "SELECT value FROM meta WHERE name = :name"
            return str(scalar(connection, sql, name=MOVED) or "")

    def people_known(self) -> int:
        """Count who agreed, or said no, or was planned for: whom a new ledger would not know."""
        with self.read() as connection:
            return int(
                scalar(
                    connection,
                    "SELECT COUNT(*) FROM (SELECT person FROM consents UNION"
                    " SELECT person FROM opt_outs UNION SELECT person FROM deliveries) AS known",
                )
            )

    @cached_property
    def id(self) -> str:
        """The ledger's own name, made with it: 16 hex digits, in approvals and reports."""
        with self.read() as connection:
            return str(scalar(connection, "SELECT value FROM meta WHERE name = 'id'"))

    def bind_keys(self, hmac_ids: Sequence[str], signing_ids: Sequence[str] = ()) -> None:
        """Make sure that addresses are hashed, and links signed, with keys this ledger knows.

        Args:
            hmac_ids: `Keys.hmac_ids`, newest first.
            signing_ids: `Keys.signing_ids`, newest first.

        Raises:
            StateError: If none of a kind has been used here, or the newest hashing key is lacking:
                somebody suppressed would not be recognised, or no link in a letter already sent
                would work.
        """
        with self.write() as connection:
            for name, ids in ((_HASHING, hmac_ids), (_SIGNING, signing_ids)):
                known = _known(connection, name)
                if known and ids and not set(known) & set(ids):
                    raise _other_keys(name)
                if name == _HASHING and known and ids and known[-1] not in ids:
                    raise _older_keys()
                if set(ids) - set(known):
                    # In the order in which they came: the newest is the last.
                    merged = " ".join(dict.fromkeys([*known, *reversed(ids)]))
                    connection.execute(text(_SET), {"name": name, "value": merged})

    def latest_signing_key(self) -> str:
        """Name the signing key that came last; '' if none was ever used."""
        with self.read() as connection:
            return next(reversed(_known(connection, _SIGNING)), "")

    def knows_keys(self) -> bool:
        """Tell whether keys were ever used with this ledger."""
        with self.read() as connection:
            return bool(_known(connection, _HASHING) or _known(connection, _SIGNING))

    def forget_keys(self) -> None:
        """Take whatever keys come next: those that were used are lost."""
        with self.write() as connection:
            names = {"hashing": _HASHING, "signing": _SIGNING}
            connection.execute(text("DELETE FROM meta WHERE name IN (:hashing, :signing)"), names)

    def has_used(self, transport: str) -> bool:
        """Tell whether this ledger has sent by a transport before, or was told that it may."""
        with self.read() as connection:
            sql = "SELECT value FROM meta WHERE name = :name"
            return scalar(connection, sql, name=f"used-{transport}") is not None

    def note_use(self, transport: str) -> None:
        """Remember that a transport is used: a ledger just made cannot know who was written to."""
        with self.write() as connection:
            connection.execute(text(_SET), {"name": f"used-{transport}", "value": "yes"})

    def last_used(self) -> datetime | None:
        """Return when something was last planned or published; None if that never happened."""
        with self.read() as connection:
            last = scalar(connection, _LAST_USED)
        return None if last is None else moment(int(last))

    def restored_at(self) -> datetime | None:
        """Return when a backup was put in this ledger's place; None if that never happened."""
        with self.read() as connection:
            found = scalar(connection, "SELECT value FROM meta WHERE name = 'restored'")
        return None if found is None else moment(int(found))

    def note_restored(self, now: datetime) -> None:
        """Remember that what happened between a backup and this moment was forgotten."""
        with self.write() as connection:
            connection.execute(text(_SET), {"name": "restored", "value": str(epoch(now))})


_LAST_USED = (
    "SELECT max(at) FROM (SELECT max(created_at) AS at FROM plans"
    " UNION ALL SELECT max(started_at) FROM publishers) AS done"
)
_HASHING, _SIGNING = "keys", "signing-keys"
_SET = (
    "INSERT INTO meta (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


def _refuse_moved(connection: Connection) -> None:
    sql = "SELECT name, value FROM meta WHERE name IN (:moved, :arriving)"
    found = connection.execute(text(sql), {"moved": MOVED, "arriving": ARRIVING}).all()
    marks = {str(name): str(value) for name, value in found}
    if place := marks.get(MOVED):
        raise StateError(
            f"this state database has moved to {place}, and takes nothing more",
            hint="name the new place in [tool.pismo.state] url, or in PISMO_STATE_URL. If moving"
            " was cut short, the same command finishes it: pismo state move URL",
            ru=f"эта база состояния переехала и ничего больше не примет; новое место: {place}",
            hint_ru="назовите новое место в [tool.pismo.state] url или в PISMO_STATE_URL. Если"
            " перенос прервался, его закончит та же команда: pismo state move URL",
        )
    if marks:
        raise StateError(
            "a state database was being moved here, and that was cut short",
            hint="run it again from the old place, it finishes: pismo state move URL",
            ru="сюда переносили базу состояния, и перенос прервался",
            hint_ru="запустите его снова из старого места, он закончит: pismo state move URL",
        )


def _known(connection: Connection, name: str) -> list[str]:
    sql = "SELECT value FROM meta WHERE name = :name"
    return str(scalar(connection, sql, name=name) or "").split()


def _other_keys(name: str) -> StateError:
    if name == _HASHING:
        return StateError(
            "the state database was written with another key for hashing addresses",
            hint="restore keys.toml or PISMO_HMAC_KEYS: with a new key, people who must"
            " not be written to would not be recognised",
            ru="база состояния написана с другим ключом для хешей адресов",
            hint_ru="верните keys.toml или PISMO_HMAC_KEYS: с новым ключом не узнать тех,"
            " кому писать нельзя",
        )
    return StateError(
        "letters of this state database were signed with another key for links",
        hint="restore keys.toml or PISMO_SIGNING_KEYS: with a new key alone, unsubscribe links in"
        " letters already sent stop working. If the old one is lost: pismo state new-keys --lost",
        ru="письма этой базы состояния подписаны другим ключом для ссылок",
        hint_ru="верните keys.toml или PISMO_SIGNING_KEYS: с одним новым ключом ссылки для отписки"
        " в отправленных письмах перестанут работать. Старый потерян? pismo state new-keys"
        " --lost",
    )


def _older_keys() -> StateError:
    return StateError(
        "addresses are hashed with a newer key by now, which is not here: whoever bounced or"
        " complained since it came would not be recognised",
        hint="bring keys.toml or PISMO_HMAC_KEYS from where the key was rotated",
        ru="адреса уже хешируют новым ключом, а здесь его нет: тех, кто с тех пор пожаловался или"
        " чей ящик закрылся, было бы не узнать",
        hint_ru="принесите keys.toml или PISMO_HMAC_KEYS оттуда, где меняли ключ",
    )


def has_schema(url: str | Path) -> bool:
    """Tell whether a database that is there has ever been a ledger's.

    Raises:
        StateError: If it cannot be reached.
    """
    ledger = Ledger(open_engine(url))
    try:
        with ledger.read() as connection:
            return version_of(connection) > 0
    finally:
        ledger.close()


def open_ledger(url: str | Path, *, hmac_ids: Sequence[str] = ()) -> Ledger:
    """Open a state database, made or migrated if need be.

    Args:
        url: A path, `sqlite:///path` or `postgresql://user@host/database`.
        hmac_ids: `Keys.hmac_ids`: checked against those the ledger knows.

    Raises:
        StateError: If it cannot be reached, is newer than this pismo, or knows other keys.
    """
    ledger = Ledger(open_engine(url))
    try:
        ledger.is_new = migrate(ledger)
        ledger.is_open = True
        if hmac_ids:
            ledger.bind_keys(hmac_ids)
    except BaseException:
        ledger.close()
        raise
    return ledger
