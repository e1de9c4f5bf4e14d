"""Why a row was set aside, in Russian; the quarantine keeps what was said in English."""

_PREFIXES = {
    "none of ": "не одно из: ",
    "a later row has the same": "у более поздней строки то же самое, а сказано другое",
}
_REASONS = {
    "missing": "пусто",
    "no address": "не адрес",
    "neither f nor m": "ни f, ни m",
    "no such time zone": "нет такого часового пояса",
    "not a code like RUB": "не код вроде RUB",
    "not a number": "не число",
    "an id, and no address": "нужен id, а не адрес",
    "not a code of two letters": "не код из двух букв",
    "no such day": "нет такого дня",
    "no such date and time": "нет такого дня и часа",
    "not a price": "не цена",
    "not a number that makes sense": "число невозможное",
    "neither yes nor no": "ни да, ни нет",
    "an object, and not one value": "объект, а не одно значение",
    "not a JSON object": "не объект JSON",
    "a quote stands in the wrong place or is never closed": "кавычка не на месте или не закрыта",
    "letters before the @ that the mail service does not take": "буквы перед @, с которыми письмо"
    " не отправить",
}


def in_words(reasons: str, language: str) -> str:
    """Say the reasons of a row (`email: no address; sex: neither f nor m`) in a language."""
    if language != "ru":
        return reasons
    return "; ".join(_one(reason) for reason in reasons.split("; "))


def _one(reason: str) -> str:
    if known := _in_russian(reason):
        return known
    name, colon, said = reason.partition(": ")
    if not colon or " " in name.replace(", ", ""):
        return "строка не читается"
    # Only addresses are judged by a library, which has sentences of its own.
    unknown = "негодный адрес" if name == "email" else "негодное значение"
    return f"{name}: {_in_russian(said) or unknown}"


def _in_russian(said: str) -> str:
    if said in _REASONS:
        return _REASONS[said]
    if said.startswith("not ") and said.endswith("sums know one currency only"):
        return f"не {said.split()[1].strip(',')}, а складывают в одной валюте"
    for start, russian in _PREFIXES.items():
        if said.startswith(start):
            return russian + (said.removeprefix(start) if russian.endswith(" ") else "")
    return ""
