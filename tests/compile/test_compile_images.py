"""Images of content: upright, small, without EXIF, described; or found broken."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pismo.compile import Compilation, FragmentCache, compile_issue
from pismo.model.finding import has_errors
from pismo.workspace import load_workspace

STORY = "content/stories/rain.md"
ORIENTATION, CAMERA = 0x0112, 0x0110


def photograph(width: int, height: int, *, orientation: int = 1, grain: int = 24) -> bytes:
    """Make a JPEG like a phone's: grainy, with EXIF that says who, where and which way up."""
    noise = np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)
    ramp = np.linspace(0, 200, width, dtype=np.uint8)[None, :, None]
    image = Image.fromarray((noise // (256 // grain) + ramp).astype(np.uint8))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[CAMERA] = "A phone of Anna's"
    out = io.BytesIO()
    image.save(out, "JPEG", quality=97, exif=exif)
    return out.getvalue()


def compiled(root: Path, markdown: str, cache: FragmentCache | None = None) -> Compilation:
    story = root / STORY
    head = story.read_text("utf-8").split("---")[1]
    story.write_text(f"---{head}---\n{markdown}\n", "utf-8")
    return compile_issue(load_workspace(root), "weekly/2026-11-27", cache=cache)


def place(root: Path, name: str, data: bytes) -> None:
    folder = root / "content" / "images"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)


@pytest.mark.slow
def test_a_photograph_of_six_megabytes_becomes_a_small_upright_one(small: Path) -> None:
    original = photograph(4000, 3000, orientation=6)
    assert len(original) > 6_000_000
    place(small, "phone.jpg", original)
    result = compiled(small, "![a wet platform](../images/phone.jpg)")
    assert not has_errors(result.findings)
    (file,) = result.images
    with Image.open(io.BytesIO(file.data)) as image:
        # Lying on its side in the file, standing in the letter: twice 560 points wide.
        assert image.size == (1120, 1493)
        assert dict(image.getexif()) == {}
    assert b"Anna" not in file.data
    assert len(file.data) < 600_000
    html = str(result.editions[0].html)
    assert 'width="560" height="747"' in html
    assert f'/images/{file.name}"' in html
    assert 'alt="a wet platform"' in html


def test_a_small_drawing_stays_as_it_is_and_keeps_its_transparency(small: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 20), (200, 0, 0, 120)).save(out, "PNG")
    place(small, "dot.png", out.getvalue())
    (file,) = compiled(small, "![a dot](../images/dot.png)").images
    with Image.open(io.BytesIO(file.data)) as image:
        assert (image.size, image.mode) == ((40, 20), "RGBA")
    assert file.name.startswith("dot-")
    assert file.name.endswith(".png")


def test_the_name_changes_with_the_picture_and_only_then(small: Path) -> None:
    cache = FragmentCache()
    place(small, "a.jpg", photograph(300, 200))
    text = "![a](../images/a.jpg)"
    (first,) = compiled(small, text, cache).images
    (again,) = compiled(small, text, cache).images
    place(small, "a.jpg", photograph(300, 200, grain=60))
    (other,) = compiled(small, text, cache).images
    assert first.name == again.name != other.name
    assert other.name in str(compiled(small, text, cache).editions[0].html)


def test_an_edition_names_only_the_images_it_shows(small: Path) -> None:
    place(small, "a.jpg", photograph(300, 200))
    (small / "content/tips/sleeves.md").write_text(
        "---\ntitle: T\n---\n![a](../images/a.jpg)\n", "utf-8"
    )
    families, everyone = compiled(small, "No picture.").editions
    assert [source for _, source in families.images] == ["content/images/a.jpg"]
    assert everyone.images == ()


@pytest.mark.parametrize(
    ("markdown", "rule", "line"),
    [
        ("one\n\n![wet](../images/rain.jpg)", "missing-image", 7),
        ("![wet](../images/broken.jpg)", "broken-image", 5),
        ("![](../images/fine.jpg)", "image-alt", 5),
        ("![wet](../../../etc/passwd)", "image-outside", 5),
        ("![wet](/etc/passwd)", "image-outside", 5),
        ("![wet](../../pyproject.toml)", "image-outside", 5),
        ("![](https://example.com/a.png)", "image-alt", 5),
    ],
)
def test_a_picture_that_cannot_be_shown_is_found_with_its_line(
    small: Path, markdown: str, rule: str, line: int
) -> None:
    place(small, "broken.jpg", b"\xff\xd8 this was a picture")
    place(small, "fine.jpg", photograph(30, 20))
    result = compiled(small, markdown)
    (finding,) = [one for one in result.findings if has_errors([one])]
    assert (finding.rule.id, str(finding.source)) == (rule, f"{STORY}:{line}")


def test_a_mistyped_picture_comes_with_a_guess(small: Path) -> None:
    place(small, "rain.jpg", photograph(30, 20))
    result = compiled(small, "![wet](../images/rian.jpg)")
    (finding,) = [one for one in result.findings if has_errors([one])]
    assert "../images/rain.jpg" in finding.hint("en")


def test_a_path_counted_from_the_workspace_is_answered_with_the_one_from_the_file(
    small: Path,
) -> None:
    place(small, "rain.jpg", photograph(30, 20))
    result = compiled(small, "![wet](content/images/rain.jpg)")
    (finding,) = [one for one in result.findings if has_errors([one])]
    assert finding.hint("en").endswith("did you mean '../images/rain.jpg'?")


def test_a_moving_picture_goes_as_it_came(small: Path) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100)
    place(small, "wave.gif", out.getvalue())
    (file,) = compiled(small, "![a wave](../images/wave.gif)").images
    assert file.data == out.getvalue()


def test_a_bomb_of_pixels_is_refused_before_it_is_unpacked(small: Path) -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 9_000)).save(out, "PNG")
    place(small, "bomb.png", out.getvalue())
    result = compiled(small, "![boom](../images/bomb.png)")
    assert "broken-image" in {finding.rule.id for finding in result.findings}
