"""What a terminal calls the states of letters and the reasons for none, in both languages."""

from pismo.model.people import Outcome, Submission
from pismo.tongue import Tongue

_REASONS = {
    "unsubscribed": "отписались",
    "suppressed": "адрес в стоп-листе",
    "no-consent": "нет согласия",
    "opted-out-topic": "отказались от темы",
    "opted-out-occasion": "отказались от повода",
    "paused": "просили тишины",
    "holdout": "контрольная группа",
    "capped": "писем и так достаточно",
    "invalid-address": "негодный адрес",
    "no-address": "нет адреса",
    "duplicate-address": "адрес уже в плане",
    "missing": "нет значения",
    "erased": "стёрты",
}
"""Reason for no letter (without what follows its colon) -> what is said in Russian."""
_STATES = {
    Submission.PLANNED: "запланировано",
    Submission.CLAIMED: "взято в отправку",
    Submission.ACCEPTED: "принято",
    Submission.REFUSED: "отклонено",
    Submission.THROTTLED: "придержано",
    Submission.IN_DOUBT: "под сомнением",
    Submission.WITHDRAWN: "отозвано",
    "waiting": "ждёт",
    Outcome.SENT: "отправлено",
    Outcome.DELAYED: "задержано",
    Outcome.DELIVERED: "доставлено",
    Outcome.BOUNCED: "вернулось",
    Outcome.COMPLAINED: "жалоба",
}


def reason_said(reason: str, tongue: Tongue) -> str:
    """Say why somebody gets no letter; the reason's own name, by which it is known, stays."""
    said = _REASONS.get(reason.partition(":")[0], "")
    return tongue(reason, f"{said} ({reason})" if said else reason)


def state_said(state: str, tongue: Tongue) -> str:
    """Say what became of a letter: `in doubt`, «под сомнением»."""
    return tongue(str(state).replace("_", " "), _STATES.get(state, str(state)))
