"""The Jinja environment in which templates run with symbolic values."""

import functools
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import CodeType
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import TemplateError, TemplateSyntaxError

from pismo.compile.cache import is_own
from pismo.compile.problem import CompileError
from pismo.compile.rules import (
    AS_NUMBER,
    EXTENDS,
    FAILED,
    INCLUDE,
    NAMESPACE,
    PRIVATE,
    STATEFUL,
    SYNTAX,
    TOO_DEEP,
    TYPED_QUOTE,
    UNCLOSED_BLOCK,
    UNKNOWN_NAME,
    UNKNOWN_WORD,
)
from pismo.compile.stage.flow import Condition, Loop
from pismo.compile.stage.opened import opening_line, unclosed
from pismo.compile.stage.operations import Operations
from pismo.compile.stage.record import Recorder
from pismo.compile.stage.rewrite import Rewriter, StageCodeGenerator
from pismo.compile.stage.symbols import Symbol, UnknownName, is_symbolic, lift
from pismo.compile.stage.words import own_filters, staged_word
from pismo.model.edition import Expr, Path
from pismo.model.finding import Source
from pismo.model.language import FILTERS, SEND_TIME_ROOTS, TESTS
from pismo.model.spelling import spelled
from pismo.text import guess

_TYPED_QUOTE = re.compile("unexpected char '([“”„‟«»‹›‘’‚`´])'")
"""How Jinja reports a quotation mark that a word processor put in."""


class Staging:
    """The running stage: whose recorder is told, and the operations of the rewritten templates."""

    def __init__(self) -> None:
        self.operations = Operations(self._print)
        self._recorders: list[Recorder] = []

    @property
    def recorder(self) -> Recorder:
        """The recorder of the text being rendered now."""
        return self._recorders[-1]

    @contextmanager
    def recording(self, recorder: Recorder) -> Iterator[None]:
        """Tell `recorder` what is printed meanwhile; renderings nest."""
        self._recorders.append(recorder)
        try:
            yield
        finally:
            self._recorders.pop()

    def _print(self, expr: Expr) -> str:
        return self.recorder.hole(expr)

    def at(self, line: int) -> int:
        """Remember the line of what is computed and printed next."""
        self.recorder.line = line
        return line

    def printed(self, line: int, value: object) -> object:
        """Print a value: its token if it is known only at send time."""
        if isinstance(value, str) or not is_symbolic(value):
            return value
        self.recorder.line = line
        return self.recorder.hole(lift(value, "{{ }}"))

    def condition(self, test: object, line: int) -> Condition:
        """Begin an `if`."""
        return Condition(self, test, line)

    def loop(
        self, items: object, names: tuple[str, ...], line: int, recursive: bool
    ) -> Loop:  # generated code
        """Begin a `for`."""
        return Loop(self, items, names, line, recursive=bool(recursive))

    def namespace_changed(self, name: str) -> None:
        """Refuse to change what outlives a branch that may not be taken."""
        if self.recorder.depth:
            raise CompileError(NAMESPACE, name=name)

    def file_name(self, name: object, tag: str) -> object:
        """Let only names known now be included."""
        if is_symbolic(name):
            raise CompileError(INCLUDE, value=spelled(lift(name, tag)))
        if tag == "extends" and self.recorder.depth:
            raise CompileError(EXTENDS, tag=tag)
        return name


