"""A sentence model out of a local folder, as fastembed reads one, in the place of the bundled one; no download.

The folder is that of a repository of sentence models: `onnx/model.onnx` (or one of `MODELS`), `tokenizer.json`,
`tokenizer_config.json`, `config.json`, and where they are there `1_Pooling/config.json` and the prompts of
`config_sentence_transformers.json`.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import SettingsError

MODELS = ("onnx/model.onnx", "onnx/model_quantized.onnx", "model.onnx", "model_optimized.onnx", "model_quantized.onnx")
# What models of the e5 family were taught to expect; others say in their folder what they do.
PROMPTS = {"query": "query: ", "passage": "passage: "}
PASSAGES = ("passage", "document")


class FolderSentences:
    """Texts -> float32 [n, d] of length 1 by the model in a folder, on one thread.

    Raises SettingsError where fastembed is missing, or the folder holds no model that it reads.
    """

    def __init__(self, folder: Path) -> None:
        found = next((name for name in MODELS if (folder / name).is_file()), None)
        if found is None:
            raise SettingsError(
                f"There is no sentence model in {folder} (looked for {', '.join(MODELS)}): give the folder of one as "
                "semantic_model, or take that out for the bundled one."
            )
        self._model = _loaded(folder, found)
        prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or PROMPTS
        self._query = str(prompts.get("query", ""))
        self._passage = str(next((prompts[name] for name in PASSAGES if name in prompts), ""))

    def query(self, texts: list[str]) -> np.ndarray:
        """Of short texts that are looked for."""
        return self._encoded(self._query + text for text in texts)

    def passage(self, texts: list[str]) -> np.ndarray:
        """Of texts that are looked through."""
        return self._encoded(self._passage + text for text in texts)

    def _encoded(self, texts: Iterable[str]) -> np.ndarray:
        return np.array(list(self._model.embed(list(texts))), np.float32)


def _loaded(folder: Path, model_file: str) -> Any:
    try:
        from fastembed import TextEmbedding
        from fastembed.common.model_description import ModelSource, PoolingType

        pooling = _json(folder / "1_Pooling" / "config.json")
        name = f"vidsort:{folder}/{model_file}"
        if name.lower() not in {known["model"].lower() for known in TextEmbedding.list_supported_models()}:
            TextEmbedding.add_custom_model(
                model=name, model_file=model_file, sources=ModelSource(hf=name), normalization=True,
                pooling=PoolingType.CLS if pooling.get("pooling_mode_cls_token") else PoolingType.MEAN,
                dim=int(_json(folder / "config.json").get("hidden_size", 0)),
            )
        return TextEmbedding(name, specific_model_path=str(folder), threads=1, local_files_only=True)
    except ImportError as error:
        raise SettingsError(
            f"The sentence model in {folder} cannot be used without fastembed ({error}): pip install fastembed, or "
            "take semantic_model out for the bundled one."
        ) from error
    except Exception as error:  # onnxruntime and tokenizers raise a dozen kinds for files that are none of theirs
        raise SettingsError(
            f"The sentence model in {folder} cannot be read ({error!s:.200}): give the folder of another as "
            "semantic_model, or take that out for the bundled one."
        ) from error


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(
            f"{path} cannot be read ({error!s:.100}): give the folder of another sentence model as semantic_model, or "
            "take that out for the bundled one."
        ) from error
    return found if isinstance(found, dict) else {}
