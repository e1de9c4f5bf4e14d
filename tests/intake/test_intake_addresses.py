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
        engine.register("new_addresses", pa.table({"email": pa.array(given, pa.string())}))
        judge_addresses(engine)
        found = engine.execute("SELECT given, address, reason FROM judged").fetchall()
    assert sorted(row[0] for row in found) == sorted(given)
    for one, address, reason in found:
        expected, why = judge(one)
        assert (reason is None) == (why is None), (one, reason, why)
        if why is None:
            assert address == expected
