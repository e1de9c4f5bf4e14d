"""Words for invented people and products: common ones by weight, Faker's vocabulary as the tail.

Faker's own lists are alphabetical and full of archaic names and tiny towns: sampled evenly, they
make a sea of Мартьяны from Абинск. So the head is by hand, and Faker is met now and then.
"""

from typing import TYPE_CHECKING

from pismo.records import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FEMALE = (
    "Анна 60 Мария 58 Елена 62 Ольга 58 Наталья 56 Екатерина 54 Татьяна 50 Ирина 50 Светлана 42 "
    "Юлия 40 Анастасия 38 Дарья 30 Ксения 22 Александра 20 Виктория 20 Полина 16 Надежда 15 "
    "Людмила 15 Галина 14 Марина 26 Евгения 22 Алина 16 Софья 14 Вера 12 Любовь 10 Валентина 10 "
    "Алёна 10 Кристина 12 Варвара 8 Алиса 7 Лилия 6 Зоя 4 Гульнара 4 Алсу 3 Мадина 3 София 9"
)
_MALE = (
    "Александр 70 Сергей 62 Дмитрий 56 Андрей 54 Алексей 54 Михаил 34 Евгений 32 Иван 34 "
    "Владимир 38 Николай 26 Максим 30 Павел 26 Артём 24 Игорь 26 Роман 22 Денис 20 Антон 18 "
    "Кирилл 18 Олег 18 Илья 20 Юрий 18 Виктор 16 Константин 14 Никита 16 Григорий 8 Пётр 8 Егор 12 "
    "Степан 5 Фёдор 6 Тимур 8 Руслан 8 Ринат 4 Даниил 12 Лев 5 Глеб 5 Матвей 6"
)
_SURNAMES = (
    "Иванов 60 Смирнов 55 Кузнецов 48 Попов 44 Васильев 38 Петров 36 Соколов 34 Михайлов 30 "
    "Новиков 30 Фёдоров 26 Морозов 26 Волков 24 Алексеев 22 Лебедев 22 Семёнов 22 Егоров 20 "
    "Павлов 20 Козлов 20 Степанов 18 Николаев 18 Орлов 16 Андреев 16 Макаров 16 Никитин 14 "
    "Захаров 14 Зайцев 14 Соловьёв 14 Борисов 12 Яковлев 12 Григорьев 12 Романов 10 Воробьёв 10 "
    "Сергеев 10 Кузьмин 9 Фролов 9 Александров 8 Дмитриев 8 Королёв 8 Гусев 8 Киселёв 8 Ильин 7 "
    "Максимов 7 Поляков 7 Сорокин 7 Виноградов 6 Ковалёв 6 Белов 6 Медведев 6 Антонов 5 Тарасов 5 "
    "Галеев 3 Хасанов 3 Сафин 2"
)
_ENGLISH_FEMALE = "Emma 9 Olivia 8 Sarah 8 Emily 8 Laura 6 Kate 6 Grace 5 Alice 5 Helen 4 Ruth 3"
_ENGLISH_MALE = "James 9 John 8 David 8 Michael 7 Thomas 6 Daniel 6 Peter 5 Oliver 5 Simon 3 Hugh 2"
_ENGLISH_SURNAMES = (
    "Smith 9 Jones 7 Taylor 6 Brown 6 Wilson 5 Evans 4 Walker 4 Wright 4 Hill 3 Ward 2"
)

