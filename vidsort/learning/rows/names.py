"""The names of folders as something to compare videos with, before any video lies in one of them.

What is compared by is linear in a video's row, so that what folders are called is a head like every other.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from .dense import Numbers
from .text import AUTHOR, HASHTAG, PIECE, Vocabulary, counts, is_unspaced

# So many documents tell how rare a word is.
MOST_DOCUMENTS = 4000
# Shorter pieces are in every other word, but for the beginnings of words: endings (-ing, -ung) tell nothing.
SHORTEST_PIECE, SHORTEST_BEGINNING = 4, 3
# How sure a name is, until labels tell: see `python -m benchmarks zero`. A folder whose words all are in the
# video, and no other's, comes to .73 of eight; what is half as like to .38.
LETTERS_SURE = 3.0
# The same of meaning, over how much closeness varies: labels of the made captions would make it three times as sure.
MEANING_SURE, LEAST_SPREAD = 2.0, 1e-3


@dataclass(frozen=True)
class Named:
    """What one kind of evidence makes of the names of folders.

    reads: the kind. preparation: from its rows to those that weights take. weights: float32 [w, folders],
    all zeros for a folder whose name says nothing. inverse_temperature: how sure to be without labels.
    videos: how many say anything at all in this kind.
    """

    reads: str
    preparation: Numbers | Vocabulary
    weights: np.ndarray
    inverse_temperature: float
    videos: int


@dataclass(frozen=True)
class Names:
    """All that is made of the names of folders: `kinds` by what each is called in a model; folders sorted.

    compared: what of the videos they are compared with, as a person calls it.
    """

    folders: tuple[str, ...] = ()
    kinds: Mapping[str, Named] = field(default_factory=dict)
    compared: tuple[str, ...] = ("captions",)

    @property
    def rests_on(self) -> str:
        """What a model rests on that goes by names alone."""
        *others, last = ("folder names", *self.compared)
        return f"{', '.join(others)} and {last}; no video is sorted yet"


NO_NAMES = Names()


def lettered(reads: str, documents: Sequence[str], folders: Mapping[str, str]) -> Named | None:
    """Names by their letters: what words, and pieces of words, of each name (and its line of text) a video has.

    documents: of many videos, of this kind; folders: what each says of itself beyond its name. Each token counts by
    how rare it is among the documents. None where no name has anything in
    common with any video.
    """
    said = [document for document in documents if document]
    sample = said[:: -(-len(said) // MOST_DOCUMENTS)] if said else []
    tokens = [_tokens(name, line) for name, line in folders.items()]
    known = tuple(sorted(set(chain.from_iterable(tokens))))
    having = Counter(chain.from_iterable(counts(document).keys() & set(known) for document in sample))
    if not having:
        return None
    weights = np.log((1 + len(sample)) / (1 + np.array([having[token] for token in known]))) + 1
    vocabulary = Vocabulary(known, weights.astype(np.float32))
    rows = np.zeros((len(folders), len(known)), np.float32)
    for row, own in zip(rows, tokens, strict=True):
        row[[vocabulary.columns[token] for token in own]] = 1
    rows *= vocabulary.weights
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return Named(reads, vocabulary, np.ascontiguousarray((rows / np.where(lengths > 0, lengths, 1)).T), LETTERS_SURE,
                 len(said))


def meant(reads: str, vectors: np.ndarray, folders: np.ndarray) -> Named:
    """Names by what they mean: how much closer each is to a video than to videos on the whole.

    vectors: float32 [n, d] of what many videos say; folders: float32 [k, d] of their names, by the same model. Some
    names are close to everything, so what each is to all videos on average is taken off.
    """
    numbers = Numbers(is_rooted=False, mean=vectors.mean(axis=0), scale=np.ones((), np.float32))
    weights = np.ascontiguousarray(folders.T, np.float32)
    spread = float((numbers.rows(vectors) @ weights).std())
    return Named(reads, numbers, weights, MEANING_SURE / max(spread, LEAST_SPREAD), len(vectors))


def _tokens(name: str, line: str) -> set[str]:
    """What to look for: words, their longer pieces, and the whole name as a hashtag, an author."""
    squeezed = "".join(name.split())
    document = json.dumps({"hashtags": [squeezed], "author": name, "title": name, "description": line})
    return {token for token in counts(document) if _is_telling(token)}


def _is_telling(token: str) -> bool:
    if token.startswith((AUTHOR, HASHTAG)) or is_unspaced(token):
        return True
    if not token.startswith(PIECE):
        return True
    piece = token.removeprefix(PIECE)
    return len(piece.strip()) >= (SHORTEST_BEGINNING if piece.startswith(" ") else SHORTEST_PIECE)
