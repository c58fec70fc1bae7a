"""Words of every script as weighed tokens: a document in, a sparse row out.

A document is a JSON object as text (see `features/`): an author, a sound and hashtags, each a token of its
own field, and texts, of which words, pairs of words and pieces of words are tokens. Scripts that
put no spaces between words are cut into pieces alone.
"""

import itertools
import json
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

AUTHOR, SOUND, HASHTAG, PIECE = "@", "♪", "#", "~"
# Of a larger vocabulary those tokens that most documents have.
MOST_TOKENS = 50_000
PIECES = (2, 3, 4)
# Han, kana, Thai, Lao, Burmese, Khmer, Tibetan.
UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
RUNS = re.compile(f"[{UNSPACED}]+|[^{UNSPACED}]+")
IS_UNSPACED = re.compile(f"[{UNSPACED}]")
# Longer words are rare; to remember what they were cut into would only fill the memory.
REMEMBERED_LENGTH = 32


class _Separated(dict[int, str]):
    """For `str.translate`: letters with their marks and digits stay, symbols (emoji) stand alone, all else parts."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        kept = character if category[0] in "LMN" else f" {character} " if category == "So" else " "
        self[code] = kept
        return kept


# The mark that only asks for a coloured picture is no part of what is said.
SEPARATED = _Separated({0xFE0F: ""})


def words(text: str) -> list[str]:
    """The words of a text, folded to one case and form; a run of a script without spaces is one."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(SEPARATED)
    return [run for word in folded.split() for run in (RUNS.findall(word) if not word.isascii() else (word,))]


def pieces(word: str) -> tuple[str, ...]:
    """What a word is cut into: 2 to 4 characters, its ends marked; of an unspaced script 1 to 3, unmarked."""
    return _remembered(word) if len(word) <= REMEMBERED_LENGTH else _cut(word)


def is_unspaced(word: str) -> bool:
    """Whether a word is a run of a script that puts no spaces between words."""
    return IS_UNSPACED.match(word) is not None


def _cut(word: str) -> tuple[str, ...]:
    if is_unspaced(word):
        return tuple(word[at : at + size] for size in (1, 2, 3) for at in range(len(word) - size + 1))
    padded = f" {word} "
    return tuple(PIECE + padded[at : at + size] for size in PIECES for at in range(len(padded) - size + 1))


_remembered = lru_cache(maxsize=1 << 16)(_cut)


def units(document: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a person would call a word of a document, with the tokens that it stands for."""
    fields: Mapping[str, Any] = json.loads(document) if document else {}
    for name, value in fields.items():
        if name in ("author", "sound"):
            # Of "handle (nickname)" the handle: who takes another nickname is still the same.
            token = AUTHOR + _folded(str(value).partition(" (")[0]) if name == "author" else SOUND + _folded(str(value))
            yield token, (token,)
        elif name == "hashtags":
            for tag in value:
                token = HASHTAG + _folded(str(tag)).removeprefix(HASHTAG)
                yield token, (token, *itertools.chain.from_iterable(pieces(word) for word in words(str(tag))))
        else:
            yield from _of_text(str(value))


def _of_text(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    found = words(text)
    for word in found:
        if is_unspaced(word):
            yield from ((piece, (piece,)) for piece in pieces(word))
        else:
            yield word, (word, *pieces(word))
    # A pair belongs to neither of its words; it is told as what it is.
    for pair in itertools.pairwise(found):
        if not any(map(is_unspaced, pair)):
            yield " ".join(pair), (" ".join(pair),)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def counts(document: str) -> Counter[str]:
    """How often each token is in a document."""
    return Counter(itertools.chain.from_iterable(tokens for _, tokens in units(document)))


@dataclass(frozen=True)
class Vocabulary:
    """The tokens that are known, a column each, and what they weigh: float32 [v], 0 for nothing."""

    tokens: tuple[str, ...]
    weights: np.ndarray

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """The column of each token."""
        return {token: column for column, token in enumerate(self.tokens)}

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.tokens)

    @property
    def is_sound(self) -> bool:
        """Whether there is a weight for each token, and every token is one."""
        return (
            self.weights.dtype.kind == "f" and self.weights.shape == (len(self.tokens),)
            and bool(np.isfinite(self.weights).all()) and all(isinstance(token, str) for token in self.tokens)
        )

    def weighed(self, documents: Iterable[str]) -> Any:
        """Documents as rows of 1 + log of each token's count, times its weight: scipy CSR float32 [n, v]."""
        known = (
            {self.columns[token]: count for token, count in counts(document).items() if token in self.columns}
            for document in documents
        )
        found = _sparse(known, lambda: self.width)
        found.data *= self.weights[found.indices]
        return found

    def rows(self, documents: Iterable[str]) -> Any:
        """Documents as rows of length 1 (0 for no known token): scipy CSR float32 [n, v]."""
        return unit(self.weighed(documents))

    def only(self, columns: np.ndarray) -> "Vocabulary":
        """These columns of it, int [m]."""
        return Vocabulary(tuple(self.tokens[column] for column in columns.tolist()), self.weights[columns])

    def to_arrays(self) -> dict[str, np.ndarray]:
        """What a model file keeps of it."""
        tokens = json.dumps(self.tokens, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return {"tokens": np.frombuffer(tokens, np.uint8), "token_weights": self.weights}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Vocabulary":
        """What `to_arrays` gave; raises KeyError and ValueError."""
        return cls(tuple(json.loads(arrays["tokens"].tobytes().decode("utf-8", "surrogatepass"))),
                   arrays["token_weights"])


def learn_vocabulary(documents: Iterable[str]) -> tuple[Vocabulary, Any]:
    """The tokens of these documents, each weighed by how rare it is, and the documents as `weighed` gives them.

    A weight is log((1 + n) / (1 + the number of documents that have it)) + 1.
    """
    number_of: dict[str, int] = {}
    found = _sparse(
        (
            {number_of.setdefault(token, len(number_of)): count for token, count in counts(document).items()}
            for document in documents
        ),
        lambda: len(number_of),
    )
    having = np.bincount(found.indices, minlength=len(number_of))
    tokens = list(number_of)
    kept = sorted(range(len(tokens)), key=lambda number: (-having[number], tokens[number]))[:MOST_TOKENS]
    weights = (np.log((1 + found.shape[0]) / (1 + having[kept])) + 1).astype(np.float32)
    found = found[:, kept].tocsr()
    found.sort_indices()
    found.data *= weights[found.indices]
    return Vocabulary(tuple(tokens[number] for number in kept), weights), found


def _sparse(rows: Iterable[Mapping[int, int]], width: Callable[[], int]) -> Any:
    """Rows of counts by column as 1 + log of them: scipy CSR float32; the width is asked for when all are read."""
    from scipy.sparse import csr_array

    columns, times, ends = array("i"), array("f"), [0]
    for row in rows:
        columns.extend(row.keys())
        times.extend(row.values())
        ends.append(len(columns))
    values = 1 + np.log(np.frombuffer(times, np.float32)) if times else np.zeros(0, np.float32)
    numbers = np.frombuffer(columns, np.int32) if columns else np.zeros(0, np.int32)
    found = csr_array((values, numbers, np.array(ends, np.int64)), (len(ends) - 1, width()))
    found.sort_indices()
    return found


def unit(rows: Any) -> Any:
    """Sparse rows scaled to length 1, a row without anything left as it is."""
    from scipy.sparse import diags_array

    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    scale = np.where(lengths > 0, 1 / np.maximum(lengths, np.finfo(np.float32).tiny), 0)
    return (diags_array(scale.astype(np.float32)) @ rows).tocsr()
