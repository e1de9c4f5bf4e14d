"""Import: good rows in, bad rows aside with their reasons, nothing lost, all or nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pismo.audience import current
from pismo.errors import AudienceError
from pismo.intake.importing import import_table, import_wishes
from pismo.intake.mapping import match_columns
from pismo.keys import load_keys
from pismo.ledger import FILE, Ledger, open_ledger
from pismo.model.workspace import Workspace
from pismo.workspace import load_workspace
from tests.intake.bringing import HOW, NOW, PEOPLE, aside, bring, rows


@pytest.fixture
def workspace(small: Path) -> Workspace:
    return load_workspace(small)


@pytest.fixture
def ledger(workspace: Workspace) -> Iterator[Ledger]:
    load_keys(workspace.state_dir, {})
    with closing(open_ledger(workspace.state_dir / FILE)) as opened:
        yield opened


def test_good_rows_come_in_and_bad_ones_are_set_aside_with_row_and_reason(
    workspace: Workspace,
) -> None:
    text = PEOPLE + (
        "1,anna@example.com,Анна,Казань,1990-02-03\n"
        "2,not-an-address,Борис,,\n"
        "3,vera@example.com,Вера,Омск,31.02.1990\n"
        "4,only-two\n"
        "5,gleb@example.com,Глеб,Тверь,03.02.1990\n"
        ",nobody@example.com,Нет,,\n"
    )
    done = bring(workspace, text)
    assert (done.read, done.good, done.bad) == (6, 2, 4)
    found = [(row["row"], row["reason"]) for row in aside(done)]
    assert [row for row, _ in found] == [3, 4, 5, 7]
    reasons = [str(reason) for _, reason in found]
    assert "email: " in reasons[0]
    assert reasons[1] == "birthday: no such day"
    assert "Columns" in reasons[2]
    assert reasons[3] == "subscriber_id: missing"
    sql = "SELECT subscriber_id, first_name, CAST(birthday AS VARCHAR) FROM subscribers"
    assert rows(workspace, sql) == [("1", "Анна", "1990-02-03"), ("5", "Глеб", "1990-02-03")]


def test_rows_that_were_set_aside_are_corrected_there_and_imported(workspace: Workspace) -> None:
    text = (
        'Код;"Почта; ""главная""";Имя;Дом\n1;anna@example.com;Анна;5\n'
        "2;нет такой;Борис «Два»; 7\n2;too;few\n"
    )
    (workspace.root / "audience.toml").write_text(
        '[subscribers.columns]\n"Почта; \\"главная\\"" = "email"\n', "utf-8"
    )
    first = bring(workspace, text)
    assert first.quarantine is not None
    lines = first.quarantine.read_text("utf-8").splitlines()
    assert lines[0].startswith('Код,"Почта; ""главная""",Имя,Дом,pismo_file')
    mended = lines[1].replace("нет такой", "boris@example.com")
    again = bring(workspace, "\n".join((lines[0], mended)), name=f"{first.quarantine.name}")
    assert (again.good, again.bad) == (1, 0)
    found = rows(workspace, "SELECT subscriber_id, first_name, dom FROM subscribers ORDER BY 1")
    assert found == [("1", "Анна", 5), ("2", "Борис «Два»", 7)]


def test_the_quarantine_is_private(workspace: Workspace) -> None:
    done = bring(workspace, PEOPLE + "1,bad,,,\n")
    assert done.quarantine is not None
    assert done.quarantine.stat().st_mode & 0o777 == 0o600
    assert done.quarantine.parent.stat().st_mode & 0o777 == 0o700


def test_too_many_bad_rows_stop_an_import(workspace: Workspace) -> None:
    text = PEOPLE + "1,anna@example.com,Анна,,\n2,bad,,,\n"
    with pytest.raises(AudienceError, match="1 of 2 rows are bad") as caught:
        bring(workspace, text, how=replace(HOW, max_bad=0.01))
    assert caught.value.hint.endswith("--max-bad 50")
    assert current(workspace.state_dir) is None


def test_the_same_again_changes_nothing(workspace: Workspace) -> None:
    text = PEOPLE + "1,anna@example.com,Анна,Казань,1990-02-03\n"
    first = bring(workspace, text).snapshot
    assert bring(workspace, text).snapshot == first
    lines = (
        "subscriber_id,product_id,ts,price\n1,p1,2026-11-01 10:00,990\n1,p1,2026-11-02 10:00,990\n"
    )
    bring(workspace, lines, table="purchases")
    bring(workspace, lines, table="purchases")
    assert rows(workspace, "SELECT count(*) FROM purchases") == [(2,)]


