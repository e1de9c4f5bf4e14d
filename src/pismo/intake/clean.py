"""What each column may hold, as SQL: how it is cleaned, when it is wrong, and what to say then."""

from collections.abc import Mapping

from pismo.audience.engine import quoted
from pismo.records import dataclass

_NO_NAMES = (
    "test", "тест", "name", "имя", "none", "null", "nan", "n/a", "нет", "аноним", "asdf", "qwerty",
    "йцукен", "xxx", "user", "гость", "guest", "first name", "unknown", "не указано", "клиент",
)  # fmt: skip
_TRUE = "('true', 't', '1', 'yes', 'y', 'да', 'есть', 'в наличии', '+')"
_ROUBLES = "('rur', 'руб', 'руб.', 'р.', '₽')"
_FALSE = "('false', 'f', '0', 'no', 'n', 'нет', 'нет в наличии', '-')"
# Years of two digits before those of four, which would take them for years of ancient Rome.
_DAYS = "['%Y-%m-%d', '%d.%m.%y', '%d/%m/%y', '%d.%m.%Y', '%d/%m/%Y', '%Y/%m/%d', '%Y%m%d']"
_MOMENTS = (
    "['%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M', '%d.%m.%y %H:%M:%S', "
    "'%d.%m.%y %H:%M', '%d.%m.%y', '%d/%m/%y %H:%M', '%d/%m/%y', '%d.%m.%Y %H:%M:%S', "
    "'%d.%m.%Y %H:%M', '%Y-%m-%dT%H:%M:%S.%f', '%Y-%m-%d %H:%M:%S.%f', '%Y-%m-%d', '%d.%m.%Y', "
    "'%d/%m/%Y %H:%M', '%d/%m/%Y']"
)
_FIRST_MOMENT, _LAST_MOMENT = "1970-01-01", "2100-01-01"
"""Shops keep no older records; what seems older was read wrongly, and so was the far future."""
_CLOCK = r" \d\d:\d\d(:\d\d)?"
SCOPES = ("all", "newsletter", "topic", "occasion", "pause")
EVENT_KINDS = ("view", "cart", "open", "click", "answer")


@dataclass(frozen=True, slots=True)
class Rule:
    """One of our columns: SQL for its value, SQL that is true if it is wrong, and the reason.

    The latter sees the file's columns and, as `found(name)`, the values: each is computed once.
    """

    name: str
    value: str
    wrong: str = "FALSE"
    reason: str = ""


def found(name: str) -> str:
    """Return how SQL calls the value of one of our columns, beside what the file says."""
    return f'"={name}"'


def rules_for(
    table: str, given: Mapping[str, str], *, currency: str, zone: str, today: str
) -> list[Rule]:
    """Return rules for the columns of one table; whatever is absent from the file is NULL.

    Args:
        table: subscribers, products, purchases or events.
        given: Our names of the columns in the file -> the type of the shop's own ones, else ''.
        currency: For products that name none; purchases in another one are wrong.
        zone: The time zone of moments without one.
        today: ISO day; nothing happens much later.
    """
    makers = {
        "subscribers": _subscribers,
        "products": _products,
        "purchases": _purchases,
        "events": _events,
        "consents": _consents,
        "opt-outs": _opt_outs,
        "suppressions": _suppressions,
        "ids": _ids,
    }
    rules = makers[table](currency=currency, zone=zone, today=today)
    rules += [_extra(name, type_) for name, type_ in given.items() if type_]
    return [rule for rule in rules if rule.name in given or rule.name in FILLED.get(table, ())]


FILLED = {
    "products": ("url", "currency", "in_stock"),
    "purchases": ("order_id", "quantity"),
    "events": ("event_id", "product_id", "item", "value"),
}
"""Columns that a table of rows has even if the file has none; some are given a value."""


def _subscribers(*, currency: str, zone: str, today: str) -> list[Rule]:  # noqa: ARG001  # one shape
    age = [
        _number(name, "INTEGER", least=0, most=120)
        for name in ("children_min_age", "children_max_age")
    ]
    return [
        _required("subscriber_id"),
        Rule("email", _address(), f"{found('email')} IS NULL", "no address"),
        Rule("first_name", _name("first_name")),
        Rule("last_name", _name("last_name")),
        Rule("sex", _sex(), _unread("sex"), "neither f nor m"),
        Rule("city", _text("city")),
        _code("country", upper=True),
        _code("language", upper=False),
        Rule(
            "timezone",
            _text("timezone"),
            f"{found('timezone')} NOT IN (SELECT zone FROM zones)",
            "no such time zone",
        ),
        _day("birthday", least="1900-01-01", most=today),
        _day("signup_date", least="1990-01-01", most=today),
        *age,
        Rule("interests", _text("interests")),
        _number("points", "INTEGER", least=0, most=2_000_000_000),
        Rule("tier", _text("tier")),
        _moment("consent_at", zone),
        Rule("consent_source", _text("consent_source")),
        Rule("consent_text", _text("consent_text")),
    ]


