"""A sealed prize opens to the right answer, in Python, Node and Chromium alike."""

import http.server
import json
import os
import subprocess
import threading
import unicodedata
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pismo.games import GameError
from pismo.games.normalize import normalize_answer, normalize_table, opener_script
from pismo.games.seal import ITERATIONS, open_prize, prize_form, read_lock, seal_prize

CODE = "LETO-2026"
ANSWERS = ["столица", "главный город"]
RIGHT = [
    "столица",
    "СТОЛИЦА",
    "  Столица! ",
    "«Столица»",
    "CTOЛИЦA",
    "cтолицa",
    "сто\u00adли\u200bца",
    "Главный — город",
]
WRONG = ["", "!", "Москва", "столиц", "столицаа", "stolitsa"]
QUICK = 1000


@pytest.fixture(scope="module")
def sealed() -> str:
    return seal_prize(CODE, ANSWERS, iterations=QUICK)


@pytest.mark.parametrize("answer", RIGHT)
def test_an_accepted_answer_opens_the_prize_however_it_is_typed(sealed: str, answer: str) -> None:
    assert open_prize(sealed, answer) == CODE


@pytest.mark.parametrize("answer", WRONG)
def test_any_other_answer_opens_nothing(sealed: str, answer: str) -> None:
    assert open_prize(sealed, answer) is None


def test_the_code_and_the_answers_are_nowhere_in_the_file(sealed: str) -> None:
    for secret in [CODE, *ANSWERS, *map(normalize_answer, ANSWERS)]:
        assert secret not in sealed
        assert json.dumps(secret) not in sealed


def test_the_file_tells_neither_the_length_of_a_code_nor_the_number_of_answers() -> None:
    one = seal_prize("A", ["столица"], iterations=QUICK)
    other = seal_prize("B" * 60, ["столица", "город", "центр"], iterations=QUICK)
    assert len(one) == len(other)


def test_a_long_prize_is_kept_whole() -> None:
    letter = "Ваш код — ЛЕТО, до 30 ноября. " * 40
    assert open_prize(seal_prize(letter, ["да да"], iterations=QUICK), "Да, да") == letter


def test_two_games_never_share_a_salt() -> None:
    locks = [read_lock(seal_prize(CODE, ANSWERS, iterations=QUICK)) for _ in range(2)]
    assert locks[0]["salt"] != locks[1]["salt"]
    assert locks[0]["prize"] != locks[1]["prize"]


def test_a_prize_is_stretched_by_six_hundred_thousand_rounds_unless_a_test_says_less() -> None:
    assert read_lock(seal_prize(CODE, ["столица"]))["iterations"] == ITERATIONS == 600_000


REFUSED = [("", ["столица"]), (CODE, []), (CODE, ["я"]), (CODE, ["столица", "!"])]


@pytest.mark.parametrize(("prize", "answers"), REFUSED)
def test_a_prize_needs_a_code_and_answers_of_two_letters(prize: str, answers: list[str]) -> None:
    with pytest.raises(GameError):
        seal_prize(prize, answers, iterations=QUICK)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "zip"}'])
def test_a_file_that_is_no_sealed_prize_is_refused(text: str) -> None:
    with pytest.raises(GameError, match="not a sealed prize"):
        open_prize(text, "столица")


def test_short_i_written_as_two_signs_is_the_same_letter() -> None:
    assert normalize_answer("и\u0306од") == normalize_answer("йод")
    assert normalize_answer("е\u0308лка") == normalize_answer("елка")


def test_a_form_cannot_be_closed_from_within(sealed: str) -> None:
    form = prize_form(sealed, language="ru")
    assert form.count("</script>") == 1
    assert CODE not in form
    assert "<label for=" in form
    assert "<noscript>" in form


_ALPHABET = st.one_of(
    st.sampled_from("ёЁйЙ\u0306\u0308\u00ad\u200b\u200d«»—–-! ABCEHKMOPTXYabcehkmoptxyſßẞıİΣς①½ﬁ"),
    st.characters(min_codepoint=0x20, max_codepoint=0x24F),
    st.characters(min_codepoint=0x400, max_codepoint=0x4FF),
)

_NODE = """
const fs = require("fs");
eval(fs.readFileSync(0, "utf8"));
const lines = JSON.parse(fs.readFileSync(process.argv[1], "utf8"));
Promise.all(lines.map(([kind, ...given]) => kind === "normal"
  ? pismoPrize.normalizeAnswer(...given)
  : pismoPrize.openPrize(...given))).then((found) => console.log(JSON.stringify(found)));
"""


def in_node(calls: list[list[object]], folder: Path) -> list[str | None]:
    """Run the opener's functions under Node; each call is ("normal" or "open", arguments…)."""
    script, questions = folder / "run.js", folder / "calls.json"
    script.write_text(_NODE.replace("argv[1]", "argv[2]"), encoding="utf-8")
    questions.write_text(json.dumps(calls), encoding="utf-8")
    done = subprocess.run(
        ["node", str(script), str(questions)],
        input=opener_script(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, "NODE_OPTIONS": ""},
    )
    found: list[str | None] = json.loads(done.stdout)
    return found


@pytest.mark.node
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(_ALPHABET, max_size=12), min_size=200, max_size=200))
def test_python_and_javascript_agree_on_what_counts_of_an_answer(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    table = dict(normalize_table())
    found = in_node([["normal", text, table] for text in texts], tmp_path_factory.mktemp("node"))
    assert found == [normalize_answer(text) for text in texts]


@pytest.mark.node
def test_node_opens_what_python_sealed_and_nothing_else(sealed: str, tmp_path: Path) -> None:
    lock, table = read_lock(sealed), dict(normalize_table())
    calls: list[list[object]] = [["open", lock, answer, table] for answer in RIGHT + WRONG]
    assert in_node(calls, tmp_path) == [CODE] * len(RIGHT) + [None] * len(WRONG)


@pytest.fixture
def page(sealed: str, tmp_path: Path) -> Iterator[str]:
    """Serve a page with the form on localhost (WebCrypto wants a secure context)."""
    (tmp_path / "prize.js").write_text(opener_script(), encoding="utf-8")
    (tmp_path / "index.html").write_text(
        '<!doctype html><html lang="ru"><meta charset="utf-8"><title>Приз</title><main>'
        f"{prize_form(sealed, language='ru')}</main><script src=prize.js></script></html>",
        encoding="utf-8",
    )
    handler = partial(_Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.mark.slow
@pytest.mark.chromium
def test_a_reader_opens_the_prize_in_the_browser(page: str, chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            tab = browser.new_page()
            tab.goto(page)
            assert CODE not in tab.content()
            said = [_answered(tab, answer) for answer in ["Москва", "«Столица!»", "CTOЛИЦA"]]
        finally:
            browser.close()
    assert said[0].startswith("Не подошло")
    assert said[1:] == [f"Верно! Ваш приз: {CODE}"] * 2


def _answered(tab: "object", answer: str) -> str:
    from playwright.sync_api import Page

    assert isinstance(tab, Page)
    tab.get_by_label("Ваш ответ").fill(answer)
    tab.get_by_role("button").click()
    tab.wait_for_function("!document.querySelector('button').disabled")
    return tab.locator("output").inner_text()


def test_combining_signs_alone_are_no_answer() -> None:
    assert normalize_answer(unicodedata.lookup("COMBINING BREVE")) == ""
