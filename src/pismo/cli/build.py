"""`pismo build`: compile issues and write `build/`."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from pismo.cli.common import DAY, Call, echo_findings, json_option, print_json, say
from pismo.errors import ExitCode
from pismo.model.finding import Severity, finding_json
from pismo.tongue import EDITION, ERROR, ISSUE, WARNING

if TYPE_CHECKING:
    from pismo.build import BuildReport
    from pismo.model.language import Word
    from pismo.tongue import Tongue


@click.command("build")
@click.argument("issues", metavar="[ISSUE]…", nargs=-1)
@click.option("--help-language", is_flag=True, help="List the filters and tests of the language.")
@click.option(
    "--compare",
    "ref",
    metavar="REF",
    help="Write what changed in each segment since a commit to build/compare.{html,md}; no build.",
)
@click.option(
    "--day",
    type=DAY,
    help="The site's day: later answers and letters stay unlisted.  [newest letter's]",
)
@json_option
@click.pass_obj
def build_command(
    call: Call,
    issues: tuple[str, ...],
    *,
    help_language: bool,
    ref: str | None,
    day: datetime | None,
    as_json: bool,
) -> None:
    """Compile issues and write build/: letters, site, manifest.

    ISSUE is newsletter/date, as in friday/2026-11-27; without any, everything is built. With an
    error anywhere, nothing is written and the last good build stays.
    """
    if help_language:
        for line in language_lines(call):
            click.echo(line)
        return
    if ref is not None:
        _compare(call, ref, issues, as_json=as_json)
        return
    from pismo.build.early import woken

    with woken(call.root, issues) as begun:
        from pismo.build import build  # takes a while, in which what is begun wakes

        workspace = call.workspace
        day_ = day.date() if day else None
        report = build(workspace, issues or None, day=day_, woken=begun)
    if as_json:
        print_json(report_json(report, call.tongue.language))
    else:
        _say_report(report, call.tongue)
    if report.failed:
        raise click.exceptions.Exit(ExitCode.FINDINGS)


def _compare(call: Call, ref: str, issues: tuple[str, ...], *, as_json: bool) -> None:
    """Write what changed as a page and as Markdown; print the Markdown."""
    from pismo.preview.compare import compare
    from pismo.preview.compare_report import as_html, as_markdown

    tongue, changed = call.tongue, compare(call.workspace, ref, issues)
    folder = call.root / "build"
    folder.mkdir(exist_ok=True)
    summary = as_markdown(changed, ref, tongue)
    (folder / "compare.html").write_text(as_html(changed, ref, tongue), "utf-8")
    (folder / "compare.md").write_text(summary, "utf-8")
    if as_json:
        letters = [
            {"issue": one.issue, "segment": one.segment, "what": one.what.value} for one in changed
        ]
        print_json({"ref": ref, "changed": letters, "html": "build/compare.html"})
        return
    click.echo(summary)
    say(
        tongue(
            "The whole letters, changes marked: build/compare.html",
            "Письма целиком, с отмеченными правками: build/compare.html",
        )
    )


def report_json(report: "BuildReport", language: str) -> dict[str, object]:
    """Return a report with the fields that DESIGN §9 lists, and the seconds by stage."""
    return {
        "editions": [asdict(edition) for edition in report.editions],
        "findings": [finding_json(finding, language) for finding in report.findings],
        "seconds": round(report.seconds, 3),
        "stages": {name: round(seconds, 3) for name, seconds in report.stages},
    }


def _say_report(report: "BuildReport", tongue: "Tongue") -> None:
    echo_findings(report.findings, tongue.language)
    counts = {
        severity: sum(finding.severity is severity for finding in report.findings)
        for severity in Severity
    }
    errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
    found = f"{tongue.counted(errors, ERROR)}, {tongue.counted(warnings, WARNING)}"
    if report.failed:
        nothing = tongue(
            "Nothing was written. Fix it, then run", "Ничего не записано. Исправьте, потом"
        )
        say(f"{found}. {nothing}: pismo build")
        return
    for edition in report.editions:
        size = tongue.decimal(edition.html_bytes / 1000, 1) + tongue(" kB", " КБ")
        click.echo(f"{edition.path}/letter.html  {size}  {edition.digest[:12]}")
    issues = tongue.counted(len({edition.issue for edition in report.editions}), ISSUE)
    made, seconds = tongue.counted(len(report.editions), EDITION), tongue.decimal(report.seconds, 2)
    say(
        tongue(
            f"{made} of {issues} in {seconds} s, {found}.",
            f"{made} ({issues}) за {seconds} с; {found}.",
        )
    )
    say(tongue("Look at them: pismo preview", "Посмотреть: pismo preview"))


def language_lines(call: Call) -> Iterator[str]:
    """Yield the language reference, in what the terminal speaks."""
    from pismo.model import language as vocabulary

    russian = call.tongue.language == "ru"
    roots = {True: "Корни", False: "Roots"}[russian]
    yield from _roots(roots, vocabulary.SEND_TIME_ROOTS, russian=russian)
    yield from _roots("", vocabulary.BUILD_TIME_ROOTS, russian=russian)
    yield from _words("Фильтры" if russian else "Filters", vocabulary.FILTERS, russian=russian)
    yield from _words("Проверки" if russian else "Tests", vocabulary.TESTS, russian=russian)


def _roots(title: str, roots: Mapping[str, tuple[str, str]], *, russian: bool) -> Iterator[str]:
    if title:
        yield f"{title}\n"
    for name, texts in roots.items():
        yield f"  {name}: {texts[russian]}"
    yield ""


def _words(title: str, words: "Mapping[str, Word]", *, russian: bool) -> Iterator[str]:
    yield f"{title}\n"
    for word in words.values():
        if word.same_as:
            continue
        others = [name for name, other in words.items() if other.same_as == word.name]
        also = f" ({', '.join(others)})" if others else ""
        yield f"  {word.signature}{also}"
        yield f"      {word.ru if russian else word.en}"
        shows = f"  →  {word.shows}" if word.shows else ""
        yield f"      {word.example}{shows}"
    yield ""
