"""`pismo test`: all letters of an issue to testers; links lead nowhere, no delivery is recorded."""

import os
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pismo.cli.common import BRING_AN_AUDIENCE, Call, echo_findings, json_option, print_json, say
from pismo.errors import ExitCode, SendError, SettingsError, UsageError
from pismo.records import dataclass, replace
from pismo.scaffold.answers import is_address
from pismo.text import meant
from pismo.tongue import Noun

if TYPE_CHECKING:
    from pismo.model.content import Issue
    from pismo.model.edition import Edition
    from pismo.model.people import Recipient
    from pismo.model.workspace import Workspace

FILE = "testers.toml"
_TEST_LETTER: Noun = (
    ("test letter", "test letters"),
    ("тестовое письмо", "тестовых письма", "тестовых писем"),
)
_EXAMPLE = '[testers]\nmarina = "marina@example.com"'


@dataclass(frozen=True, slots=True)
class Sent:
    """One test letter: whose edition, to which tester, where it went."""

    segment: str
    tester: str
    where: str


@click.command("test")
@click.argument("issue")
@click.option("--segment", "segments", multiple=True, help="Only this segment; may be repeated.")
@click.option(
    "--as", "person", default="", help="Seen by PERSON: an id of people.toml or audience."
)
@click.option("--to", "testers", multiple=True, help="Names in .pismo/testers.toml; default: all.")
@click.option(
    "--via",
    type=click.Choice(["files", "ses"]),
    default="files",
    show_default=True,
    help="files: .eml in .pismo/self/; ses: mailed (PISMO_SES_ENDPOINT counts).",
)
@json_option
@click.pass_context
def test_command(
    ctx: click.Context,
    issue: str,
    segments: tuple[str, ...],
    person: str,
    testers: tuple[str, ...],
    via: str,
    *,
    as_json: bool,
) -> None:
    """Send every segment's letter of ISSUE to testers, in one go.

    The subject begins with «[ТЕСТ families]» (TEST in an English workspace). Links lead nowhere,
    and nothing is written to the state database: testers stay who they are.
    """
    from pismo.workspace import issue_of

    call: Call = ctx.obj
    workspace = call.workspace
    known = issue_of(workspace, issue)
    addresses = read_testers(workspace.state_dir, testers)
    editions = _editions(call, known, segments)
    letters = list(_letters(workspace, known, editions, person))
    sent = list(_send(workspace, letters, addresses, via))
    if as_json:
        told = [{"segment": one.segment, "to": one.tester, "where": one.where} for one in sent]
        print_json({"issue": issue, "letters": told})
        return
    for one in sent:
        say(f"{one.segment} → {one.tester}: {one.where}")
    letters_ = call.tongue.counted(len(sent), _TEST_LETTER)
    say(f"{letters_}. {call.tongue('Next', 'Дальше')}: pismo plan {issue}")
    ctx.exit(ExitCode.DONE)


def read_testers(state_dir: Path, names: Sequence[str]) -> dict[str, str]:
    """Read the testers asked for, all of them if none is: name -> address.

    Raises:
        SettingsError: If the file is absent or broken.
        UsageError: If a name is not in it.
    """
    path = state_dir / FILE
    try:
        table = tomllib.loads(path.read_text("utf-8")).get("testers", {})
    except FileNotFoundError:
        raise SettingsError(
            "there are no testers yet",
            hint=f"write .pismo/{FILE} (never in Git):\n{_EXAMPLE}",
            ru="тестировщиков пока нет",
            hint_ru=f"напишите .pismo/{FILE} (в Git его не кладут):\n{_EXAMPLE}",
        ) from None
    except ValueError as error:
        raise SettingsError(
            f".pismo/{FILE} is not TOML: {error}", ru=f".pismo/{FILE} — не TOML: {error}"
        ) from error
    known = {str(name): str(address) for name, address in table.items()}
    if not known:
        raise SettingsError(
            f".pismo/{FILE} names nobody",
            hint=_EXAMPLE,
            ru=f"в .pismo/{FILE} никого нет",
            hint_ru=_EXAMPLE,
        )
    for name, address in known.items():
        if not is_address(address):
            raise SettingsError(
                f".pismo/{FILE}: '{name}' has no address that letters could go to",
                hint=_EXAMPLE,
                ru=f".pismo/{FILE}: у «{name}» вместо адреса что-то другое",
                hint_ru=_EXAMPLE,
            )
    for name in names:
        if name not in known:
            raise UsageError(
                f"no tester is called '{name}'",
                ru=f"нет тестировщика «{name}»",
                **meant(name, known),
            )
    return {name: known[name] for name in names or known}


