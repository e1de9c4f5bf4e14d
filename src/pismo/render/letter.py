"""One edition, one reader: the letter, decoded. For looking, for tests, for SES's comparison."""

from collections.abc import Callable, Iterator

from pismo.model.edition import Choice, Edition, Expr, Hole, Parts, Path, Repeat, Static, paths
from pismo.model.people import Email, Recipient
from pismo.render.escape import ESCAPES, as_header
from pismo.render.nothing import MISSING
from pismo.render.scope import scope_of
from pismo.render.values import Scope, evaluate, printed

LOOP = "loop:"
"""Prefix of the root by which a repeat's body asks for its place in the round."""


def render(edition: Edition, recipient: Recipient) -> Email:
    r"""Fill an edition in for one reader.

    A pure function; a value that is missing prints as '' (`missing` tells). Line ends are `\n`.
    """
    scope, language = scope_of(recipient), edition.language
    return Email(
        sender=edition.sender,
        to=as_header(recipient.address or ""),
        subject=one_line(filled(edition.subject, scope, language)),
        preheader=one_line(filled(edition.preheader, scope, language)),
        html=filled(edition.html, scope, language),
        text=filled(edition.text, scope, language),
        headers=tuple(
            (name, one_line(filled(parts, scope, language))) for name, parts in edition.headers
        ),
    )


def one_line(text: str) -> str:
    """Return a header's value as it is read: on one line, without blanks around it."""
    return as_header(text).strip(" ")


def filled(parts: Parts, scope: Scope, language: str) -> str:
    """Return static text and values, joined."""
    return "".join(_pieces(parts, scope, language))


def _pieces(parts: Parts, scope: Scope, language: str) -> Iterator[str]:
    for part in parts:
        match part:
            case Static(text):
                yield text
            case Hole(expr, context):
                yield ESCAPES[context](printed(evaluate(expr, scope, language)))
            case Choice(branches, otherwise):
                taken = (b.parts for b in branches if evaluate(b.test, scope, language))
                yield from _pieces(next(taken, otherwise), scope, language)
            case Repeat():
                rounds = rounds_of(part, scope, language)
                for inside in rounds:
                    yield from _pieces(part.body, inside, language)
                if not rounds:
                    yield from _pieces(part.otherwise, scope, language)


def items_of(value: object) -> tuple[object, ...]:
    """Return what a repeat goes over; nothing and numbers have no items, a text its letters."""
    return tuple(value) if isinstance(value, str | list | tuple | dict) else ()


def rounds_of(repeat: Repeat, scope: Scope, language: str) -> list[Scope]:
    """Return the scope of every round of a repeat, without the items that its `only` leaves out."""
    name = repeat.variable
    bound: list[Scope] = [
        {**scope, name: item} for item in items_of(evaluate(repeat.over, scope, language))
    ]
    only = repeat.only
    kept = [one for one in bound if only is None or evaluate(only, one, language)]
    return [{**one, LOOP + name: loop_fields(index, len(kept))} for index, one in enumerate(kept)]


def loop_fields(index: int, length: int) -> dict[str, object]:
    """Return `loop` as Jinja knows it, for round `index` (from 0) of `length`."""
    return {
        "index": index + 1,
        "index0": index,
        "first": index == 0,
        "last": index == length - 1,
        "length": length,
        "revindex": length - index,
        "revindex0": length - index - 1,
    }


def missing(edition: Edition, recipient: Recipient) -> tuple[str, ...]:
    """Name the columns whose absence leaves a gap in this reader's letter, sorted.

    A gap is a hole, in a branch that is taken, whose value is missing and has no fallback.
    """
    return missing_in(edition)(recipient)


def missing_in(edition: Edition) -> Callable[[Recipient], tuple[str, ...]]:
    """Return `missing` for one edition, made ready for many readers."""
    bodies = tuple(_with_holes(parts) for parts in edition.bodies())
    language = edition.language

    def gaps(recipient: Recipient) -> tuple[str, ...]:
        scope = scope_of(recipient)
        found = {gap for parts in bodies for gap in _gaps(parts, scope, language, {})}
        return tuple(sorted(found))

    return gaps


def _with_holes(parts: Parts) -> Parts:
    """Drop what can leave no gap: static text, and choices of nothing else; repeated holes."""
    kept = (
        part
        for part in parts
        if not isinstance(part, Static)
        and not (isinstance(part, Choice) and not any(_with_holes(arm) for arm in _arms(part)))
    )
    return tuple(dict.fromkeys(kept))


def _arms(choice: Choice) -> Iterator[Parts]:
    yield from (branch.parts for branch in choice.branches)
    yield choice.otherwise


def _gaps(parts: Parts, scope: Scope, language: str, origins: dict[str, str]) -> Iterator[str]:
    for part in parts:
        match part:
            case Hole(expr):
                if evaluate(expr, scope, language) is MISSING:
                    yield from _names(expr, scope, language, origins)
            case Choice(branches, otherwise):
                taken = (b.parts for b in branches if evaluate(b.test, scope, language))
                yield from _gaps(next(taken, otherwise), scope, language, origins)
            case Repeat(variable, over):
                rounds = rounds_of(part, scope, language)
                origin = next((_name(path, origins) for path in paths(over)), variable)
                for inside in rounds:
                    yield from _gaps(part.body, inside, language, {**origins, variable: origin})
                if not rounds:
                    yield from _gaps(part.otherwise, scope, language, origins)


def _names(expr: Expr, scope: Scope, language: str, origins: dict[str, str]) -> Iterator[str]:
    """Name what `expr` lacks; all that it reads, if each is there and only the result is not."""
    read = tuple(paths(expr))
    lacking = [path for path in read if evaluate(path, scope, language) is MISSING]
    for path in lacking or read:
        yield _name(path, origins)


def _name(path: Path, origins: dict[str, str]) -> str:
    """Name a path as a column: `first_name`; other roots by themselves: `picks.title`."""
    names = [step for step in path.steps if isinstance(step, str)]
    if path.root == "recipient":
        return names[0] if names else path.root
    return ".".join((origins.get(path.root, path.root), *names))
