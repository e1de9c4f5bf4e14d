"""The terminal speaks one language at a time: which one, and that nothing of the other is said."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from pismo.cli import main, root
from pismo.tongue import ERROR, PERSON, VARIABLE, Tongue, spoken

Told = Callable[..., str]

PICTURED = re.compile(r"\S*[\U0001F300-\U0001FAFF]\S*")
QUOTED = re.compile(r"«[^»]*»|'[^'\n]*'|`[^`]*`|\"[^\"]*\"|\{[{%].*?[%}]\}")
COMMAND = re.compile(r"\bpismo (?:[\w/.{}-]+(?: |$))*", re.MULTILINE)
CONTENT = re.compile(r"^  (?:product|товар) .*$|→ .*$", re.MULTILINE)
"""What `pismo explain` shows of a letter, in the letter's own language."""
PATH = re.compile(r"\S*[/\\]\S*|\S+\.(?:md|toml|csv|png|svg|html|eml)\b|\S*_\S*|--[\w-]+")
LATIN_WORDS = re.compile(
    r"\b[A-Za-z]+(?: [A-Za-z]+){2,}\b|\b(?:[Ee]rror|hint|warning|note|Next|Usage|stopped)\b"
)
CYRILLIC_WORD = re.compile(r"\S*[а-яё]\S*", re.IGNORECASE)


