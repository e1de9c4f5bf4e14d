"""Import of files that nobody would make on purpose: each row comes in or is set aside."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pismo.audience import compute_facts, current
from pismo.errors import AudienceError
from pismo.intake.clean import dotted
from pismo.model.workspace import Workspace
from pismo.workspace import load_workspace
from tests.intake.bringing import HOW, NOW, PEOPLE, aside, bring, rows

RUSSIAN = "Код;Почта;Имя\n1;anna@example.com;Анна\n2;boris@example.com;Борис\n"


@pytest.fixture
def workspace(small: Path) -> Workspace:
    return load_workspace(small)


def names(workspace: Workspace) -> list[object]:
    return [row[0] for row in rows(workspace, "SELECT first_name FROM subscribers ORDER BY 1")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "cp866"])
def test_an_encoding_is_known_without_a_mark(workspace: Workspace, encoding: str) -> None:
    bring(workspace, RUSSIAN.encode(encoding))
    assert names(workspace) == ["Анна", "Борис"]


def test_a_file_cut_inside_a_letter_is_still_utf_8(workspace: Workspace) -> None:
    bring(workspace, RUSSIAN.encode()[:-2])
    assert names(workspace) == ["Анна", "Бори\ufffd"]


def test_one_broken_byte_does_not_turn_utf_8_into_another_encoding(workspace: Workspace) -> None:
    bring(workspace, RUSSIAN.encode() + b"3;v\xff@example.com;\xd0\x92\xd0\xb5\xd1\x80\xd0\xb0\n")
    assert names(workspace) == ["Анна", "Борис"]


def test_files_put_together_leave_no_mark_in_an_id(workspace: Workspace) -> None:
    bring(workspace, "\ufeffid,email\n1,a@example.com\n\ufeff2,b@example.com\n")
    assert rows(workspace, "SELECT subscriber_id FROM subscribers ORDER BY 1") == [("1",), ("2",)]


@pytest.mark.parametrize("line_end", ["\r", "\r\n"])
def test_line_ends_may_differ_within_a_file(workspace: Workspace, line_end: str) -> None:
    done = bring(workspace, f"id,email{line_end}1,a@example.com\n2,b@example.com{line_end}")
    assert (done.read, done.good) == (2, 2)


def test_headers_may_follow_empty_lines_hold_separators_and_lack_names(
    workspace: Workspace,
) -> None:
    text = '\n\n"id","email","size; of\nthe shoe","",\n1,a@example.com,39,,\n'
    assert bring(workspace, text).extras == {"size_of_the_shoe": "BIGINT"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,email,city,city\n1,a@example.com,,\n", "two columns 'city'"),
        ("id,email,City,city\n1,a@example.com,,\n", "two columns of the file would be 'city'"),
        ("id,email," + ",".join(f"c{n}" for n in range(600)) + "\n", "602 columns, more than 500"),
        (",".join(f"c{n}" for n in range(1_000_000)) + "\n", "a first line of 100000 characters"),
        ("\x00\x07" * 5000 + "\n", "no column for subscriber_id; it has: \ufffd"),
    ],
)
def test_headers_that_make_no_sense_are_refused(
    workspace: Workspace, text: str, message: str
) -> None:
    with pytest.raises(AudienceError, match=message) as refused:
        bring(workspace, text)
    assert len(str(refused.value)) < 2500
    assert "\x07" not in str(refused.value)


def test_a_column_named_like_a_word_of_sql_or_a_fact_gets_a_name_of_its_own(
    workspace: Workspace,
) -> None:
    text = 'id,email,select,orders,row_file,"x""; DROP TABLE raw"\n1,a@example.com,5,6,7,8\n'
    done = bring(workspace, text)
    assert set(done.extras) == {"own_select", "own_orders", "own_row_file", "x_drop_table_raw"}
    assert rows(workspace, "SELECT own_select, own_orders FROM subscribers") == [(5, 6)]


def test_a_member_of_json_may_have_any_name(workspace: Workspace) -> None:
    line = '{"id": 1, "email": "a@example.com", "a\\"b": 5, "x/y~z": 6, "$": 7}\n'
    bring(workspace, line, name="rows.jsonl")
    assert rows(workspace, "SELECT a_b, x_y_z FROM subscribers") == [(5, 6)]


def test_a_broken_quote_costs_its_own_row_and_no_other(workspace: Workspace) -> None:
    lines = [f"{n},p{n}@example.com,Анна,,\n" for n in range(1, 60_001)]
    lines[0] = '1,p1@example.com,"Ан\nна",,\n'
    lines[500] = '501,p501@example.com,"Вера,,\n'
    lines[700] = '701,p701@example.com,"Вера" Павловна,,\n'
    done = bring(workspace, PEOPLE + "".join(lines))
    assert (done.read, done.good, done.bad) == (60_000, 59_998, 2)
    found = [(row["row"], row["line"]) for row in aside(done)]
    assert found == [(502, lines[500].rstrip()), (702, lines[700].rstrip())]
    assert {row["reason"] for row in aside(done)} == {
        "a quote stands in the wrong place or is never closed"
    }
    assert rows(workspace, "SELECT first_name FROM subscribers WHERE subscriber_id = '1'") == [
        ("Ан на",)
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("01.02.90", "1990-02-01"), ("1.2.1990", "1990-02-01"), ("01/02/1990", "1990-02-01"),
        ("29.02.2023", None), ("31.02.90", None), ("01.02.30", None), ("32767", None),
        ("12/31/1990", None),
    ],
)  # fmt: skip
def test_birthdays_in_many_spellings(workspace: Workspace, given: str, kept: str | None) -> None:
    done = bring(workspace, PEOPLE + f"1,a@example.com,,,{given}\n")
    found = rows(workspace, "SELECT CAST(birthday AS VARCHAR) FROM subscribers")
    assert (found, done.bad) == ([(kept,)], 0) if kept else ([], 1)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("01.11.26 10:00", "2026-11-01 07:00:00"), ("01/11/26", "2026-10-31 21:00:00"),
        ("2026-11-01T10:00:00Z", "2026-11-01 10:00:00"), ("0001-01-01", None),
        ("2026-11-01 10:00:00+00", "2026-11-01 10:00:00"),
        ("01.11.2026 10:00:30 ", "2026-11-01 07:00:30"),
        ("2026-11-01 10:00:00.5+05:30 ", "2026-11-01 04:30:00.5"), ("01.11.2026 25:00", None),
        ("31.02.2026", None), ("1700000000", None), ("9999-12-31", None),
    ],
)  # fmt: skip
def test_moments_in_many_spellings(workspace: Workspace, given: str, kept: str | None) -> None:
    text = f"subscriber_id,product_id,ts\n1,p1,{given}\n"
    done = bring(workspace, text, table="purchases")
    found = rows(workspace, "SELECT CAST(ts AS VARCHAR) FROM purchases")
    assert (found, done.bad) == ([(kept,)], 0) if kept else ([], 1)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("1 299,90 ₽", "1299.90"), ("1\u00a0299,90 руб.", "1299.90"), ("1 299,90р", "1299.90"),
        ("1,299.90", "1299.90"), ("1.299,90", "1299.90"), ("12,5 EUR", "12.50"), ("$12", "12.00"),
        ("1,299", None), ("-5", None), ("NaN", None), ("free", None), ("99999999999999", None),
    ],
)  # fmt: skip
def test_prices_in_many_spellings(workspace: Workspace, given: str, kept: str | None) -> None:
    done = bring(workspace, f"id;name;price\np1;Owls;{given}\n", table="products")
    found = rows(workspace, "SELECT CAST(price AS VARCHAR) FROM products")
    assert (found, done.bad) == ([(kept,)], 0) if kept else ([], 1)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.from_regex(r"[0-9+. -]{2}[.][0-9+. -]{2}[.][0-9. -]{4}( [0-9:+-]{5,8})?",
                              fullmatch=True), min_size=1, max_size=50))  # fmt: skip
def test_the_quick_look_at_days_and_times_reads_what_the_list_of_forms_reads(
    texts: list[str],
) -> None:
    import duckdb

    quick = dotted("given", r"( \d\d:\d\d(:\d\d)?)?")
    slow = "try_strptime(given, ['%d.%m.%Y', '%d.%m.%Y %H:%M', '%d.%m.%Y %H:%M:%S'])"
    with duckdb.connect() as engine:
        engine.register("texts", pa.table({"given": pa.array(texts, pa.string())}))
        differ = engine.execute(
            f"SELECT given, {quick}, {slow} FROM texts WHERE {quick} <> {slow} "
            f"OR ({quick} IS NOT NULL AND {slow} IS NULL)"
        ).fetchall()
    assert not differ


def test_a_column_of_yes_and_no_may_have_gaps(workspace: Workspace) -> None:
    done = bring(workspace, "id;email;VIP\n1;a@example.com;да\n2;b@example.com;\n")
    assert done.bad == 0
    assert rows(workspace, "SELECT vip FROM subscribers ORDER BY 1") == [(True,), (None,)]


def test_lists_in_json_become_text_and_objects_are_no_value_of_ours(workspace: Workspace) -> None:
    lines = (
        '{"id": 1, "email": "a@example.com", "interests": ["kids", "cards"], "points": 12.0}',
        '{"id": "2", "email": "b@example.com", "city": {"name": "Омск"}, "points": []}',
        '{"id": "3", "email": ["c@example.com", "d@example.com"]}',
        '{"id": {"a": 1}, "email": "e@example.com"}',
        '["4", "f@example.com"]',
        '{"id": "5", "email": "g@example.com", "size": {"shoe": [36]}, "tags": [], "city": null}',
    )
    done = bring(workspace, "\n".join(lines), name="rows.jsonl")
    sql = "SELECT subscriber_id, interests, points, size, tags FROM subscribers ORDER BY 1"
    assert rows(workspace, sql) == [
        ("1", "kids,cards", 12, None, None), ("5", None, None, '{"shoe":[36]}', None),
    ]  # fmt: skip
    assert [(row["row"], row["reason"]) for row in aside(done)] == [
        (2, "city: an object, and not one value"),
        (3, "email: The part after the @-sign contains invalid characters: ',', '@'"),
        (4, "subscriber_id: an object, and not one value"),
        (5, "not a JSON object"),
    ]


def test_events_of_somebody_unknown_wait_for_them_and_make_nobody(workspace: Workspace) -> None:
    bring(workspace, PEOPLE + "1,a@example.com,,,\n")
    done = bring(
        workspace,
        "subscriber_id,kind,ts\n1,view,2026-11-01 10:00\nghost,view,2026-11-02 10:00\n",
        table="events",
    )
    assert (done.good, done.bad) == (2, 0)
    snapshot = current(workspace.state_dir)
    assert snapshot is not None
    compute_facts(snapshot, workspace.settings, NOW)
    assert rows(workspace, "SELECT subscriber_id, views_30 FROM facts") == [("1", 1)]
    bring(workspace, PEOPLE + "ghost,g@example.com,,,\n")
    found = current(workspace.state_dir)
    assert found is not None
    compute_facts(found, workspace.settings, NOW)
    assert rows(workspace, "SELECT subscriber_id, views_30 FROM facts ORDER BY 1") == [
        ("1", 1),
        ("ghost", 1),
    ]


def test_purchases_in_another_currency_do_not_fall_into_one_sum(workspace: Workspace) -> None:
    text = (
        "Клиент;Товар;Дата;Цена;Валюта\n"
        "1;p1;2026-11-01 10:00;990;RUB\n"
        "1;p1;2026-11-02 10:00;10,50;EUR\n"
        "1;p1;2026-11-03 10:00;990;руб.\n"
        "1;p1;2026-11-04 10:00;990;\n"
    )
    done = bring(workspace, text, table="purchases")
    assert [(row["row"], row["reason"]) for row in aside(done)] == [
        (3, "currency: not RUB, and sums know one currency only")
    ]
    assert rows(workspace, "SELECT count(*), sum(price) FROM purchases") == [(3, 2970)]
    done = bring(workspace, text, table="purchases", how=replace(HOW, currency="EUR"))
    assert (done.good, done.bad) == (2, 2)


def test_a_name_cannot_turn_the_writing_of_the_rest_of_a_line(workspace: Workspace) -> None:
    bring(workspace, PEOPLE + "1,a@example.com,\u202eАнна\u200b,,\n2,b@example.com,Анна 🌸,,\n")
    assert names(workspace) == ["Анна", "Анна 🌸"]


def test_addresses_that_differ_in_case_only_are_one_mailbox(workspace: Workspace) -> None:
    text = PEOPLE + (
        "1,Anna@example.com,,,\n2,anna@EXAMPLE.com,,,\n3,an.na@example.com,,,\n"
        "4,Ivan@почта.рф,,,\n5,ivan@xn--80a1acny.xn--p1ai,,,\n"
    )
    done = bring(workspace, text)
    assert (done.good, done.shared_addresses) == (5, 2)


def test_two_imports_in_one_second_keep_both_quarantines(workspace: Workspace) -> None:
    first = bring(workspace, PEOPLE + "1,bad,,,\n").quarantine
    second = bring(workspace, PEOPLE + "2,bad,,,\n").quarantine
    assert first != second
    assert first is not None
    assert "1,bad," in first.read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl"])
def test_a_gigabyte_in_one_field_is_set_aside_in_bounded_memory(
    workspace: Workspace, name: str
) -> None:
    file = workspace.root / name
    rows_of = {
        "rows.csv": (b"id,email,first_name\n1,a@example.com,", b"\n2,b@example.com,\n"),
        "rows.jsonl": (b'{"id": 2, "email": "b@example.com"}\n{"id": 1, "email": "', b'"}\n'),
    }
    before, after = rows_of[name]
    with file.open("wb") as out:
        out.write(before)
        for _ in range(1024):
            out.write(b"x" * (1 << 20))
        out.write(after)
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(workspace.root), str(file)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    good, bad, peak_kb = map(int, done.stdout.split())
    assert (good, bad) == (1, 1)
    assert peak_kb < 700_000


# Not getrusage's: a process inherits that peak from the one that started it, here all of pytest.
_MEASURED = """
import re, sys
from datetime import UTC, datetime
from pathlib import Path
from pismo.intake.importing import How, import_table
from pismo.workspace import load_workspace
how = How(now=datetime(2026, 11, 28, tzinfo=UTC), max_bad=1.0)
done = import_table(load_workspace(Path(sys.argv[1])), "subscribers", [sys.argv[2]], how)
peak_kb = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]
print(done.good, done.bad, peak_kb)
"""
