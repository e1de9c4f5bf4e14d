// Every word of the interface, in both languages. `word("key")` reads the chosen one.

const WORDS = {
  ru: {
    "small": "Мельче",
    "of": "из",
    "kb": "КБ",
    "checking": "Проверяю…",
    "openEditor": "Открыть в редакторе",
    "copy": "Скопировать путь",
    "belongs": "Этот человек в другом сегменте:",
    "nothing": "пусто",
    "persona": "придуманы для проверки",
    "plan": "из плана",
    "found": "Нашлось",
    "changes": "отличий",
    "error": "ошибок",
    "warning": "предупреждений",
    "view": "Вид",
    "margin": "Замечания и причины",
    "keysNextSegment": "следующий сегмент / предыдущий",
    "keysSmall": "мельче или крупнее, когда все сегменты рядом",
    "keysFind": "найти человека",
    "keysSend": "отправить себе",
    "keysEml": "скачать .eml",
    "@approved": "одобренное",
    "@planned": "план",
    "@built": "прошлая сборка",
    skip: "К письму", matrix: "Все сегменты", letter: "Одно письмо", difference: "Сравнить",
    issues: "Выпуски", people: "Люди", why: "Почему так", findings: "Замечания", noFindings: "Замечаний нет",
    phone: "Телефон 375", desktop: "Экран 800", free: "Вся ширина",
    light: "Светлая", darkApple: "Тёмная, как в Apple Mail", darkPartial: "Тёмная, как в Outlook", darkFull: "Тёмная, как в Gmail",
    html: "Письмо", text: "Текст", source: "Исходник", headers: "Заголовки",
    images: "Картинки", imagesOff: "Без картинок", person: "Читатель", segment: "Сегмент",
    everyone: "все остальные", peopleCount: "чел.", size: "Размер", clip: "Gmail обрежет после 102 КБ",
    rule: "Правило", values: "Значения", picks: "Рекомендации", choices: "Развилки", holes: "Подстановки",
    fallback: "запасное", taken: "показано", notTaken: "скрыто", noReason: "без причины",
    stale: "Это прошлая удачная версия: нынешняя не собралась", broken: "Письмо не собралось",
    rebuilt: "Пересобрано за", ms: "мс", live: "на связи", lost: "Связь потеряна. Запущен ли pismo preview?",
    send: "Отправить себе", sent: "Отправлено", eml: "Скачать .eml", copyPath: "Путь скопирован", find: "Найти в аудитории",
    findHint: "id человека или условие, например orders = 0 AND city = 'Казань'", nobody: "Никого не нашлось",
    left: "Слева", right: "Справа", against: "Сравнить с", published: "собранное раньше", same: "Слово в слово",
    excluded: "Не получит письмо", help: "Клавиши", close: "Закрыть", invented: "segments/people.toml", example: "Пример сегмента", audience: "из аудитории",
    keysNext: "следующий выпуск / предыдущий", keysSegment: "сегмент по номеру", keysView: "все сегменты / письмо / сравнить",
    keysWidth: "ширина", keysTheme: "тема", keysImages: "картинки", keysMode: "письмо / текст / исходник / заголовки", keysPerson: "следующий читатель", keysHelp: "эта подсказка",
    draft: "черновик", subject: "Тема", preheader: "Прехедер", from: "От", empty: "Здесь пока нет выпусков. Начните так: pismo new issue",
    theme: "Тема", width: "Ширина", mode: "Вид", language: "English",
  },
  en: {
    "small": "Smaller",
    "of": "of",
    "kb": "KB",
    "checking": "Checking…",
    "openEditor": "Open in the editor",
    "copy": "Copy the path",
    "belongs": "This person is in another segment:",
    "nothing": "nothing",
    "persona": "invented to test with",
    "plan": "from the plan",
    "found": "Found",
    "changes": "differences",
    "error": "errors",
    "warning": "warnings",
    "view": "View",
    "margin": "Findings and reasons",
    "keysNextSegment": "next segment / previous",
    "keysSmall": "smaller or larger, with all segments side by side",
    "keysFind": "find somebody",
    "keysSend": "send to myself",
    "keysEml": "download .eml",
    "@approved": "what was approved",
    "@planned": "the plan",
    "@built": "the last build",
    skip: "To the letter", matrix: "All segments", letter: "One letter", difference: "Compare",
    issues: "Issues", people: "People", why: "Why", findings: "Findings", noFindings: "No findings",
    phone: "Phone 375", desktop: "Desktop 800", free: "Full width",
    light: "Light", darkApple: "Dark as in Apple Mail", darkPartial: "Dark as in Outlook", darkFull: "Dark as in Gmail",
    html: "Letter", text: "Text", source: "Source", headers: "Headers",
    images: "Images", imagesOff: "No images", person: "Reader", segment: "Segment",
    everyone: "everybody else", peopleCount: "people", size: "Size", clip: "Gmail clips after 102 KB",
    rule: "Rule", values: "Values", picks: "Recommendations", choices: "Choices", holes: "Holes",
    fallback: "fallback", taken: "shown", notTaken: "hidden", noReason: "no reason",
    stale: "This is the last good version: the present one does not build", broken: "The letter does not build",
    rebuilt: "Rebuilt in", ms: "ms", live: "live", lost: "Connection lost. Is pismo preview running?",
    send: "Send to myself", sent: "Sent", eml: "Download .eml", copyPath: "Path copied", find: "Find in the audience",
    findHint: "a person's id or a condition, such as orders = 0 AND city = 'Kazan'", nobody: "Nobody found",
    left: "Left", right: "Right", against: "Compare with", published: "the earlier build", same: "Word for word the same",
    excluded: "Gets no letter", help: "Keys", close: "Close", invented: "segments/people.toml", example: "Segment's example", audience: "from the audience",
    keysNext: "next issue / previous", keysSegment: "segment by number", keysView: "all segments / letter / compare",
    keysWidth: "width", keysTheme: "theme", keysImages: "images", keysMode: "letter / text / source / headers", keysPerson: "next reader", keysHelp: "this help",
    draft: "draft", subject: "Subject", preheader: "Preheader", from: "From", empty: "No issues yet. Begin with: pismo new issue",
    theme: "Theme", width: "Width", mode: "View", language: "Русский",
  },
};

let language = "ru";

export function speak(chosen) {
  language = chosen === "en" ? "en" : "ru";
  document.documentElement.lang = language;
}

export function spoken() {
  return language;
}

export function word(key) {
  return WORDS[language][key] ?? key;
}
