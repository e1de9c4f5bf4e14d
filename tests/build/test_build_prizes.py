"""A build writes no prize in clear: every output is searched, however the code got there."""

import base64
import json
import quopri
import zlib
from pathlib import Path
from urllib.parse import quote

import pytest

from pismo.build import build
from pismo.build.leaks import found_in, secrets_of
from pismo.build.prizes import load_prizes
from pismo.games import seal_prize
from pismo.model.finding import Finding
from pismo.workspace import load_workspace

CODE = "ЛЕТО-2026-uzel"
LATIN = "IGROTEKA-UZEL-7"
REBUS = "---\ntitle: A word\nkind: rebus\nprize: word\n---\n```rebus\nanswer: {}\nline: {}\n```\n"


def add_prize(root: Path, code: str, answer: str = "столица") -> None:
    games = root / "content" / "games"
    (games / "word.md").write_text(REBUS.format("столица", "100 + 🦊лиса(с=ц)"), "utf-8")
    (games / "word.prize.json").write_text(seal_prize(code, [answer], iterations=1000), "utf-8")


def add_issue(root: Path, body: str, subject: str = "Play") -> None:
    path = root / "newsletters" / "weekly" / "2026-12-04.md"
    head = f"---\nsubject: {subject}\npreheader: With us\n---\n"
    path.write_text(f'{head}Hello.\n\n{body}\n\n{{{{ rebus("word") }}}}\n', "utf-8")


def findings(root: Path) -> list[Finding]:
    report = build(load_workspace(root))
    assert report.failed == any(each.rule.severity == "error" for each in report.findings)
    return [each for each in report.findings if each.rule.id.startswith("prize")]


def png(chunk: bytes, body: bytes) -> bytes:
    size = len(body).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + size + chunk + body + zlib.crc32(chunk + body).to_bytes(4, "big")


