"""The sink: takes everything, counts recipients, answers at once. For measuring a sender."""

from itertools import count as counter

from pismo.ses_sim.state import State

# One entry has one Destination. Inside ReplacementTemplateData, a string, its quote is escaped.
_ENTRY = b'"Destination":'
_numbers = counter(1)


def count(state: State, operation: str, body: bytes) -> bytes:
    """Count one call without reading it; return its answer.

    Args:
        state: The account; only its receipts are written.
        operation: SendEmail or SendBulkEmail.
        body: The request's JSON, as boto3 writes it.
    """
    entries = body.count(_ENTRY)
    state.receipt(operation, 200, accepted=entries)
    prefix = f"sink-{next(_numbers):012x}"
    if operation == "SendEmail":
        return f'{{"MessageId": "{prefix}"}}'.encode()
    results = ", ".join(
        [
            f'{{"Status": "SUCCESS", "MessageId": "{prefix}-{place:02d}"}}'
            for place in range(entries)
        ]
    )
    return f'{{"BulkEmailEntryResults": [{results}]}}'.encode()
