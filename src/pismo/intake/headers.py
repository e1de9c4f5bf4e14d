"""What exports of shops and CRMs call the columns that pismo knows, in two languages.

As 1C, Bitrix, RetailCRM, InSales, Mindbox, UniSender, Shopify, WooCommerce and Mailchimp write
them, or their users. A header counts by its letters and digits alone: `Order ID`, `orderId` and
`order_id` are one.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

_MOMENT = r"дат|врем|когда|date|time|_at$|^at$"
_LOOKS = {
    "subscriber_id": r"(?:^|_)(?:id|ид|код|uid|guid)|номер|клиент|покупат|client|customer|user",
    "email": r"mail|почт|мейл",
    "product_id": r"sku|артик|товар|product|item",
    "title": r"назв|наимен|name|title",
    "price": r"цен|price|стоим|cost",
    "kind": r"тип|вид|type|action",
    "reason": r"прич|reason|status|стат",
} | dict.fromkeys(("ts", "since", "consent_at"), _MOMENT)
"""What the header of a column that every row needs probably has in it."""
_UNITS = re.compile(r"_(?:руб|rub|р|шт|pcs|utc|мск)$")

SYNONYMS: dict[str, dict[str, str]] = {
    "subscribers": {
        "subscriber_id": (
            "id user_id customer_id client_id uid код код_клиента ид номер_клиента "
            "external_id user_code ид_клиента ид_пользователя номер_покупателя "
            "код_покупателя код_контакта id_контакта id_клиента id_подписчика"
        ),
        "email": (
            "e_mail mail почта электронная_почта эл_почта адрес_почты емейл имейл "
            "email_address user_email адрес_электронной_почты электронный_адрес эл_адрес"
        ),
        "first_name": "name firstname имя given_name billing_first_name имя_клиента имя_получателя",
        "last_name": "lastname surname фамилия family_name billing_last_name",
        "sex": "gender пол",
        "city": "town город billing_city default_address_city город_доставки населенный_пункт",
        "country": "страна country_code default_address_country_code код_страны",
        "language": "lang locale язык locale_code язык_общения",
        "timezone": "time_zone tz часовой_пояс",
        "birthday": (
            "birth_date birthdate date_of_birth dob дата_рождения день_рождения др "
            "date_birth born день_рожденья"
        ),
        "signup_date": (
            "created_at created registered_at signup дата_подписки дата_регистрации "
            "registration_date date_created date_joined дата_создания дата_добавления "
            "зарегистрирован клиент_с"
        ),
        "children_min_age": "возраст_младшего возраст_младшего_ребенка",
        "children_max_age": "возраст_старшего возраст_старшего_ребенка",
        "interests": "интересы",
        "points": (
            "bonus bonuses баллы бонусы bonus_balance loyalty_points бонусный_баланс "
            "остаток_баллов количество_баллов"
        ),
        "tier": "level уровень статус loyalty_level уровень_лояльности статус_клиента",
        "consent_at": (
            "consent_date дата_согласия согласие consented_at consent_given gdpr_date "
            "optin_time opt_in_time confirm_time согласие_дано согласие_получено "
            "дата_получения_согласия дата_подтверждения когда_дано_согласие"
        ),
        "consent_source": (
            "источник_согласия consent_channel opt_in_source optin_source откуда_согласие "
            "где_дано_согласие форма_согласия"
        ),
        "consent_text": "текст_согласия consent_wording consent_version версия_согласия",
    },
    "products": {
        "product_id": (
            "id sku артикул код код_товара offer_id variant_sku vendor_code product_code ид "
            "ид_товара id_товара код_номенклатуры"
        ),
        "title": (
            "name название наименование товар product_name product название_товара "
            "наименование_товара номенклатура"
        ),
        "url": "link ссылка адрес product_url permalink ссылка_на_товар страница",
        "image": (
            "image_url picture картинка фото image_src изображение изображения ссылка_на_картинку"
        ),
        "price": "цена regular_price variant_price цена_продажи розничная_цена цена_сейчас",
        "old_price": (
            "price_before старая_цена цена_до_скидки compare_at_price list_price "
            "цена_без_скидки зачеркнутая_цена"
        ),
        "currency": "валюта currency_id currency_code",
        "category": (
            "категория раздел product_type categories группа группа_товаров категория_товара"
        ),
        "in_stock": (
            "stock available наличие в_наличии остаток availability quantity_available "
            "остаток_на_складе количество_на_складе есть_в_наличии"
        ),
        "published": (
            "visible опубликован is_published active опубликовано активен активность показывать"
        ),
        "family_id": "family серия group_id item_group_id",
        "added_at": "created_at added дата_появления date_added дата_создания дата_добавления",
    },
    "purchases": {
        "subscriber_id": (
            "user_id customer_id client_id покупатель код_клиента клиент id_покупателя "
            "ид_клиента id_клиента номер_клиента код_покупателя номер_покупателя"
        ),
        "product_id": (
            "sku артикул код_товара товар item_id lineitem_sku line_item_sku product_code "
            "variant_sku ид_товара id_товара код_номенклатуры номенклатура"
        ),
        "order_id": (
            "order invoice заказ номер_заказа order_number order_no invoice_no "
            "invoice_number номер код_заказа id_заказа ид_заказа номер_чека чек"
        ),
        "ts": (
            "date time created_at дата время дата_заказа order_date purchase_date "
            "purchased_at ordered_at paid_at date_created timestamp datetime дата_покупки "
            "дата_оплаты дата_продажи дата_создания дата_и_время дата_чека куплено оплачен"
        ),
        "quantity": (
            "qty count количество кол_во lineitem_quantity units amount_of кол количество_товара шт"
        ),
        "price": (
            "цена unit_price lineitem_price item_price цена_за_штуку цена_за_единицу "
            "цена_товара цена_продажи"
        ),
        "currency": "валюта currency_code",
    },
    "events": {
        "event_id": "id номер_события uuid id_события ид_события",
        "subscriber_id": (
            "user_id customer_id client_id код_клиента клиент ид_клиента id_клиента "
            "номер_клиента код_покупателя"
        ),
        "kind": (
            "type event тип событие event_type event_name action вид действие тип_события "
            "вид_события"
        ),
        "ts": (
            "date time created_at дата время timestamp datetime event_time event_date "
            "occurred_at дата_события время_события дата_и_время когда"
        ),
        "product_id": "sku артикул код_товара товар item_id ид_товара id_товара",
        "item": "campaign issue выпуск опрос",
        "value": "answer ответ значение оценка",
    },
    "consents": {
        "subscriber_id": (
            "user_id customer_id client_id id код_клиента ид_клиента id_клиента "
            "номер_клиента код_покупателя"
        ),
        "consent_at": (
            "ts date given_at дата дата_согласия consented_at consent_date согласие_дано "
            "согласие_получено дата_получения_согласия когда"
        ),
        "consent_source": "source where источник channel откуда источник_согласия форма где",
        "consent_text": "text wording текст consent_wording версия текст_согласия",
        "topic": "тема",
    },
    "opt-outs": {
        "subscriber_id": (
            "user_id customer_id client_id id код_клиента ид_клиента id_клиента "
            "номер_клиента код_покупателя"
        ),
        "scope": "kind what от_чего",
        "name": "topic newsletter тема рассылка",
        "since": "ts date дата unsubscribed_at unsub_time opted_out_at дата_отписки отписан с",
        "until": "до",
    },
    "suppressions": {
        "email": (
            "address e_mail почта адрес mail email_address user_email электронная_почта "
            "адрес_почты адрес_электронной_почты"
        ),
        "reason": "причина status why статус",
        "since": "ts date дата created_at timestamp last_changed дата_добавления с",
    },
    "ids": {
        "subscriber_id": (
            "id ids user_id customer_id client_id uid код код_клиента ид ид_клиента "
            "id_клиента номер_клиента код_покупателя номер"
        ),
    },
}
"""Headers by what they are of, by our column."""


def normal(header: str) -> str:
    """Return a header's letters and digits in lower case, ё as е, the rest as `_`."""
    return re.sub(r"[^0-9a-zа-я]+", "_", header.strip().lower().replace("ё", "е")).strip("_")


def column_of(table: str, header: str) -> str:
    """Return which of a table's columns a header means, or ''."""
    known, name = _known(table), normal(header)
    return known.get(_same(name), known.get(_same(_UNITS.sub("", name)), ""))


def likely(column: str, headers: Sequence[str]) -> str:
    """Return the header that may be of a column although nobody has called it so yet, or ''."""
    looks = _LOOKS.get(column, column)
    return next((one for one in headers if re.search(looks, normal(one))), "")


@cache
def _known(table: str) -> Mapping[str, str]:
    return {
        _same(word): name
        for name, words in SYNONYMS[table].items()
        for word in (*words.split(), name)
    }


def _same(header: str) -> str:
    return header.replace("_", "")
