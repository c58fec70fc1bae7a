"""All that is looked at in one video, side by side: its frames, what moves, what is heard, what is said of it."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...errors import VideoDecodeError, VidsortError
from ...features.contents import path_now
from ...features.encoders.motion import CELLS, mean_history, pooled
from ...features.encoders.sound import BANDS, HOP, WINDOW, band_of, log_mel_db
from ...features.modalities import KINDS, ExtractConfig
from ...features.stored import LibraryFeatures
from ...features.words.text import Words
from .clips import framed
from .shown import GRID, INK, Shown, as_svg, data_url, escape, new_axes, note

if TYPE_CHECKING:
    from ...media import Frames
    from ...media.reading.runs import Run
    from ...media.reading.sound import Sound

LONGEST_SIDE = 190
COLOURS = "magma"
TICKS_HZ = (100, 500, 1000, 2000, 4000, 8000)
# What is quieter than the loudest by more than this is not told apart.
RANGE_DB = 60
LONGEST_TEXT = 700
MUTED = "#52606d"
ABSENT = {
    "motion": "None: nothing moves in it, or it has no two frames.",
    "sound": "None: it has no sound track, or a silent one.",
    "words": "None: no file beside it and no tag in it says anything of it.",
    "semantic": "None: there are no words that could be understood.",
    "body": "None: no body was found in it.",
    "speech": "None: nobody speaks in it, or what is said was not understood.",
    "ocr": "None: no text could be read in it.",
    "given": "None: no vector of it was handed over.",
}


class _Drawn(NamedTuple):
    """What a panel holds, as HTML and as text; whether another one fits beside it."""

    html: str
    text: str
    is_wide: bool = False


def evidence(artifacts_dir: Path, known: LibraryFeatures, row: int, config: ExtractConfig) -> Shown:
    """A panel a kind of evidence of the video in this row, in the order of their table.

    What the video does not have, and what it has but cannot be had, is said in its place; what `config` does
    not look for is told at the end. The file is read anew, as extraction reads it.
    """
    from ...media.reading.once import read_once

    video = known.videos[row]
    chosen = {modality.kind: modality for modality in config.chosen.values()}
    encoders = {kind: modality.load() for kind, modality in chosen.items() if modality.is_encoded}
    try:
        reading = read_once(path_now(artifacts_dir, video), [encoder.wanted for encoder in encoders.values()])
    except (VidsortError, OSError) as error:
        return note(f"{video.filename} cannot be shown here: {error}")
    panels: dict[str, _Drawn] = {}
    for kind in chosen:
        if kind in encoders:
            shape = (reading.facts.width or 1, reading.facts.height or 1)
            panels[kind] = _encoded(kind, encoders[kind], reading.of(encoders[kind].wanted), video.filename, shape)
        else:
            panels[kind] = _gathered(kind, known, row)
    if others := ", ".join(kind for kind in KINDS if kind not in chosen):
        panels["not looked for"] = _said(others)._replace(is_wide=True)
    title = f"{video.folder or 'unsorted'} · {video.filename}"
    body = "".join(_panel(kind, panel) for kind, panel in panels.items())
    return Shown(
        f'<div style="background:#fff;color:{INK};max-width:60em;padding:12px 16px;border:1px solid {GRID};'
        'border-radius:10px;font-family:system-ui,sans-serif">'
        f'<div style="font-weight:600;margin-bottom:10px;overflow-wrap:anywhere">{escape(title)}</div>'
        f'<div style="display:flex;flex-wrap:wrap;gap:18px 28px">{body}</div></div>',
        "\n".join([title, *(f"{kind}: {panel.text}" for kind, panel in panels.items())]),
    )


def _panel(kind: str, panel: _Drawn) -> str:
    heading = f"font-size:11px;font-weight:600;letter-spacing:.08em;text-transform:uppercase;color:{MUTED}"
    return (
        f'<section style="flex:{"1 1 100%" if panel.is_wide else "0 1 auto"};min-width:14em;max-width:100%">'
        f'<div style="{heading};margin-bottom:6px">'
        f"{escape(kind)}</div>{panel.html}</section>"
    )


def _said(text: str) -> _Drawn:
    return _Drawn(f'<p style="margin:0;max-width:34em;color:{MUTED}">{escape(text)}</p>', text)


def _encoded(kind: str, encoder: Any, given: Any, name: str, shape: tuple[int, int]) -> _Drawn:
    """What is decoded of a video, drawn; of a kind that has no drawing how many numbers there are."""
    if isinstance(given, VideoDecodeError):
        return _said(f"Failed: {given}.")
    if kind == "frames":
        return _frames(given, name)
    try:
        found = encoder.encode(given)
    except VideoDecodeError as error:
        return _said(f"Failed: {error}.")
    if found.document is not None:
        return _words(Words.of(found.document))
    if found.vector is None:
        return _said(ABSENT.get(kind, "None."))
    if kind == "motion":
        return _movement(given, name, shape)
    return _sound(given) if kind == "sound" else _numbers(found.vector)


def _frames(frames: "Frames", name: str) -> _Drawn:
    pictures = "".join(framed(*taken, name) for taken in zip(frames.images, frames.times_s, strict=True))
    seconds = ", ".join(f"{time_s:.1f}" for time_s in frames.times_s)
    return _Drawn(_in_a_row(pictures), f"{len(frames.images)} of them, at {seconds} s", is_wide=True)


def _movement(runs: "Sequence[Run]", name: str, shape: tuple[int, int]) -> _Drawn:
    """The mean map over a grey frame, and the cells that are learned from, in the shape of the video."""
    image = mean_history(runs)
    cells = pooled(image).reshape(CELLS, CELLS)
    under = runs[0].images[0].astype(np.float32)[..., None] / 255 * 0.55 + 0.1
    # Where little moved the frame shines through.
    shade = np.sqrt(image)[..., None]
    over = (1 - shade) * under + shade * _coloured(image)
    span_s = sum(float(run.times_s[-1] - run.times_s[0]) for run in runs)
    told = f"{span_s:.1f} s" + (f" in {len(runs)} places" if len(runs) > 1 else "")
    what = (
        (over, f"what moves in {told}: the brighter, the later"),
        (np.kron(_coloured(cells / cells.max()), np.ones((16, 16, 1))), f"{cells.size} cells, up to {cells.max():.2f}"),
    )
    pictures = "".join(_captioned(picture, caption, name, shape) for picture, caption in what)
    return _Drawn(_in_a_row(pictures), "; ".join(caption for _, caption in what))


def _sound(sound: "Sound") -> _Drawn:
    """The pieces that are heard as log-mel spectrograms on one scale."""
    heard = [log_mel_db(piece) for piece in sound.pieces if len(piece) >= WINDOW]
    loudest = float(np.percentile(np.concatenate(heard), 99.8))
    step_s = HOP / sound.rate
    with new_axes(5.6, 2.6, len(heard)) as (figure, axes):
        for number, (ax, piece) in enumerate(zip(axes, heard, strict=True)):
            shown = ax.imshow(
                piece.T, origin="lower", aspect="auto", cmap=COLOURS, vmin=loudest - RANGE_DB, vmax=loudest,
                extent=(0, len(piece) * step_s, -0.5, BANDS - 0.5),
            )
            ax.set_yticks(band_of(np.array(TICKS_HZ)), [_hz(hz) for hz in TICKS_HZ] if number == 0 else [])
            ax.set_title(f"part {number + 1}" if len(heard) > 1 else "", fontsize=9, fontweight="normal")
            ax.grid(visible=False)
        axes[0].set_ylabel("Hz")
        figure.supxlabel("seconds", fontsize=10)
        bar = figure.colorbar(shown, ax=axes, label="dB", pad=0.015)
        bar.outline.set_visible(False)
        parts = f", in {len(heard)} parts" if len(heard) > 1 else ""
        seconds = sum(len(piece) for piece in sound.pieces) / sound.rate
        caption = f"{BANDS} bands of the {seconds:.1f} s that are heard{parts}"
        picture = f'<img style="max-width:100%;display:block" src="{as_svg(figure)}" alt="{escape(caption)}">'
        return _Drawn(f'<figure style="margin:0">{picture}{_caption(caption)}</figure>', caption)


def _numbers(vector: np.ndarray) -> _Drawn:
    return _said(f"{len(vector)} numbers.")


def _gathered(kind: str, known: LibraryFeatures, row: int) -> _Drawn:
    """What goes with a video: its words, or what is made of them."""
    part = known.parts.get(kind)
    if part is not None and row in part.failed:
        return _said(f"Failed: {part.failed[row]}.")
    if part is None or not part.mask[row]:
        return _said(ABSENT.get(kind, "None."))
    return _words(Words.of(part.X[row])) if part.rows == "text" else _numbers(part.X[row])


def _words(words: Words) -> _Drawn:
    """The text of strangers, shown as text."""
    beyond = len(words.description) - LONGEST_TEXT
    description = words.description if beyond <= 0 else f"{words.description[:LONGEST_TEXT]}… ({beyond} more)"
    chip = f"background:#eef2ff;border-radius:9px;padding:1px 8px;white-space:nowrap;color:{INK}"
    tags = " ".join(f'<bdi style="{chip}">#{escape(tag)}</bdi>' for tag in words.hashtags)
    lines = [
        (words.title, f'<b dir="auto">{escape(words.title)}</b>'),
        (description, f'<span dir="auto" style="white-space:pre-wrap">{escape(description)}</span>'),
        (tags, f'<span style="line-height:1.9">{tags}</span>'),
        (words.author, f'<span style="color:{MUTED}">by</span> <bdi>{escape(words.author)}</bdi>'),
        (words.sound, f'<span style="color:{MUTED}">to</span> <bdi>{escape(words.sound)}</bdi>'),
        (words.speech, f'<span dir="auto" style="white-space:pre-wrap">{escape(words.speech)}</span>'),
        (words.language, f'<span style="color:{MUTED}">in {escape(words.language)}</span>'),
        (words.screen, f'<span dir="auto" style="white-space:pre-wrap">{escape(words.screen)}</span>'),
    ]
    body = "".join(f'<div style="margin:0 0 4px">{html}</div>' for text, html in lines if text)
    said = (
        words.title, description, *(f"#{tag}" for tag in words.hashtags), words.author, words.sound, words.speech,
        words.screen,
    )
    html = f'<div style="max-width:44em;overflow-wrap:anywhere;line-height:1.45">{body}</div>'
    return _Drawn(html, " · ".join(filter(None, said)), is_wide=True)


def _in_a_row(pictures: str) -> str:
    return f'<div style="display:flex;flex-wrap:wrap;gap:8px">{pictures}</div>'


def _captioned(picture: np.ndarray, caption: str, name: str, shape: tuple[int, int]) -> str:
    """A picture, float [h, w, 3] of 0 to 1, drawn into the shape (width, height) of a video, with a line below."""
    from PIL import Image

    width, height = (max(40, round(LONGEST_SIDE * side / max(shape))) for side in shape)
    buffer = io.BytesIO()
    pixels = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    pixels.resize((2 * width, 2 * height)).save(buffer, "WEBP")
    return (
        f'<figure style="margin:0;width:{max(width, 120)}px"><img style="border-radius:4px;display:block" '
        f'width="{width}" height="{height}" src="{data_url(buffer.getvalue(), "image/webp")}" '
        f'alt="{escape(f"{name}: {caption}")}">{_caption(caption)}</figure>'
    )


def _caption(text: str) -> str:
    return f'<figcaption style="font-size:11px;line-height:1.35;margin-top:2px">{escape(text)}</figcaption>'


def _coloured(values: np.ndarray) -> np.ndarray:
    """Values of 0 to 1 as colours: float [..., 3]."""
    import matplotlib

    return np.asarray(matplotlib.colormaps[COLOURS](values))[..., :3]


def _hz(hz: int) -> str:
    return f"{hz // 1000}k" if hz >= 1000 else str(hz)