def test_a_later_file_updates_what_it_speaks_of(workspace: Workspace) -> None:
    bring(workspace, PEOPLE + "1,anna@example.com,Анна,Казань,\n2,b@example.com,Борис,,\n")
    bring(workspace, "id;email;Баллы\n1;anna@example.org;1 200\n3;c@example.com;5\n")
    sql = "SELECT subscriber_id, email, first_name, points FROM subscribers ORDER BY 1"
    assert rows(workspace, sql) == [
        ("1", "anna@example.org", "Анна", 1200),
        ("2", "b@example.com", "Борис", None),
        ("3", "c@example.com", None, 5),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_russian_headers_encodings_and_separators_are_understood(
    workspace: Workspace, encoding: str, separator: str
) -> None:
    lines = [
        ["Код", "Почта", "Имя", "Фамилия", "Город", "Дата рождения"],
        ["7", "olga@example.com", "Ольга", "Щукина", "Нижний Новгород", "05.11.1984"],
        ["8", "petr@example.com", "Пётр", "Ёлкин", "Санкт-Петербург", ""],
    ]
    text = "\r\n".join(separator.join(line) for line in lines)
    bring(workspace, text.encode(encoding))
    sql = "SELECT first_name, last_name, city FROM subscribers ORDER BY subscriber_id"
    assert rows(workspace, sql) == [
        ("Ольга", "Щукина", "Нижний Новгород"),
        ("Пётр", "Ёлкин", "Санкт-Петербург"),
    ]


def test_excel_s_own_first_line_names_the_separator(workspace: Workspace) -> None:
    bring(workspace, "sep=;\r\nid;email\r\n1;anna@example.com\r\n")
    assert rows(workspace, "SELECT email FROM subscribers") == [("anna@example.com",)]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("АННА ", "Анна"), ("анна-мария", "Анна-Мария"), ("test", None), ("Имя", None), ("-", None),
        ("123", None), ("Мария  Анна", "Мария Анна"), ("О", "О"), ("🎲", None), ("Ли 🎲", "Ли 🎲"),
        ("<script>alert(1)</script>", None), ("иди на http://x", None), ("{{ 7*7 }}", None),
        ("Anne-Laure", "Anne-Laure"),
    ],
)  # fmt: skip
def test_names_are_cleaned(workspace: Workspace, given: str, kept: str | None) -> None:
    bring(workspace, PEOPLE + f'1,anna@example.com,"{given}",,\n')
    assert rows(workspace, "SELECT first_name FROM subscribers") == [(kept,)]


def test_a_name_with_a_line_break_becomes_one_line(workspace: Workspace) -> None:
    bring(workspace, PEOPLE + '1,anna@example.com,"Анна\r\nBcc: x",,\n')
    assert rows(workspace, "SELECT first_name FROM subscribers") == [("Анна Bcc: x",)]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (" Anna@EXAMPLE.com ", "Anna@example.com"),
        ("ivan@почта.рф", "ivan@xn--80a1acny.xn--p1ai"),
        ("иван@почта.рф", None),
        ("a@localhost", None),
        ("a..b@example.com", None),
        ("a b@example.com", None),
        ("o'neil+games@example.com", "o'neil+games@example.com"),
    ],
)
def test_addresses_are_checked_without_asking_the_network(
    workspace: Workspace, given: str, kept: str | None
) -> None:
    done = bring(workspace, PEOPLE + f'1,"{given}",,,\n2,ok@example.com,,,\n')
    found = rows(workspace, "SELECT email FROM subscribers WHERE subscriber_id = '1'")
    assert found == ([(kept,)] if kept else [])
    assert done.bad == (0 if kept else 1)


def test_two_people_with_one_address_both_come_in_and_are_counted(workspace: Workspace) -> None:
    done = bring(workspace, PEOPLE + "1,a@example.com,,,\n2,a@example.com,,,\n")
    assert (done.good, done.shared_addresses) == (2, 1)


def test_of_rows_with_one_key_the_last_stays_and_others_say_why(workspace: Workspace) -> None:
    text = PEOPLE + (
        "1,old@example.com,Анна,,\n1,new@example.com,Анна,,\n"
        "2,b@example.com,Борис,,\n2,b@example.com,Борис,,\n"
    )
    done = bring(workspace, text)
    assert (done.read, done.good, done.bad, done.repeated) == (4, 3, 1, 1)
    assert [row["row"] for row in aside(done)] == [2]
    assert rows(workspace, "SELECT email FROM subscribers ORDER BY 1") == [
        ("b@example.com",), ("new@example.com",),
    ]  # fmt: skip


