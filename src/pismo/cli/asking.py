"""Questions to a person, and what is wrong with a call, in what the terminal speaks.

Click says both in English; this is the Russian of what a writer can meet of it.
"""

import re
from collections.abc import Callable
from typing import Any

import click

from pismo.cli.common import tongue_of
from pismo.errors import PismoError
from pismo.tongue import Tongue

_SAID = (
    (r"No such command '(.+?)'\.(?: Did you mean '(.+?)'\?)?.*", "нет команды «{0}»", "{1}"),
    (r"Got unexpected extra arguments? \((.+)\)", "лишнее: {0}", ""),
    (r"Option '(.+?)' requires an argument\.", "после {0} нужно значение", ""),
    (r"Option '(.+?)' does not take a value\.", "{0} пишут без значения", ""),
    (r"'(.*)' is not one of (.+)\.", "«{0}» не годится; можно: {1}", ""),
    (r"'(.*)' is not a valid (?:integer|float)\.", "«{0}» — не число", ""),
    (r"'?(.*?)'? is not in the range (.+)\.", "{0} не в пределах {1}", ""),
    (r"\w+ '(.*)' does not exist\.", "«{0}» не существует", ""),
    (r"\w+ '(.*)' is a directory\.", "«{0}» — папка, а нужен файл", ""),
    (r"\w+ '(.*)' is a file\.", "«{0}» — файл, а нужна папка", ""),
)
"""What click says -> the same in Russian, and the name that was probably meant."""


class Asked(click.Option):
    """An option that is asked for where it is not given: `question` in English and Russian."""

    def __init__(self, *names: Any, question: tuple[str, str], **options: Any) -> None:  # noqa: ANN401  # click's
        options["prompt"] = question[0]
        super().__init__(*names, **options)
        self.question = question

    def prompt_for_value(self, ctx: click.Context) -> object:
        """Ask until the answer will do."""
        default = self.get_default(ctx)
        return ask(
            self.question,
            lambda answer: self.process_value(ctx, answer),
            tongue_of(ctx),
            default=default if isinstance(default, str) else None,
            is_secret=self.hide_input,
        )


def ask(
    question: tuple[str, str],
    look: Callable[[str], Any],
    tongue: Tongue,
    *,
    default: Any = None,  # noqa: ANN401  # whatever click keeps
    is_secret: bool = False,
) -> Any:  # noqa: ANN401  # what `look` makes of the answer
    """Ask, and ask again while the answer will not do; a secret is typed twice and not shown.

    Args:
        question: In English and Russian.
        look: Makes a value of the answer, or raises what is wrong with it.
        tongue: What the terminal speaks.
        default: The answer of somebody who just presses Enter.
        is_secret: Whether others must not read it.
    """
    label = tongue("Error: ", "Ошибка: ")
    while True:
        answer = click.prompt(
            tongue(*question), default=default, show_default=bool(default), hide_input=is_secret
        )
        again = tongue("Repeat for confirmation", "Ещё раз, для верности")
        if is_secret and click.prompt(again, hide_input=True) != answer:
            click.echo(label + tongue("the two answers differ", "ответы не совпали"))
            continue
        try:
            return look(str(answer).strip())
        except click.UsageError as error:
            click.echo(label + tongue(error.message, _in_russian(error.message)))
        except PismoError as error:
            click.echo(label + error.told(tongue.language))


def complaint(error: click.ClickException, tongue: Tongue) -> str:
    """Say what is wrong with a call."""
    if tongue.language != "ru":
        return error.format_message()
    if isinstance(error, click.NoSuchOption):
        near = ", ".join(error.possibilities or ())
        return f"нет ключа {error.option_name}" + (f"; может быть, {near}?" if near else "")
    hint = _name(error)
    if isinstance(error, click.MissingParameter):
        return f"не хватает {hint}"
    said = _in_russian(error.message)
    return f"{hint}: {said}" if hint else said


def show_usage(error: click.ClickException, tongue: Tongue) -> None:
    """Print what is wrong with a call on stderr, under the line that says how to call."""
    ctx = getattr(error, "ctx", None)
    if tongue.language != "ru":
        error.show()
        return
    if ctx is not None:
        click.echo(ctx.get_usage().replace("Usage:", "Вызов:", 1), err=True)
        click.echo(f"Подробнее: {ctx.command_path} --help\n", err=True)
    click.echo(f"Ошибка: {complaint(error, tongue)}", err=True)


def _name(error: click.ClickException) -> str:
    """Name the parameter that an error is about as the usage line does; '' if it is about none."""
    if not isinstance(error, click.BadParameter):
        return ""
    if error.param is not None:
        return error.param.get_error_hint(error.ctx).strip("'")
    return str(error.param_hint or "")


def _in_russian(message: str) -> str:
    for pattern, said, near in _SAID:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            meant = near.format(*found.groups("")) if near else ""
            return said.format(*found.groups("")) + (f"; может быть, {meant}?" if meant else "")
    return message
