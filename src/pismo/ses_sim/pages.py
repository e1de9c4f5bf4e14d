"""The page that shows what the simulator took: a list, and each letter as its reader sees it."""

from html import escape

from pismo.ses_sim.state import Letter, State

_SHOWN = 200
_RUSSIAN = {
    "Letters": "Письма",
    "accepted": "принято",
    "throttled": "отложено по лимиту",
    "No letters yet. Publish to this address:": "Писем пока нет. Отправьте сюда выпуск:",
    "To": "Кому",
    "Subject": "Тема",
    "Time": "Время",
    "Outcome": "Итог",
    "Tags": "Метки",
    "From": "От кого",
    "Reply to": "Ответить",
    "Template": "Шаблон",
    "Configuration set": "Набор настроек",
    "Message id": "Номер письма",
    "Headers": "Заголовки",
    "Plain text": "Простой текст",
    "Source": "Исходник",
    "All letters": "Все письма",
    "This letter has no HTML.": "В этом письме нет HTML.",
    "no subject": "без темы",
    "delivered": "доставлено",
    "bounced": "вернулось",
    "complained": "жалоба",
    "suppressed": "в стоп-листе",
    "rejected": "отклонено",
    "rendering-failure": "не собралось",
    "newest first, up to": "сначала новые, не больше",
}

_STYLE = """
:root { color-scheme: light dark; --ink: #23262b; --soft: #6b7280; --line: #e3e5e9; --paper: #fff;
  --back: #f6f5f2; --mark: #9a4b17; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7e8ea; --soft: #9aa1ab; --line: #33373d;
  --paper: #1d2024; --back: #15171a; --mark: #e2a06f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
p.soft, .soft { color: var(--soft); }
a { color: var(--mark); }
table { width: 100%; border-collapse: collapse; background: var(--paper);
  border: 1px solid var(--line);
  border-radius: .5rem; margin: 1.25rem 0; font-size: .95rem; }
th, td { text-align: left; vertical-align: top; padding: .55rem .8rem;
  border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
tr:last-child > * { border-bottom: 0; }
th { font-weight: 600; color: var(--soft); white-space: nowrap; }
td.subject { min-width: 14rem; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.outcome { padding: .1rem .5rem; border-radius: 1rem; background: #dcefe0; color: #1c5a2b;
  white-space: nowrap; }
.outcome.bad { background: #f8dfd8; color: #8a2b12; }
code, pre { font: .9rem/1.5 ui-monospace, monospace; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--paper);
  border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; }
iframe { width: 100%; height: 80vh; border: 1px solid var(--line); border-radius: .5rem;
  background: #fff; }
summary { cursor: pointer; margin: 1rem 0 .5rem; font-weight: 600; }
@media (max-width: 40rem) { .wide, .list thead { display: none; }
  .list, .list tbody, .list tr, .list td { display: block; border-bottom: 0; }
  .list tr { border-bottom: 1px solid var(--line); padding: .4rem 0; }
  .list td { padding: .1rem .8rem; } td.subject { min-width: 0; } }
"""


def prefers_russian(accept_language: str) -> bool:
    """Say whether Russian is liked better than English, by an Accept-Language header."""
    weights = {"ru": 0.0, "en": 0.0}
    for one in accept_language.split(","):
        tag, _, weight = one.partition(";q=")
        language = tag.strip().lower().partition("-")[0]
        if language in weights:
            number = float(weight) if weight.replace(".", "", 1).isdigit() else 1.0
            weights[language] = max(weights[language], number)
    return weights["ru"] > weights["en"]


def index(state: State, url: str, *, russian: bool) -> str:
    """Return the list of letters, newest first; without any, how to send some to `url`."""
    say = _words(russian=russian)
    counts = f"{say('accepted')}: {state.accepted}, {say('throttled')}: {state.throttled}"
    newest = list(state.letters)[-_SHOWN:][::-1]
    if newest:
        heads = ("Time", "To", "Subject", "Outcome")
        head = (
            "".join(f"<th>{say(one)}</th>" for one in heads)
            + f'<th class="wide">{say("Tags")}</th>'
        )
        rows = "".join(_row(one, russian=russian) for one in newest)
        body = f'<table class="list"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        body += f'<p class="soft">{say("newest first, up to")} {_SHOWN}</p>'
    else:
        command = f"PISMO_SES_ENDPOINT={url} pismo publish ISSUE --to ses --yes"
        empty = say("No letters yet. Publish to this address:")
        body = f"<p>{empty}</p><pre>{escape(command)}</pre>"
    return _page(say("Letters"), f'<p class="soft">{counts}</p>{body}', russian=russian)


def letter(one: Letter, *, russian: bool) -> str:
    """Return one letter: its facts, its HTML in a sandbox, its text, headers and source."""
    say = _words(russian=russian)
    facts = (
        ("From", one.sender),
        ("To", ", ".join((*one.to, *one.cc, *one.bcc))),
        ("Reply to", ", ".join(one.reply_to)),
        ("Time", f"{one.accepted_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("Outcome", say(one.outcome) + (f": {one.problem}" if one.problem else "")),
        ("Tags", _tags(one)),
        ("Template", one.template),
        ("Configuration set", one.configuration_set),
        ("Message id", one.message_id),
    )
    rows = "".join(f"<tr><th>{say(k)}</th><td>{escape(v)}</td></tr>" for k, v in facts if v)
    address = f"/letters/{escape(one.message_id)}"
    shown = f'<iframe sandbox="allow-popups" src="{address}/html" title="HTML"></iframe>'
    shown = shown if one.html else f"<p>{say('This letter has no HTML.')}</p>"
    headers = "\n".join(f"{name}: {value}" for name, value in one.headers)
    body = (
        f'<p><a href="/">← {say("All letters")}</a></p><table>{rows}</table>{shown}'
        f"<details{'' if one.html else ' open'}><summary>{say('Plain text')}</summary>"
        f"<pre>{escape(one.text)}</pre></details>"
        f"<details><summary>{say('Headers')}</summary><pre>{escape(headers)}</pre></details>"
        f'<p><a href="{address}/source">{say("Source")}</a></p>'
    )
    return _page(one.subject or say("no subject"), body, russian=russian)


def _row(one: Letter, *, russian: bool) -> str:
    say = _words(russian=russian)
    bad = "" if one.outcome == "delivered" else " bad"
    link = f"/letters/{escape(one.message_id)}"
    return (
        f'<tr><td class="time">{one.accepted_at:%H:%M:%S}</td><td>{escape(", ".join(one.to))}</td>'
        f'<td class="subject"><a href="{link}">{escape(one.subject) or say("no subject")}</a></td>'
        f'<td><span class="outcome{bad}">{say(one.outcome)}</span></td>'
        f'<td class="wide soft">{escape(_tags(one))}</td></tr>'
    )


def _tags(one: Letter) -> str:
    return ", ".join(f"{name}={value}" for name, value in one.tags)


def _page(title: str, body: str, *, russian: bool) -> str:
    language = "ru" if russian else "en"
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · pismo ses-sim</title><style>{_STYLE}</style>"
        f"<main><h1>{escape(title)}</h1>{body}</main></html>"
    )


class _words:  # noqa: N801 - reads as a verb where it is used
    """Look words up in the reader's language."""

    def __init__(self, *, russian: bool) -> None:
        self._russian = russian

    def __call__(self, english: str) -> str:
        return _RUSSIAN.get(english, english) if self._russian else english
