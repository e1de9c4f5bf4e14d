"""What a field must hold is said in the reader's language."""

import ast
from pathlib import Path

import pismo
from pismo.files.fields import Fields
from pismo.model.expected import EXPECTED, in_russian
from pismo.model.finding import Finding

SOURCES = sorted(Path(pismo.__file__).parent.rglob("*.py"))


def test_a_wrong_value_is_told_wholly_in_russian() -> None:
    findings: list[Finding] = []
    Fields({"draft": "да"}, {"draft": 3}, "a.md", "tip", findings).flag("draft")
    assert findings[0].message("ru") == "в поле «draft» должно быть: true или false, а здесь 'да'"
    assert findings[0].message("en") == "'draft' must be true or false, not 'да'"


def test_a_closed_set_of_words_is_named_in_russian() -> None:
    assert in_russian("one of ru, en") == "одно из: ru, en"


def test_everything_that_code_expects_of_a_field_has_its_russian() -> None:
    told = {word for path in SOURCES for word in _expected(path)}
    assert told
    assert told == set(EXPECTED)


def _expected(path: Path) -> set[str]:
    """Collect what a file passes to `wrong(name, expected, …)` as a text."""
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return {
        call.args[1].value
        for call in calls
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("wrong", "_wrong")
        and len(call.args) > 1
        and isinstance(call.args[1], ast.Constant)
        and isinstance(call.args[1].value, str)
    }
