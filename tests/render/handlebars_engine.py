"""npm's `handlebars`, asked for many letters in one process."""

import json
import subprocess
from pathlib import Path
from typing import TypeAlias

from pismo.model.edition import Edition
from pismo.model.people import Recipient
from pismo.render import handlebars, render, ses_program

Job: TypeAlias = tuple[Edition, list[Recipient]]
ENGINE = """
const Handlebars = require("handlebars");
const jobs = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const print = ({template, data}) => {
  const made = Object.fromEntries(Object.entries(template).map(
    ([name, source]) => [name, Handlebars.compile(source, {strict: true})]));
  return data.map(values => Object.fromEntries(
    Object.entries(made).map(([name, fill]) => [name, fill(values)])));
};
process.stdout.write(JSON.stringify(jobs.map(print)));
"""


def printed(
    engine: Path, jobs: list[tuple[Edition, list[Recipient]]]
) -> list[list[dict[str, str]]]:
    """Return what the engine makes of each edition for each of its readers."""
    document = [
        {
            "template": {
                "subject": handlebars(letter).subject,
                "html": handlebars(letter).html,
                "text": handlebars(letter).text,
            },
            "data": [ses_program(letter)(reader)[0] for reader in people],
        }
        for letter, people in jobs
    ]
    answer = subprocess.run(
        ["node", str(engine)],
        input=json.dumps(document),
        capture_output=True,
        text=True,
        check=True,
        cwd=engine.parent,
        timeout=120,
    )
    result: list[list[dict[str, str]]] = json.loads(answer.stdout)
    return result


def assert_equal(engine: Path, jobs: list[Job]) -> None:
    for (letter, people), answers in zip(jobs, printed(engine, jobs), strict=True):
        for reader, answer in zip(people, answers, strict=True):
            email = render(letter, reader)
            assert answer == {"subject": email.subject, "html": email.html, "text": email.text}