def _products(*, currency: str, zone: str, today: str) -> list[Rule]:  # noqa: ARG001  # one shape
    return [
        _required("product_id"),
        _required("title"),
        Rule("url", f"coalesce({_text('url')}, '')"),
        Rule("image", _text("image")),
        _money("price", needed=True),
        _money("old_price"),
        Rule(
            "currency",
            f"upper(coalesce({_text('currency')}, {quoted(currency)}))",
            f"NOT regexp_full_match(upper({_text('currency')}), '[A-Z]{{3}}')",
            "not a code like RUB",
        ),
        Rule("category", _text("category")),
        _truth("in_stock", absent="TRUE"),
        _truth("published", absent="TRUE"),
        Rule("family_id", _text("family_id")),
        _day("added_at", least="1900-01-01", most="2100-01-01"),
    ]


def _purchases(*, currency: str, zone: str, today: str) -> list[Rule]:  # noqa: ARG001  # one shape
    moment = _moment("ts", zone, needed=True)
    order = f"subscriber_id || '|' || CAST(CAST({moment.value} AS DATE) AS VARCHAR)"
    return [
        _required("subscriber_id"),
        _required("product_id"),
        Rule("order_id", f"coalesce({_text('order_id')}, {order})"),
        moment,
        Rule(
            "quantity",
            "coalesce(try_cast(replace(trim(quantity), ',', '.') AS DECIMAL(12, 3))::INTEGER, 1)",
            f"{_text('quantity')} IS NOT NULL "
            "AND try_cast(replace(trim(quantity), ',', '.') AS DECIMAL(12, 3)) IS NULL",
            "not a number",
        ),
        _money("price", negative=True),
        Rule(
            "currency",
            f"CASE WHEN {quoted(currency)} = 'RUB' AND lower(trim(currency)) IN {_ROUBLES} "
            f"THEN 'RUB' ELSE upper({_text('currency')}) END",
            f"{found('currency')} <> {quoted(currency)}",
            f"not {currency}, and sums know one currency only",
        ),
    ]


def _events(*, currency: str, zone: str, today: str) -> list[Rule]:  # noqa: ARG001  # one shape
    moment = _moment("ts", zone, needed=True)
    parts = ("subscriber_id", "kind", "ts", "product_id", "item", "value")
    key = " || '|' || ".join(f"coalesce({name}, '')" for name in parts)
    kinds = ", ".join(quoted(kind) for kind in EVENT_KINDS)
    return [
        Rule("event_id", f"coalesce({_text('event_id')}, md5({key}))"),
        _required("subscriber_id"),
        Rule(
            "kind",
            "lower(trim(kind))",
            f"{found('kind')} IS NULL OR {found('kind')} NOT IN ({kinds})",
            "none of " + ", ".join(EVENT_KINDS),
        ),
        moment,
        Rule("product_id", _text("product_id")),
        Rule("item", _text("item")),
        Rule("value", _text("value")),
    ]


def _consents(*, currency: str, zone: str, today: str) -> list[Rule]:  # noqa: ARG001  # one shape
    return [
        _required("subscriber_id"),
        _moment("consent_at", zone, needed=True),
        _required("consent_source"),
        _required("consent_text"),
        Rule("topic", _text("topic")),
    ]


def _opt_outs(*, currency: str, zone: str, today: str) -> list[Rule]:  # noqa: ARG001  # one shape
    scopes = ", ".join(quoted(scope) for scope in SCOPES)
    return [
        _required("subscriber_id"),
        Rule(
            "scope",
            "lower(trim(scope))",
            f"{found('scope')} IS NULL OR {found('scope')} NOT IN ({scopes})",
            "none of " + ", ".join(SCOPES),
        ),
        Rule("name", _text("name")),
        _moment("since", zone, needed=True),
        _moment("until", zone),
    ]


def _suppressions(*, currency: str, zone: str, today: str) -> list[Rule]:  # noqa: ARG001  # one shape
    return [
        Rule("email", _address(), f"{found('email')} IS NULL", "no address"),
        _required("reason"),
        _moment("since", zone, needed=True),
    ]


def _ids(*, currency: str, zone: str, today: str) -> list[Rule]:  # noqa: ARG001  # one shape
    # An address is no id: what is named in a list must say nothing about who it is.
    address = f"({_text('subscriber_id')} IS NULL OR subscriber_id LIKE '%@%')"
    return [Rule("subscriber_id", _text("subscriber_id"), address, "an id, and no address")]


def _text(name: str) -> str:
    return f"nullif(trim({name}), '')"


