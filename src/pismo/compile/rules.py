"""What can be wrong with a template: constructs that cannot wait for the reader, and plain errors.

Rules about markup, layouts and images are in `pismo.compile.letter_rules`.
"""

from pismo.model.finding import Rule, Severity

SYNTAX = Rule(
    "template-syntax",
    Severity.ERROR,
    en="the template cannot be read: {reason}",
    ru="шаблон не читается: {reason}",
    hint_en="look for a {{% or {{{{ that is not closed, or an {{% if %}} without {{% endif %}}",
    hint_ru="проверьте, закрыты ли {{% и {{{{ и есть ли {{% endif %}} у каждого {{% if %}}",
)
UNCLOSED_BLOCK = Rule(
    "unclosed-block",
    Severity.ERROR,
    en="{{% {block} … %}} begins here and nothing ends it",
    ru="здесь начинается {{% {block} … %}}, и ничто его не закрывает",
    hint_en="write {{% end{block} %}} where it ends",
    hint_ru="напишите {{% end{block} %}} там, где он кончается",
)
TYPED_QUOTE = Rule(
    "typographic-quote",
    Severity.ERROR,
    en="the quotation mark {mark} stands in a tag, where only \" and ' are quotes",
    ru="внутри тега стоит кавычка {mark}, а там годятся только \" и '",
    hint_en='type straight quotes: {{{{ recipient.first_name | default("friend") }}}}',
    hint_ru='поставьте прямые кавычки: {{{{ recipient.first_name | default("друг") }}}}',
)
FAILED = Rule(
    "template-error",
    Severity.ERROR,
    en="the template fails: {reason}",
    ru="ошибка в шаблоне: {reason}",
)
TOO_DEEP = Rule(
    "too-deep",
    Severity.ERROR,
    en="what is written here is nested too deeply",
    ru="здесь слишком глубокая вложенность",
    hint_en="take apart long chains, brackets in brackets, lists in lists",
    hint_ru="разбейте длинные цепочки, скобки в скобках, списки в списках",
)
UNKNOWN_NAME = Rule(
    "unknown-name",
    Severity.ERROR,
    en="nothing is called '{name}' here",
    ru="здесь нет ничего с именем «{name}»",
    hint_en="did you mean '{guess}'?",
    hint_ru="может быть, «{guess}»?",
)
UNKNOWN_COLUMN = Rule(
    "unknown-column",
    Severity.ERROR,
    en="readers have no '{name}': no such column or fact",
    ru="у читателей нет «{name}»: такого столбца или факта не существует",
    hint_en="did you mean '{guess}'?",
    hint_ru="может быть, «{guess}»?",
)
NOT_A_NUMBER = Rule(
    "not-a-number",
    Severity.ERROR,
    en="'| {name}' takes a number, and {value} is text",
    ru="«| {name}» ждёт число, а {value} — это текст",
    hint_en="put the filter right behind the number: recipient.points | {name}…",
    hint_ru="поставьте фильтр сразу за числом: recipient.points | {name}…",
)
NUMBER_AND_TEXT = Rule(
    "number-and-text",
    Severity.ERROR,
    en="{value} is {kind}, and is compared with {other}: that is true for nobody",
    ru="{value} — {kind}, а сравнивается с {other}: это не выполнится ни для кого",
    hint_en="write numbers without quotes, and text in quotes",
    hint_ru="числа пишут без кавычек, а текст — в кавычках",
)
PLURAL_FORMS = Rule(
    "plural-forms",
    Severity.ERROR,
    en="Russian takes three forms, and plural got {count}: {forms}",
    ru="по-русски форм три, а у plural их {count}: {forms}",
    hint_en='write one, few, many: plural("балл", "балла", "баллов")',
    hint_ru='напишите одну, две, пять: plural("балл", "балла", "баллов")',
)
UNKNOWN_WORD = Rule(
    "unknown-filter",
    Severity.ERROR,
    en="there is no {kind} named '{name}'",
    ru="нет такого слова ({kind}): «{name}»",
    hint_en="did you mean '{guess}'?",
    hint_ru="может быть, «{guess}»?",
)
UNKNOWN_ITEM = Rule(
    "unknown-item",
    Severity.ERROR,
    en="there is no {kind} '{slug}'",
    ru="нет такого материала: {kind} «{slug}»",
    hint_en="did you mean '{guess}'?",
    hint_ru="может быть, «{guess}»?",
)
NOT_LIVE = Rule(
    "not-live",
    Severity.ERROR,
    en="{kind} '{slug}' is not live on {date}: its dates are in {path}",
    ru="{kind} «{slug}» не для {date}: сроки указаны в {path}",
    hint_en="choose another, or change live_from / live_until",
    hint_ru="возьмите другой материал или поправьте live_from / live_until",
)
ITEM_CYCLE = Rule(
    "item-cycle",
    Severity.ERROR,
    en="{kind} '{slug}' shows itself, by way of {way}",
    ru="{kind} «{slug}» показывает сам себя: {way}",
)
PRIVATE = Rule(
    "private-name",
    Severity.ERROR,
    en="'{name}' is not for templates",
    ru="«{name}» — не для шаблонов",
    hint_en="names that begin with an underscore are Python's own",
    hint_ru="имена с подчёркиванием в начале — внутреннее дело Питона",
)
TOKEN_IN_TEXT = Rule(
    "reserved-word",
    Severity.ERROR,
    en="the text contains '{word}', which pismo uses to mark places",
    ru="в тексте встречается «{word}»: такими словами pismo помечает места",
    hint_en="remove it, or put a space inside",
    hint_ru="уберите его или разбейте пробелом",
)

