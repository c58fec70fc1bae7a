"""The seam filled by another model: one out of a folder, made here, as fastembed reads it."""

import json
from pathlib import Path

import numpy as np
import pytest

from vidsort.errors import SettingsError
from vidsort.features.encoders.semantic import SemanticConfig, SemanticEncoder

VOCABULARY = {"[PAD]": 0, "[UNK]": 1, "query": 2, "passage": 3, ":": 4, "dog": 5, "puppy": 6, "food": 7, "recipe": 8}
# Dogs one way, food the other; what stands around them says nothing.
MEANT = {5: (1, 0), 6: (0.9, 0.1), 7: (0, 1), 8: (0.1, 0.9)}


@pytest.fixture
def folder(tmp_path) -> Path:
    """A tiny real model: the vector of each known word, their mean taken by who reads it."""
    pytest.importorskip("fastembed")
    onnx = pytest.importorskip("onnx")
    tokenizers = pytest.importorskip("tokenizers")
    table = np.full((len(VOCABULARY), 2), 0.01, np.float32)
    for token, vector in MEANT.items():
        table[token] = vector
    inputs = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.INT64, ["n", "t"])
        for name in ("input_ids", "attention_mask")
    ]
    output = onnx.helper.make_tensor_value_info("last_hidden_state", onnx.TensorProto.FLOAT, ["n", "t", 2])
    nodes = [onnx.helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    graph = onnx.helper.make_graph(nodes, "words", inputs, [output], [onnx.numpy_helper.from_array(table, "table")])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    (tmp_path / "onnx").mkdir()
    onnx.save(model, tmp_path / "onnx" / "model.onnx")
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel(VOCABULARY, "[UNK]"))
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    words.save(str(tmp_path / "tokenizer.json"))
    for name, content in {
        "tokenizer_config.json": {"model_max_length": 32, "pad_token": "[PAD]"},
        "config.json": {"hidden_size": 2, "pad_token_id": 0}, "special_tokens_map.json": {"pad_token": "[PAD]"},
    }.items():
        (tmp_path / name).write_text(json.dumps(content))
    return tmp_path


def test_a_model_out_of_a_folder_takes_the_place_of_the_bundled_one(folder):
    for _ in range(2):
        encoder = SemanticEncoder(SemanticConfig(semantic_model=str(folder)))
        puppy, recipe = np.array(encoder.documents([json.dumps({"title": name}) for name in ("puppy", "recipe")]))
        dog, food = encoder.folders({"dog": "", "food": ""})
        np.testing.assert_allclose(np.linalg.norm([puppy, recipe, dog, food], axis=1), 1, atol=1e-5)
        assert puppy @ dog > 0.9 > 0.5 > puppy @ food
        assert recipe @ food > 0.9


def test_the_prompts_that_a_folder_asks_for_are_used(folder):
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {"query": "dog dog dog "}}))
    encoder = SemanticEncoder(SemanticConfig(semantic_model=str(folder)))
    assert encoder.question("food") @ encoder.documents([json.dumps({"title": "dog"})])[0] > 0.8


@pytest.mark.parametrize("odd", ["nothing", "no model", "no tokenizer"])
def test_a_folder_that_holds_no_model_is_a_sentence(tmp_path, odd):
    if odd != "nothing":
        pytest.importorskip("fastembed")
        (tmp_path / "model.onnx").write_bytes(b"none")
    if odd == "no model":
        (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(SettingsError, match="semantic_model"):
        SemanticEncoder(SemanticConfig(semantic_model=str(tmp_path)))