def _required(name: str) -> Rule:
    return Rule(name, _text(name), f"{found(name)} IS NULL", "missing")


def _unread(name: str, or_else: str = "FALSE") -> str:
    """Return SQL that is true where the file says something that has no value, or a wrong one."""
    return f"{_text(name)} IS NOT NULL AND ({found(name)} IS NULL OR {or_else})"


def _address() -> str:
    """Trim; the domain in lower case. What an address may be is checked apart (`addresses`)."""
    bare = "trim(email)"
    return (
        "CASE WHEN regexp_full_match(email, '[^@\\s]+@[a-z0-9.-]+') THEN email "
        f"WHEN {bare} LIKE '%@%@%' THEN {bare} WHEN {bare} LIKE '%@%' "
        f"THEN split_part({bare}, '@', 1) || '@' || lower(split_part({bare}, '@', 2)) END"
    )


def _name(name: str) -> str:
    """Clean a name: one line, no outer or double spaces, «АННА» as «Анна», nonsense as nothing."""
    # Marks that turn the direction of writing would turn the rest of the reader's line, too.
    unseen = "\\s\\x00-\\x1f\\x7f\\x{200B}\\x{200E}\\x{200F}\\x{202A}-\\x{202E}\\x{2066}-\\x{2069}"
    line = f"trim(regexp_replace({name}, '[{unseen}]+', ' ', 'g'))"
    shouted = f"({line} = upper({line}) OR {line} = lower({line})) AND length({line}) > 1"
    capital = (
        f"array_to_string(list_transform(string_split(lower({line}), '-'), "
        "lambda part: upper(part[1:1]) || part[2:]), '-')"
    )
    nonsense = (
        f"lower({line}) IN ({', '.join(quoted(one) for one in _NO_NAMES)}) "
        f"OR NOT regexp_matches({line}, '\\pL') "
        f"OR regexp_matches({line}, '[<>{{}}@]|https?:|www\\.') "
        f"OR length({line}) > 60"
    )
    # Most names are one capital and some small letters: one look tells that nothing is to be done.
    usual = f"regexp_full_match({name}, '[А-ЯЁA-Z][а-яёa-z]{{1,20}}')"
    known = f"lower({name}) NOT IN ({', '.join(quoted(one) for one in _NO_NAMES)})"
    return (
        f"CASE WHEN {usual} AND {known} THEN {name} "
        f"WHEN {_text(name)} IS NULL THEN NULL WHEN {nonsense} THEN NULL "
        f"WHEN {shouted} THEN {capital} ELSE {line} END"
    )


def _sex() -> str:
    sign = "lower(trim(sex))"
    return (
        f"CASE WHEN {sign} IN ('f', 'female', 'w', 'woman', 'ж', 'жен', 'женский') THEN 'f' "
        f"WHEN {sign} IN ('m', 'male', 'man', 'м', 'муж', 'мужской') THEN 'm' END"
    )


def _code(name: str, *, upper: bool) -> Rule:
    """Two letters; a locale like ru_RU gives its first part."""
    form = "upper" if upper else "lower"
    part = f"regexp_extract(trim({name}), '^([A-Za-z]{{2}})([-_].*)?$', 1)"
    return Rule(name, f"nullif({form}({part}), '')", _unread(name), "not a code of two letters")


def _day(name: str, *, least: str, most: str) -> Rule:
    text = f"left(trim({name}), 10)"
    value = (
        f"coalesce({dotted(text)}::DATE, try_cast({text} AS DATE), "
        f"CAST(try_strptime({text}, {_DAYS}) AS DATE))"
    )
    is_ = found(name)
    far = f"{is_} < DATE {quoted(least)} OR {is_} > DATE {quoted(most)}"
    return Rule(name, value, _unread(name, far), "no such day")


def dotted(text: str, clock: str = "") -> str:
    """Return SQL for the day and time that 05.11.2026 10:30 is, or NULL where that is not its form.

    A list of forms is tried one by one, forty times slower than the commonest by itself.
    """
    form = f"regexp_full_match({text}, '\\d\\d\\.\\d\\d\\.\\d{{4}}{clock}')"
    iso = f"substr({text}, 7, 4) || '-' || substr({text}, 4, 2) || '-' || substr({text}, 1, 2)"
    return f"CASE WHEN {form} THEN try_cast({iso} || substr({text}, 11) AS TIMESTAMP) END"