NEVER_NONE = Rule(
    "never-none",
    Severity.WARNING,
    en="'{value} is none' is never true: what is missing is undefined here",
    ru="«{value} is none» не бывает правдой: отсутствующее значение здесь undefined",
    hint_en="write {{% if not {value} %}} or {{% if {value} is undefined %}}",
    hint_ru="напишите {{% if not {value} %}} или {{% if {value} is undefined %}}",
)
JOINED_GAP = Rule(
    "joined-gap",
    Severity.WARNING,
    en="{value} is joined with ~ and has no fallback: where it is missing, a gap is printed",
    ru="{value} склеивается через ~ без запасного значения: у кого его нет, там будет дыра",
    hint_en="give it one: ({value} | default('…')) ~ …",
    hint_ru="дайте его: ({value} | default('…')) ~ …",
)
MARKUP_IN_VALUE = Rule(
    "markdown-in-value",
    Severity.WARNING,
    en="'{text}' inside a value is printed as it is, with its Markdown signs",
    ru="«{text}» внутри значения напечатается как есть, со знаками Markdown",
    hint_en="put the signs around the value, or write it out: {{% if … %}}**…**{{% endif %}}",
    hint_ru="поставьте знаки вокруг значения или распишите: {{% if … %}}**…**{{% endif %}}",
)

