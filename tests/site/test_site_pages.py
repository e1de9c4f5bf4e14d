"""The static site: letters for nobody, lists, feed, answers that do not leak."""

import re
import threading
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from pathlib import Path

import html5lib
import pytest
from PIL import Image

from pismo.build import build
from pismo.errors import UsageError
from pismo.site.server import site_server
from pismo.workspace import load_workspace

ATOM = "{http://www.w3.org/2005/Atom}"
ISSUE = "weekly/2026-11-27"


def add_issue(root: Path, day: str, body: str = "Hello.", **fields: str) -> None:
    values = {"subject": f"Letter of {day}", "preheader": "In short", **fields}
    front = "".join(f"{name}: {value}\n" for name, value in values.items())
    path = root / "newsletters" / "weekly" / f"{day}.md"
    path.write_text(f"---\n{front}---\n{body}\n", "utf-8")


def add_rebus(root: Path, slug: str, *more: str) -> None:
    block = "\n".join(("answer: столица", "hint: where it is", "line: 100 + 🦊лиса(с=ц)", *more))
    path = root / "content" / "games" / f"{slug}.md"
    path.write_text(f"---\ntitle: A word\nkind: rebus\n---\n```rebus\n{block}\n```\n", "utf-8")


def site_of(root: Path, *issues: str) -> dict[str, str]:
    """Build, and return the text files of the site by path."""
    report = build(load_workspace(root), issues or None)
    assert not report.failed, report.findings
    site = root / "build" / "site"
    return {
        path.relative_to(site).as_posix(): path.read_text("utf-8")
        for path in sorted(site.rglob("*"))
        if path.suffix in (".html", ".xml", ".css")
    }


def links_of(html: str) -> list[str]:
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    found = [element.get("href") or element.get("src") for element in tree.iter()]
    return [link for link in found if link]


def test_every_relative_link_of_the_site_leads_to_a_file(small: Path) -> None:
    add_issue(small, "2026-12-04", '{{ rebus("capital") }}')
    add_issue(small, "2026-12-18")
    site = site_of(small)
    root = small / "build" / "site"
    for path, text in site.items():
        if not path.endswith(".html"):
            continue
        for link in links_of(text):
            if not link.startswith(("http", "#", "mailto:")):
                assert (root / path).parent.joinpath(link).resolve().is_file(), (path, link)


def test_a_web_version_has_no_person_and_no_link_of_anybodys(small: Path) -> None:
    page = site_of(small)[f"{ISSUE}/index.html"]
    assert "Hello friend!" in page
    assert "Anna" not in page
    assert "links.invalid" not in page
    assert "recipient" not in page


def test_a_web_version_can_be_shared(small: Path) -> None:
    head = site_of(small)[f"{ISSUE}/index.html"].partition("</head>")[0]
    for wanted in ("og:title", "og:description", "og:url", 'rel="canonical"', "application/atom"):
        assert wanted in head
    assert "Friends, it rained" in head


def test_a_hole_without_fallback_is_a_warning_where_it_was_written(small: Path) -> None:
    add_issue(small, "2026-12-04", "Hi.\n\nYou have {{ recipient.points }} points.")
    (finding,) = build(load_workspace(small)).findings
    assert finding.rule.id == "web-gap"
    assert finding.source.path == "newsletters/weekly/2026-12-04.md"
    assert "recipient.points" in finding.message("ru")


def test_drafts_are_not_on_the_site(small: Path) -> None:
    add_issue(small, "2026-12-04", draft="true")
    site = site_of(small)
    assert not [path for path, text in site.items() if "2026-12-04" in path + text]


def test_lists_are_newest_first(small: Path) -> None:
    add_issue(small, "2026-12-04")
    site = site_of(small)
    for path in ("index.html", "weekly/index.html", "weekly/feed.xml", "sitemap.xml"):
        assert site[path].index("2026-12-04") < site[path].index("2026-11-27")


def test_the_feed_is_atom_dated_by_its_issues(small: Path) -> None:
    add_issue(small, "2026-12-04", subject='"Tea & <b>rain</b>"')
    feed = ET.fromstring(site_of(small)["weekly/feed.xml"])
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "Tea & <b>rain</b>",
        "Friends, it rained",
    ]
    assert feed.findtext(f"{ATOM}updated") == "2026-12-04T00:00:00+03:00"
    assert entries[1].findtext(f"{ATOM}updated") == "2026-11-27T00:00:00+03:00"
    assert all(entry.find(f"{ATOM}summary") is not None for entry in entries)


def test_the_site_knows_its_address(small: Path) -> None:
    project = small / "pyproject.toml"
    base = 'base_url = "https://letters.example.com"'
    text = re.sub(r'base_url = "https://[^"]*"', base, project.read_text("utf-8"), count=1)
    assert base in text
    project.write_text(text, "utf-8")
    site = site_of(small)
    assert f"https://letters.example.com/{ISSUE}/" in site["sitemap.xml"]
    assert "site.invalid" not in "".join(site.values())


