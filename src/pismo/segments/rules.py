"""What can be wrong with a predicate, an example, or a workspace's own facts."""

from pismo.model.finding import Rule, Severity

UNKNOWN_COLUMN = Rule(
    "unknown-column",
    Severity.ERROR,
    en="no such fact about a person: '{column}'",
    ru="о человеке нет такого факта: «{column}»",
    hint_en="did you mean '{guess}'?",
    hint_ru="может быть, «{guess}»?",
)
UNKNOWN_SEGMENT = Rule(
    "unknown-segment-in-predicate",
    Severity.ERROR,
    en="no such segment: '${name}'",
    ru="нет такого сегмента: «${name}»",
    hint_en="did you mean '${guess}'?",
    hint_ru="может быть, «${guess}»?",
)
SEGMENT_CYCLE = Rule(
    "segment-cycle",
    Severity.ERROR,
    en="the segment is defined through itself: {circle}",
    ru="сегмент определён через самого себя: {circle}",
    hint_en="write one of the conditions out instead of naming the segment",
    hint_ru="выпишите одно из условий вместо имени сегмента",
)
NOT_A_PREDICATE = Rule(
    "not-a-predicate",
    Severity.ERROR,
    en="the condition must be one yes-or-no expression: {reason}",
    ru="условие должно быть одним выражением «да или нет»: {reason}",
    hint_en="write what stands after WHERE: orders_90 = 0 AND city = 'Казань'",
    hint_ru="пишите то, что стоит после WHERE: orders_90 = 0 AND city = 'Казань'",
)
UNSAFE_PREDICATE = Rule(
    "unsafe-predicate",
    Severity.ERROR,
    en="{what} may not stand in a condition",
    ru="в условии нельзя: {what}",
    hint_en="allowed are comparisons, AND/OR/NOT, arithmetic, CASE and: {allowed}",
    hint_ru="можно сравнения, AND/OR/NOT, арифметику, CASE и функции: {allowed}",
)
FAILING_PREDICATE = Rule(
    "failing-predicate",
    Severity.ERROR,
    en="the condition cannot be computed: {reason}",
    ru="условие не вычисляется: {reason}",
    hint_en="compare text with text, numbers with numbers: types are in docs/reference/facts.md",
    hint_ru="сравнивайте текст с текстом, числа с числами: типы — в docs/reference/facts.md",
)
EXAMPLE_FAILS = Rule(
    "failing-example",
    Severity.ERROR,
    en="{example} does not hold: the condition says otherwise",
    ru="{example} не сходится: условие говорит обратное",
    hint_en="correct the condition or the example",
    hint_ru="поправьте условие или пример",
)
EXAMPLE_VALUE = Rule(
    "wrong-example-value",
    Severity.ERROR,
    en="{example}: {column} = {value} is no {type}",
    ru="{example}: {column} = {value} — не {type}",
)
NO_EXAMPLE = Rule(
    "no-example",
    Severity.WARNING,
    en="the segment has no example.{side}, so nothing tests its condition",
    ru="у сегмента нет example.{side}: условие никто не проверяет",
    hint_en="add a person: example.{side} = {{ orders = 3 }}",
    hint_ru="добавьте человека: example.{side} = {{ orders = 3 }}",
)
NULLABLE_NEGATION = Rule(
    "negated-nullable",
    Severity.WARNING,
    en="whoever has no {column} is left out: nothing is neither equal nor unequal",
    ru="те, у кого {column} неизвестен, не попадут в сегмент: пустое не равно и не «не равно»",
    hint_en="if they belong here, add: OR {column} IS NULL",
    hint_ru="если им сюда, допишите: OR {column} IS NULL",
)
BAD_OWN_FACTS = Rule(
    "bad-own-facts",
    Severity.ERROR,
    en="segments/facts.sql cannot be used: {reason}",
    ru="segments/facts.sql не годится: {reason}",
    hint_en="one SELECT of subscriber_id and named columns over {tables}",
    hint_ru="нужен один SELECT: subscriber_id и названные колонки из {tables}",
)