# Constructs that cannot be kept for send time. Each names the construct and the way out.
FILTER = Rule(
    "send-time-filter",
    Severity.ERROR,
    en="filter '{name}' cannot wait for the reader's data ({value})",
    ru="фильтр «{name}» нельзя отложить до отправки (здесь {value})",
    hint_en="{way_en}",
    hint_ru="{way_ru}",
)
TEST = Rule(
    "send-time-test",
    Severity.ERROR,
    en="test 'is {name}' cannot wait for the reader's data ({value})",
    ru="проверку «is {name}» нельзя отложить до отправки (здесь {value})",
    hint_en="{way_en}",
    hint_ru="{way_ru}",
)
RENDERED = Rule(
    "rendered-text",
    Severity.ERROR,
    en="{construct} is applied to text that already holds a reader's value",
    ru="{construct}: слева уже готовый текст, в котором стоит значение читателя",
    hint_en="apply it to the value itself, before it is printed: {{{{ recipient.city | upper }}}}",
    hint_ru="примените к самому значению, до печати: {{{{ recipient.city | upper }}}}",
)
METHOD = Rule(
    "send-time-call",
    Severity.ERROR,
    en="'{name}(…)' is a call on a value known only at send time",
    ru="«{name}(…)» — вызов у значения, которое узнаем только при отправке",
    hint_en="use a filter instead: {{{{ recipient.first_name | upper }}}}",
    hint_ru="возьмите фильтр: {{{{ recipient.first_name | upper }}}}",
)
ARGUMENT = Rule(
    "send-time-argument",
    Severity.ERROR,
    en="'{name}' needs a value that is known when the letter is built, not {value}",
    ru="«{name}» нужно значение, известное при сборке, а не {value}",
    hint_en="put each case into its own {{% if %}} with a value written out",
    hint_ru="разберите случаи через {{% if %}}, вписав значения буквально",
)
AS_NUMBER = Rule(
    "send-time-number",
    Severity.ERROR,
    en="{value} is used where a number or a list is needed while the letter is built",
    ru="{value} стоит там, где число или список нужны уже при сборке",
    hint_en="ranges and repetitions cannot wait; loop over `picks`, or write the cases out",
    hint_ru="range, повторы и распаковка не ждут; пройдите циклом по `picks` или выпишите случаи",
)
AS_KEY = Rule(
    "send-time-key",
    Severity.ERROR,
    en="{value} is used as the name of an entry",
    ru="{value} стоит как имя записи в словаре",
    hint_en="turn it round: {{{{ 'a' if {value} == 'x' else 'b' }}}}",
    hint_ru="переверните: {{{{ 'а' if {value} == 'x' else 'б' }}}}",
)
NOT_PLAIN = Rule(
    "send-time-constant",
    Severity.ERROR,
    en="a {type} cannot stand in one expression with the reader's data",
    ru="{type} не может стоять в одном выражении с данными читателя",
    hint_en="make it text or a number first: {{{{ issue.date | string }}}}",
    hint_ru="сначала сделайте из него текст или число: {{{{ issue.date | string }}}}",
)
INCLUDE = Rule(
    "send-time-include",
    Severity.ERROR,
    en="the file to include or extend depends on the reader ({value})",
    ru="имя включаемого файла зависит от читателя ({value})",
    hint_en="use {{% if %}} with an {{% include %}} in each branch",
    hint_ru="поставьте {{% if %}}, а в каждой ветке — свой {{% include %}}",
)
NAMESPACE = Rule(
    "send-time-namespace",
    Severity.ERROR,
    en="'{name}' is changed inside an if or for that depends on the reader",
    ru="«{name}» меняется внутри if или for, которые зависят от читателя",
    hint_en="use {{% set %}} with an inline if: {{% set x = 'a' if recipient.points else 'b' %}}",
    hint_ru="возьмите {{% set %}} с if в строке: {{% set x = 'а' if recipient.vip else 'б' %}}",
)
RECURSION = Rule(
    "send-time-recursion",
    Severity.ERROR,
    en="a recursive loop over {value}, which is known only at send time",
    ru="рекурсивный цикл по {value}, а это значение узнаем только при отправке",
    hint_en="write the levels as loops inside one another",
    hint_ru="распишите уровни вложенными циклами",
)
UNPACKING = Rule(
    "send-time-unpacking",
    Severity.ERROR,
    en="nested unpacking in a loop over {value}, which is known only at send time",
    ru="вложенная распаковка в цикле по {value}, а это значение узнаем только при отправке",
    hint_en="unpack into plain names: {{% for category, games in … %}}",
    hint_ru="распакуйте в простые имена: {{% for category, games in … %}}",
)
LOOP_TEST = Rule(
    "send-time-loop-filter",
    Severity.ERROR,
    en="the list is known, but its `if` depends on the reader ({value})",
    ru="список известен, а его `if` зависит от читателя ({value})",
    hint_en="put the {{% if %}} inside the loop",
    hint_ru="поставьте {{% if %}} внутрь цикла",
)
LOOP_FIELD = Rule(
    "send-time-loop-field",
    Severity.ERROR,
    en="'loop.{name}' is not known in a loop over the reader's data",
    ru="в цикле по данным читателя нет «loop.{name}»",
    hint_en="there are index, index0, first, last, length, revindex, revindex0 and cycle",
    hint_ru="есть index, index0, first, last, length, revindex, revindex0 и cycle",
)
LOOP_IN_BLOCK = Rule(
    "loop-in-block",
    Severity.ERROR,
    en="block '{name}' uses `loop` of the loop around it",
    ru="блок «{name}» использует `loop` цикла, в котором стоит",
    hint_en="give the value a name before the block: {{% set number = loop.index %}}",
    hint_ru="дайте значению имя до блока: {{% set number = loop.index %}}",
)
STATEFUL = Rule(
    "send-time-state",
    Severity.ERROR,
    en="'{name}' counts its calls, inside an if or for that depends on the reader",
    ru="«{name}» считает свои вызовы, а стоит внутри if или for, которые зависят от читателя",
    hint_en="use loop.first, loop.last or loop.cycle",
    hint_ru="используйте loop.first, loop.last или loop.cycle",
)
BRANCH_VALUE = Rule(
    "send-time-set",
    Severity.ERROR,
    en="'{name}' becomes a {type} in one branch of an if that depends on the reader",
    ru="«{name}» в одной из веток if, зависящего от читателя, становится: {type}",
    hint_en="set plain text or numbers there, or define it before the if",
    hint_ru="присваивайте там только текст и числа или определите его до if",
)
AUTOESCAPE = Rule(
    "autoescape-tag",
    Severity.ERROR,
    en="{{% autoescape %}} is not used here",
    ru="{{% autoescape %}} здесь не нужен",
    hint_en="every value is escaped by where it stands; remove the tag",
    hint_ru="каждое значение экранируется по месту; уберите тег",
)
EXTENDS = Rule(
    "send-time-extends",
    Severity.ERROR,
    en="{{% {tag} %}} inside an if that depends on the reader",
    ru="{{% {tag} %}} внутри if, который зависит от читателя",
    hint_en="put it at the top of the file",
    hint_ru="поставьте его в начало файла",
)
FORMAT = Rule(
    "send-time-format",
    Severity.ERROR,
    en="{value} is put into text by str.format",
    ru="{value} подставляется через str.format",
    hint_en="join with ~ or use the filter: {{{{ '%s points' | format(recipient.points) }}}}",
    hint_ru="соедините через ~ или возьмите: {{{{ '%s очков' | format(recipient.points) }}}}",
)
