"""Every page of the site as bytes by path: pure, so that the build can write all or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from pismo.games import poll_folder, quiz_folder, rebus_folder
from pismo.model.content import EVERYONE, Issue, Kind, Newsletter
from pismo.model.edition import Edition, HoleUse, Path, paths
from pismo.model.finding import Finding
from pismo.model.people import Email, Links, Recipient
from pismo.model.workspace import Settings, Workspace
from pismo.records import dataclass
from pismo.render import MISSING, evaluate, missing, render, scope_of
from pismo.site.addresses import (
    base_url,
    image_base,
    issue_url,
    with_relative_games,
    with_relative_images,
)
from pismo.site.answers import Answer, answer_files, answers_of
from pismo.site.paper import WORDS, filled, page
from pismo.site.play import play_pages
from pismo.site.rules import WEB_GAP
from pismo.text import date_text

FEED = "feed.xml"
MOST_IN_FEED = 50


@dataclass(frozen=True, slots=True)
class SiteIssue:
    """An issue as the site shows it: compiled for everyone, with all editions' pictures and items.

    `items` are names as in `Edition.items`: a game that one segment only was given has pages, too.
    """

    issue: Issue
    edition: Edition
    images: tuple[tuple[str, bytes], ...]
    items: tuple[str, ...]


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


def site_pages(
    workspace: Workspace,
    shown: Sequence[SiteIssue],
    *,
    prizes: Mapping[str, str] | None = None,
    day: date | None = None,
) -> SitePages:
    """Make the site of the issues given, drafts left out.

    Args:
        workspace: Settings and newsletters.
        shown: What was built; its letters hold nothing personal, because nobody reads them.
        prizes: Sealed prizes by the path of their rebus.
        day: What day it is: answers of later days are not told, letters of later days are there
            for those who have the address, but not listed. None: the day of the newest letter.
    """
    public = [one for one in shown if not one.issue.draft]
    today = day or max((one.issue.date for one in public), default=date.min)
    emails = {one.issue.id: render(one.edition, _nobody(workspace, one)) for one in public}
    used = [(one.issue, one.items) for one in public]
    images = {name: content for one in shown for name, content in one.images}
    answers = answers_of(workspace, used, prizes=prizes or {}, images=images, day=today)
    listed = [one for one in reversed(public) if one.issue.date <= today]
    letters = [_letter(workspace, one, emails[one.issue.id], answers) for one in listed]
    letters.sort(key=lambda letter: letter.day, reverse=True)
    played = play_pages(workspace, (name for one in public for name in one.items))
    files = {f"images/{name}": content for name, content in images.items()}
    for one in public:
        made = _web_version(workspace, one, emails[one.issue.id], is_listed=one in listed)
        files[f"{one.issue.id}/index.html"] = made.encode()
    files |= _lists(workspace, letters, played.covers)
    files |= dict(answer_files(workspace.settings, answers)) | played.files
    findings = tuple(finding for one in public for finding in web_gaps(workspace, one))
    return SitePages(dict(sorted(files.items())), findings)


def _nobody(workspace: Workspace, one: SiteIssue) -> Recipient:
    """Return the reader of a web version: no facts, no picks, links to what is for everybody."""
    slugs = (str(path.steps[1]) for path in _item_links(one.edition))
    return Recipient(
        id="web",
        segment=EVERYONE,
        facts={},
        picks=(),
        links=Links(
            unsubscribe="#",
            preferences="#",
            web=issue_url(workspace.settings, one.issue.id),
            items={slug: _public_page(workspace, slug) for slug in slugs},
        ),
    )


def _public_page(workspace: Workspace, slug: str) -> str:
    """Return where everybody plays what a reader plays by a link of their own."""
    folder = ""
    if (Kind.REBUS, slug) in workspace.items:
        folder = rebus_folder(workspace.items[Kind.REBUS, slug].source.path)
    elif (Kind.QUIZ, slug) in workspace.items:
        folder = quiz_folder(slug)
    elif (Kind.POLL, slug) in workspace.items:
        folder = poll_folder(slug)
    return f"{base_url(workspace.settings)}/{folder}index.html" if folder else "#"


def _item_links(edition: Edition) -> Iterator[Path]:
    for use in edition.uses:
        for path in paths(use.expr):
            if path.root == "links" and path.steps[:1] == ("item",) and len(path.steps) > 1:
                yield path


def web_gaps(workspace: Workspace, one: SiteIssue) -> Iterator[Finding]:
    """Report every hole that is empty on the web, where it was written."""
    nobody = _nobody(workspace, one)
    lacking = set(missing(one.edition, nobody))

    def is_filled(use: HoleUse) -> bool:
        return evaluate(use.expr, scope_of(nobody), one.edition.language) is not MISSING

    # Where a fallback fills the place of a value, it is not the place that is empty.
    for use in sorted(one.edition.uses, key=is_filled):
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


def _web_version(workspace: Workspace, one: SiteIssue, email: Email, *, is_listed: bool) -> str:
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
    if not is_listed:
        head.append('<meta name="robots" content="noindex">')
    html = with_relative_images(email.html, settings, "../../")
    html = with_relative_games(html, settings, "../../")
    before, end, after = html.partition("</head>")
    return before + "\n".join(head) + "\n" + end + after if end else html


def _lists(
    workspace: Workspace, letters: Sequence[Letter], covers: Sequence[str]
) -> dict[str, bytes]:
    """Return index, archives, feeds, sitemap and style; `covers` are the folders of quizzes."""
    settings = workspace.settings
    root = f"{base_url(settings)}/"
    words = WORDS[settings.language]
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
    files = {"index.html": page(settings, "index.html.j2", root="", feed=FEED, **index)}
    files[FEED] = _feed(settings, root, letters, index["title"], settings.language)
    for newsletter, its in shelves:
        files |= _archive(settings, newsletter, its)
    places = [(root, "")]
    places += [(f"{root}{newsletter.name}/", "") for newsletter, _ in shelves]
    places += [(letter.url, letter.day) for letter in letters]
    places += [(root + answer.path, "") for letter in letters for answer in letter.answers]
    places += [(root + cover, "") for cover in covers]
    files["sitemap.xml"] = filled("sitemap.xml.j2", places=places)
    files["style.css"] = filled("style.css.j2", brand=settings.brand)
    return files


def _archive(
    settings: Settings, newsletter: Newsletter, letters: Sequence[Letter]
) -> dict[str, bytes]:
    url = f"{base_url(settings)}/{newsletter.name}/"
    title, language = newsletter.title, newsletter.language
    shown = page(
        settings,
        "archive.html.j2",
        language=language,
        root="../",
        title=title,
        description=newsletter.description,
        url=url,
        feed=f"{newsletter.name}/{FEED}",
        letters=letters,
    )
    feed = _feed(settings, url, letters, title, language, newsletter.description)
    return {f"{newsletter.name}/index.html": shown, f"{newsletter.name}/{FEED}": feed}


def _feed(
    settings: Settings,
    url: str,
    letters: Sequence[Letter],
    title: str,
    language: str,
    description: str = "",
) -> bytes:
    """Return the Atom feed of the page at `url`: of a newsletter, or of the whole site."""
    return filled(
        "feed.xml.j2",
        id=url,
        self=f"{url}{FEED}",
        # A feed needs a date even before the first letter (RFC 4287 §4.1.1).
        updated=letters[0].moment if letters else "1970-01-01T00:00:00Z",
        brand=settings.brand,
        letters=letters[:MOST_IN_FEED],
        title=title,
        language=language,
        description=description,
    )
