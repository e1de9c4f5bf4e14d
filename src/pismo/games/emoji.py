"""Where one emoji ends and the next begins, without a table of all of them."""

import unicodedata

_ZWJ = "\u200d"
_VARIATION = "\ufe0f"
_KEYCAP = "\u20e3"


def is_symbol(character: str) -> bool:
    """Tell whether a character can start an emoji (also one newer than Python's tables)."""
    category = unicodedata.category(character)
    return (category in ("So", "Sk", "Sm") and character not in "^+=<>|~` ½") or (
        category == "Cn" and ord(character) >= 0x1F000
    )


def emoji_at(text: str, start: int) -> str:
    """Return the one emoji that starts at `start`, with all its modifiers, or ''."""
    if start >= len(text) or not is_symbol(text[start]):
        return ""
    end = start + 1
    if _is_flag_letter(text[start]) and end < len(text) and _is_flag_letter(text[end]):
        return text[start : end + 1]
    while end < len(text):
        if text[end] == _ZWJ and end + 1 < len(text) and is_symbol(text[end + 1]):
            end += 2
        elif text[end] in (_VARIATION, _KEYCAP) or _is_modifier(text[end]):
            end += 1
        else:
            break
    return text[start:end]


def bare(emoji: str) -> str:
    """Return an emoji without variation selectors and skin tones: the key of the lexicon."""
    return "".join(sign for sign in emoji if sign != _VARIATION and not _is_skin_tone(sign))


def _is_flag_letter(sign: str) -> bool:
    return 0x1F1E6 <= ord(sign) <= 0x1F1FF


def _is_skin_tone(sign: str) -> bool:
    return 0x1F3FB <= ord(sign) <= 0x1F3FF


def _is_modifier(sign: str) -> bool:
    return _is_skin_tone(sign) or 0xE0020 <= ord(sign) <= 0xE007F
