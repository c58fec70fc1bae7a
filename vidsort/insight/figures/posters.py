"""Videos as a grid of posters."""

import atexit
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import VidsortError
from ...features.contents import path_now
from ...media.pictures import Pictures
from ...records import Video
from ...store.database import shared_dir
from .shown import FAINT, GRID, INK, Shown, data_url, escape


@dataclass(frozen=True)
class Card:
    """One video: its poster as WebP (None where there is none), a line in bold and a line below."""

    picture: bytes | None
    title: str
    text: str = ""


def posters(cards: Sequence[Card], *, heading: str = "", width_px: int = 108, nothing: str = "None.") -> Shown:
    """A grid of cards in their order; `nothing` is said where there are none."""
    title = f'<p style="margin:.8em 0 .2em;font-weight:600">{escape(heading)}</p>' if heading else ""
    if not cards:
        return Shown(f"{title}<p>{escape(nothing)}</p>", nothing)
    grid = "display:flex;flex-wrap:wrap;gap:10px;align-items:flex-start"
    shown = "".join(_card(card, width_px) for card in cards)
    return Shown(f'{title}<div style="{grid}">{shown}</div>', "; ".join(f"{card.title} {card.text}" for card in cards))


def _card(card: Card, width_px: int) -> str:
    box = f"width:{width_px}px;box-sizing:border-box;border:1px solid {GRID};border-radius:6px;display:block"
    if card.picture is None:
        picture = f'<div style="{box};height:{width_px}px;background:{FAINT}"></div>'
    else:
        about = escape(f"{card.title} {card.text}".strip())
        picture = f'<img style="{box}" src="{data_url(card.picture, "image/webp")}" alt="{about}">'
    line = f"width:{width_px}px;overflow-wrap:anywhere;line-height:1.25;color:{INK}"
    return (
        f'<figure style="margin:0">{picture}<figcaption style="{line};font-size:12px">'
        f"<b>{escape(card.title)}</b><br>{escape(card.text)}</figcaption></figure>"
    )


def card(artifacts_dir: Path, video: Video, title: str = "", text: str = "") -> Card:
    """The card of a video, with its kept poster, also where it was moved since; the title defaults to its filename."""
    try:
        picture = _pictures(artifacts_dir).get(path_now(artifacts_dir, video), "poster")
    except (VidsortError, OSError) as error:
        return Card(None, title or video.filename, f"{text} {error}".strip())
    return Card(picture, title or video.filename, text)


@functools.cache
def _pictures(artifacts_dir: Path) -> Pictures:
    """One for each artifacts folder, since the processes that make missing pictures take a moment to start."""
    pictures = Pictures(shared_dir(artifacts_dir))
    atexit.register(pictures.close)
    return pictures