def test_columns_of_the_shop_itself_become_typed_facts(workspace: Workspace) -> None:
    text = (
        "id,email,Размер обуви,Любит кофе,Скидка,Карта,ДР кота\n"
        "1,a@example.com,38,да,7.5,0012,01.05.2020\n2,b@example.com,,нет,10,0013,\n"
    )
    done = bring(workspace, text, how=replace(HOW, save=True))
    assert dict(done.extras) == {
        "razmer_obuvi": "BIGINT", "lyubit_kofe": "BOOLEAN", "skidka": "DOUBLE",
        "karta": "VARCHAR", "dr_kota": "DATE",
    }  # fmt: skip
    sql = "SELECT razmer_obuvi, lyubit_kofe, skidka, karta FROM subscribers ORDER BY subscriber_id"
    assert rows(workspace, sql) == [(38, True, 7.5, "0012"), (None, False, 10.0, "0013")]


def test_the_mapping_is_saved_and_used_and_lets_a_predicate_name_the_column(
    workspace: Workspace,
) -> None:
    from pismo.segments import columns_of

    bring(workspace, "id,email,Рост\n1,a@example.com,170\n", how=replace(HOW, save=True))
    assert "rost" in columns_of(load_workspace(workspace.root))
    toml = (workspace.root / "audience.toml").read_text("utf-8")
    (workspace.root / "audience.toml").write_text(toml.replace('"Рост" = "rost"', '"Рост" = ""'))
    done = bring(workspace, "id,email,Рост\n2,b@example.com,180\n")
    assert "Рост" not in done.mapping.all


def test_a_dry_run_shows_the_mapping_and_changes_nothing(workspace: Workspace) -> None:
    done = bring(workspace, "Код,Почта\n1,a@example.com\n", how=replace(HOW, dry_run=True))
    assert dict(done.mapping.known) == {"Код": "subscriber_id", "Почта": "email"}
    assert current(workspace.state_dir) is None


def test_a_missing_column_says_which_are_there(workspace: Workspace) -> None:
    with pytest.raises(AudienceError, match=r"no column for email; it has: id, phone"):
        bring(workspace, "id,phone\n1,2\n")


def test_a_csv_cut_in_the_middle_of_a_row_loses_only_that_row(workspace: Workspace) -> None:
    done = bring(workspace, PEOPLE + '1,a@example.com,Анна,,\n2,b@example.com,"Бор')
    assert (done.good, done.bad) == (1, 1)


def test_nul_bytes_do_not_end_a_file(workspace: Workspace) -> None:
    done = bring(workspace, PEOPLE + "1,a\0@example.com,,,\n2,b@example.com,Бо\0рис,,\n")
    assert (done.good, done.bad) == (1, 1)
    assert rows(workspace, "SELECT first_name FROM subscribers") == [("Бо\ufffdрис",)]


def test_a_huge_field_is_set_aside_and_the_rest_comes_in(workspace: Workspace) -> None:
    huge = "x" * 30_000_000
    done = bring(workspace, PEOPLE + f"1,a@example.com,{huge},,\n2,b@example.com,,,\n")
    assert (done.good, done.bad) == (1, 1)
    assert len(str(aside(done)[0]["line"])) <= 2000


def test_an_empty_file_is_refused(workspace: Workspace) -> None:
    with pytest.raises(AudienceError, match="empty"):
        bring(workspace, "")


def test_json_lines_and_parquet_come_in_too(workspace: Workspace) -> None:
    lines = ['{"id": 1, "email": "a@example.com", "points": 5}', '{"id": 2, "em', "[]"]
    done = bring(workspace, "\n".join(lines), name="rows.jsonl")
    assert (done.read, done.good, done.bad) == (3, 1, 2)
    assert [row["row"] for row in aside(done)] == [2, 3]
    table = pa.table({"id": [3], "email": ["c@example.com"], "birthday": [NOW.date()]})
    pq.write_table(table, workspace.root / "rows.parquet")
    import_table(workspace, "subscribers", [str(workspace.root / "rows.parquet")], HOW)
    assert rows(workspace, "SELECT subscriber_id, points FROM subscribers ORDER BY 1") == [
        ("1", 5), ("3", None),
    ]  # fmt: skip


