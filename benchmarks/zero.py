"""How often the folder is right before any video is sorted, and as the first ones are.

Run as `python -m benchmarks.zero`. The captions (`captions.txt`, our own) are of eight folders in eight languages, and
half of them have no word of their folder's name. Of each folder so many captions are labelled, drawn five times, and
the others are guessed, by the code that a user runs; between no label and eight no mean may be more than a point below
what there was without one.
"""

import json
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from vidsort.api.meaning import CLEARLY
from vidsort.errors import SettingsError
from vidsort.features.encoders.semantic import SemanticConfig, SemanticEncoder
from vidsort.learning.fitting import TrainConfig, fit_classifier, fit_names
from vidsort.learning.rows.names import Names, lettered, meant
from vidsort.learning.rows.parts import Part
from vidsort.store.features import VECTOR_TYPE

CAPTIONS = Path(__file__).with_name("captions.txt")
LABELS = (0, 1, 2, 3, 4, 6, 8)
DRAWS = 5
# What somebody types, and the folder that is meant.
SEARCHED = {
    "dog": "Dogs", "Hund": "Dogs", "cooking recipe": "Cooking", "soccer": "Football", "plants": "Gardening",
    "lipstick": "Makeup", "holiday": "Travel", "guitare": "Guitar", "Holz": "Woodworking",
}
MOST_BELOW = 0.01
HEAD = ("evidence", *(f"{count} labels" for count in LABELS), "no word of it", "sure", "right")


class Caption(NamedTuple):
    """A made caption: its folder, its language, what it says."""

    folder: str
    language: str
    text: str


def captions() -> list[Caption]:
    """All captions, in the order of the file."""
    lines = CAPTIONS.read_text(encoding="utf-8").splitlines()
    return [Caption(*line.split("|", 2)) for line in lines if line and not line.startswith("#")]


def documents(said: list[Caption]) -> np.ndarray:
    """Captions as what is kept of a video's words: object [n]."""
    return np.array([json.dumps({"description": one.text, "hashtags": _hashtags(one.text)}) for one in said], object)


def _hashtags(text: str) -> list[str]:
    return [word[1:] for word in text.split() if word.startswith("#")]


def letters(said: list[Caption]) -> tuple[dict[str, Part], Names]:
    """The words kind, and the folders' names by their letters."""
    folders = dict.fromkeys(sorted({one.folder for one in said}), "")
    texts = documents(said)
    named = lettered("words", texts.tolist(), folders)
    return {"words": Part.whole(texts, "text")}, Names(tuple(folders), {"names": named} if named else {})


def understood(said: list[Caption]) -> tuple[dict[str, Part], Names, float]:
    """The semantic kind and the folders' names by meaning, and ms a caption; raises SettingsError without the extra."""
    folders = dict.fromkeys(sorted({one.folder for one in said}), "")
    encoder = SemanticEncoder(SemanticConfig())
    encoder.question("warm")
    started = time.perf_counter()
    vectors = np.array(encoder.documents(documents(said).tolist()), np.float32)
    spent_s = time.perf_counter() - started
    # As they are kept.
    vectors = vectors.astype(VECTOR_TYPE).astype(np.float32)
    named = meant("semantic", vectors, encoder.folders(folders))
    return {"semantic": Part.whole(vectors, "scaled")}, Names(tuple(folders), {"names_understood": named}), (
        1000 * spent_s / len(said)
    )


def curve(parts: dict[str, Part], names: Names, y: np.ndarray) -> dict[int, tuple[float, np.ndarray]]:
    """By the number of labels a folder: the share of others guessed right, and (without labels) all probabilities."""
    found = {}
    for count in LABELS:
        right, shares = [], np.empty(0)
        for draw in range(DRAWS):
            known = _drawn(y, count, draw)
            if count:
                chosen = {name: part.at(known) for name, part in parts.items()}
                model = fit_classifier(chosen, y[known].tolist(), np.arange(len(known)), TrainConfig(), names=names)
            else:
                model = fit_names(names, TrainConfig())
            # Of the same captions whatever the count, so that figures beside one another are of one thing.
            asked = np.setdiff1d(np.arange(len(y)), _drawn(y, max(LABELS), draw))
            shares = model.predict_proba({name: part.at(asked) for name, part in parts.items()})
            right.append((np.array(model.folders)[shares.argmax(axis=1)] == y[asked]).mean())
        found[count] = float(np.mean(right)), shares
    return found


def _drawn(y: np.ndarray, count: int, draw: int) -> np.ndarray:
    rng = np.random.default_rng(draw)
    orders = [rng.permutation(np.flatnonzero(y == folder)) for folder in np.unique(y)]
    return np.concatenate([order[:count] for order in orders])


def report(name: str, parts: dict[str, Part], names: Names, said: list[Caption]) -> bool:
    """Print a row; whether no number of labels is worse than none."""
    y = np.array([one.folder for one in said])
    found = curve(parts, names, y)
    shares = fit_names(names, TrainConfig()).predict_proba(parts)
    right = np.array(names.folders)[shares.argmax(axis=1)] == y
    without = np.array([one.folder.lower() not in one.text.lower() for one in said])
    shown = [f"{found[count][0]:.3f}" for count in LABELS]
    row = (name, *shown, f"{right[without].mean():.3f}", f"{shares.max(axis=1).mean():.2f}", f"{right.mean():.3f}")
    print("".join(f"{cell:>14}" for cell in row), flush=True)
    return all(found[count][0] >= found[0][0] - MOST_BELOW for count in LABELS)


def found_by_meaning(vectors: np.ndarray, said: list[Caption]) -> tuple[float, float]:
    """Of what a search finds by meaning the share that is right, and of what is right the share that is found."""
    encoder = SemanticEncoder(SemanticConfig())
    right = found = wanted = 0
    for query, folder in SEARCHED.items():
        closeness = vectors @ encoder.question(query)
        chosen = closeness - closeness.mean() >= CLEARLY
        is_of_it = np.array([one.folder == folder for one in said])
        right, found, wanted = right + (chosen & is_of_it).sum(), found + chosen.sum(), wanted + is_of_it.sum()
    return float(right / found), float(right / wanted)


def main() -> None:
    """Print a row for each kind of evidence that is installed."""
    said = captions()
    print(f"{len(said)} captions, {len({one.language for one in said})} languages, "
          f"{len({one.folder for one in said})} folders\n")
    print("".join(f"{cell:>14}" for cell in HEAD))
    started = time.perf_counter()
    parts, names = letters(said)
    spent_s = time.perf_counter() - started
    if not report("letters", parts, names, said):
        raise SystemExit("labels made it worse than none")
    print(f"\nnames by letters: {1000 * spent_s / len(said):.2f} ms a caption")
    try:
        meaning, meant_names, spent_ms = understood(said)
    except SettingsError as error:
        raise SystemExit(str(error)) from error
    print(f"understood, on one thread: {spent_ms:.1f} ms a caption\n")
    both = Names(names.folders, {**names.kinds, **meant_names.kinds})
    precise, whole = found_by_meaning(meaning["semantic"].X, said)
    print(f"{len(SEARCHED)} searches by meaning: {precise:.2f} of what is found is right, {whole:.2f} of it is found\n")
    rows = [report("meaning", meaning, meant_names, said), report("both", {**parts, **meaning}, both, said)]
    if not all(rows):
        raise SystemExit("labels made it worse than none")


if __name__ == "__main__":
    main()