def test_a_fresh_answer_is_folded_unlisted_and_kept_from_search_engines(small: Path) -> None:
    add_rebus(small, "stolitsa")
    add_issue(small, "2026-12-04", '{{ rebus("stolitsa") }}')
    site = site_of(small)
    fresh = [path for path, text in site.items() if "столица" in text]
    assert len(fresh) == 1
    (path,) = fresh
    assert "stolitsa" not in path
    page = site[path]
    assert '<meta name="robots" content="noindex">' in page
    before, _, after = page.partition("<details>")
    assert "столица" not in before
    assert "столица" in after.partition("</details>")[0]
    for other, text in site.items():
        # The letter itself leads there: whoever reads it on the web may check their word.
        if other not in (path, "weekly/2026-12-04/index.html"):
            assert path.removesuffix("index.html") not in text
        assert other == path or "stolitsa" not in text


def test_an_answer_is_listed_once_a_later_letter_is_out(small: Path) -> None:
    add_rebus(small, "stolitsa")
    add_issue(small, "2026-12-04", '{{ rebus("stolitsa") }}')
    add_issue(small, "2026-12-11")
    site = site_of(small)
    (path,) = [path for path, text in site.items() if "столица" in text]
    assert "noindex" not in site[path]
    assert path in site["weekly/index.html"]
    assert path.removesuffix("index.html") in site["sitemap.xml"]
    assert path not in site["weekly/feed.xml"]


def test_a_writer_may_say_from_when_an_answer_is_known(small: Path) -> None:
    add_rebus(small, "stolitsa", "answer_from: 2026-12-25")
    add_issue(small, "2026-12-04", '{{ rebus("stolitsa") }}')
    add_issue(small, "2026-12-18")
    assert "noindex" in next(text for text in site_of(small).values() if "столица" in text)
    add_issue(small, "2026-12-25")
    assert "noindex" not in next(text for text in site_of(small).values() if "столица" in text)


def test_the_server_answers_like_a_static_host(small: Path) -> None:
    site_of(small)
    with site_server(small / "build" / "site", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_address[1]}"
            with urllib.request.urlopen(f"{address}/{ISSUE}/", timeout=10) as answer:
                assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
                assert b"Hello friend!" in answer.read()
            with pytest.raises(urllib.error.HTTPError, match="404") as refused:
                urllib.request.urlopen(f"{address}/nothing", timeout=10)
            refused.value.close()
        finally:
            server.shutdown()
            thread.join()


def test_a_taken_port_and_an_absent_site_say_what_to_do(small: Path) -> None:
    with pytest.raises(UsageError, match="no built site"):
        site_server(small / "build" / "site", 0)
    site_of(small)
    with (
        site_server(small / "build" / "site", 0) as server,
        pytest.raises(UsageError, match="cannot be used"),
    ):
        site_server(small / "build" / "site", server.server_address[1])


def test_a_rebus_that_is_a_picture_is_that_picture_on_its_answer_page(small: Path) -> None:
    add_rebus(small, "word", "picture: stolitsa.png")
    drawn = small / "content" / "games" / "stolitsa.png"
    Image.new("RGB", (40, 20), "red").save(drawn)
    add_issue(small, "2026-12-04", '{{ rebus("word") }}')
    site = site_of(small)
    pages = [path for path in site if path.startswith("answers/")]
    (page,) = [path for path in pages if "rebus.png" in links_of(site[path])]
    assert "stolitsa" not in site[page]
    copied = small / "build" / "site" / page
    assert copied.with_name("rebus.png").read_bytes() == drawn.read_bytes()


TURNED = (
    "---\ntitle: Turned\nkind: rebus\n---\n```rebus\nanswer: seabed\nline: 🌊sea + 🛏deb^\n```\n"
)


@pytest.mark.usefixtures("emoji_font")
def test_a_rebus_upside_down_is_one_picture_in_its_letter_and_on_its_page(small: Path) -> None:
    (small / "content" / "games" / "turned.md").write_text(TURNED, "utf-8")
    add_issue(small, "2026-12-04", '{{ rebus("turned") }}')
    site = site_of(small)
    (drawn,) = (small / "build" / "site" / "images").glob("rebus-*.png")
    picture = f"images/{drawn.name}"
    pages = [path for path in site if path.startswith("answers/")]
    assert [path for path in pages if f"../../{picture}" in links_of(site[path])]
    letter = small / "build/letters/weekly/2026-12-04/everyone/a/letter.html"
    assert picture in letter.read_text("utf-8")
    assert site_of(small) == site
    assert site_of(small, "weekly/2026-11-27") == site
