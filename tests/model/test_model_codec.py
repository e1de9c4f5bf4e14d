"""Editions written as JSON and read back."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pismo.model import codec, edition
from pismo.model.content import Sender
from pismo.model.finding import Source

NAMES = st.one_of(
    st.sampled_from([*codec._TAGS, "default", "upper"]), st.text(min_size=1, max_size=6)
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=9),
    st.sampled_from([*codec._TAGS]),
)
PATHS = st.builds(
    edition.Path, NAMES, st.lists(st.one_of(NAMES, st.integers(-3, 9)), max_size=3).map(tuple)
)


def _deeper(exprs: st.SearchStrategy[edition.Expr]) -> st.SearchStrategy[edition.Expr]:
    several = st.lists(exprs, max_size=3).map(tuple)
    options = st.lists(st.tuples(NAMES, exprs), max_size=2).map(tuple)
    return st.one_of(
        st.builds(edition.ListOf, several),
        st.builds(edition.Filter, NAMES, exprs, several, options),
        st.builds(edition.Test, NAMES, exprs, several),
        st.builds(edition.Compare, st.sampled_from(["==", "in"]), exprs, exprs),
        st.builds(edition.Arithmetic, st.sampled_from(["+", "~"]), exprs, exprs),
        st.builds(edition.Negative, exprs),
        st.builds(edition.Logic, st.sampled_from(["and", "or"]), several),
        st.builds(edition.Not, exprs),
        st.builds(edition.Conditional, exprs, exprs, exprs),
    )


EXPRS = st.recursive(st.one_of(st.builds(edition.Constant, SCALARS), PATHS), _deeper, max_leaves=5)
FLAT = st.one_of(
    st.builds(edition.Static, st.text(max_size=12)),
    st.builds(edition.Hole, EXPRS, st.sampled_from(edition.Context)),
)


def _nested(parts: st.SearchStrategy[edition.Part]) -> st.SearchStrategy[edition.Part]:
    inner = st.lists(parts, max_size=3).map(tuple)
    branches = st.lists(st.builds(edition.Branch, EXPRS, inner), max_size=3).map(tuple)
    return st.one_of(
        st.builds(edition.Choice, branches, inner),
        st.builds(edition.Repeat, NAMES, EXPRS, inner, inner, st.none() | EXPRS),
    )


PARTS = st.lists(st.recursive(FLAT, _nested, max_leaves=6), max_size=4).map(tuple)
EDITIONS = st.builds(
    edition.Edition,
    issue=st.just("friday/2026-11-27"),
    newsletter=st.just("friday"),
    segment=NAMES,
    language=st.sampled_from(["ru", "en"]),
    sender=st.builds(Sender, st.text(max_size=5), st.just("a@example.com"), st.just("")),
    subject=FLAT.map(lambda part: (part,)),
    preheader=st.just(()),
    html=PARTS,
    text=st.just(()),
    headers=st.lists(st.tuples(NAMES, FLAT.map(lambda part: (part,))), max_size=1).map(tuple),
    digest=st.just(""),
    items=st.lists(NAMES, max_size=2).map(tuple),
    sources=st.lists(NAMES, max_size=2).map(tuple),
    images=st.lists(st.tuples(NAMES, NAMES), max_size=2).map(tuple),
    uses=st.lists(
        st.builds(edition.HoleUse, EXPRS, st.builds(Source, NAMES, st.integers(1, 99))), max_size=2
    ).map(tuple),
).map(codec.with_digest)


@given(EDITIONS)
def test_an_edition_reads_back_equal(written: edition.Edition) -> None:
    read = codec.edition_from_json(codec.edition_json(written))
    assert read == written
    assert repr(read) == repr(written)


@given(EDITIONS)
def test_the_digest_survives_the_file(written: edition.Edition) -> None:
    assert codec.digest_of(codec.edition_from_json(codec.edition_json(written))) == written.digest


@given(EDITIONS, PARTS)
def test_the_digest_changes_with_what_a_reader_sees(
    written: edition.Edition, parts: edition.Parts
) -> None:
    changed = codec.with_digest(dataclasses.replace(written, html=parts))
    assert (changed.digest == written.digest) == (repr(parts) == repr(written.html))


@given(EDITIONS)
def test_the_digest_does_not_know_where_the_sources_lie(written: edition.Edition) -> None:
    moved = dataclasses.replace(written, sources=("elsewhere.md",), uses=(), images=())
    assert codec.digest_of(moved) == written.digest


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": 0}', "null", '{"schema": 1}'])
def test_what_is_no_edition_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"edition|schema|Expecting"):
        codec.edition_from_json(text)