def test_a_bad_row_s_number_is_its_own_in_each_of_several_files(workspace: Workspace) -> None:
    broken = 'b,"b@example.com,Борис,,\n'
    texts = {
        "a.csv": f"a,a@example.com,,,\n{broken}c,bad,,,\n",
        "b.csv": "short\nd,d@example.com,,,\ne,bad,,,\n",
    }
    for name, text in texts.items():
        (workspace.root / name).write_text(PEOPLE + text, "utf-8")
    (workspace.root / "c.jsonl").write_text(
        '{"id": "f", "email": "f@example.com"}\n\n{"id": "g", "email": "bad"}\n', "utf-8"
    )
    places = [str(workspace.root / name) for name in ("a.csv", "c.jsonl", "b.csv")]
    done = import_table(workspace, "subscribers", places, HOW)
    assert (done.read, done.good, done.bad, done.repeated) == (8, 3, 5, 0)
    found = [(Path(str(row["file"])).name, row["row"]) for row in aside(done)]
    assert found == [("a.csv", 3), ("a.csv", 4), ("b.csv", 2), ("b.csv", 4), ("c.jsonl", 3)]


def test_a_folder_is_read_file_by_file(workspace: Workspace) -> None:
    folder = workspace.root / "rows"
    folder.mkdir()
    (folder / "a.csv").write_text("id,email\n1,a@example.com\n")
    (folder / "b.tsv").write_text("id\temail\tcity\n2\tb@example.com\tOmsk\n")
    done = import_table(workspace, "subscribers", [str(folder)], HOW)
    assert (done.read, done.good) == (2, 2)


def test_purchases_in_all_their_spellings(workspace: Workspace) -> None:
    text = (
        "Покупатель;Артикул;Дата;Количество;Цена\n"
        "1;p1;27.11.2026 10:30;2;1 990,50 ₽\n"
        "1;p2;2026-11-27T10:30:00+03:00;;500\n"
        "1;p3;31.02.2026;1;500\n"
        "1;p4;2026-11-01;-1;много\n"
    )
    done = bring(workspace, text, table="purchases")
    assert (done.good, done.bad) == (2, 2)
    sql = "SELECT product_id, CAST(ts AS VARCHAR), quantity, CAST(price AS VARCHAR) FROM purchases"
    # The small workspace lives in Moscow: three hours ahead of UTC.
    assert rows(workspace, sql) == [
        ("p1", "2026-11-27 07:30:00", 2, "1990.50"),
        ("p2", "2026-11-27 07:30:00", 1, "500.00"),
    ]


def test_the_daily_feed_remembers_prices_and_stock_by_day(workspace: Workspace) -> None:
    head = "sku,name,price,stock\n"
    bring(workspace, head + "p1,Owls,1000,5\np2,Cats,500,0\n", table="products")
    later = replace(HOW, now=datetime(2026, 11, 28, 9, tzinfo=UTC), complete=True)
    bring(workspace, head + "p2,Cats,400,3\n", table="products", how=later)
    sql = (
        "SELECT product_id, CAST(day AS VARCHAR), CAST(price AS INTEGER), in_stock "
        "FROM product_days ORDER BY 1, 2"
    )
    assert rows(workspace, sql) == [
        ("p1", "2026-11-27", 1000, True), ("p1", "2026-11-28", 1000, False),
        ("p2", "2026-11-27", 500, False), ("p2", "2026-11-28", 400, True),
    ]  # fmt: skip
    assert rows(workspace, "SELECT title FROM products ORDER BY 1") == [("Cats",), ("Owls",)]


def test_consents_that_come_with_people_go_to_the_state_database(
    workspace: Workspace, ledger: Ledger
) -> None:
    text = (
        "id,email,consent_at,consent_source,consent_text\n"
        "1,a@example.com,2026-01-02 10:00,site,Я согласна\n2,b@example.com,,,\n"
    )
    done = bring(workspace, text, ledger=ledger)
    assert (done.consents, done.no_consent) == (1, 1)
    names = {row[0] for row in rows(workspace, "SELECT column_name FROM (DESCRIBE subscribers)")}
    assert not {"consent_at", "consent_text"} & names


def test_suppressions_and_opt_outs_come_in_by_themselves(
    workspace: Workspace, ledger: Ledger
) -> None:
    keys = load_keys(workspace.state_dir, {})
    file = workspace.root / "gone.csv"
    file.write_text("email,reason,since\na@example.com,bounce,2026-01-01\nbad,x,2026-01-01\n")
    done = import_wishes(workspace, "suppressions", [str(file)], HOW, ledger, keys)
    assert (done.good, done.bad) == (1, 1)
    file.write_text("id,scope,name,since\n1,topic,friday,2026-01-01\n2,everything,,2026-01-01\n")
    done = import_wishes(workspace, "opt-outs", [str(file)], HOW, ledger, keys)
    assert (done.good, done.bad) == (1, 1)


