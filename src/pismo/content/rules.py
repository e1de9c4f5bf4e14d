"""What can be wrong with a piece of content before it is compiled."""

from pismo.model.finding import Rule, Severity

STRAY_FILE = Rule(
    "stray-file",
    Severity.WARNING,
    en="nothing reads this file here",
    ru="этот файл здесь никто не читает",
    hint_en="content is *.md in stories/, tips/, games/ or picks/",
    hint_ru="контент — это *.md в папках stories/, tips/, games/ и picks/",
)
EMPTY_BODY = Rule(
    "empty-item",
    Severity.ERROR,
    en="a {kind} without a text",
    ru="{kind}: текста нет",
)
BAD_SLUG = Rule(
    "bad-file-name",
    Severity.ERROR,
    en="file name '{slug}' is not a slug",
    ru="имя файла «{slug}» не годится",
    hint_en="use small Latin letters, digits and hyphens: rain-on-tuesday.md",
    hint_ru="маленькие латинские буквы, цифры и дефисы: dozhd-vo-vtornik.md",
)
SAME_SLUG = Rule(
    "same-slug",
    Severity.ERROR,
    en="{kind} '{slug}' is already in {other}",
    ru="{kind} «{slug}» уже есть в {other}",
)
SHARED_NAME = Rule(
    "shared-name",
    Severity.ERROR,
    en="a rebus, quiz or poll called '{slug}' is already in {other}",
    ru="ребус, тест или опрос с именем «{slug}» уже есть в {other}",
    hint_en="readers' answers are kept under that name: give this file another",
    hint_ru="ответы читателей хранятся под этим именем: назовите файл иначе",
)
UNKNOWN_PRODUCT = Rule(
    "unknown-product",
    Severity.ERROR,
    en="no product '{product}' in content/catalogue.csv",
    ru="в content/catalogue.csv нет товара «{product}»",
    hint_en="did you mean '{guess}'?",
    hint_ru="может быть, «{guess}»?",
)
BAD_PRODUCT = Rule(
    "bad-product",
    Severity.ERROR,
    en="row of the catalogue: {reason}",
    ru="строка каталога: {reason}",
)
ALT_MISSING = Rule(
    "image-alt",
    Severity.ERROR,
    en="image '{image}' has no alt text",
    ru="у картинки «{image}» нет описания (alt)",
    hint_en="say in a few words what it shows: many readers see letters without images",
    hint_ru="опишите картинку несколькими словами: многие читают письма без картинок",
)
LIVE_ORDER = Rule(
    "live-order",
    Severity.ERROR,
    en="live_until {until} is before live_from {start}",
    ru="live_until {until} раньше, чем live_from {start}",
)