_CITIES = (
    ("Москва", "RU", "Europe/Moscow", 1310),
    ("Санкт-Петербург", "RU", "Europe/Moscow", 560),
    ("Новосибирск", "RU", "Asia/Novosibirsk", 163),
    ("Екатеринбург", "RU", "Asia/Yekaterinburg", 154),
    ("Казань", "RU", "Europe/Moscow", 132),
    ("Красноярск", "RU", "Asia/Krasnoyarsk", 120),
    ("Нижний Новгород", "RU", "Europe/Moscow", 120),
    ("Челябинск", "RU", "Asia/Yekaterinburg", 118),
    ("Уфа", "RU", "Asia/Yekaterinburg", 116),
    ("Самара", "RU", "Europe/Samara", 116),
    ("Ростов-на-Дону", "RU", "Europe/Moscow", 114),
    ("Краснодар", "RU", "Europe/Moscow", 114),
    ("Омск", "RU", "Asia/Omsk", 110),
    ("Воронеж", "RU", "Europe/Moscow", 105),
    ("Пермь", "RU", "Asia/Yekaterinburg", 103),
    ("Волгоград", "RU", "Europe/Volgograd", 102),
    ("Саратов", "RU", "Europe/Saratov", 88),
    ("Тюмень", "RU", "Asia/Yekaterinburg", 86),
    ("Тольятти", "RU", "Europe/Samara", 67),
    ("Барнаул", "RU", "Asia/Barnaul", 62),
    ("Ижевск", "RU", "Europe/Samara", 62),
    ("Махачкала", "RU", "Europe/Moscow", 62),
    ("Хабаровск", "RU", "Asia/Vladivostok", 61),
    ("Ульяновск", "RU", "Europe/Ulyanovsk", 61),
    ("Иркутск", "RU", "Asia/Irkutsk", 61),
    ("Владивосток", "RU", "Asia/Vladivostok", 60),
    ("Ярославль", "RU", "Europe/Moscow", 57),
    ("Томск", "RU", "Asia/Tomsk", 55),
    ("Кемерово", "RU", "Asia/Novokuznetsk", 55),
    ("Набережные Челны", "RU", "Europe/Moscow", 54),
    ("Оренбург", "RU", "Asia/Yekaterinburg", 54),
    ("Рязань", "RU", "Europe/Moscow", 52),
    ("Пенза", "RU", "Europe/Moscow", 49),
    ("Липецк", "RU", "Europe/Moscow", 48),
    ("Тула", "RU", "Europe/Moscow", 46),
    ("Калининград", "RU", "Europe/Kaliningrad", 49),
    ("Тверь", "RU", "Europe/Moscow", 41),
    ("Якутск", "RU", "Asia/Yakutsk", 35),
    ("Петропавловск-Камчатский", "RU", "Asia/Kamchatka", 16),
    ("Минск", "BY", "Europe/Minsk", 60),
    ("Алматы", "KZ", "Asia/Almaty", 40),
    ("Ереван", "AM", "Asia/Yerevan", 20),
    ("Белград", "RS", "Europe/Belgrade", 12),
    ("Катманду", "NP", "Asia/Kathmandu", 2),
    ("Сент-Джонс", "CA", "America/St_Johns", 2),
    ("Уаитанги", "NZ", "Pacific/Chatham", 1),
)
"""City, country, zone, readers it may send us; the last three try a clock's patience."""

DOMAINS = ("example.com", "example.org", "example.net", "pochta.example", "mail.example")
"""Reserved for documentation (RFC 2606): a letter to them reaches nobody."""

CATEGORIES: dict[str, tuple[float, int]] = {
    "family": (0.20, 2100), "kids": (0.14, 1100), "party": (0.14, 1500), "strategy": (0.14, 4200),
    "cooperative": (0.11, 2500), "duel": (0.08, 1600), "cards": (0.08, 800),
    "wargames": (0.05, 3500), "puzzle": (0.04, 1100), "accessories": (0.02, 900),
}  # fmt: skip
"""Category -> share of tastes, usual price in roubles; for whatever the catalogue does not name."""

_WHAT = (
    "Тайна Хозяева Дорога Легенда Сокровища Осада Хранители Загадка Ярмарка Гавань Голоса Призрак "
    "Мастера Ключ Спор Праздник Экспедиция Долина Письма Возвращение"
)
_OF = (
    "северного ветра|медного короля|старой мельницы|забытой станции|двух морей|янтарного леса|"
    "рыжей лисы|лунного трамвая|тихого омута|зимнего сада|каменного моста|последнего дилижанса|"
    "третьей смены|ночной почты|бумажного дракона|соседнего двора|белого маяка|семи холмов|"
    "бабушкиного чердака|верхнего озера|стеклянного города|доброго великана|упрямого осла|"
    "пропавшего обоза|летней эстрады|деревянных рыцарей|чужого чемодана|хмурого сыщика|"
    "облачной фермы|малинового вагона|говорящего камина|морского рынка|железного сада|"
    "синей папки|голубиной почты|старшей сестры|полярного дня|тёплого снега|сырного замка|"
    "бродячего цирка"
)
_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_LATIN = "a b v g d e e zh z i y k l m n o p r s t u f h ts ch sh sch  y  e yu ya"