def test_a_second_import_at_the_same_time_is_refused(workspace: Workspace) -> None:
    import fcntl

    folder = workspace.state_dir / "audience"
    folder.mkdir(parents=True)
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(AudienceError, match="another import"):
            bring(workspace, PEOPLE + "1,a@example.com,,,\n")


def test_a_clock_set_back_still_makes_the_newest_import_current(workspace: Workspace) -> None:
    bring(workspace, PEOPLE + "1,a@example.com,,,\n")
    earlier = replace(HOW, now=datetime(2025, 1, 1, tzinfo=UTC))
    done = bring(workspace, PEOPLE + "2,b@example.com,,,\n", how=earlier)
    assert current(workspace.state_dir) == done.snapshot
    assert rows(workspace, "SELECT count(*) FROM subscribers") == [(2,)]


@pytest.mark.slow
def test_killed_at_any_moment_an_import_leaves_the_old_audience_or_the_new(
    workspace: Workspace,
) -> None:
    bring(workspace, PEOPLE + "0,old@example.com,,,\n")
    many = PEOPLE + "".join(f"{n},p{n}@example.com,Анна,,\n" for n in range(1, 60_001))
    (workspace.root / "many.csv").write_text(many, "utf-8")
    counts = set()
    for delay_s in (0.3, 0.6, 0.9, 1.2, 1.6, 2.2):
        command = [sys.executable, "-c", _IMPORT, str(workspace.root)]
        process = subprocess.Popen(command)
        try:
            process.wait(timeout=delay_s)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        counts.add(rows(workspace, "SELECT count(*) FROM subscribers")[0][0])
    assert counts <= {1, 60_001}
    bring(workspace, many)
    left = [path.name for path in (workspace.state_dir / "audience").glob(".*")]
    assert sorted(left) == [".lock", ".write-lock"]


_IMPORT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from pismo.intake.importing import How, import_table
from pismo.workspace import load_workspace
from tests.intake.bringing import HOW, NOW, PEOPLE, aside, bring, rows
root = Path(sys.argv[1])
how = How(now=datetime(2026, 11, 28, tzinfo=UTC))
import_table(load_workspace(root), "subscribers", [str(root / "many.csv")], how)
"""


HEADERS = {
    "purchases": [
        "Покупатель,Артикул,Дата покупки,Цена (руб.)",
        "Customer ID,Lineitem sku,Paid at,Lineitem price",
        "customerId,productCode,orderDate,unitPrice",
        "ID клиента,Код номенклатуры,Дата и время,Цена за единицу",
    ],
    "subscribers": [
        "ID,Email Address,First Name,OPTIN_TIME",
        "Код контакта,Адрес электронной почты,Имя клиента,Согласие дано",
    ],
}


@pytest.mark.parametrize(
    ("table", "line"), [(t, line) for t, all_ in HEADERS.items() for line in all_]
)
def test_headers_of_usual_exports_are_understood(table: str, line: str) -> None:
    wanted = {
        "purchases": ["subscriber_id", "product_id", "ts", "price"],
        "subscribers": ["subscriber_id", "email", "first_name", "consent_at"],
    }
    mapping = match_columns(table, line.split(","), {})
    assert (list(mapping.known.values()), mapping.extras) == (wanted[table], {})


def test_a_column_for_which_there_is_no_place_is_named() -> None:
    mapping = match_columns("purchases", ["клиент", "артикул", "дата", "Сумма"], {})
    assert mapping.left == ("Сумма",)


def test_a_missing_column_is_looked_for_among_the_others(workspace: Workspace) -> None:
    with pytest.raises(AudienceError, match="no column for ts") as caught:
        bring(workspace, "клиент,артикул,Когда взяли\n1,p1,2026-11-01\n", table="purchases")
    assert "is it 'Когда взяли'?" in caught.value.hint
    assert '"Когда взяли" = "ts"' in caught.value.hint


def test_rows_of_people_who_are_not_there_are_counted(workspace: Workspace) -> None:
    bring(workspace, PEOPLE + "1,anna@example.com,Анна,,\n")
    lines = "subscriber_id,product_id,ts\n1,p1,2026-11-01\n2,p1,2026-11-01\n2,p2,2026-11-02\n"
    assert bring(workspace, lines, table="purchases").strangers == (2, 1)
