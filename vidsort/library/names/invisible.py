"""Characters that nobody sees, or that turn the text around them: where names may have them, and how they are shown."""

import re
import unicodedata

# Categories Cc, Cf, Zl and Zp, and what Unicode calls default ignorable, and blanks that are letters or symbols;
# but no Cf that is drawn (Arabic number signs). https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
_RANGES = (
    (0x00, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
# The inside of a character class, also for the schema: plain characters, since each dialect escapes in its own way.
INVISIBLE = "".join(f"{chr(first)}-{chr(last)}" for first, last in _RANGES)
_INVISIBLE = re.compile(f"[{INVISIBLE}]")

# Surrogates, characters for private use, and what is assigned to none.
_NO_LETTERS = ("Cs", "Co", "Cn")
_JOINERS = "\u200c\u200d"
_EMOJI_JOINER = "\u200d"
_EMOJI_STYLES = "\ufe0e\ufe0f"
_KEYCAP = "\u20e3"
_INFORMATION = "\u2139"
_VIRAMA = 9  # its combining class


def first_invisible(name: str) -> str | None:
    """The first invisible or turning character that does no work where it stands, None where there is none.

    Joiners inside Arabic and Indic words and in emoji, and the style of an emoji, are part of what is seen.
    """
    found = (match.start() for match in _INVISIBLE.finditer(name))
    return next((name[place] for place in found if not _works(name, place)), None)


def with_codes(text: str) -> str:
    """The text with each such character by its code, as in `foo[U+200B]d`, so that a person sees that it is there."""
    return _INVISIBLE.sub(lambda match: match[0] if _works(text, match.start()) else code_of(match[0]), text)


def lines_with_codes(text: str) -> str:
    """The same of a text of several lines, with what no letter is (half a pair, an unassigned one) as U+FFFD."""
    return "\n".join(
        "".join(one if unicodedata.category(one) not in _NO_LETTERS else "\ufffd" for one in with_codes(line))
        for line in text.split("\n")
    )


def code_of(character: str) -> str:
    """`[U+200B]`."""
    return f"[U+{ord(character):04X}]"


def _works(text: str, place: int) -> bool:
    mark, before, after = text[place], text[place - 1 : place], text[place + 1 : place + 2]
    if not before or (_INVISIBLE.match(before) and not (before in _EMOJI_STYLES and _works(text, place - 1))):
        return False
    kind = unicodedata.category(before)
    if mark in _EMOJI_STYLES:
        return after == _KEYCAP if before.isascii() else kind[0] in "SP" or before == _INFORMATION
    if mark not in _JOINERS or not after or _INVISIBLE.match(after):
        return False
    if mark == _EMOJI_JOINER and unicodedata.category(after) == "So":
        return kind in ("So", "Sk") or before in _EMOJI_STYLES
    is_arabic = {unicodedata.bidirectional(before), unicodedata.bidirectional(after)} == {"AL"}
    return is_arabic or unicodedata.combining(before) == _VIRAMA
