"""The words of one video: text of strangers, cleaned; put together from several files; as a document."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import takewhile

LONGEST_TEXT = 20_000
LONGEST_NAME = 300
MOST_HASHTAGS = 200
# Control characters but tabs and line breaks, what turns text around, halves of pairs, and marks of byte order.
_DROPPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
_BREAK = re.compile("\r\n?")
_URL = re.compile(r"https?://\S+")
_HASHTAG = re.compile(r"[#\uff03]([^\s#\uff03]+)")
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True)
class Words:
    """What is said of a video, and what is said or shown in it; hashtags are lower case and without their sign."""

    title: str = ""
    description: str = ""
    hashtags: tuple[str, ...] = ()
    author: str = ""
    sound: str = ""
    speech: str = ""
    language: str = ""
    screen: str = ""

    @classmethod
    def said(cls, *, title: object = "", description: object = "", hashtags: Iterable[object] = (),
             author: object = "", sound: object = "") -> "Words":
        """What somebody said, cleaned; hashtags are also found in title and description. What is no text is none."""
        title, description = cleaned(title), cleaned(description)
        tags = [*hashtags_in(title), *hashtags_in(description), *(_tag(tag) for tag in hashtags)]
        return cls(
            title, description, tuple(dict.fromkeys(filter(None, tags)))[:MOST_HASHTAGS],
            _in_one_line(author), _in_one_line(sound),
        )

    @classmethod
    def of(cls, document: str) -> "Words":
        """What a document of ours holds."""
        known = json.loads(document)
        return cls(**known | {"hashtags": tuple(known.get("hashtags", ()))})

    @property
    def document(self) -> str:
        """All that there is as JSON, the same for the same words; empty for no words."""
        there = {field.name: value for field in fields(self) if (value := getattr(self, field.name))}
        return json.dumps(there, ensure_ascii=False, sort_keys=True) if there else ""


def merged(pieces: Sequence[Words]) -> Words:
    """The words of one video from all that is said of it, the most telling first.

    Of descriptions each that is not part of another counts, of hashtags all, else the first that there is.
    """
    descriptions: list[str] = []
    for text in sorted((piece.description for piece in pieces), key=len, reverse=True):
        if text and not any(text in longer for longer in descriptions):
            descriptions.append(text)
    in_turn = [text for text in dict.fromkeys(piece.description for piece in pieces) if text in descriptions]
    tags = dict.fromkeys(tag for piece in pieces for tag in piece.hashtags)

    def first(name: str) -> str:
        return next(filter(None, (getattr(piece, name) for piece in pieces)), "")

    return Words(
        first("title"), "\n".join(in_turn)[:LONGEST_TEXT], tuple(tags)[:MOST_HASHTAGS], first("author"), first("sound"),
        first("speech"), first("language"), first("screen"),
    )


def source_of(document: str) -> bytes:
    """The hash that a document is kept by."""
    return hashlib.blake2b(document.encode(), digest_size=16).digest()


def cleaned(text: object, longest: int = LONGEST_TEXT) -> str:
    """A text in composed form without control characters and blanks around it; empty for what is no text."""
    if not isinstance(text, str):
        return ""
    # What comes after is never looked at, however long a stranger made it.
    text = _BREAK.sub("\n", text[: longest * 4])
    return unicodedata.normalize("NFC", _DROPPED.sub("", text)).strip()[:longest].rstrip()


def hashtags_in(text: str) -> Iterator[str]:
    """The hashtags of a text in every script, also those that stand close together; addresses have none."""
    for found in _HASHTAG.finditer(_URL.sub(" ", text)):
        tag = "".join(takewhile(_is_of_tag, found[1]))
        if not tag.isdigit():
            yield _tag(tag)


def _is_of_tag(character: str) -> bool:
    return character == "_" or character in _JOINERS or unicodedata.category(character)[0] in "LNM"


def _tag(tag: object) -> str:
    return _in_one_line(tag).lstrip("#\uff03").strip().lower()


def _in_one_line(text: object) -> str:
    return " ".join(cleaned(text, LONGEST_NAME).split())
