"""Text as it is indexed and searched: one form for what people take for the same word, in every script."""

import re
import unicodedata

# Scripts that are written without spaces between words (Thai, Lao, Tibetan, Burmese, Khmer, Chinese, Japanese): each
# character is a word of its own, and a query of several is a phrase.
_UNSPACED = (
    (0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A20, 0x1AAF), (0x2E80, 0x2FDF),
    (0x3005, 0x3007), (0x3021, 0x3029), (0x3031, 0x30FF), (0x3100, 0x312F), (0x31A0, 0x31FF), (0x3400, 0x4DBF),
    (0x4E00, 0xA4CF), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0xF900, 0xFAFF), (0x1AFF0, 0x1B2FF), (0x20000, 0x3FFFF),
)
# Accents, the points of Arabic and Hebrew, joiners, styles and skins of emoji: who searches leaves them out.
_LEFT_OUT = re.compile(
    "[\u00ad\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff]"
)


class _Spaced(dict[int, str]):
    """What becomes of a character: itself in a word, apart from all others, or a space."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if any(first <= code <= last for first, last in _UNSPACED) and category[0] in "LNM":
            shown = f" {character} "
        elif category[0] in "LNM":
            shown = character
        # Emoji, also those that came after this Python did.
        elif category == "So" or (category in ("Sk", "Cn", "Co") and code > 0xFFFF):
            shown = f" {character} "
        else:
            shown = " "
        self[code] = shown
        return shown


_spaced = _Spaced()


def folded(text: str) -> str:
    """Words with spaces between them; case, accents and width of characters do not count."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = unicodedata.normalize("NFC", _LEFT_OUT.sub("", text.casefold()))
    return " ".join(text.lower().translate(_spaced).split())
