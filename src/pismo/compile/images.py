"""Images of content: found beside the text, turned upright, made small, named by what they hold."""

import hashlib
import io
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import TYPE_CHECKING

from pismo.compile.cache import FragmentCache
from pismo.compile.letter_rules import IMAGE_BROKEN, IMAGE_MISSING, IMAGE_OUTSIDE
from pismo.compile.problem import CompileError
from pismo.model.finding import Source
from pismo.records import dataclass, field
from pismo.text import guess

if TYPE_CHECKING:
    from PIL import Image

SCALE = 2
"""Pixels per CSS pixel: sharp on phones."""

_MAX_PIXELS = 120_000_000
_JPEG_QUALITY = 82
_FOLDERS = ("content", "newsletters")


@dataclass(frozen=True, slots=True)
class ImageFile:
    """An image as the site serves it: hashed name, where it came from, its bytes."""

    name: str
    source: str
    data: bytes


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """An image in a letter: its file, and the size of its place in CSS pixels."""

    file: ImageFile
    width: int
    height: int


@dataclass(slots=True)
class ImageStore:
    """The images of one issue, each made once."""

    root: Path
    cache: FragmentCache
    made: dict[str, ImageFile] = field(default_factory=dict)

    def place(self, image: str, beside: Source, width: int) -> PlacedImage:
        """Make an image for a place of the given width.

        Args:
            image: Path relative to the file that names it.
            beside: That file, and the line, for messages.
            width: Widest place it will have, in CSS pixels; smaller images stay as they are.

        Raises:
            CompileError: If it is missing, broken, or outside of the workspace.
        """
        path = normpath(PurePosixPath(beside.path).parent / image)
        if path.startswith(("../", "/")) or PurePosixPath(path).parts[0] not in _FOLDERS:
            raise CompileError(IMAGE_OUTSIDE, beside, image=image)
        try:
            original = (self.root / path).read_bytes()
        except OSError as error:
            near = self._from_root(image, beside) or guess(image, self._others(path, image))
            raise CompileError(IMAGE_MISSING, beside, image=image, guess=near) from error
        content = width.to_bytes(4, "big") + original
        data, suffix, size = self.cache.remember(
            "image", content, lambda: _resized(original, width, lambda: (image, beside))
        )
        digest = hashlib.sha256(data).hexdigest()[:16]
        name = f"{PurePosixPath(path).stem}-{digest}{suffix}"
        self.made.setdefault(name, ImageFile(name, path, data))
        return PlacedImage(self.made[name], *size)

    def keep(self, files: Iterable[ImageFile]) -> None:
        """Add pictures that were drawn, not found."""
        self.made.update((file.name, file) for file in files)

    def _from_root(self, image: str, beside: Source) -> str:
        """Return the right path where one was counted from the workspace, '' where it wasn't."""
        if not image.startswith(tuple(f"{name}/" for name in _FOLDERS)):
            return ""
        if not (self.root / image).is_file():
            return ""
        return relpath(image, PurePosixPath(beside.path).parent.as_posix())

    def _others(self, path: str, image: str) -> list[str]:
        folder = (self.root / path).parent
        prefix = image.rpartition("/")[0]
        if not folder.is_dir():
            return []
        names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
        return [f"{prefix}/{name}" if prefix else name for name in names]


def _resized(
    original: bytes, width: int, where: Callable[[], tuple[str, Source]]
) -> tuple[bytes, str, tuple[int, int]]:
    """Turn upright, drop EXIF, shrink to twice the place.

    Returns:
        The bytes, the suffix, and the size of the place in CSS pixels.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(original)) as opened:
            if opened.width * opened.height > _MAX_PIXELS:
                raise ValueError(f"{opened.width}×{opened.height} pixels are too many")  # noqa: TRY301
            if opened.format == "GIF" and getattr(opened, "is_animated", False):
                return original, ".gif", _place_of(opened.size, width)
            kind = opened.format or ""
            upright = ImageOps.exif_transpose(opened)
            upright.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        image, place = where()
        unknown = isinstance(error, UnidentifiedImageError)
        reason = "no known picture format" if unknown else error
        raise CompileError(IMAGE_BROKEN, place, image=image, reason=reason) from error
    size = _place_of(upright.size, width)
    limit = width * SCALE
    if upright.width > limit:
        height = max(1, round(upright.height * limit / upright.width))
        upright = upright.resize((limit, height), Image.Resampling.LANCZOS)
    data, suffix = _encoded(upright, kind)
    return data, suffix, size


def _place_of(size: tuple[int, int], width: int) -> tuple[int, int]:
    shown = min(width, size[0])
    return shown, max(1, round(size[1] * shown / size[0]))


def _encoded(image: "Image.Image", kind: str) -> tuple[bytes, str]:
    """Write a photograph as JPEG, a drawing as PNG; no metadata goes along."""
    out = io.BytesIO()
    if kind in ("JPEG", "MPO", "WEBP") and image.mode not in ("RGBA", "LA", "P", "PA"):
        plain = image.convert("RGB")
        plain.info.clear()
        plain.save(out, "JPEG", quality=_JPEG_QUALITY, optimize=True, progressive=True)
        return out.getvalue(), ".jpg"
    plain = image if image.mode in ("1", "L", "LA", "P", "RGB", "RGBA") else image.convert("RGBA")
    transparency = plain.info.get("transparency")
    plain.info.clear()
    if transparency is not None:
        plain.info["transparency"] = transparency
    plain.save(out, "PNG", optimize=True)
    return out.getvalue(), ".png"
