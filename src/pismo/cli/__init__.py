"""The command line: each command parses, calls one function and prints.

Commands are imported when they are called, so that `pismo --help` is instant; the table says
where each one lives and what it does.
"""

import importlib
from pathlib import Path

import click

from pismo import __version__
from pismo.cli.common import Call, run
from pismo.tongue import LANGUAGES, VARIABLE

COMMANDS: dict[str, tuple[str, str]] = {
    "new": ("pismo.cli.new:new_group", "Begin a workspace, an issue, a story, a segment …"),
    "audience": ("pismo.cli.audience:audience_group", "Bring people in, see them, let them go"),
    "segments": ("pismo.cli.segments:segments_command", "Show who is where, and what changed"),
    "sample": ("pismo.cli.sample:sample_command", "Invent an audience to try everything on"),
    "preview": ("pismo.cli.preview:preview_command", "Look at every letter of every segment"),
    "build": ("pismo.cli.build:build_command", "Compile issues and write build/: letters and site"),
    "check": ("pismo.cli.check:check_command", "Report everything that is wrong, and where"),
    "plan": ("pismo.cli.plan:plan_command", "Freeze who gets what, and who gets none and why"),
    "publish": ("pismo.cli.publish:publish_command", "Hand a plan's letters over: everybody once"),
    "resume": ("pismo.cli.publish:resume_command", "Go on with an issue where it stopped"),
    "stop": ("pismo.cli.publish:stop_command", "Stop publishing an issue, wherever it runs"),
    "test": ("pismo.cli.test:test_command", "Mail the letters of an issue to testers"),
    "explain": ("pismo.cli.explain:explain_command", "Say why one person gets what they get"),
    "rebus": ("pismo.cli.rebus:rebus_group", "Solve, suggest, draw and seal rebuses"),
    "ses": ("pismo.cli.ses:ses_group", "Examine the SES account, or make what it lacks"),
    "ses-sim": ("pismo.ses_sim.command:ses_sim_command", "Run a strict local Amazon SES"),
    "feedback": ("pismo.cli.feedback:feedback_group", "Read what came back: bounces, complaints"),
    "serve": ("pismo.cli.serve:serve_command", "Answer unsubscribes, preferences and polls"),
    "site": ("pismo.cli.site:site_group", "Look at the static site that a build writes"),
    "state": ("pismo.cli.state:state_group", "Back up and restore the state database"),
    "demo": ("pismo.cli.demo:demo_command", "Do the main job once, on an invented audience"),
}
"""Name -> (module:attribute, one line for `--help`), in the order of a working day."""


class LazyGroup(click.Group):
    """A group whose commands are imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """List commands in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; of a misspelt one say what it may have been."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from pismo.text import guess

            near = guess(args[0], COMMANDS)
            if not near or "Did you mean" in error.message:
                raise
            raise click.UsageError(f"{error.message} Did you mean '{near}'?", ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Print the table without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Work on the workspace in DIR instead of the one you stand in.",
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    envvar=VARIABLE,
    help="What the terminal speaks.  [your locale's language, else the workspace's]",
)
@click.version_option(__version__, prog_name="pismo")
@click.pass_context
def root(ctx: click.Context, directory: Path, lang: str | None) -> None:
    """Turn a Git repository of Markdown into letters that readers love to get."""
    call = ctx.ensure_object(Call)
    call.directory, call.lang = directory, lang or ""


def main() -> None:
    """Run the command line and exit with its code."""
    run(root)
