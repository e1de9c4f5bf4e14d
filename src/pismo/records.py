"""`@dataclass` as in the standard library, except that its methods are made when first called.

The library compiles six functions for each class while it is imported, 0.45 ms a class; a build
imports 130 classes, makes objects of half of them and compares a few: that was a fifth of it.
"""

import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import (
    MISSING,
    Field,
    FrozenInstanceError,
    asdict,
    astuple,
    field,
    fields,
    is_dataclass,
    replace,
)
from dataclasses import dataclass as standard
from functools import partial
from typing import TYPE_CHECKING, Any

__all__ = ["asdict", "astuple", "dataclass", "field", "fields", "is_dataclass", "replace"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        cls: type[Any] | None = None,
        /,
        *,
        frozen: bool = False,
        slots: bool = False,
        kw_only: bool = False,
        order: bool = False,
    ) -> Any:  # noqa: ANN401  # a class, or what makes one
        """Make a dataclass: what `dataclasses.dataclass` makes of the same options."""

        def made(cls: type[Any]) -> type[Any]:
            bare = standard(cls, init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)
            for name, method in _methods(bare, frozen=frozen, slots=slots, order=order).items():
                if name not in cls.__dict__:
                    setattr(bare, name, method)
            return bare

        return made if cls is None else made(cls)


_NEW = object()
"""Stands in a signature for a default that is made anew each time."""


_ORDER = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


def _methods(
    cls: type[Any], *, frozen: bool, slots: bool, order: bool
) -> Mapping[str, Callable[..., Any] | None]:
    """Return what a class gets, unless it has its own."""
    methods: dict[str, Callable[..., Any] | None] = {
        "__init__": _later(cls, "__init__", lambda: _init(cls, frozen=frozen)),
        "__repr__": _repr,
        "__eq__": _later(cls, "__eq__", lambda: _comparison(cls, "__eq__", "==")),
        "__hash__": _later(cls, "__hash__", lambda: _hash(cls)) if frozen else None,
    }
    if order:
        for name, sign in _ORDER.items():
            methods[name] = _later(cls, name, partial(_comparison, cls, name, sign))
    if frozen:
        methods |= {"__setattr__": _refused, "__delattr__": _refused}
    if frozen and slots:
        methods |= {"__getstate__": _state, "__setstate__": _set_state}
    return methods


def _later(
    cls: type[Any], name: str, source_of: Callable[[], tuple[str, dict[str, Any]]]
) -> Callable[..., Any]:
    """Return a method that puts a compiled one in its place, and calls that.

    Args:
        cls: The class.
        name: Of the method.
        source_of: Returns its source, and the names that stand in it.
    """

    def method(self: object, *args: object, **values: object) -> object:
        source, names = source_of()
        exec(source, names)  # noqa: S102  # of names of fields only, as the standard library does
        made = names[name]
        made.__qualname__ = f"{cls.__qualname__}.{name}"
        setattr(cls, name, made)
        return made(self, *args, **values)

    return method


def _init(cls: type[Any], *, frozen: bool) -> tuple[str, dict[str, Any]]:
    names: dict[str, Any] = {"set_": object.__setattr__, "new_": _NEW}
    positional = ["self"]
    named: list[str] = []
    body: list[str] = []
    for one in fields(cls):
        parameter, value = _parameter(one, names)
        if parameter:
            (named if one.kw_only else positional).append(parameter)
        if value:
            store = f"set_(self, {one.name!r}, {value})" if frozen else f"self.{one.name} = {value}"
            body.append(store)
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    parameters = ", ".join([*positional, *(["*", *named] if named else [])])
    return f"def __init__({parameters}):\n " + "\n ".join(body or ["pass"]), names


def _parameter(one: "Field[Any]", names: dict[str, Any]) -> tuple[str, str]:
    """Return a field as a parameter and as the value to store; '' where there is none."""
    default = f"default_{one.name}"
    made = one.default_factory is not MISSING
    if made or one.default is not MISSING:
        names[default] = one.default_factory if made else one.default
    elif not one.init:
        return "", ""
    else:
        return one.name, one.name
    if not one.init:
        return "", f"{default}()" if made else default
    if made:
        return f"{one.name}=new_", f"{default}() if {one.name} is new_ else {one.name}"
    return f"{one.name}={default}", one.name


def _comparison(cls: type[Any], name: str, operator: str) -> tuple[str, dict[str, Any]]:
    lines = (
        f"def {name}(self, other):",
        " if other.__class__ is not self.__class__:",
        "  return NotImplemented",
        f" return {_compared(cls, 'self')} {operator} {_compared(cls, 'other')}",
    )
    return "\n".join(lines), {}


def _hash(cls: type[Any]) -> tuple[str, dict[str, Any]]:
    return f"def __hash__(self):\n return hash({_compared(cls, 'self')})", {}


def _compared(cls: type[Any], who: str) -> str:
    """Write the tuple of values that objects of a class are compared by."""
    return "(" + "".join(f"{who}.{one.name}, " for one in fields(cls) if one.compare) + ")"


@reprlib.recursive_repr()
def _repr(self: Any) -> str:  # noqa: ANN401  # any dataclass
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refused(self: object, name: str, *_: object) -> None:
    raise FrozenInstanceError(f"{self.__class__.__name__} is frozen: {name} stays as it is")


def _state(self: Any) -> list[object]:  # noqa: ANN401  # any dataclass
    """Return what is pickled: setting attributes is refused, so unpickling sets them by hand."""
    return [getattr(self, one.name) for one in fields(self)]


def _set_state(self: Any, state: Sequence[object]) -> None:  # noqa: ANN401  # any dataclass
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