@dataclass(frozen=True, slots=True)
class Words:
    """Words with the odds of meeting each; `latin` is the same in Latin letters, for addresses."""

    words: tuple[str, ...]
    odds: "NDArray[np.float64]"

    @property
    def latin(self) -> tuple[str, ...]:
        """The words as they would stand in an address."""
        return tuple(transliterated(word) for word in self.words)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names of one language: first names and surnames by sex (index 0 female, 1 male)."""

    first: tuple[Words, Words]
    last: tuple[Words, Words]


def vocabularies() -> dict[str, Vocabulary]:
    """Return names by language, the tail from Faker."""
    from faker.providers.person.en_US import Provider as English
    from faker.providers.person.ru_RU import Provider as Russian

    surnames = _pairs(_SURNAMES)
    return {
        "ru": Vocabulary(
            (
                _words(_pairs(_FEMALE), Russian.first_names_female, 0.03),
                _words(_pairs(_MALE), Russian.first_names_male, 0.03),
            ),
            (
                _words(
                    {name + "а": odds for name, odds in surnames.items()},
                    Russian.last_names_female,
                    0.25,
                ),
                _words(surnames, Russian.last_names_male, 0.25),
            ),
        ),
        "en": Vocabulary(
            (
                _words(_pairs(_ENGLISH_FEMALE), English.first_names_female, 0.3),
                _words(_pairs(_ENGLISH_MALE), English.first_names_male, 0.3),
            ),
            (
                _words(_pairs(_ENGLISH_SURNAMES), English.last_names, 0.4),
                _words(_pairs(_ENGLISH_SURNAMES), English.last_names, 0.4),
            ),
        ),
    }


def cities() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], "NDArray[np.float64]"]:
    """Return names, countries, zones ('' where the shop would not know), and odds."""
    import numpy as np
    from faker.providers.address.ru_RU import Provider

    head = {city for city, *_ in _CITIES}
    tail = sorted(set(Provider.city_names) - head)
    odds = np.array([weight for *_, weight in _CITIES], dtype=np.float64)
    small = np.full(len(tail), odds.sum() * 0.06 / len(tail))
    every = np.concatenate([odds, small])
    return (
        (*(city for city, *_ in _CITIES), *tail),
        (*(country for _, country, *_ in _CITIES), *("RU" for _ in tail)),
        (*(zone for _, _, zone, _ in _CITIES), *("" for _ in tail)),
        every / every.sum(),
    )


def invented_title(number: int) -> str:
    """Return the title of an invented game: grammatical for every number, never repeated."""
    heads, tails = _WHAT.split(), _OF.split("|")
    part, place = divmod(number, len(heads) * len(tails))
    what = place % len(heads)
    # A step that shares no factor with the tails' number mixes them, and meets each pair once.
    of = (place // len(heads) + 7 * what) % len(tails)
    title = f"{heads[what]} {tails[of]}"
    return title if part == 0 else f"{title}. Часть {part + 1}"


def transliterated(word: str) -> str:
    """Write a Russian word in Latin letters, as people do in addresses."""
    letters = dict(zip(_RUSSIAN, _LATIN.split(" "), strict=True))
    made = "".join(letters.get(letter, letter) for letter in word.lower())
    return "".join(letter for letter in made if letter.isascii() and letter.isalnum())


def _pairs(text: str) -> dict[str, float]:
    words = text.split()
    return dict(zip(words[::2], map(float, words[1::2]), strict=True))


def _words(head: dict[str, float], tail: object, share: float) -> Words:
    import numpy as np

    rest = sorted(set(tail) - set(head)) if isinstance(tail, list | tuple | dict) else []
    odds = np.array(list(head.values()), dtype=np.float64)
    odds = odds / odds.sum() * (1 - share)
    every = np.concatenate([odds, np.full(len(rest), share / max(len(rest), 1))])
    return Words((*head, *rest), every / every.sum())
