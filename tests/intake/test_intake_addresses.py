"""The quick look at addresses says what email-validator says, of every address."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pismo.intake.addresses import judge, judge_addresses

SIGNS = "abzAZ059_+-.'!#%/=?^`{|}~ \"(),:;<>[]\\жЁé"
LOCAL = st.one_of(
    st.from_regex(r"[A-Za-z0-9_+-]{1,5}(\.[A-Za-z0-9_+-]{1,5}){0,3}", fullmatch=True),
    st.text(SIGNS, max_size=12),
    st.integers(60, 70).map(lambda size: "a" * size),
)
LABEL = st.one_of(
    st.from_regex(r"[a-z0-9-]{1,8}", fullmatch=True),
    st.sampled_from(["xn--80a1acny", "xn--a", "почта", "Mail", "a" * 63, "a" * 64, "", "_x"]),
)
DOMAIN = st.one_of(
    st.sampled_from(
        ["example.com", "example.test", "localhost", "x.local", "[127.0.0.1]", "1.2.3.4"]
    ),
    st.lists(LABEL, min_size=1, max_size=5).map(".".join),
)
ADDRESSES = st.lists(st.builds("{}@{}".format, LOCAL, DOMAIN), min_size=1, max_size=30, unique=True)


@settings(max_examples=200, deadline=None)
@given(ADDRESSES)
def test_what_the_query_says_of_an_address_is_what_email_validator_says(given: list[str]) -> None:
    import duckdb

    with duckdb.connect() as engine:
        engine.register("people", pa.table({"email": pa.array(given, pa.string())}))
        judge_addresses(engine, "people")
        rows = engine.execute("SELECT given, address, reason FROM judged").fetchall()
    told = {one: (address, reason) for one, address, reason in rows}
    assert set(told) <= set(given)
    assert len(told) == len(rows)
    for one in given:
        address, reason = told.get(one, (one, None))
        expected, why = judge(one)
        assert (reason is None) == (why is None), (one, reason, why)
        if why is None:
            assert address == expected


def test_what_the_audience_has_already_is_not_judged_again() -> None:
    import duckdb

    given = ["a@example.test", "иван@example.com", "b@example.test", "пётр@example.com"]
    with duckdb.connect() as engine:
        engine.register("people", pa.table({"email": pa.array([*given, None], pa.string())}))
        engine.register("had", pa.table({"email": pa.array(given[:2], pa.string())}))
        judge_addresses(engine, "people", "SELECT email FROM had")
        told = engine.execute("SELECT given FROM judged ORDER BY given").fetchall()
    assert told == [("b@example.test",), ("пётр@example.com",)]
