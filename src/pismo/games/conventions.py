"""What readers of rebuses agree on: how numbers, notes and positions are said aloud.

Sources: zna-i-ka.narod.ru/rebusi/help.html; jcross-world.ru; gretelann.wordpress.com.
"""

from collections.abc import Mapping

from pismo.records import dataclass

NOTES: Mapping[str, tuple[str, ...]] = {
    "ru": ("до", "ре", "ми", "фа", "соль", "ля", "си"),
    "en": ("do", "re", "mi", "fa", "sol", "so", "la", "ti"),
}


@dataclass(frozen=True, slots=True)
class Preposition:
    """A position that is read as a word: how it is said of a figure and its ground."""

    word: str
    phrase: str
    """Says where the figure is, without the word itself: «ДА внутри О»."""


_PREPOSITIONS: Mapping[str, tuple[Preposition, ...]] = {
    "ru": (
        Preposition("в", "внутри"),
        Preposition("на", "сверху, вплотную"),
        Preposition("над", "выше, не касаясь"),
        Preposition("под", "ниже"),
        Preposition("за", "позади"),
        Preposition("перед", "впереди"),
        Preposition("по", "рассыпано поверх"),
        Preposition("из", "выходит наружу"),
        Preposition("к", "спешит туда, где"),
        Preposition("от", "убегает прочь, где"),
        Preposition("у", "рядом, возле"),
        Preposition("с", "вместе, рука об руку"),
        Preposition("о", "опирается, прислонившись"),
    ),
    "en": (
        Preposition("in", "inside"),
        Preposition("on", "resting upon"),
        Preposition("over", "above"),
        Preposition("under", "below"),
        Preposition("behind", "at the back of"),
        Preposition("before", "ahead of"),
        Preposition("after", "following"),
        Preposition("by", "next to"),
        Preposition("at", "close to"),
        Preposition("to", "moving towards"),
        Preposition("from", "moving away out of"),
        Preposition("with", "together and"),
    ),
}

_SPECIAL: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "ru": {
        "½": ("пол", "половина"),
        "¼": ("четверть",),
        "0": ("ноль", "нуль", "о"),
        "1": ("один", "раз", "кол", "единица", "одна"),
        "2": ("два", "две", "пара", "двойка"),
        "3": ("три", "тройка"),
        "4": ("четыре", "четверка"),
        "5": ("пять", "пятерка"),
        "6": ("шесть", "шестерка"),
        "7": ("семь", "семерка"),
        "8": ("восемь", "восьмерка"),
        "9": ("девять", "девятка"),
        "10": ("десять", "десятка"),
        "12": ("двенадцать", "дюжина"),
        "100": ("сто", "сотня"),
        "1000": ("тысяча",),
        "1000000": ("миллион",),
    },
    "en": {
        "½": ("half",),
        "¼": ("quarter",),
        "0": ("zero", "o", "nil", "love"),
        "1": ("one", "won"),
        "2": ("two", "to", "too", "tu"),
        "4": ("four", "for", "fore"),
        "8": ("eight", "ate", "eat"),
        "10": ("ten",),
        "12": ("twelve", "dozen"),
        "100": ("hundred", "onehundred"),
        "1000": ("thousand", "onethousand", "grand"),
    },
}
_RU_TEENS = [
    "десять",
    "одиннадцать",
    "двенадцать",
    "тринадцать",
    "четырнадцать",
    "пятнадцать",
    "шестнадцать",
    "семнадцать",
    "восемнадцать",
    "девятнадцать",
]
_RU_TENS = [
    "двадцать",
    "тридцать",
    "сорок",
    "пятьдесят",
    "шестьдесят",
    "семьдесят",
    "восемьдесят",
    "девяносто",
]
_RU_HUNDREDS = [
    "сто",
    "двести",
    "триста",
    "четыреста",
    "пятьсот",
    "шестьсот",
    "семьсот",
    "восемьсот",
    "девятьсот",
]
_EN_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_EN_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def number_readings(digits: str, language: str) -> tuple[str, ...]:
    """Return every conventional reading of a number, the usual one first.

    Numbers over 999 that nobody uses in rebuses have none.
    """
    special = _SPECIAL[language].get(digits, ())
    if special and (language == "ru" or not digits.isdigit()):
        return special
    if not digits.isdigit() or int(digits) > 999:
        return special
    spelled = _russian(int(digits)) if language == "ru" else _english(int(digits))
    return tuple(dict.fromkeys((*special, spelled)))


def prepositions(language: str) -> Mapping[str, Preposition]:
    """Return the prepositions that a position can show, by word."""
    return {preposition.word: preposition for preposition in _PREPOSITIONS[language]}


def _russian(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    head = _RU_HUNDREDS[hundreds - 1] if hundreds else ""
    if rest == 0 and head:
        return head
    if rest < 10:
        return head + _SPECIAL["ru"][str(rest)][0]
    if rest < 20:
        return head + _RU_TEENS[rest - 10]
    tens, units = divmod(rest, 10)
    return head + _RU_TENS[tens - 2] + (_SPECIAL["ru"][str(units)][0] if units else "")


def _english(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    head = f"{_EN_SMALL[hundreds]}hundred" if hundreds else ""
    if rest == 0 and head:
        return head
    if rest < 20:
        return head + _EN_SMALL[rest]
    tens, units = divmod(rest, 10)
    return head + _EN_TENS[tens - 2] + (_EN_SMALL[units] if units else "")
