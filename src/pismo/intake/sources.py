"""Where rows come from: files in any usual encoding, folders, S3, a PostgreSQL query."""

import codecs
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from pismo.errors import AudienceError
from pismo.records import dataclass

_BLOCK = 1 << 20
_LONGEST = 2 * _BLOCK
"""Characters of a line that are copied: more than `read.LONGEST_LINE`, so that it is set aside."""
_SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".jsonl", ".ndjson", ".json")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSED = ("utf-8", "cp1251", "koi8-r", "cp866")
_COMMON = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъ"


@dataclass(frozen=True, slots=True)
class Source:
    """One local file to read: Parquet, or CSV or JSON lines in UTF-8 with LF, without BOM or NUL.

    `name` is what the user called it, for messages and the quarantine.
    """

    name: str
    path: Path
    form: str


@contextmanager
def open_sources(
    places: Sequence[str], folder: Path, on_progress: Callable[[float], None] = lambda _: None
) -> Iterator[list[Source]]:
    """Bring everything to local files that the engine can read; copies are gone afterwards.

    Args:
        places: Files, folders, `s3://bucket/key`, or `postgresql://…?query=SELECT …`.
        folder: Where copies may be put: private, on the same disk.
        on_progress: Told how much is done, 0 to 0.4.

    Raises:
        AudienceError: If something is not there, or is of no known form.
    """
    with TemporaryDirectory(dir=folder, prefix=".import-") as made:
        work = Path(made)
        sources: list[Source] = []
        for number, place in enumerate(places, 1):
            for name, path in _fetched(place, work):
                sources.append(_prepared(name, path, work, len(sources)))
            on_progress(0.4 * number / len(places))
        if not sources:
            raise AudienceError(
                f"there is nothing to import in {', '.join(places)}",
                ru=f"загружать нечего: {', '.join(places)}",
            )
        yield sources


def _fetched(place: str, work: Path) -> list[tuple[str, Path]]:
    if place.startswith("s3://"):
        return _from_s3(place, work)
    if place.startswith(("postgresql://", "postgres://")):
        return [_from_postgres(place, work)]
    path = Path(place)
    if path.is_dir():
        return [
            (str(file), file)
            for file in sorted(path.rglob("*"))
            if file.suffix.lower() in _SUFFIXES and file.is_file()
        ]
    if not path.is_file():
        raise AudienceError(
            f"there is no file {place}",
            ru=f"нет файла {place}",
        )
    return [(place, path)]


def _from_s3(place: str, work: Path) -> list[tuple[str, Path]]:
    """Copy an object, or all below a prefix; AWS credentials come the AWS way."""
    import os

    from pyarrow import fs

    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL", "")
    options = {}
    if endpoint:
        scheme, _, host = endpoint.partition("://")
        options = {"endpoint_override": host, "scheme": scheme}
    store = fs.S3FileSystem(**options)
    key = place.removeprefix("s3://").rstrip("/")
    try:
        found = store.get_file_info(key)
        infos = (
            [found]
            if found.type == fs.FileType.File
            else store.get_file_info(fs.FileSelector(key, recursive=True))
        )
    except OSError as error:
        raise AudienceError(
            f"cannot read {place}: {error}",
            ru=f"не читается {place}: {error}",
        ) from error
    copied = []
    for number, info in enumerate(sorted(infos, key=lambda one: str(one.path))):
        if info.type != fs.FileType.File or Path(info.path).suffix.lower() not in _SUFFIXES:
            continue
        target = work / f"s3-{number}{Path(info.path).suffix.lower()}"
        with store.open_input_stream(info.path) as source, target.open("wb") as copy:
            while block := source.read(_BLOCK):
                copy.write(block)
        copied.append((f"s3://{info.path}", target))
    return copied


def _from_postgres(place: str, work: Path) -> tuple[str, Path]:
    """Stream a query's rows into a CSV: `postgresql://user@host/base?query=SELECT …`."""
    from urllib.parse import parse_qs, urlsplit, urlunsplit

    import psycopg
    from psycopg import sql

    parts = urlsplit(place)
    query = parse_qs(parts.query).get("query", [""])[0]
    if not query:
        raise AudienceError(
            "say which rows: postgresql://user@host/base?query=SELECT …",
            ru="скажите, какие строки: postgresql://user@host/base?query=SELECT …",
        )
    address = urlunsplit(parts._replace(query=""))
    name = f"postgresql://{parts.hostname}{parts.path}"
    target = work / "postgres.csv"
    try:
        with psycopg.connect(address) as connection, target.open("wb") as copy:
            connection.read_only = True
            with connection.cursor() as cursor:
                text = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER true)").format(
                    sql.SQL(query)
                )
                with cursor.copy(text) as rows:
                    for block in rows:
                        copy.write(block)
    except psycopg.Error as error:
        raise AudienceError(
            f"{name}: {str(error).splitlines()[0]}",
            ru=f"{name}: {str(error).splitlines()[0]}",
        ) from error
    return name, target


