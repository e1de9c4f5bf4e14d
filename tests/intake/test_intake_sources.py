"""Rows from S3 and from a PostgreSQL query."""

import codecs
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pismo.audience import current
from pismo.errors import AudienceError
from pismo.intake.importing import How, import_table
from pismo.intake.sources import copy_plain, transcode
from pismo.model.workspace import Workspace
from pismo.workspace import load_workspace

HOW = How(now=datetime(2026, 11, 27, tzinfo=UTC))


@pytest.fixture
def workspace(small: Path) -> Workspace:
    return load_workspace(small)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run moto's S3 and put one file there; return its address."""
    import boto3  # the tests' own client
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket="shop")
    client.put_object(Bucket="shop", Key="feed/a.csv", Body=b"id,email\n1,a@example.com\n")
    client.put_object(Bucket="shop", Key="feed/b.csv", Body=b"id,email\n2,b@example.com\n")
    client.close()
    yield "s3://shop/feed"
    server.stop()


def people(workspace: Workspace) -> list[str]:
    snapshot = current(workspace.state_dir)
    assert snapshot is not None
    with snapshot.connect() as engine:
        rows = engine.execute("SELECT subscriber_id FROM subscribers ORDER BY 1").fetchall()
    return [str(row[0]) for row in rows]


def test_a_file_and_a_folder_on_s3_come_in(workspace: Workspace, s3: str) -> None:
    import_table(workspace, "subscribers", [f"{s3}/a.csv"], HOW)
    assert people(workspace) == ["1"]
    import_table(workspace, "subscribers", [s3], HOW)
    assert people(workspace) == ["1", "2"]


@pytest.mark.postgres
def test_a_query_s_rows_come_in_and_it_cannot_change_anything(
    workspace: Workspace, postgres_url: str
) -> None:
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as database:
        database.execute("CREATE TABLE clients (id int, mail text, name text)")
        database.execute(
            "INSERT INTO clients VALUES (1, 'a@example.com', E'Анна\\nМария'), (2, 'b', '')"
        )
    joint = "&" if "?" in postgres_url else "?"
    place = f"{postgres_url}{joint}query=SELECT%20id,%20mail,%20name%20FROM%20clients"
    done = import_table(workspace, "subscribers", [place], How(now=HOW.now, max_bad=1.0))
    assert (done.read, done.good, people(workspace)) == (2, 1, ["1"])
    bad = f"{postgres_url}{joint}query=DELETE%20FROM%20clients%20RETURNING%20*"
    with pytest.raises(AudienceError):
        import_table(workspace, "subscribers", [bad], HOW)


@pytest.mark.parametrize("place", ["nothing.csv", "postgresql://u@127.0.0.1:1/base"])
def test_what_is_not_there_is_said(workspace: Workspace, place: str) -> None:
    with pytest.raises(AudienceError):
        import_table(workspace, "subscribers", [place], HOW)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["\r", "\n", "\r\n", "я", "a;", "\x00", "\ufeff", "🎲", "я" * 99]),
             max_size=60).map("".join),
    st.sampled_from([b"", b"\xff", b"\xd1", codecs.BOM_UTF8]),
    st.integers(1, 40),
)  # fmt: skip
def test_the_quick_copy_of_utf_8_is_the_careful_one_or_none(
    text: str, end: bytes, size: int
) -> None:
    sent = text.encode() + end
    quick, careful = io.BytesIO(), io.BytesIO()
    is_done = copy_plain(io.BytesIO(sent), quick, size=size)
    with io.TextIOWrapper(careful, encoding="utf-8", newline="") as target:
        transcode(io.BytesIO(sent), target, "utf-8-sig")
        target.flush()
        expected = careful.getvalue()
    lines = [sent[place : place + size] for place in range(0, len(sent), size)]
    if is_done:
        assert quick.getvalue() == expected
    else:
        assert end or "\x00" in text or "\ufeff" in text or any(b"\n" not in one for one in lines)
