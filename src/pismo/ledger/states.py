"""The two axes of a delivery, the numbers that stand for them, and which moves are allowed.

Submission moves by what a publisher knows (`BY_PUBLISHER`), and by proof that comes back from the
mail service (`BY_PROOF`): an event proves that a letter went out, whatever the row says. Outcome
only moves up.
"""

from collections.abc import Mapping

from pismo.model.people import Outcome, Submission

SUBMISSIONS = tuple(Submission)
"""A submission's number is its place here. Never reorder: the numbers are stored."""

OUTCOMES = tuple(Outcome)
"""An outcome's number is its place here, and larger is later. Never reorder."""

CODE: Mapping[Submission, int] = {state: code for code, state in enumerate(SUBMISSIONS)}
OUTCOME_CODE: Mapping[Outcome, int] = {state: code for code, state in enumerate(OUTCOMES)}

CLAIMABLE = frozenset({Submission.PLANNED, Submission.THROTTLED})
"""Nothing was sent and something should be."""

UNSENT = CLAIMABLE | {Submission.WITHDRAWN}
"""Nothing was sent: a new plan of the same issue replaces these rows."""

TO_COME = CLAIMABLE | {Submission.CLAIMED, Submission.IN_DOUBT}
"""Something is still to come of these, sooner or later."""

MAYBE_SENT = frozenset({Submission.CLAIMED, Submission.ACCEPTED, Submission.IN_DOUBT})
"""Counted against a cap and as shown."""

BY_PUBLISHER: Mapping[Submission, frozenset[Submission]] = {
    Submission.PLANNED: frozenset({Submission.CLAIMED, Submission.WITHDRAWN}),
    # Accepted from here only by an answer that comes after a person asked to try again.
    Submission.THROTTLED: frozenset(
        {Submission.CLAIMED, Submission.WITHDRAWN, Submission.ACCEPTED},
    ),
    Submission.CLAIMED: frozenset(
        {
            Submission.ACCEPTED,
            Submission.REFUSED,
            Submission.THROTTLED,
            Submission.IN_DOUBT,
        }
    ),
    # Looked up in the outbox, answered late, or a person asked to try again: then `throttled`.
    Submission.IN_DOUBT: frozenset(
        {Submission.ACCEPTED, Submission.REFUSED, Submission.THROTTLED},
    ),
    Submission.ACCEPTED: frozenset(),
    Submission.REFUSED: frozenset(),
    Submission.WITHDRAWN: frozenset(),
}

BY_PROOF: Mapping[Submission, frozenset[Submission]] = {
    # Also from `planned` and `throttled`: a ledger restored from a backup does not know, SES does.
    **dict.fromkeys(
        [state for state in SUBMISSIONS if state not in (Submission.ACCEPTED, Submission.REFUSED)],
        frozenset({Submission.ACCEPTED, Submission.REFUSED}),
    ),
    # SES accepted it and then did not send it: Reject, Rendering Failure.
    Submission.ACCEPTED: frozenset({Submission.REFUSED}),
    # We were told "not sent", and it was delivered: only more than a Send event proves that.
    Submission.REFUSED: frozenset({Submission.ACCEPTED}),
}


def moves_sql(moves: Mapping[Submission, frozenset[Submission]], old: str, new: str) -> str:
    """Write a table of moves as a condition over the columns `old` and `new`."""
    pairs = [
        f"({old} = {CODE[state]} AND {new} IN ({codes(allowed)}))"
        for state, allowed in moves.items()
        if allowed
    ]
    return f"({' OR '.join(pairs)})"


def codes(states: frozenset[Submission]) -> str:
    """Write states as a list of their numbers, for IN."""
    return ", ".join(str(CODE[state]) for state in sorted(states, key=SUBMISSIONS.index))
