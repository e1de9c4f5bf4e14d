"""What can be wrong with a build as a whole: prizes."""

from pismo.model.finding import Rule, Severity

PRIZE_ABSENT = Rule(
    "prize-absent",
    Severity.ERROR,
    en="there is no sealed prize at {path}",
    ru="нет запечатанного приза: {path}",
    hint_en="make it: pismo rebus seal {item}",
    hint_ru="сделайте его: pismo rebus seal {item}",
)
PRIZE_SHUT = Rule(
    "prize-shut",
    Severity.ERROR,
    en="the answer of this rebus does not open {path}",
    ru="ответ этого ребуса не открывает {path}",
    hint_en="the answer or the file has changed; seal it again: pismo rebus seal {item}",
    hint_ru="ответ или файл поменялись, запечатайте заново: pismo rebus seal {item}",
)
PRIZE_LEAK = Rule(
    "prize-leak",
    Severity.ERROR,
    en="{path} holds the code of this prize ({form}), for whoever has solved nothing",
    ru="в {path} стоит код этого приза ({form}), виден и тем, кто ничего не разгадал",
    hint_en="take it out of the texts, or seal another code: only the right answer may open it",
    hint_ru="уберите его из текстов или запечатайте другой: открывать его должен только ответ",
)
BUILD_RULES = (PRIZE_ABSENT, PRIZE_SHUT, PRIZE_LEAK)
