"""One rate for all publishers of a ledger: a leaky bucket that is one row.

The row holds the moment from which the next letter may go (the «theoretical arrival time» of the
generic cell rate algorithm, ITU-T I.371), so that reserving is one atomic UPDATE and nobody
waits inside a transaction. The row `cuts` counts how often a publisher was throttled (in
`next_free`) and holds the rate it then took: nobody has to find it out again.
"""

from typing import NamedTuple

from sqlalchemy import text

from pismo.ledger.store import Store, scalar


class Cut(NamedTuple):
    """A throttled publisher's word to the others: which one it is, and the rate it took."""

    number: int
    rate: float


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

    def last_cut(self) -> Cut:
        """Return the last cut that any publisher told of; number 0 if there was none."""
        with self.read() as connection:
            row = connection.execute(
                text("SELECT next_free, rate FROM pace WHERE name = 'cuts'")
            ).first()
        return Cut(0, 0.0) if row is None else Cut(int(row.next_free), float(row.rate))

    def tell_cut(self, rate: float) -> int:
        """Tell all publishers that one was throttled, and goes on at `rate` letters a second.

        Returns:
            The number of this cut.
        """
        with self.write() as connection:
            return int(
                scalar(
                    connection,
                    "INSERT INTO pace (name, next_free, rate) VALUES ('cuts', 1, :rate)"
                    " ON CONFLICT (name) DO UPDATE SET next_free = pace.next_free + 1,"
                    " rate = excluded.rate RETURNING next_free",
                    rate=rate,
                )
            )
