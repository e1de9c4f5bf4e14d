"""How a rebus looks: in HTML, in plain text, in words, in pixels."""

import hashlib
import io
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from pismo.games import (
    Rebus,
    RebusError,
    draw_html,
    draw_label,
    draw_png,
    draw_text,
    drawn_picture,
    drawn_prefix,
    must_be_drawn,
    parse_rebus,
)
from pismo.games.conventions import prepositions
from pismo.games.scene import ROW_PX, scene, width_px

EVERY_DEVICE = [
    "100 + 🦊лиса(с=ц)",
    ",,🐔курица(у=о),, + 🍄🍄грибы",
    "🐱кот^ + ♪соль",
    "🖥️монитор(-ни) + ½, + РАК",
    "🛫самолет(7.6.5) + 🦊лиса(-3, 1=п)",
    *(f"{word}(А; 🐱кот)" for word in prepositions("ru")),
]


def rebus(*lines: str, alt: str = "") -> Rebus:
    given = "\n".join(f"line: {line}" for line in lines)
    return parse_rebus(f"answer: слово\nalt: {alt}\n{given}")


class _Outline(HTMLParser):
    """Collects tags, checks that they nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tables: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        if tag == "table":
            self.tables.append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("line", EVERY_DEVICE)
def test_a_drawing_is_small_well_formed_and_named_for_screen_readers(line: str) -> None:
    html = draw_html(rebus(line), language="ru")
    outline = _Outline()
    outline.feed(html)
    assert outline.open == []
    assert all(table["role"] == "presentation" for table in outline.tables)
    assert html.startswith('<div role="img" aria-label="Ребус: ')
    assert len(html.encode()) <= 1536


@pytest.mark.parametrize("line", EVERY_DEVICE)
def test_a_drawing_sets_no_colour_so_that_it_can_be_read_in_the_dark(line: str) -> None:
    html = draw_html(rebus(line), language="ru")
    assert "color" not in html
    assert "#" not in html


def test_the_drawing_of_the_first_friday_rebus() -> None:
    table = '<table role="presentation" cellpadding="0" cellspacing="0"'
    assert draw_html(rebus("100 + 🦊лиса(с=ц)"), language="ru") == (
        '<div role="img" aria-label="Ребус: 100; плюс лиса, «с» меняется на «ц»">'
        f'{table} align="center" style="margin:8px auto 20px;font-size:32px;line-height:1.2">'
        '<tr style="font-size:18px"><td align="center"></td><td></td>'
        '<td align="center">С = Ц</td></tr>'
        '<tr valign="bottom"><td align="center">100</td><td style="padding:0 6px">+</td>'
        '<td align="center"><span style="font-size:44px">🦊</span></td></tr></table></div>'
    )


def test_every_device_is_drawn_as_in_the_golden_page(request: pytest.FixtureRequest) -> None:
    drawings = [
        f"<!-- {line} -->\n{draw_html(rebus(line), language='ru')}\n"
        f"<!-- {draw_text(rebus(line), language='ru')} -->\n"
        for line in EVERY_DEVICE
    ]
    page = "\n".join(drawings)
    golden = Path(__file__).resolve().parents[1] / "golden" / "rebus-devices.html"
    if request.config.getoption("--update-golden"):
        golden.write_text(page, encoding="utf-8")
    assert page == golden.read_text("utf-8")


def test_a_long_line_is_broken_to_fit_a_phone() -> None:
    rows = scene(rebus(" + ".join(["🦊лиса"] * 9)))
    assert len(rows) > 2
    assert all(sum(width_px(cell.body) + 26 for cell in row) <= ROW_PX for row in rows)


def test_a_drawn_picture_replaces_the_live_text_and_keeps_its_words() -> None:
    html = draw_html(rebus("🐱кот^"), language="ru", picture_src="a&b.png")
    assert html.startswith('<img src="a&amp;b.png" alt="Ребус: кот, перевёрнуто')


def test_what_a_writer_types_is_escaped() -> None:
    html = draw_html(rebus("100", alt='"><script>'), language="ru")
    assert "<script>" not in html


PLAIN = [
    ("100 + 🦊лиса(с=ц)", "100 + лиса (с=ц)"),
    (",,🐔курица + 🧵нитка,,", ",,курица + нитка,,"),
    ("🐱кот^ + ♪до", "кот^ + ♪до"),
    ("🐱(312) + в(О; ДА)", "🐱 (312) + в(О; ДА)"),
    ("🖥️монитор(-ни, -1)", "монитор (−ни) (−1)"),
]


@pytest.mark.parametrize(("line", "text"), PLAIN)
def test_plain_text_reads_like_the_notation_without_pictures(line: str, text: str) -> None:
    assert draw_text(rebus(line), language="ru") == text


def test_words_for_listeners_follow_the_language_of_the_letter() -> None:
    asked = rebus(",🐱кот(312) + в(О; ДА)")
    assert draw_label(asked, language="ru") == (
        "Ребус: кот, буквы по порядку 3, 1, 2, без первых букв: 1; плюс ДА внутри О"
    )
    assert draw_label(asked, language="en").startswith("Rebus: кот, letters in the order 3, 1, 2")


def test_an_author_may_say_what_listeners_hear() -> None:
    assert draw_label(rebus("100", alt="сто рублей"), language="ru") == "сто рублей"


@pytest.mark.usefixtures("emoji_font")
@pytest.mark.parametrize("line", EVERY_DEVICE)
def test_a_png_is_as_wide_as_asked_and_the_same_each_time(line: str) -> None:
    picture = draw_png(rebus(line), width=640)
    assert Image.open(io.BytesIO(picture)).width == 640
    assert picture == draw_png(rebus(line), width=640)
    assert len(picture) < 12_000


@pytest.mark.usefixtures("emoji_font")
def test_a_picture_turned_over_is_turned_over_in_pixels() -> None:
    upright = Image.open(io.BytesIO(draw_png(rebus("🐱кот"), width=320))).convert("L")
    turned = Image.open(io.BytesIO(draw_png(rebus("🐱кот^"), width=320))).convert("L")
    assert upright.tobytes() != turned.tobytes()
    assert sum(upright.histogram()[:200]) == pytest.approx(sum(turned.histogram()[:200]), rel=0.05)


@pytest.mark.usefixtures("emoji_font")
def test_an_emoji_that_the_font_lacks_is_named() -> None:
    with pytest.raises(RebusError) as caught:
        draw_png(rebus("🜁воздух"), width=320)
    assert caught.value.remark.message("ru") == "в шрифте эмодзи нет картинки 🜁"


def test_a_missing_font_says_what_to_install() -> None:
    with pytest.raises(RebusError, match="fonts-noto-color-emoji"):
        draw_png(rebus("🐱кот"), width=320, emoji_fonts=["/nowhere.ttf"])


@pytest.mark.parametrize(
    ("line", "drawn"), [("🐱кот^ + А", True), ("в(А; 🐱кот^)", True), ("🐱кот + А", False)]
)
def test_a_rebus_with_something_upside_down_must_be_drawn(line: str, drawn: bool) -> None:
    assert must_be_drawn(rebus(line)) is drawn


def test_a_rebus_whose_writer_drew_it_is_not_drawn_again() -> None:
    assert not must_be_drawn(parse_rebus("answer: ток\npicture: mine.png\nline: 🐱кот^"))


@pytest.mark.usefixtures("emoji_font")
@pytest.mark.parametrize("line", EVERY_DEVICE)
def test_a_picture_drawn_by_the_build_is_small_the_same_each_time_and_named_by_its_bytes(
    line: str,
) -> None:
    name, content = drawn_picture(rebus(line))
    assert drawn_picture(rebus(line)) == (name, content)
    assert hashlib.sha256(content).hexdigest()[:16] in name
    assert name.startswith(drawn_prefix(rebus(line)))
    assert len(content) <= 60_000


@pytest.mark.usefixtures("emoji_font")
def test_even_the_longest_rebus_is_drawn_in_sixty_kilobytes() -> None:
    emoji = "🦊🐱🐔🧵🍄🏠🌲⛳🦉🐳🧙🍵"
    line = " + ".join(f",{one}слово(с=ц)^" for one in emoji)
    assert len(drawn_picture(rebus(line))[1]) <= 60_000


@pytest.mark.usefixtures("emoji_font")
def test_a_picture_is_light_around_and_dark_inside_so_that_it_is_read_in_the_dark() -> None:
    image = Image.open(io.BytesIO(drawn_picture(rebus("🏠дом^ + ЕЛЬ"))[1])).convert("RGBA")
    assert set(image.getchannel("A").tobytes()) == {255}
    tones = image.convert("L").tobytes()
    assert (tones[0], tones[image.width - 1], tones[-1]) == (255, 255, 255)
    assert min(tones) < 60


def test_a_missing_font_is_told_at_the_piece_that_needs_it() -> None:
    with pytest.raises(RebusError) as caught:
        drawn_picture(rebus("100 + 🐱кот^"), emoji_fonts=["/nowhere.ttf"])
    told = caught.value.remark
    assert (told.rule.id, told.line, told.column) == ("rebus-no-font", 2, 13)
    assert "apt-get install fonts-noto-color-emoji" in told.hint("ru")


@pytest.mark.usefixtures("emoji_font")
def test_an_emoji_that_the_font_lacks_is_told_where_it_stands() -> None:
    with pytest.raises(RebusError) as caught:
        drawn_picture(rebus("🐱кот^ + 🜁воздух"))
    told = caught.value.remark
    assert (told.rule.id, told.line, told.column) == ("rebus-no-glyph", 2, 15)
