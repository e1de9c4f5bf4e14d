"""Stories, tips, games and picks: one Markdown file each."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pismo.content.rules import (
    ALT_MISSING,
    BAD_SLUG,
    EMPTY_BODY,
    LIVE_ORDER,
    SAME_SLUG,
    SHARED_NAME,
    STRAY_FILE,
    UNKNOWN_PRODUCT,
)
from pismo.files.fields import Fields
from pismo.files.read import can_list, read_markdown
from pismo.model.content import Item, Kind, PickedProduct, Product
from pismo.model.finding import Finding, Source
from pismo.text import guess

FOLDERS: Mapping[str, tuple[Kind, ...]] = {
    "stories": (Kind.STORY,),
    "tips": (Kind.TIP,),
    "games": (Kind.REBUS, Kind.QUIZ, Kind.POLL),
    "picks": (Kind.PICK,),
}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NOT_CONTENT = {"README.md", "catalogue.csv", "images"}
_ANSWERED = (Kind.REBUS, Kind.QUIZ, Kind.POLL)
_BESIDE = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".md", ".prize.json")

Items = dict[tuple[Kind, str], Item]


def load_items(
    root: Path, catalogue: Mapping[str, Product], language: str, findings: list[Finding]
) -> Items:
    """Load every item below `content/`.

    Args:
        root: The workspace.
        catalogue: What picks may name.
        language: Language of an item that names none.
        findings: Where problems go; a broken item is left out, and found.
    """
    items: Items = {}
    for path, kinds in _files(root, findings):
        item = _load_item(root, path, kinds, language, findings)
        if item is None:
            continue
        other = items.setdefault((item.kind, item.slug), item)
        if other is not item:
            place = SAME_SLUG.at(
                item.source, kind=item.kind, slug=item.slug, other=other.source.path
            )
            findings.append(place)
        _check_item(item, catalogue, findings)
    findings += _shared_names(items)
    return items


def _shared_names(items: Items) -> Iterator[Finding]:
    """Report games of two kinds with one name: answers are recorded under it."""
    owners: dict[str, Item] = {}
    for item in items.values():
        if item.kind in _ANSWERED:
            owner = owners.setdefault(item.slug, item)
            if owner is not item:
                yield SHARED_NAME.at(item.source, slug=item.slug, other=owner.source.path)


def _files(root: Path, findings: list[Finding]) -> Iterator[tuple[str, tuple[Kind, ...]]]:
    """Yield each content file and the kinds its folder may hold, in order of path."""
    content = root / "content"
    entries = sorted(content.iterdir()) if content.is_dir() else []
    for entry in entries:
        if entry.name in _NOT_CONTENT or entry.name.startswith("."):
            continue
        kinds = FOLDERS.get(entry.name)
        if kinds is None or not entry.is_dir():
            findings.append(STRAY_FILE.at(Source(entry.relative_to(root).as_posix())))
            continue
        if not can_list(root, entry, findings):
            continue
        for file in sorted(entry.rglob("*")):
            path = file.relative_to(root).as_posix()
            if file.suffix == ".md" and file.name != "README.md":
                yield path, kinds
            elif file.is_file() and not file.name.endswith(_BESIDE):
                findings.append(STRAY_FILE.at(Source(path)))


def _load_item(
    root: Path, path: str, kinds: tuple[Kind, ...], language: str, findings: list[Finding]
) -> Item | None:
    read = read_markdown(root, path, kinds[0], findings)
    if read is None:
        return None
    fields, body, body_line = read
    kind = kinds[0] if len(kinds) == 1 else Kind(fields.one_of("kind", kinds, kinds[0]))
    fields.kind = kind
    slug = Path(path).stem
    if not _SLUG.fullmatch(slug):
        findings.append(BAD_SLUG.at(Source(path), slug=slug))
    item = Item(
        kind=kind,
        slug=slug,
        body=body,
        body_line=body_line,
        source=Source(path),
        title=fields.text("title", slug, required=True),
        author=fields.text("author"),
        tags=fields.texts("tags"),
        language=fields.one_of("language", ("ru", "en"), language),
        live_from=fields.day("live_from"),
        live_until=fields.day("live_until"),
        image=fields.text("image") or None,
        alt=fields.text("alt"),
        ad=fields.flag("ad"),
        sponsor=fields.text("sponsor"),
        erid=fields.text("erid"),
        draft=fields.flag("draft"),
        show_title=fields.flag("show_title", default=True),
        series=fields.text("series") if kind is Kind.TIP else "",
        hint=fields.text("hint") if kind is Kind.REBUS else "",
        prize=fields.text("prize") if kind is Kind.REBUS else "",
        products=_picked(fields) if kind is Kind.PICK else (),
        lines=dict(fields.lines),
    )
    fields.finish()
    return item


def _picked(fields: Fields) -> tuple[PickedProduct, ...]:
    """Read `products:` of a pick: ids, or tables with a comment and a picture."""
    listed = fields.raw("products")
    if not isinstance(listed, list) or not listed:
        fields.wrong("products", "a list of products", listed)
        return ()
    picked = []
    for number, entry in enumerate(listed):
        values = {"id": entry} if isinstance(entry, str) else entry
        if not isinstance(values, dict):
            fields.wrong("products", "ids, or tables with `id` and `comment`", entry)
            continue
        line = fields.place_of(f"products.{number}").line
        begins = f"products.{number}."
        lines = {
            name.removeprefix(begins): at
            for name, at in fields.lines.items()
            if name.startswith(begins)
        }
        one = Fields(values, lines, fields.path, "product of a pick", fields.findings, line)
        picked.append(
            PickedProduct(
                product_id=one.text("id", required=True),
                comment=one.text("comment"),
                image=one.text("image") or None,
                alt=one.text("alt"),
                lines={"id": line, **lines},
            )
        )
        one.finish()
    return tuple(picked)


def _check_item(item: Item, catalogue: Mapping[str, Product], findings: list[Finding]) -> None:
    if not item.body.strip() and not item.products:
        findings.append(EMPTY_BODY.at(item.source, kind=item.kind))
    if item.live_from and item.live_until and item.live_until < item.live_from:
        findings.append(
            LIVE_ORDER.at(item.place_of("live_until"), until=item.live_until, start=item.live_from)
        )
    if item.image and not item.alt:
        findings.append(ALT_MISSING.at(item.place_of("image"), image=item.image))
    for picked in item.products:
        if picked.product_id not in catalogue:
            near = guess(picked.product_id, catalogue)
            findings.append(
                UNKNOWN_PRODUCT.at(
                    item.place_in(picked, "id"), product=picked.product_id, guess=near
                )
            )
        if picked.image and not picked.alt:
            place = item.place_in(picked, "image")
            findings.append(ALT_MISSING.at(place, image=picked.image))
