"""Every page of the site as bytes by path: pure, so that the build can write all or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pismo.model.content import EVERYONE, Issue, Newsletter
from pismo.model.edition import Edition, Path, paths
from pismo.model.finding import Finding
from pismo.model.people import Email, Links, Recipient
from pismo.model.workspace import Settings, Workspace
from pismo.render import missing, render
from pismo.site.addresses import base_url, image_base, issue_url, with_relative_images
from pismo.site.answers import Answer, answers_of
from pismo.site.rules import WEB_GAP
from pismo.text import date_text

FEED = "feed.xml"
_WORDS = {
    "ru": {
        "all": "Все письма",
        "none": "Писем пока нет.",
        "feed": "Читать в ленте (Atom)",
        "title": "Письма",
        "hint": "Подсказка",
        "show": "Показать ответ",
        "back": "Письмо, в котором он был",
        "answer": "Ответ на ребус",
    },
    "en": {
        "all": "All letters",
        "none": "No letters yet.",
        "feed": "Read in a feed reader (Atom)",
        "title": "Letters",
        "hint": "Hint",
        "show": "Show the answer",
        "back": "The letter it was in",
        "answer": "Answer to the rebus",
    },
}


@dataclass(frozen=True, slots=True)
class SiteIssue:
    """An issue as the site shows it: compiled for everyone, with the pictures of all editions."""

    issue: Issue
    edition: Edition
    images: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class SitePages:
    """The files of the site, by path relative to it, and what is wrong with them."""

    files: Mapping[str, bytes]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """One issue in a list: an archive, a feed."""

    id: str
    newsletter: str
    url: str
    title: str
    summary: str
    day: str
    day_text: str
    moment: str
    answers: tuple[Answer, ...] = ()


def site_pages(workspace: Workspace, shown: Sequence[SiteIssue]) -> SitePages:
    """Make the site of the issues given, drafts left out.

    Args:
        workspace: Settings and newsletters.
        shown: What was built; its letters hold nothing personal, because nobody reads them.
    """
    public = [one for one in shown if not one.issue.draft]
    emails = {one.issue.id: render(one.edition, _nobody(workspace.settings, one)) for one in public}
    answers = answers_of(workspace, [(one.issue, one.edition) for one in public])
    letters = [_letter(workspace, one, emails[one.issue.id], answers) for one in reversed(public)]
    letters.sort(key=lambda letter: letter.day, reverse=True)
    files = {f"images/{name}": content for one in shown for name, content in one.images}
    for one in public:
        page = _web_version(workspace, one, emails[one.issue.id])
        files[f"{one.issue.id}/index.html"] = page.encode()
    files |= _lists(workspace, letters)
    files |= {f"{one.path}index.html": _answer_page(workspace.settings, one) for one in answers}
    findings = tuple(finding for one in public for finding in web_gaps(workspace.settings, one))
    return SitePages(dict(sorted(files.items())), findings)


def _nobody(settings: Settings, one: SiteIssue) -> Recipient:
    """Return the reader of a web version: no facts, no picks, links that lead nowhere."""
    items = {path.steps[1]: "#" for path in _item_links(one.edition)}
    return Recipient(
        id="web",
        segment=EVERYONE,
        facts={},
        picks=(),
        links=Links(
            unsubscribe="#",
            preferences="#",
            web=issue_url(settings, one.issue.id),
            items={str(slug): link for slug, link in items.items()},
        ),
    )


def _item_links(edition: Edition) -> Iterator[Path]:
    for use in edition.uses:
        for path in paths(use.expr):
            if path.root == "links" and path.steps[:1] == ("item",) and len(path.steps) > 1:
                yield path


def web_gaps(settings: Settings, one: SiteIssue) -> Iterator[Finding]:
    """Report every hole that is empty on the web, where it was written."""
    lacking = set(missing(one.edition, _nobody(settings, one)))
    for use in one.edition.uses:
        for path in paths(use.expr):
            name = str(path.steps[0]) if path.root == "recipient" and path.steps else path.root
            if name in lacking:
                lacking.discard(name)
                value = f"{path.root}.{name}" if path.root == "recipient" else name
                yield WEB_GAP.at(use.source, issue=one.issue.id, segment=EVERYONE, value=value)


def _letter(
    workspace: Workspace, one: SiteIssue, email: Email, answers: Sequence[Answer]
) -> Letter:
    issue, newsletter = one.issue, workspace.newsletters[one.issue.newsletter]
    # Dated by the issue and nothing else: a build must not know what time it is.
    moment = datetime.combine(issue.date, time(), ZoneInfo(newsletter.timezone))
    return Letter(
        id=issue.id,
        newsletter=newsletter.name,
        url=issue_url(workspace.settings, issue.id),
        title=issue.title or email.subject,
        summary=email.preheader,
        day=issue.date.isoformat(),
        day_text=date_text(issue.date, newsletter.language, year=True),
        moment=moment.isoformat(),
        answers=tuple(answer for answer in answers if answer.known and answer.issue == issue.id),
    )


def _web_version(workspace: Workspace, one: SiteIssue, email: Email) -> str:
    """Return the letter with what a page needs in its head and a letter does not."""
    settings, newsletter = workspace.settings, workspace.newsletters[one.issue.newsletter]
    url = issue_url(settings, one.issue.id)
    properties = [
        ("og:type", "article"),
        ("og:title", one.issue.title or email.subject),
        ("og:description", email.preheader),
        ("og:url", url),
        ("og:site_name", settings.brand.name),
        ("article:published_time", one.issue.date.isoformat()),
        *(("og:image", f"{image_base(settings)}{name}") for name, _ in one.edition.images[:1]),
    ]
    head = [
        f'<meta property="{name}" content="{escape(value)}">' for name, value in properties if value
    ]
    head.append(f'<meta name="description" content="{escape(email.preheader)}">')
    head.append(f'<link rel="canonical" href="{escape(url)}">')
    feed = f'title="{escape(newsletter.title)}" href="../{FEED}"'
    head.append(f'<link rel="alternate" type="application/atom+xml" {feed}>')
    html = with_relative_images(email.html, settings, "../../")
    before, end, after = html.partition("</head>")
    return before + "\n".join(head) + "\n" + end + after if end else html


def _lists(workspace: Workspace, letters: Sequence[Letter]) -> dict[str, bytes]:
    """Return index, archives, feeds, sitemap and style."""
    settings = workspace.settings
    root = f"{base_url(settings)}/"
    words = _WORDS[settings.language]
    shelves = [
        (newsletter, [letter for letter in letters if letter.newsletter == newsletter.name])
        for newsletter in workspace.newsletters.values()
    ]
    shelves = [(newsletter, its) for newsletter, its in shelves if its]
    shelves.sort(key=lambda shelf: shelf[1][0].day, reverse=True)
    title, brand = words["title"], settings.brand.name
    index: dict[str, Any] = {
        "title": f"{title} — {brand}" if brand else title,
        "url": root,
        "language": settings.language,
        "shelves": [{"newsletter": newsletter, "letters": its} for newsletter, its in shelves],
    }
    files = {"index.html": _page(settings, "index.html.j2", root="", **index)}
    for newsletter, its in shelves:
        files |= _archive(settings, newsletter, its)
    places = [(root, "")]
    places += [(f"{root}{newsletter.name}/", "") for newsletter, _ in shelves]
    places += [(letter.url, letter.day) for letter in letters]
    places += [(root + answer.path, "") for letter in letters for answer in letter.answers]
    files["sitemap.xml"] = _filled("sitemap.xml.j2", places=places)
    files["style.css"] = _filled("style.css.j2", brand=settings.brand)
    return files


def _archive(
    settings: Settings, newsletter: Newsletter, letters: Sequence[Letter]
) -> dict[str, bytes]:
    url = f"{base_url(settings)}/{newsletter.name}/"
    about: dict[str, Any] = {
        "title": newsletter.title,
        "description": newsletter.description,
        "language": newsletter.language,
        "letters": letters,
    }
    feed = f"{newsletter.name}/{FEED}"
    page = _page(settings, "archive.html.j2", root="../", url=url, feed=feed, **about)
    atom = _filled(
        "feed.xml.j2",
        id=url,
        self=f"{url}{FEED}",
        updated=letters[0].moment,
        brand=settings.brand,
        **about,
    )
    return {f"{newsletter.name}/index.html": page, feed: atom}


def _answer_page(settings: Settings, answer: Answer) -> bytes:
    return _page(
        settings,
        "answer.html.j2",
        root="../../",
        title=answer.title,
        url=f"{base_url(settings)}/{answer.path}",
        language=answer.language,
        noindex=not answer.known,
        letter=f"{answer.issue}/index.html",
        puzzle=Markup(answer.puzzle),  # noqa: S704  # drawn by `games`, which escapes
        hint=answer.hint,
        answer=answer.answer,
    )


def _page(settings: Settings, template: str, *, language: str, root: str, **values: Any) -> bytes:  # noqa: ANN401  # what the template asks for
    defaults = {"description": "", "noindex": False, "feed": "", "og_type": "website"}
    given = {**defaults, **values, "language": language, "root": root, "brand": settings.brand}
    given.setdefault("feed_title", given["title"])
    return _filled(template, words=_WORDS[language], **given)


def _filled(template: str, **values: Any) -> bytes:  # noqa: ANN401  # what the template asks for
    return _templates().get_template(template).render(values).encode()


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("pismo.site", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
