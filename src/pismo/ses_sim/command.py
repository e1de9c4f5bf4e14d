"""`pismo ses-sim`: the simulator as a command."""

from pathlib import Path

import click

from pismo.ses_sim.faults import FaultPlanError, read_plan
from pismo.ses_sim.running import run
from pismo.ses_sim.settings import Queue, Settings

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(name="ses-sim", short_help="A strict local Amazon SES to try a send on.")
@click.option(
    "--port", default=8025, show_default=True, help="Where to listen; 0 for any free port."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--rate", default=200.0, show_default=True, help="Recipients per second.")
@click.option(
    "--daily", default=1_000_000.0, show_default=True, help="Recipients in 24 hours; -1: any."
)
@click.option("--sandbox", is_flag=True, help="A new account: recipients must be verified too.")
@click.option("--sink", is_flag=True, help="Only count letters, as fast as possible.")
@click.option("--latency-ms", default=0.0, show_default=True, help="Added to every answer.")
@click.option(
    "--faults",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Fault plan, JSON.",
)
@click.option("--seed", default=0, show_default=True, help="Of faults drawn by probability.")
@click.option("--letters", type=_FOLDER, help="Folder that gets each letter as .eml.")
@click.option("--events", type=_FOLDER, help="Folder that gets each event as .json.")
@click.option("--queue", help="URL of an SQS queue that gets each event.")
@click.option("--queue-endpoint", help="Endpoint of that queue, if it is not AWS's own.")
@click.option(
    "--identity",
    multiple=True,
    help="Verified domain or address; repeatable. Else all example domains.",
)
@click.option(
    "--configuration-set", multiple=True, help="Made at the start; repeatable. Else: pismo."
)
def ses_sim_command(
    *,
    port: int,
    host: str,
    rate: float,
    daily: float,
    sandbox: bool,
    sink: bool,
    latency_ms: float,
    faults: Path | None,
    seed: int,
    letters: Path | None,
    events: Path | None,
    queue: str | None,
    queue_endpoint: str | None,
    identity: tuple[str, ...],
    configuration_set: tuple[str, ...],
) -> None:
    """Run a strict local Amazon SES v2.

    It takes the very calls that SES takes, with the same limits and the same errors, and sends
    nothing. The letters it took are on its page.
    """
    default = Settings()
    try:
        plan = read_plan(faults) if faults is not None else ()
    except FaultPlanError as error:
        raise click.UsageError(f"--faults {error}") from error
    settings = Settings(
        max_send_rate=rate,
        max_24_hour_send=daily,
        production=not sandbox,
        sink=sink,
        latency_ms=latency_ms,
        faults=plan,
        seed=seed,
        letters_dir=letters,
        events_dir=events,
        queue=Queue(queue, queue_endpoint) if queue else None,
        identities=identity or default.identities,
        configuration_sets=configuration_set or default.configuration_sets,
    )
    try:
        run(settings, host, port, ready=lambda bound, number: _greet(settings, bound, number))
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host}:{port}: {error.strerror}. Try: pismo ses-sim --port 0"
        ) from error


def _greet(settings: Settings, host: str, port: int) -> None:
    """Say where it listens, and the command that sends there."""
    url = f"http://{host}:{port}"
    click.echo(
        f"Amazon SES, simulated, at {url}\n"
        f"  senders:  {', '.join(settings.identities)}\n"
        f"  rate:     {settings.max_send_rate:g} letters a second\n"
        f"  letters:  {url}/\n"
        "Publish to it from another terminal (any AWS keys will do):\n"
        f"  export AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x AWS_DEFAULT_REGION=us-east-1"
        f" PISMO_SES_ENDPOINT={url}\n"
        "  pismo state backup /tmp/try.sqlite && export PISMO_STATE_URL=sqlite:////tmp/try.sqlite\n"
        "  pismo plan ISSUE --approve && pismo publish ISSUE --to ses --first-use --at-once --yes\n"
        "What it takes counts as sent: hence the copy of the state. Delete it afterwards.\n"
        "Ctrl-C stops it."
    )
