"""What can be wrong with a letter's markup: where holes stand, what crosses, what vanished."""

from pismo.model.finding import Rule, Severity

HOLE_PLACE = Rule(
    "hole-place",
    Severity.ERROR,
    en="{value} stands in {spot}, where no value of a reader may stand",
    ru="{value} стоит там, где значениям читателя не место: {spot}",
    hint_en="move it into the text, or write the cases out with {{% if %}}",
    hint_ru="перенесите его в текст или распишите случаи через {{% if %}}",
)
CROSSING = Rule(
    "crossing-block",
    Severity.ERROR,
    en="'{value}' begins in one element and ends in another",
    ru="«{value}» начинается в одном элементе, а заканчивается в другом",
    hint_en="begin and end it within one paragraph, or put both tags on lines of their own",
    hint_ru="начните и закончите в одном абзаце или поставьте оба тега на отдельные строки",
)
CUT_ITEM = Rule(
    "crossing-item",
    Severity.ERROR,
    en="'{value}' begins inside a list item and ends outside of it, or the other way round",
    ru="«{value}» начинается внутри пункта списка, а заканчивается снаружи, или наоборот",
    hint_en="write two: one within the item, indented like its text, and one around whole items",
    hint_ru="разделите на два: один внутри пункта, с отступом его текста, другой вокруг пунктов",
)
LINK_DEFINITION = Rule(
    "link-definition",
    Severity.ERROR,
    en="a link is defined inside '{value}', but Markdown would take it for all readers",
    ru="ссылка определена внутри «{value}», а Markdown возьмёт её для всех читателей",
    hint_en="write the address in the link itself, in round brackets",
    hint_ru="напишите адрес в самой ссылке, в круглых скобках",
)
VANISHED = Rule(
    "vanished-value",
    Severity.ERROR,
    en="{value} is lost on the way to the finished letter",
    ru="{value} теряется по дороге к готовому письму",
    hint_en="it stands in a place that MJML drops, such as the width of an image",
    hint_ru="оно стоит там, что MJML выбрасывает: например, в ширине картинки",
)
INLINE_BLOCK = Rule(
    "block-in-text",
    Severity.ERROR,
    en="{value} stands inside a paragraph",
    ru="{value} стоит внутри абзаца",
    hint_en="give it a line of its own, with empty lines around",
    hint_ru="поставьте его отдельной строкой, с пустыми строками вокруг",
)
BLOCK_PLACE = Rule(
    "block-place",
    Severity.ERROR,
    en="{value} cannot be used in {spot}",
    ru="{value} нельзя ставить сюда: {spot}",
    hint_en="blocks belong into the body of an issue",
    hint_ru="блоки живут в тексте выпуска",
)
NO_LAYOUT = Rule(
    "unknown-layout",
    Severity.ERROR,
    en="there is no layout '{name}'",
    ru="нет макета «{name}»",
    hint_en="layouts are letter and digest, or the newsletter's own layout.mjml.j2",
    hint_ru="есть макеты letter и digest, а свой лежит в layout.mjml.j2 рядом с рассылкой",
)
MJML = Rule(
    "mjml",
    Severity.ERROR,
    en="the layout is not valid MJML: {reason}",
    ru="макет — не MJML: {reason}",
)
LAYOUT_DROPS = Rule(
    "layout-drops",
    Severity.ERROR,
    en="the layout leaves out '{name}', a part of the letter",
    ru="макет теряет часть письма: «{name}»",
    hint_en="print every piece: {{% for piece in content %}}{{{{ piece.html }}}}{{% endfor %}}",
    hint_ru="печатайте все части: {{% for piece in content %}}{{{{ piece.html }}}}{{% endfor %}}",
)
NO_WAY_OUT = Rule(
    "no-way-out",
    Severity.ERROR,
    en="the layout has no visible link to {link}",
    ru="в макете нет видимой ссылки: {link}",
    hint_en='keep the footer, or include "small_print.mjml.j2"',
    hint_ru="оставьте подвал или вставьте small_print.mjml.j2",
)
EMPTY_PART = Rule(
    "empty-part",
    Severity.ERROR,
    en="the letter's {part} is empty",
    ru="в письме пусто: {part}",
)
ITEM_LANGUAGE = Rule(
    "other-language",
    Severity.WARNING,
    en="{kind} '{slug}' is written in '{language}', the newsletter in '{expected}'",
    ru="{kind} «{slug}» написан на языке «{language}», а рассылка — на «{expected}»",
)
IMAGE_MISSING = Rule(
    "missing-image",
    Severity.ERROR,
    en="there is no image '{image}'",
    ru="нет картинки «{image}»",
    hint_en="paths are relative to the file that names them; did you mean '{guess}'?",
    hint_ru="путь считается от файла, в котором он написан; может быть, «{guess}»?",
)
IMAGE_BROKEN = Rule(
    "broken-image",
    Severity.ERROR,
    en="'{image}' cannot be read as an image: {reason}",
    ru="«{image}» не открывается как картинка: {reason}",
    hint_en="save it again as JPEG or PNG",
    hint_ru="пересохраните в JPEG или PNG",
)
IMAGE_ALT = Rule(
    "image-alt",
    Severity.ERROR,
    en="image '{image}' has no alt text",
    ru="у картинки «{image}» нет описания (alt)",
    hint_en="say in a few words what it shows: ![a wet platform](rain.png)",
    hint_ru="скажите в двух словах, что на ней: ![мокрая платформа](rain.png)",
)
IMAGE_OUTSIDE = Rule(
    "image-outside",
    Severity.ERROR,
    en="image '{image}' lies outside of the workspace",
    ru="картинка «{image}» лежит за пределами рабочей папки",
)
BAD_LINK = Rule(
    "link-scheme",
    Severity.ERROR,
    en="link '{url}' is not http, https, mailto or tel",
    ru="ссылка «{url}» — не http, https, mailto и не tel",
)
