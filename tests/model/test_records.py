"""Dataclasses made when needed do what the standard library's do."""

import copy
import dataclasses
import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from pismo import records


@records.dataclass(frozen=True, slots=True)
class Card:
    """Every kind of field."""

    name: str
    price: int = 5
    tags: Mapping[str, int] = records.field(default_factory=dict)
    note: str = records.field(default="", compare=False)
    secret: str = records.field(default="", repr=False, kw_only=True)


@records.dataclass(slots=True)
class Counter:
    """Not frozen, with something to do when it is made."""

    start: int
    doubled: int = records.field(init=False)

    def __post_init__(self) -> None:
        self.doubled = 2 * self.start


@records.dataclass(frozen=True, slots=True, order=True)
class Place:
    """Ordered."""

    path: str
    line: int = 1


@records.dataclass(frozen=True)
class Base:
    """Without slots."""

    one: int


@records.dataclass(frozen=True)
class Derived(Base):
    """With its parent's field first."""

    two: int = 2


@records.dataclass(frozen=True, slots=True)
class Single:
    """One field only."""

    one: object


def shape(decorator: Callable[..., Any]) -> type[Any]:
    """Make the same class with one decorator or the other."""

    @decorator(frozen=True, slots=True, order=True)
    class Shape:
        """A shape."""

        sides: int
        name: str = "none"
        colours: tuple[str, ...] = dataclasses.field(default=(), kw_only=True)

    made: type[Any] = Shape
    return made


OURS, THEIRS = shape(records.dataclass), shape(dataclasses.dataclass)


@pytest.mark.parametrize(
    ("args", "values"), [((3,), {}), ((4, "square"), {}), ((4,), {"colours": ("red",)})]
)
def test_an_object_shows_compares_and_comes_apart_as_the_standard_one(
    args: tuple[Any, ...], values: Mapping[str, Any]
) -> None:
    ours, theirs = OURS(*args, **values), THEIRS(*args, **values)
    assert repr(ours) == repr(theirs)
    assert dataclasses.astuple(ours) == dataclasses.astuple(theirs)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert OURS.__match_args__ == THEIRS.__match_args__
    assert hash(ours) == hash(theirs)
    assert (ours == OURS(4, "square")) is (theirs == THEIRS(4, "square"))
    assert (ours < OURS(4, "none", colours=("z",))) is (theirs < THEIRS(4, "none", colours=("z",)))


@pytest.mark.parametrize(
    ("args", "values"),
    [((), {}), ((1, "a", ("b",)), {}), ((1,), {"name2": 2}), ((1,), {"sides": 2})],
)
def test_a_wrong_call_is_told_as_by_the_standard_one(
    args: tuple[Any, ...], values: Mapping[str, Any]
) -> None:
    with pytest.raises(TypeError) as theirs:
        THEIRS(*args, **values)
    with pytest.raises(TypeError) as ours:
        OURS(*args, **values)
    assert str(ours.value) == str(theirs.value)


def test_a_default_that_is_made_is_made_anew_for_each() -> None:
    one, other = Card("a"), Card("a")
    assert one.tags == {}
    assert one.tags is not other.tags


def test_what_is_not_compared_or_not_shown_is_neither() -> None:
    assert Card("a", note="x") == Card("a", note="y")
    assert "hush" not in repr(Card("a", secret="hush"))


def test_objects_of_different_classes_are_never_equal() -> None:
    others: list[object] = [Place("a"), "a", ("a",)]
    assert Single("a") not in others


@pytest.mark.parametrize("attribute", ["price", "colour"])
def test_what_is_frozen_can_be_neither_changed_nor_emptied(attribute: str) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError, match=attribute):
        setattr(Card("a"), attribute, 6)
    with pytest.raises(dataclasses.FrozenInstanceError, match=attribute):
        delattr(Card("a"), attribute)


def test_what_is_not_frozen_can_be_changed_and_cannot_be_hashed() -> None:
    counter = Counter(3)
    assert counter.doubled == 6
    counter.start = 4
    assert counter == counter
    with pytest.raises(TypeError, match="unhashable"):
        hash(counter)


def test_replacing_makes_a_changed_copy() -> None:
    assert records.replace(Card("a", 1), price=2) == Card("a", 2)


@pytest.mark.parametrize("make", [lambda one: pickle.loads(pickle.dumps(one)), copy.deepcopy])
@pytest.mark.parametrize("one", [Card("a", 6, {"x": 1}), Counter(2), Place("p", 3), Derived(1)])
def test_a_copy_equals_what_it_is_a_copy_of(make: Callable[[Any], Any], one: object) -> None:
    assert make(one) == one


def test_a_derived_class_takes_its_parents_fields_first() -> None:
    assert Derived(1, 3) == Derived(one=1, two=3)
    assert Base(1) != Derived(1)


def test_places_come_in_order() -> None:
    assert sorted([Place("b"), Place("a", 2), Place("a")])[1] == Place("a", 2)


def test_a_class_that_nobody_uses_compiles_nothing() -> None:
    program = (
        "import builtins, json\n"
        "from pismo import records\n"
        "compiled = []\n"
        "run = builtins.exec\n"
        "builtins.exec = lambda *given: (compiled.append(1), run(*given))\n"
        "def make():\n"
        "    @records.dataclass(frozen=True, slots=True)\n"
        "    class One:\n"
        "        'Doc.'\n"
        "        a: int\n"
        "    return One\n"
        "One = make()\n"
        "before = len(compiled)\n"
        "One(1), One(2)\n"
        "print(json.dumps([before, len(compiled)]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [0, 1]
