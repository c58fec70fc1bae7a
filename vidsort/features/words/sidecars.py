"""What the files of words beside a video say: JSON of yt-dlp and gallery-dl, and plain descriptions."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .reading import json_of, read_bytes, text_of
from .text import Words, cleaned

# Keys as yt-dlp has them in `.info.json`, and gallery-dl of each site in its own; the first that has a text counts.
# https://github.com/yt-dlp/yt-dlp#output-template, https://github.com/mikf/gallery-dl (extractor/*.py)
TITLES = ("title", "fulltitle")
DESCRIPTIONS = ("description", "desc", "caption", "content", "text", "selftext")
AUTHORS = ("author", "uploader", "user", "username", "owner", "creator", "channel")
HANDLES = ("uniqueId", "unique_id", "username", "screen_name", "name", "handle")
NICKNAMES = ("nickname", "nick", "full_name", "fullname", "display_name")
HASHTAGS = ("tags", "hashtags", "challenges", "cha_list", "textExtra", "text_extra", "categories", "keywords", "genre")
TAG_NAMES = ("hashtagName", "hashtag_name", "title", "cha_name", "name", "text")
TRACKS, ARTISTS = ("track", "music_title"), ("artist", "artists", "music_author")
MUSIC = ("music", "sound", "audio")
# What exporters write where a video has no title.
_NO_TITLE = re.compile(r"TikTok (?:video|photo|audio) #\d+")


def words_in(path: Path, form: str) -> Words:
    """The words in a sidecar of this form; raises FileNotFoundError, and Unusable with the reason."""
    text = text_of(read_bytes(path))
    return Words.said(description=text) if form == ".description" else words_of(json_of(text))


def words_of(known: Mapping[str, Any]) -> Words:
    """The words in what an exporter wrote down of a video; what has another type than it should is passed over."""
    title = _first(known, TITLES)
    texts = (cleaned(known.get(name)) for name in DESCRIPTIONS)
    return Words.said(
        title="" if _NO_TITLE.fullmatch(title) else title,
        description="\n".join(dict.fromkeys(filter(None, texts))),
        hashtags=[tag for name in HASHTAGS for tag in _tags(known.get(name))],
        author=_author(known),
        sound=_sound(known),
    )


def named(handle: str, nickname: str) -> str:
    """An author: `handle (nickname)`, or whichever there is."""
    handle = handle.lstrip("@")
    return f"{handle} ({nickname})" if handle and nickname and nickname != handle else handle or nickname


def _first(known: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next(filter(None, (cleaned(known.get(name)) for name in names)), "")


def _author(known: Mapping[str, Any]) -> str:
    for name in AUTHORS:
        value = known.get(name)
        if isinstance(value, dict) and (author := named(_first(value, HANDLES), _first(value, NICKNAMES))):
            return author
        if text := cleaned(value):
            # Of yt-dlp's TikToks the channel is the name that is shown, the uploader the one that stays.
            return named(text, cleaned(known.get("channel")) if name == "uploader" else "")
    return ""


def _sound(known: Mapping[str, Any]) -> str:
    for name in MUSIC:
        value = known.get(name)
        if isinstance(value, dict):
            title, artist = _first(value, ("title", "name")), _first(value, ("authorName", "author", "artist"))
            if title:
                return _by(title, artist)
        elif text := cleaned(value):
            return text
    artists = known.get("artists")
    artist = ", ".join(filter(None, map(cleaned, artists))) if isinstance(artists, list) else ""
    return _by(_first(known, TRACKS), artist or _first(known, ARTISTS))


def _by(title: str, artist: str) -> str:
    return " \u00b7 ".join(filter(None, (title, artist)))


def _tags(value: object) -> Iterator[str]:
    """Tags in a list of texts or of objects, in an object by their names, or in one text."""
    if isinstance(value, str):
        text = cleaned(value)
        yield from re.split("[,;]", text) if re.search("[,;]", text) else text.split()
    elif isinstance(value, list):
        for one in value:
            if isinstance(one, dict):
                yield _first(one, TAG_NAMES)
            else:
                yield cleaned(one)
