"""Nothing: what an absent value, NULL and '' are at send time; how plain values are read."""

from datetime import date
from typing import Any, ClassVar, Final, Self

from jinja2 import Undefined

_DATE_FIELDS = ("year", "month", "day")
_GROUP_FIELDS = {"grouper": 0, "list": 1}


class Nothing(Undefined):
    """The one missing value: prints nothing, is false, equals nothing, swallows arithmetic.

    It derives from Jinja's Undefined so that Jinja's own filters treat it as such; there is
    only one, so that `is MISSING` holds for those that Jinja makes too.
    """

    __slots__ = ()
    _one: ClassVar[Self | None] = None

    def __new__(cls, *_: object, **__: object) -> Self:
        """Return the only one there is."""
        if cls._one is None:
            cls._one = super().__new__(cls)
        return cls._one

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__(name="nothing")

    def __hash__(self) -> int:
        return id(type(self))

    def _stay(self, *_: object) -> Any:  # noqa: ANN401  # fits Undefined's signatures
        return self

    def _never(self, *_: object) -> Any:  # noqa: ANN401  # fits Undefined's signatures
        return False

    __getitem__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _stay
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _stay
    __pow__ = __rpow__ = __neg__ = __pos__ = _stay
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _never


MISSING: Final = Nothing()


def or_missing(value: object) -> object:
    """Return a value that came from outside, with NULL and '' as `MISSING`."""
    return MISSING if value is None or value == "" else value


def below(value: object, step: str | int) -> object:
    """Return what stands at a key or an index of a plain value; `MISSING` if nothing does."""
    if type(value) is dict:
        return or_missing(value.get(step))
    match value, step:
        case str() | list() | tuple(), int():
            return value[step] if -len(value) <= step < len(value) else MISSING
        case date(), str() if step in _DATE_FIELDS:
            return getattr(value, step)
        case tuple(), str() if step in _GROUP_FIELDS:  # the pairs that `groupby` makes
            return value[_GROUP_FIELDS[step]]
    return MISSING
