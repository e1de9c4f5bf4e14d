"""One rate for all publishers of a ledger: a leaky bucket that is one row.

The row holds the moment from which the next letter may go (the «theoretical arrival time» of the
generic cell rate algorithm, ITU-T I.371), so that reserving is one atomic UPDATE and nobody
waits inside a transaction.
"""

from sqlalchemy import text

from pismo.ledger.store import Store, scalar


class Pace(Store):
    """Reservations against a shared rate."""

    def reserve(self, name: str, amount: float, *, rate: float, burst: float, now: float) -> float:
        """Reserve room for `amount` letters and say how long to wait before sending them.

        Args:
            name: What is paced: `letters`, `calls`.
            amount: How many.
            rate: Letters a second; > 0.
            burst: How many may go at once after a pause; 0 for a perfectly even flow.
            now: The publisher's clock, seconds since 1970; PostgreSQL's own is used instead, so
                that publishers on several machines agree.

        Returns:
            Seconds to wait, >= 0.
        """
        clock = ":now" if self.is_sqlite else "extract(epoch FROM clock_timestamp())"
        greater = "max" if self.is_sqlite else "greatest"
        with self.write() as connection:
            row = connection.execute(
                text(
                    "INSERT INTO pace (name, next_free)"
                    f" VALUES (:name, {clock} - :burst / :rate + :amount / :rate)"
                    " ON CONFLICT (name) DO UPDATE SET next_free ="
                    f" {greater}(pace.next_free, {clock} - :burst / :rate) + :amount / :rate"
                    f" RETURNING next_free - :amount / :rate - {clock}"
                ),
                {
                    "name": name,
                    "amount": float(amount),
                    "rate": float(rate),
                    "burst": float(burst),
                    "now": now,
                },
            ).one()
        return max(0.0, float(row[0]))

    def shared_rate(self, name: str) -> float | None:
        """Return the rate that publishers have learnt from throttling, None if none has."""
        with self.read() as connection:
            rate = scalar(connection, "SELECT rate FROM pace WHERE name = :name", name=name)
        return None if rate is None else float(rate)

    def share_rate(self, name: str, rate: float | None) -> None:
        """Tell all publishers the rate that works; None forgets it."""
        with self.write() as connection:
            connection.execute(
                text(
                    "INSERT INTO pace (name, next_free, rate) VALUES (:name, 0, :rate)"
                    " ON CONFLICT (name) DO UPDATE SET rate = excluded.rate"
                ),
                {"name": name, "rate": rate},
            )