class StageEnvironment(jinja2.Environment):
    """Jinja whose templates run now, and leave what depends on the reader for later."""

    code_generator_class = StageCodeGenerator

    def __init__(
        self,
        language: str,
        *,
        loader: jinja2.BaseLoader | None = None,
        autoescape: bool = False,
        stage: Staging | None = None,
        bytecode_cache: jinja2.BytecodeCache | None = None,
    ) -> None:
        super().__init__(
            loader=loader,
            autoescape=autoescape,
            undefined=UnknownName,
            cache_size=-1,
            bytecode_cache=bytecode_cache,
        )
        self.stage = stage or Staging()
        self.paths: set[str] = set()
        self.filters |= own_filters(language)
        self._stage_words()
        self.globals.pop("lipsum", None)
        for name in ("cycler", "joiner"):
            self.globals[name] = _stateful(name, self.globals[name], self.stage)
        self.globals["range"] = _range
        for root in SEND_TIME_ROOTS:
            self.globals[root] = self.stage.operations.symbol(Path(root))

    def _stage_words(self) -> None:
        operations = self.stage.operations
        for known, test in ((self.filters, False), (self.tests, True)):
            for name, original in list(known.items()):
                known[name] = staged_word(name, original, operations, test=test)

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401  # any template value
        """Read `obj.attribute`; Python's own names are closed."""
        if isinstance(obj, Symbol):
            return obj.step(attribute)
        if isinstance(obj, dict) and attribute == "get":
            return functools.partial(self._get, obj)
        if attribute.startswith("_"):
            raise CompileError(PRIVATE, name=attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401  # any template value
        """Read `obj[argument]`, with either known now or later."""
        if isinstance(obj, Symbol):
            return obj.step(argument)
        if isinstance(argument, Symbol):
            return self.stage.operations.item(obj, argument)
        if isinstance(argument, str) and argument.startswith("_"):
            raise CompileError(PRIVATE, name=argument)
        return super().getitem(obj, argument)

    def _get(self, entries: dict[Any, Any], key: object, default: object = None) -> object:
        if isinstance(key, Symbol):
            return self.filters["default"](self.stage.operations.item(entries, key), default)
        return entries.get(key, default)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        self.paths.add(filename or name or "")
        tree = super()._parse(source, name, filename)
        rewritten: nodes.Template = Rewriter(filename or name or "").visit(tree)
        rewritten.set_environment(self)
        return rewritten

    def code_of(self, source: str, path: str) -> CodeType:
        """Compile a template, or say where it is wrong."""
        try:
            return self._compiled(source, path)
        except TemplateSyntaxError as error:
            raise _syntax_problem(error, path, source) from error
        except RecursionError as error:
            first = len(source) - len(source.lstrip("\n")) + 1
            raise CompileError(TOO_DEEP, Source(path, first)) from error

    def _compiled(self, source: str, path: str) -> CodeType:
        known = self.bytecode_cache
        if known is None or not is_own(path):
            return self.compile(source, name=path, filename=path)
        bucket = known.get_bucket(self, path, path, source)
        if bucket.code is None:
            bucket.code = self.compile(source, name=path, filename=path)
            known.set_bucket(bucket)
        return bucket.code

    def run(self, code: CodeType, path: str, names: Mapping[str, object]) -> str:
        """Run a compiled template; problems come with the file and line they arose at."""
        self.paths.add(path)
        template = jinja2.Template.from_code(self, code, self.make_globals(None))
        try:
            return template.render(names)
        except CompileError as problem:
            if problem.where is None:
                problem.where = self._place(problem)
            if problem.rule is UNKNOWN_NAME and "guess" not in problem.values:
                known = [*names, *self.globals]
                problem.values["guess"] = guess(str(problem.values["name"]), known)
            raise
        except TemplateSyntaxError as error:
            raise _syntax_problem(error, path) from error
        except TemplateError as error:
            raise _failure(error.message or type(error).__name__, self._place(error)) from error
        except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise CompileError(FAILED, self._place(error), reason=reason) from error

    def _place(self, error: BaseException) -> Source | None:
        """Find the innermost line of a template in a traceback that Jinja has rewritten."""
        found = None
        for frame, line in traceback.walk_tb(error.__traceback__):
            path = frame.f_code.co_filename
            # Code that was compiled earlier has its template's name; modules have a file's.
            if path in self.paths or "__jinja_template__" in frame.f_globals:
                found = Source(path, line)
        return found


def _syntax_problem(error: TemplateSyntaxError, path: str, source: str = "") -> CompileError:
    message = error.message or ""
    where = Source(error.filename or path, opening_line(source, error.lineno, message))
    typed = _TYPED_QUOTE.match(message)
    if typed:
        return CompileError(TYPED_QUOTE, where, mark=typed[1])
    if block := unclosed(message):
        return CompileError(UNCLOSED_BLOCK, where, block=block)
    failure = _failure(message, where)
    return failure if failure.rule is UNKNOWN_WORD else CompileError(SYNTAX, where, reason=message)


def _failure(message: str, where: Source | None) -> CompileError:
    """Tell an unknown filter or test, which Jinja reports in words, from any other failure."""
    for kind, known in (("filter", FILTERS), ("test", TESTS)):
        if message.startswith(f"No {kind} named"):
            name = message.split("'")[1]
            near = guess(name, known)
            return CompileError(UNKNOWN_WORD, where, kind=kind, name=name, guess=near)
    return CompileError(FAILED, where, reason=message)


class _Counter:
    """Jinja's `cycler` or `joiner`, which refuses to count rounds that may not happen."""

    def __init__(self, name: str, original: Any, stage: Staging) -> None:  # noqa: ANN401  # Jinja's own
        self._name, self._original, self._stage = name, original, stage

    def next(self) -> object:
        """Count on, and give the value whose turn it is."""
        self._watch()
        return self._original.next()

    def reset(self) -> None:
        """Begin again."""
        self._watch()
        self._original.reset()

    @property
    def current(self) -> object:
        """The value whose turn it is."""
        return self._original.current

    def __call__(self) -> object:
        self._watch()
        return self._original()

    def _watch(self) -> None:
        if self._stage.recorder.depth:
            raise CompileError(STATEFUL, name=self._name)


def _stateful(name: str, original: Any, stage: Staging) -> Callable[..., _Counter]:  # noqa: ANN401  # a class of Jinja's
    def begin(*arguments: object, **options: object) -> _Counter:
        return _Counter(name, original(*arguments, **options), stage)

    return begin


def _range(*bounds: Any) -> range:  # noqa: ANN401  # any template value
    for bound in bounds:
        if isinstance(bound, Symbol):
            raise CompileError(AS_NUMBER, value=spelled(bound.expr))
    return range(*bounds)