def mail_to_tester(workspace: "Workspace", tester: str, message: bytes) -> str:
    """Mail a message to one tester through SES; return how SES calls it."""
    address = read_testers(workspace.state_dir, [tester])[tester]
    return _by_ses(_client(workspace), message, address)


def _editions(call: Call, issue: "Issue", segments: Sequence[str]) -> "tuple[Edition, ...]":
    from pismo.compile import compile_issue

    compiled = compile_issue(call.workspace, issue.id)
    there = {edition.segment: edition for edition in compiled.editions}
    echo_findings(compiled.findings, call.tongue.language)
    for segment in segments:
        if segment not in there:
            none = f"pismo check {issue.id}"
            raise UsageError(
                f"{issue.id} has no letter for '{segment}'",
                ru=f"в {issue.id} нет письма для «{segment}»",
                **meant(segment, there, none=(none, none)),
            )
    return tuple(there[segment] for segment in segments or there)


def _letters(
    workspace: "Workspace", issue: "Issue", editions: "Sequence[Edition]", person: str
) -> "Iterator[tuple[Edition, Recipient]]":
    """Yield each edition as a test, with the reader it is filled in for."""
    from pismo.audience import current
    from pismo.explain import Audience
    from pismo.plan.state import open_state
    from pismo.preview.people import Crowd, Kind, inert

    with ExitStack() as stack:
        crowd = Crowd()
        asked = {"kind": Kind.INVENTED, "id": person} if person else None
        if person and all(one.id != person for one in workspace.people):
            snapshot = current(workspace.state_dir)
            if snapshot is None:
                known = [one.id for one in workspace.people]
                raise UsageError(
                    f"nobody is '{person}', and there is no audience",
                    ru=f"человека «{person}» нет, аудитории тоже",
                    **meant(person, known, none=BRING_AN_AUDIENCE),
                )
            state = stack.enter_context(open_state(workspace, os.environ))
            audience = Audience(workspace, snapshot, state, lambda: datetime.now(UTC))
            crowd = Crowd(lambda: audience)
            asked = {"kind": Kind.AUDIENCE, "id": person}
        for edition in editions:
            reader = crowd.recipient(workspace, issue, edition, asked)
            yield _marked(edition, workspace.settings.language), inert(reader)


def _marked(edition: "Edition", language: str) -> "Edition":
    from pismo.model.edition import Static

    word = "ТЕСТ" if language == "ru" else "TEST"
    return replace(edition, subject=(Static(f"[{word} {edition.segment}] "), *edition.subject))


def _send(
    workspace: "Workspace",
    letters: "Sequence[tuple[Edition, Recipient]]",
    addresses: dict[str, str],
    via: str,
) -> Iterator[Sent]:
    from pismo.render import mime_program

    client = _client(workspace) if via == "ses" else None
    now = datetime.now(UTC)
    for edition, reader in letters:
        write = mime_program(edition)
        for tester, address in addresses.items():
            message = write(replace(reader, address=address), now, "test@pismo.invalid")
            if client is not None:
                yield Sent(edition.segment, tester, _by_ses(client, message, address))
            else:
                yield Sent(edition.segment, tester, _kept(workspace, edition, tester, message))


def _kept(workspace: "Workspace", edition: "Edition", tester: str, message: bytes) -> str:
    folder = workspace.state_dir / "self"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / f"{edition.issue.replace('/', '-')}-{edition.segment}-{Path(tester).name}.eml"
    file.write_bytes(message)
    return file.relative_to(workspace.root).as_posix()


def _client(workspace: "Workspace") -> Any:  # noqa: ANN401  # boto3 has no types
    from pismo.transports.ses_client import sending_client, ses_settings

    return sending_client(ses_settings(workspace.settings.tables.get("ses", {}), os.environ))


def _by_ses(client: Any, message: bytes, address: str) -> str:  # noqa: ANN401  # boto3 has no types
    """Mail one whole message: no tag, no configuration set, so that nothing is counted.

    Raises:
        SendError: If SES does not take it.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer = client.send_email(
            Destination={"ToAddresses": [address]}, Content={"Raw": {"Data": message}}
        )
    except ClientError as error:
        reason = error.response.get("Error", {}).get("Code", "refused")
        raise SendError(
            f"SES did not take the test letter: {reason}",
            ru=f"SES не принял тестовое письмо: {reason}",
        ) from error
    except BotoCoreError as error:
        name = type(error).__name__
        raise SendError(f"SES was not reached: {name}", ru=f"SES недоступен: {name}") from error
    return f"SES {answer['MessageId']}"