@pytest.fixture
def told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Told:
    """Run `pismo` in the folder `tmp_path` and return all that it prints."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["pismo", *words])
        with pytest.raises(SystemExit):
            main()
        return "".join(capsys.readouterr())

    return run


def frame(text: str) -> str:
    """Return what a terminal said without quotations, pieces of rebuses, commands and paths."""
    for what in (CONTENT, QUOTED, PICTURED, COMMAND, PATH):
        text = what.sub("…", text)
    return text


def strange(language: str, text: str) -> list[str]:
    """Return the words of the other language, besides what it merely names."""
    return (LATIN_WORDS if language == "ru" else CYRILLIC_WORD).findall(frame(text))


@pytest.mark.parametrize(
    ("asked", "environ", "language"),
    [
        ("", {}, ""),
        ("ru", {VARIABLE: "en", "LC_ALL": "en_US.UTF-8"}, "ru"),
        ("", {VARIABLE: "en", "LC_ALL": "ru_RU.UTF-8"}, "en"),
        ("", {VARIABLE: "de", "LANG": "en_US.UTF-8"}, ""),
        ("", {"LANG": "ru_RU.UTF-8"}, "ru"),
        ("", {"LC_MESSAGES": "en_GB", "LANG": "ru_RU.UTF-8"}, "en"),
        ("", {"LC_ALL": "ru_RU", "LC_MESSAGES": "en_GB", "LANG": "en_US.UTF-8"}, "ru"),
        ("", {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "ru"}, "ru"),
        ("", {"LC_ALL": "C.UTF-8", "LANG": "ru_RU.UTF-8"}, "ru"),
        ("", {"LANG": "C"}, ""),
        ("", {"LANG": "POSIX"}, ""),
        ("", {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}, ""),
        ("", {"LANG": "de_DE.UTF-8"}, ""),
        ("", {"LANG": "rue_UA.UTF-8"}, ""),
    ],
)
def test_what_is_asked_for_goes_before_the_locale(
    asked: str, environ: dict[str, str], language: str
) -> None:
    assert spoken(asked, environ) == language


@pytest.mark.parametrize(
    ("number", "en", "ru"),
    [
        (0, "0 errors", "0 ошибок"),
        (1, "1 error", "1 ошибка"),
        (3, "3 errors", "3 ошибки"),
        (11, "11 errors", "11 ошибок"),
        (21, "21 errors", "21 ошибка"),
    ],
)
def test_a_noun_agrees_with_its_number(number: int, en: str, ru: str) -> None:
    assert [Tongue(one).counted(number, ERROR) for one in ("en", "ru")] == [en, ru]


def test_people_are_counted_as_people() -> None:
    assert [Tongue("ru").counted(count, PERSON) for count in (1, 2, 5)] == [
        "1 человек",
        "2 человека",
        "5 человек",
    ]


def test_without_a_locale_the_workspace_is_heard_and_without_one_english(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    begun = begin(told, "ru")
    assert "Next: cd letters" in begun
    assert "Дальше: pismo build" in told("-C", "letters", "check")
    assert "hint: go into a workspace" in told("check")
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "Next: pismo build" in told("-C", "letters", "check")
    assert "Дальше: pismo build" in told("-C", "letters", "--lang", "ru", "check")


def test_a_demo_speaks_english_where_no_locale_says_otherwise(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(told, "ru")
    for name in (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    printed = told("-C", "letters", "demo", "--people", "40", "--products", "20")
    assert "Every segment, live" in printed
    assert strange("en", printed) == []


def begin(told: Told, language: str) -> str:
    """Begin a workspace in the folder `letters`."""
    brand, sender = ("Лавка", "Катя") if language == "ru" else ("Shop", "Kate")
    answers = ("--brand", brand, "--sender", sender, "--address", "katya@shop.example")
    return told("new", "workspace", "letters", "--language", language, *answers)


def test_questions_are_asked_in_one_language_and_again_if_need_be(tmp_path: Path) -> None:
    answers = "ru\nЛавка\nКатя\nkatya\nkatya@lavka.example\n\nзелёный\n#3f7d3a\n\n"
    command = ["--lang", "ru", "new", "workspace", str(tmp_path / "letters")]
    asked = CliRunner().invoke(root, command, input=answers)
    assert asked.exit_code == 0, asked.output
    assert "Ошибка: «katya» — не адрес: пишите так: katya@shop.example\nАдрес" in asked.output
    assert "Ошибка: «зелёный» — не цвет: пишите так: #b5502f\nЦвет ссылок" in asked.output
    assert strange("ru", asked.output) == []


@pytest.mark.parametrize(("language", "said"), [("ru", "не совпали"), ("en", "differ")])
def test_a_secret_is_typed_twice_and_the_same(tmp_path: Path, language: str, said: str) -> None:
    item = tmp_path / "tok.md"
    item.write_text("```rebus\nanswer: ток\nline: 🐱кот^\n```\n", "utf-8")
    command = ["--lang", language, "rebus", "seal", str(item)]
    asked = CliRunner().invoke(root, command, input="ONE\nTWO\nONE\nONE\n")
    assert asked.exit_code == 0, asked.output
    assert said in asked.output
    assert "ONE" not in asked.output
    assert strange(language, asked.output) == []


WRITING = (
    "audience facts",
    "segments",
    "plan {issue}",
    "new story Rain",
    "new story Rain",
    "new story !",
    "new segment Families",
    "new issue letters 2027-01-01",
    "new issue letters 2027-01-01",
    "new issue letters yesterday",
    "new issue leters 2027-01-01",
    "new isue",
    "chek",
    "check --formt",
    "rebus solve",
    "rebus suggest столица",
    "rebus suggest ы",
    "rebus solve О+горох --answer огород",
    "rebus draw pyproject.toml --to x.png",
    "check",
    "check --all",
    "check letters/2020-01-01",
    "build",
    "build --compare HEAD",
    "test {issue}",
    "preview --export pyproject.toml",
    "preview --export content",
    "preview --export out",
)
LOOKING = (
    "sample --people 60 --products 20",
    "segments",
    "segments --since 2030-01-01",
    "segments --newsletter leters",
    "segments --picture segments.svg",
    "explain {issue} no-name",
    "explain {issue} nobody",
    "explain {issue} {person}",
    "explain {issue} {person} --letter --json",
    "explain {issue} anna@example.com",
    "plan {issue}",
    "explain {issue} {person}",
    "publish {issue}",
    "publish {issue} --to outbox",
    "publish {issue} --to outbox --yes",
    "publish {issue} --to outbox --yes",
    "publish {issue} --status",
    "plan {issue}",
    "stop {issue}",
    "audience facts nobody",
    "audience import subscribers ../people.csv --dry-run --max-bad 100",
    "audience import subscribers ../people.csv",
    "audience import subscribers ../people.csv --max-bad 100",
    "audience import ids ../ids.csv --as friends --max-bad 100",
    "audience import ids nothing.csv",
    "audience import subscribers nothing.csv",
    "segments",
    "audience erase 1 --yes",
    "audience retain",
    "audience tune",
)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("workspace", ["ru", "en"])
@pytest.mark.parametrize("commands", [WRITING, LOOKING], ids=["writing", "looking"])
def test_every_command_of_writers_and_marketers_speaks_one_language(
    told: Told,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    workspace: str,
    language: str,
    commands: tuple[str, ...],
) -> None:
    monkeypatch.setenv(VARIABLE, language)
    said = [("new workspace", begin(told, workspace))]
    monkeypatch.chdir(tmp_path / "letters")
    (file,) = Path("newsletters/letters").glob("2*.md")
    (tmp_path / "ids.csv").write_text("id\n1\nnobody\n", "utf-8")
    people = "subscriber_id,email,name\n1,anna@example.com,Anna\n2,kate,Kate\n"
    (tmp_path / "people.csv").write_text(people, "utf-8")
    for command in commands:
        words = command.format(issue=f"letters/{file.stem}", person="s0000001")
        said.append((words, told(*words.split())))
    Path("pyproject.toml").write_text("[tool.pismo]\nlanguag = 'ru'\n", "utf-8")
    said += [("broken", told("check")), ("broken", told("build"))]
    assert [(name, odd) for name, text in said if (odd := strange(language, text))] == []
    assert [name for name, text in said if not text] == []
