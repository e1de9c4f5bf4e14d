"""What can be wrong with the site."""

from pismo.model.finding import Rule, Severity

WEB_GAP = Rule(
    "web-gap",
    Severity.WARNING,
    en="the web version has no reader, so it shows nothing for {value}",
    ru="у веб-версии нет читателя: на месте {value} в ней пусто",
    hint_en="give it a fallback with | default(…), or put it inside {{% if {value} %}}",
    hint_ru="добавьте запасное значение через | default(…) или условие {{% if {value} %}}",
)
