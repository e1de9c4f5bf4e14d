"""The pages about the state database say what is so."""

import re
from pathlib import Path

import pytest
from sqlalchemy import inspect

from pismo.ledger import Ledger, open_ledger
from pismo.ledger.states import BY_PUBLISHER, OUTCOMES, SUBMISSIONS
from pismo.model.people import Submission

SEMANTICS = Path("docs/explanation/delivery-semantics.md")
REFERENCE = Path("docs/reference/state-database.md")


def test_every_claim_about_deliveries_leads_to_a_test_that_exists(repository: Path) -> None:
    page = (repository / SEMANTICS).read_text("utf-8")
    links = re.findall(r"\[✓\]\(\.\./\.\./([^)#]+)#(\w+)\)", page)
    assert len(links) > 40
    for file, name in links:
        code = (repository / file).read_text("utf-8")
        assert f"def {name}(" in code or f"\n{name} = " in code, (file, name)


def test_every_promise_in_a_list_has_its_test(repository: Path) -> None:
    page = (repository / SEMANTICS).read_text("utf-8")
    promises = re.split(r"^- ", page, flags=re.MULTILINE)[1:]
    without = [promise[:60] for promise in promises if "[✓]" not in promise]
    assert without == []


@pytest.mark.parametrize("state", SUBMISSIONS)
def test_every_state_is_explained_with_what_may_follow(repository: Path, state: Submission) -> None:
    page = (repository / SEMANTICS).read_text("utf-8")
    name = state.value.replace("_", " ")
    (row,) = re.findall(rf"^\| \*{name}\* \|.*$", page, re.MULTILINE)
    follows = row.split("|")[3]
    for new in BY_PUBLISHER[state]:
        # A late «accepted» after a retry was asked for is told in the text.
        assert new.value.replace("_", " ") in follows or (state, new) == ("throttled", "accepted")


def test_every_table_and_column_is_in_the_reference(repository: Path, tmp_path: Path) -> None:
    page = (repository / REFERENCE).read_text("utf-8")
    ledger: Ledger = open_ledger(tmp_path / "ledger.sqlite")
    found = inspect(ledger.engine)
    for table in found.get_table_names():
        (row,) = re.findall(rf"^\| `{table}` \|.*$", page, re.MULTILINE)
        for column in found.get_columns(table):
            assert f"`{column['name']}`" in row, (table, column["name"])
    ledger.close()


def test_the_numbers_of_states_are_in_the_reference(repository: Path) -> None:
    page = (repository / REFERENCE).read_text("utf-8")
    for number, state in enumerate(SUBMISSIONS):
        outcome = OUTCOMES[number].value if number < len(OUTCOMES) else ""
        assert f"| {number} | {state.value} | {outcome}" in page