FORMS = {
    "as it is": CODE.encode(),
    "another case": CODE.lower().encode(),
    "spaces": " ".join(CODE).encode(),
    "no hyphens": CODE.replace("-", "").encode(),
    "tags": "".join(f"<b>{sign}</b>" for sign in CODE).encode(),
    "numbers of HTML": "".join(f"&#{ord(sign)};" for sign in CODE).encode(),
    "percent signs": quote(CODE).encode(),
    "percent signs twice": quote(quote(CODE)).encode(),
    "base64": base64.b64encode(f"ваш код {CODE}!".encode()),
    "base64 for addresses": base64.urlsafe_b64encode(CODE.encode()),
    "base64 in lines": base64.encodebytes(f"{'x' * 70}{CODE}{'y' * 70}".encode()),
    "quoted-printable": quopri.encodestring(f"{'x' * 60} {CODE} {'y' * 60}".encode()),
    "JSON": "".join(f"\\u{ord(sign):04x}" for sign in CODE).encode(),
    "text of a PNG": png(b"tEXt", b"Comment\0" + LATIN.encode()),
    "compressed text of a PNG": png(b"zTXt", b"Comment\0\0" + zlib.compress(LATIN.encode())),
    "international text of a PNG": png(b"iTXt", b"C\0\1\0\0\0" + zlib.compress(CODE.encode())),
    "EXIF of a JPEG": b"\xff\xd8\xff\xe1" + LATIN.encode("utf-16-le"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_code_is_found_in_every_form(form: str) -> None:
    content = b"before " + FORMS[form] + b" after" if form[0] not in "tciE" else FORMS[form]
    content = FORMS[form] if content[:1] in b"\x89\xff" or "text" in form else content
    secrets = (*secrets_of(CODE), *secrets_of(LATIN))
    assert list(found_in("letter.html", content, secrets)), content


def test_a_code_is_found_in_the_name_of_a_file() -> None:
    assert list(found_in(f"images/{LATIN.lower()}.png", b"", secrets_of(LATIN)))


@pytest.mark.parametrize(
    "innocent", ["Лето 2026 было жарким.", "uzel 2026", base64.b64encode(b"x" * 90).decode()]
)
def test_words_that_are_not_the_code_are_not_taken_for_it(innocent: str) -> None:
    assert not list(found_in("letter.html", innocent.encode(), secrets_of(CODE)))


def test_a_short_word_is_a_prize_only_as_it_was_written() -> None:
    secrets = secrets_of("ЛЕТО")
    assert not list(found_in("a.txt", "Прошло лето, а ЛЕТОМ было жарко".encode(), secrets))
    assert list(found_in("a.txt", "Код ЛЕТО на всё".encode(), secrets))


def test_a_code_within_a_sentence_is_found_without_the_sentence() -> None:
    secrets = secrets_of("Ваш код LETO-26, до пятницы")
    assert list(found_in("a.txt", b"... leto 26 ...", secrets))


@pytest.mark.parametrize("where", ["body", "subject", "picture"])
def test_a_build_that_would_tell_a_prize_is_refused(small: Path, where: str) -> None:
    add_prize(small, CODE)
    texts = {"body": f"Your code is {CODE.lower()}.", "subject": "", "picture": ""}
    add_issue(small, texts[where], CODE if where == "subject" else "Play")
    if where == "picture":
        story = small / "content" / "stories" / "rain.md"
        story.write_text(
            story.read_text("utf-8") + f"\n[here](https://x.example/?c={quote(CODE)})\n"
        )
    (first, *_) = findings(small)
    assert first.rule.id == "prize-leak"
    assert not (small / "build" / "site").exists()


def test_a_clean_build_passes_and_the_next_one_searches_only_what_is_new(small: Path) -> None:
    add_prize(small, CODE)
    add_issue(small, "Nothing to see.")
    assert findings(small) == []
    kept = (small / ".pismo" / "cache" / "prizes.json").read_text("utf-8")
    assert CODE not in kept
    assert findings(small) == []
    add_issue(small, f"Oh: {CODE}")
    assert {each.rule.id for each in findings(small)} == {"prize-leak"}


def test_a_key_once_found_is_not_derived_again_when_other_prizes_come(small: Path) -> None:
    add_prize(small, CODE)
    add_issue(small, "Nothing to see.")
    assert findings(small) == []
    keys = small / ".pismo" / "cache" / "prize-keys.json"
    (key,) = json.loads(keys.read_text("utf-8"))["keys"].values()
    # The same prize with a million times the work: to derive its key would take an hour.
    sealed = small / "content" / "games" / "word.prize.json"
    slow = {**json.loads(sealed.read_text("utf-8")), "iterations": 10**9}
    sealed.write_text(json.dumps(slow), "utf-8")
    ((prize,), _) = load_prizes(load_workspace(small))
    keys.write_text(json.dumps({"key": "1", "keys": {prize.lock: key}}), "utf-8")
    (small / "content/games/two.md").write_text(
        REBUS.format("столица", "100 + 🦊лиса(с=ц)").replace("prize: word", "prize: two"), "utf-8"
    )
    two = seal_prize("SECOND-2026", ["столица"], iterations=1000)
    (small / "content/games/two.prize.json").write_text(two, "utf-8")
    assert findings(small) == []
    assert len(json.loads(keys.read_text("utf-8"))["keys"]) == 2


def test_a_kept_key_that_opens_nothing_is_not_believed(small: Path) -> None:
    add_prize(small, CODE)
    add_issue(small, "Nothing to see.")
    assert findings(small) == []
    keys = small / ".pismo" / "cache" / "prize-keys.json"
    right = keys.read_text("utf-8")
    record = json.loads(right)
    record["keys"] = dict.fromkeys(record["keys"], "00" * 32)
    keys.write_text(json.dumps(record), "utf-8")
    add_issue(small, f"Oh: {CODE}")
    assert {each.rule.id for each in findings(small)} == {"prize-leak"}
    assert keys.read_text("utf-8") == right


def test_a_prize_that_its_rebus_does_not_open_is_refused(small: Path) -> None:
    add_prize(small, CODE, answer="другое слово")
    add_issue(small, "Hi.")
    assert [each.rule.id for each in findings(small)] == ["prize-shut"]


@pytest.mark.parametrize(("text", "rule"), [(None, "prize-absent"), ("{}", "prize-not-sealed")])
def test_a_prize_that_is_not_there_or_no_prize_is_refused(
    small: Path, text: str | None, rule: str
) -> None:
    add_prize(small, CODE)
    add_issue(small, "Hi.")
    file = small / "content" / "games" / "word.prize.json"
    file.write_text(text, "utf-8") if text is not None else file.unlink()
    assert [each.rule.id for each in findings(small)] == [rule]


def test_a_quiz_and_a_poll_of_one_name_are_refused(small: Path) -> None:
    games = small / "content" / "games"
    block = "question: A or B?\noptions:\n  a: A\n  b: B\n"
    (games / "one").mkdir()
    (games / "one" / "same.md").write_text(f"---\ntitle: Q\nkind: quiz\n---\n```quiz\n{block}```\n")
    (games / "same.md").write_text(f"---\ntitle: P\nkind: poll\n---\n```poll\n{block}```\n")
    found = [each.rule.id for each in load_workspace(small).findings]
    assert found == ["shared-name"]