def _moment(name: str, zone: str, *, needed: bool = False) -> Rule:
    """A moment as UTC: with an offset as it says, without one in the shop's zone."""
    text = f"trim({name})"
    # PostgreSQL writes whole hours: 10:30:00+03.
    there = f"regexp_matches({text}, '\\d{{2}}:\\d{{2}}.*([Zz]|[+-]\\d{{2}}(:?\\d{{2}})?)$')"
    plain = f"try_cast({text} AS TIMESTAMP)"
    # 01/11/26 is a day of the year 1 to the engine, and of 2026 to everybody else.
    recent = f"CASE WHEN {plain} >= TIMESTAMP {quoted(_FIRST_MOMENT)} THEN {plain} END"
    usual = dotted(text, _CLOCK)
    local = f"coalesce({usual}, {recent}, try_strptime({text}, {_MOMENTS}))"
    value = (
        f"CASE WHEN {there} THEN try_cast({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' "
        f"ELSE {local} AT TIME ZONE {quoted(zone)} AT TIME ZONE 'UTC' END"
    )
    is_ = found(name)
    far = f"{is_} < TIMESTAMP {quoted(_FIRST_MOMENT)} OR {is_} >= TIMESTAMP {quoted(_LAST_MOMENT)}"
    wrong = f"{is_} IS NULL OR {far}" if needed else _unread(name, far)
    return Rule(name, value, wrong, "no such date and time")


def _plain_number(name: str) -> str:
    """A number as people write it: spaces between thousands, a comma, a currency's name or sign.

    1,299.90 and 1.299,90 are one number: what stands last parts the fraction.
    """
    bare = (
        f"regexp_replace({name}, "
        "'[\\s\\x{00A0}\\x{202F}\\x{2009}₽$€£'']|руб(ль|ля|лей)?\\.?|р\\.?$|rub|eur|usd', '', 'gi')"
    )
    return (
        f"CASE WHEN regexp_full_match({bare}, '-?\\d{{1,3}}(,\\d{{3}})+\\.\\d+') "
        f"THEN replace({bare}, ',', '') "
        f"WHEN regexp_full_match({bare}, '-?\\d{{1,3}}(\\.\\d{{3}})+,\\d+') "
        f"THEN replace(replace({bare}, '.', ''), ',', '.') ELSE replace({bare}, ',', '.') END"
    )


def _cast(name: str, type_: str) -> str:
    return f"coalesce(try_cast({name} AS {type_}), try_cast({_plain_number(name)} AS {type_}))"


def _money(name: str, *, needed: bool = False, negative: bool = False) -> Rule:
    value = _cast(name, "DECIMAL(12, 2)")
    is_ = found(name)
    wrong = f"{is_} IS NULL" if negative else f"({is_} IS NULL OR {is_} < 0)"
    # 1,299 is a thousand in one country and one in the next: a person has to say which.
    wrong = f"({wrong} OR regexp_full_match(trim({name}), '-?\\d{{1,3}}(,\\d{{3}})+'))"
    if not needed:
        wrong = f"{_text(name)} IS NOT NULL AND {wrong}"
    return Rule(name, value, wrong, "not a price")


def _number(name: str, type_: str, *, least: int, most: int) -> Rule:
    far = f"{found(name)} < {least} OR {found(name)} > {most}"
    return Rule(name, _cast(name, type_), _unread(name, far), "not a number that makes sense")


def _truth(name: str, *, absent: str) -> Rule:
    sign = f"lower(trim({name}))"
    value = (
        f"CASE WHEN {_text(name)} IS NULL THEN {absent} WHEN {sign} IN {_TRUE} THEN TRUE "
        f"WHEN {sign} IN {_FALSE} THEN FALSE ELSE try_cast({sign} AS DOUBLE) > 0 END"
    )
    return Rule(name, value, _unread(name), "neither yes nor no")


def _extra(name: str, type_: str) -> Rule:
    if type_ == "VARCHAR":
        return Rule(name, _text(name))
    if type_ == "DATE":
        return _day(name, least="0001-01-01", most="9999-12-31")
    if type_ == "BOOLEAN":
        return _truth(name, absent="NULL")
    return Rule(name, _cast(name, type_), _unread(name), "not a number")


def guess_type_sql(name: str) -> str:
    """Return SQL that names the narrowest type which all of an extra column's values fit."""
    text = _text(name)
    number = _plain_number(name)
    whole = f"NOT regexp_matches({text}, '^[0+]\\d')"
    fits = {
        "BOOLEAN": f"lower({text}) IN ('true', 'false', 'да', 'нет', 'yes', 'no')",
        "BIGINT": f"try_cast({number} AS BIGINT) IS NOT NULL AND {text} NOT LIKE '%.%' "
        f"AND {text} NOT LIKE '%,%' AND {whole}",
        "DOUBLE": f"try_cast({number} AS DOUBLE) IS NOT NULL AND {whole}",
        "DATE": f"try_strptime({text}, {_DAYS}) IS NOT NULL",
    }
    whens = " ".join(
        f"WHEN bool_and({text} IS NULL OR ({test})) THEN '{type_}'" for type_, test in fits.items()
    )
    return f"CASE WHEN count({text}) = 0 THEN 'VARCHAR' {whens} ELSE 'VARCHAR' END"