def _prepared(name: str, path: Path, work: Path, number: int) -> Source:
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return Source(name, path, "parquet")
    form = "jsonl" if suffix in (".jsonl", ".ndjson", ".json") else "csv"
    copy = work / f"text-{number}"
    with path.open("rb") as source:
        with copy.open("wb") as plain:
            is_done = copy_plain(source, plain)
        if not is_done:
            source.seek(0)
            encoding = _encoding(source)
            source.seek(0)
            with copy.open("w", encoding="utf-8", newline="") as target:
                transcode(source, target, encoding)
    return Source(name, copy, form)


def copy_plain(source: IO[bytes], target: IO[bytes], *, size: int = _BLOCK) -> bool:
    """Copy UTF-8 with nothing odd in it, in half the time; False if there is: the copy is void."""
    if source.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
        source.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    rest = b""
    while block := source.read(size):
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError:
            return False
        # A whole block in one line: the line may be too long.
        if "\x00" in text or "\ufeff" in text or (len(block) == size and b"\n" not in block):
            return False
        whole = rest + block
        rest = b"\r" if whole.endswith(b"\r") else b""
        target.write(_with_lf(whole[: len(whole) - len(rest)]))
    target.write(_with_lf(rest))
    return not decoder.getstate()[0]


def _with_lf(block: bytes) -> bytes:
    if b"\r" not in block:
        return block
    return block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _encoding(source: IO[bytes]) -> str:
    """Find a file's encoding: by its mark, as UTF-8, or as the likeliest one in Russian offices."""
    head = source.read(_BLOCK)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    if unmarked := _unmarked_utf_16(head[:400]):
        return unmarked
    decoder = codecs.getincrementaldecoder("utf-8")()
    block = head
    try:
        while block:
            decoder.decode(block)
            block = source.read(_BLOCK)
    except UnicodeDecodeError:
        # One broken byte does not make UTF-8 another encoding, so the block that has it is judged.
        return _likeliest(block)
    return "utf-8"  # a letter that the end of the file cuts in two changes nothing


def _unmarked_utf_16(head: bytes) -> str:
    """Tell UTF-16 by its NULs: Latin letters and separators have one, before or after them."""
    before, after = head[0::2].count(0), head[1::2].count(0)
    if max(before, after) < max(2, len(head) // 20) or min(before, after):
        return ""
    return "utf-16-be" if before > after else "utf-16-le"


def _likeliest(block: bytes) -> str:
    """Choose the encoding in which most letters are common Russian ones, mostly in lower case."""

    def score(encoding: str) -> float:
        text = block.decode(encoding, errors="replace")
        common = sum(text.count(letter) / (1 + place) for place, letter in enumerate(_COMMON))
        odd = sum(text.count(sign) for sign in "\ufffd░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼ЂЃѓЉЊЌЋЏђљњќћџ")
        return common - 3 * odd

    return max(_GUESSED, key=score)


def transcode(source: IO[bytes], target: IO[str], encoding: str) -> None:
    """Copy as UTF-8; of a line that is no row but an accident, only so much as shows that."""
    made = codecs.getincrementaldecoder(encoding)(errors="replace")
    # Line ends that differ within one file stop the engine; it gets one kind.
    decoder = io.IncrementalNewlineDecoder(made, translate=True)
    room = _LONGEST
    while block := source.read(_BLOCK):
        room = _copy(_cleaned(decoder.decode(block)), target, room)
    _copy(_cleaned(decoder.decode(b"", final=True)), target, room)


def _cleaned(text: str) -> str:
    """Show NULs, which end strings in some tools; drop marks of files that were put together."""
    return text.replace("\x00", "\ufffd").replace("\ufeff", "")


def _copy(text: str, target: IO[str], room: int) -> int:
    """Write a block, the line that it goes on with cut to `room`; return the last line's room."""
    end = text.find("\n")
    if end < 0:
        target.write(text[:room])
        return max(0, room - len(text))
    target.write(text[: min(end, room)])
    target.write(text[end:])
    return _LONGEST - (len(text) - text.rfind("\n") - 1)
