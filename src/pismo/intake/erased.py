"""People whose data was erased, and who come again in a file: left out, unless they want in."""

from pismo.audience import Snapshot
from pismo.audience.engine import quoted
from pismo.intake.staging import Staged
from pismo.keys import Keys, hashes_of
from pismo.ledger import Ledger


def erased_again(
    stage: Staged, base: Snapshot | None, ledger: Ledger, keys: Keys, *, take_back: bool
) -> int:
    """Look for erased people among those who are new to the audience.

    Nothing is known of them but the keyed hash of their address, so each new address is hashed;
    where nobody was ever erased, that costs nothing.

    Args:
        stage: The file's rows; those of erased people are taken out of `good`.
        base: The audience so far.
        ledger: Knows the hashes.
        keys: Make them.
        take_back: They have subscribed anew: leave them in, and let them be written to.

    Returns:
        How many there are.
    """
    erased = ledger.erased_addresses()
    if not erased:
        return 0
    new = "TRUE"
    if base is not None:
        known = f"read_parquet({quoted(str(base.table('subscribers').resolve()))})"
        new = f"subscriber_id NOT IN (SELECT subscriber_id FROM {known})"
    rows = stage.engine.execute(
        f"SELECT subscriber_id, email FROM good WHERE email IS NOT NULL AND {new}"
    ).fetchall()
    found = {
        person: address_hash
        for person, address_hash in hashes_of(keys.readers(rows))
        if address_hash in erased
    }
    if take_back:
        ledger.unsuppress(found.values())
    elif found:
        stage.engine.execute("CREATE TEMP TABLE erased_before (subscriber_id VARCHAR)")
        stage.engine.executemany("INSERT INTO erased_before VALUES (?)", [[one] for one in found])
        stage.engine.execute("ALTER VIEW good RENAME TO good_and_erased")
        stage.engine.execute(
            "CREATE TEMP VIEW good AS SELECT * FROM good_and_erased"
            " WHERE subscriber_id NOT IN (SELECT subscriber_id FROM erased_before)"
        )
    return len(found)
