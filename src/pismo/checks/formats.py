"""Findings for machines: SARIF for a pull request, JUnit for a dashboard."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from urllib.parse import quote
from xml.etree import ElementTree as ET

from pismo import __version__
from pismo.model.finding import Finding, Rule, Severity

_MOST_RESULTS = 5000
"""GitHub shows so many of a run, and rejects a file above 10 MB: the gravest go first.

Source: GitHub docs, "SARIF results exceed one or more limits".
"""
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def sarif(findings: Sequence[Finding], language: str) -> str:
    """Write findings as SARIF 2.1.0.

    Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
    """
    rules = {finding.rule.id: finding.rule for finding in findings}
    driver = {
        "name": "pismo",
        "semanticVersion": __version__,
        "rules": [_sarif_rule(rule, language) for rule in rules.values()],
    }
    told = sorted(findings, key=lambda finding: _ORDER[finding.severity])[:_MOST_RESULTS]
    seen: Counter[str] = Counter()
    results = [_sarif_result(finding, language, seen) for finding in told]
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def junit(findings: Sequence[Finding], language: str, checked: Sequence[str]) -> str:
    """Write findings as JUnit XML: a test case per file that has any, one per clean issue."""
    by_file: dict[str, list[Finding]] = {name: [] for name in checked}
    for finding in findings:
        by_file.setdefault(finding.source.path, []).append(finding)
    suite = ET.Element("testsuite", name="pismo check", tests=str(len(by_file)))
    failures = 0
    for path, found in by_file.items():
        case = ET.SubElement(suite, "testcase", classname="pismo", name=path)
        errors = [finding for finding in found if finding.severity is Severity.ERROR]
        failures += bool(errors)
        for finding in errors:
            failure = ET.SubElement(case, "failure", type=finding.rule.id)
            failure.set("message", finding.message(language))
            failure.text = f"{finding.source}\n{finding.hint(language)}"
        if others := [finding for finding in found if finding not in errors]:
            lines = (f"{one.source} {one.rule.id}: {one.message(language)}" for one in others)
            ET.SubElement(case, "system-out").text = "\n".join(lines)
    suite.set("failures", str(failures))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suite, encoding="unicode")


def _sarif_rule(rule: Rule, language: str) -> Mapping[str, object]:
    text = rule.ru if language == "ru" else rule.en
    return {
        "id": rule.id,
        "shortDescription": {"text": text},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _fingerprint(finding: Finding, seen: Counter[str]) -> str:
    """Return what a finding is known by when lines move: rule, file, words, and which of equals."""
    said = "\n".join((finding.rule.id, finding.source.path, finding.message("en")))
    known = sha256(f"{said}\n{finding.segment or ''}".encode()).hexdigest()[:16]
    seen[known] += 1
    return f"{known}:{seen[known]}"


def _sarif_result(finding: Finding, language: str, seen: Counter[str]) -> Mapping[str, object]:
    hint = finding.hint(language)
    where = f" [{finding.segment}]" if finding.segment else ""
    text = finding.message(language) + where + (f"\n{hint}" if hint else "")
    region = {"startLine": finding.source.line}
    location = {"artifactLocation": {"uri": quote(finding.source.path)}, "region": region}
    return {
        "ruleId": finding.rule.id,
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"pismoFinding/v1": _fingerprint(finding, seen)},
    }
