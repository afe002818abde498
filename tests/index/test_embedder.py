"""index/embedder.py with the real model, and with small ones that were never trained."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer
from transformers import BertConfig, BertModel

from index.bert import spare_rows
from index.embedder import Embedder, default_folder
from index.errors import ModelUnusable

TEXTS = [
    "The harbour of Velm closed on Monday.",
    "Ships were sent to another port.",
    "A recipe for lentil soup with lemon.",
    "Le port est fermé.",
    "",
    "🚢",
    "word " * 600,
]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


def test_the_name_and_dimension_are_known_without_loading_the_model() -> None:
    fresh = Embedder()
    assert (fresh.name, fresh.dimension) == ("all-MiniLM-L6-v2@53aa51172d14", 384)
    assert "_loaded" not in vars(fresh)


def test_rows_are_normalised_float32(embedder: Embedder) -> None:
    rows = embedder.vectors(TEXTS)
    assert (rows.dtype, rows.shape) == (np.float32, (len(TEXTS), 384))
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert embedder.vectors([]).shape == (0, 384)


def test_the_arithmetic_of_this_processor_gives_the_vectors_of_float32(embedder: Embedder) -> None:
    exact = SentenceTransformer(str(default_folder()), device="cpu", model_kwargs={"dtype": torch.float32})
    expected = exact.encode(TEXTS, normalize_embeddings=True)
    assert (embedder.vectors(TEXTS) * expected).sum(axis=1).min() > 0.99


def test_what_belongs_together_is_nearer_than_what_does_not(embedder: Embedder) -> None:
    closed, ships, soup = embedder.vectors(TEXTS[:3])
    assert closed @ ships > closed @ soup


def test_langchain_gets_the_same_vectors(embedder: Embedder) -> None:
    assert np.allclose(embedder.embed_query(TEXTS[0]), embedder.vectors(TEXTS[:1])[0], atol=1e-2)
    assert len(embedder.embed_documents(TEXTS[:2])) == 2


def test_a_text_has_the_same_vector_whatever_is_embedded_beside_it(embedder: Embedder) -> None:
    together = embedder.vectors([*TEXTS * 6, "And one that stands in a batch of few."])
    assert np.array_equal(together[: len(TEXTS)], together[-1 - len(TEXTS) : -1])
    assert np.array_equal(together[: len(TEXTS)], np.concatenate([embedder.vectors([text]) for text in TEXTS]))


def test_another_model_is_run_by_sentence_transformers_and_gives_the_same_vectors(embedder: Embedder) -> None:
    other = Embedder(str(default_folder()))
    assert other.dimension == embedder.dimension
    assert (embedder.vectors(TEXTS) * other.vectors(TEXTS)).sum(axis=1).min() > 0.999


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Transformer:
    """A transformer of eight dimensions with the default model's words."""
    folder = tmp_path_factory.mktemp("small")
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    BertModel(BertConfig(**sizes)).save_pretrained(folder)
    for words in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json"):
        shutil.copy(default_folder() / words, folder)
    return Transformer(str(folder))


def pooled(ways: str | tuple[str, ...]) -> list[torch.nn.Module]:
    return [Pooling(8, ways), Normalize()]


@pytest.mark.parametrize(
    ("behind", "dimension"),
    [
        (lambda: pooled("mean"), 8),
        (lambda: [Pooling(8), Dense(8, 5), Normalize()], 5),
        (lambda: pooled(("cls", "mean")), 16),
    ],
    ids=["pooling", "a dense layer behind it", "two ways of pooling"],
)
@pytest.mark.parametrize("words", ["of today", "of before"])
def test_the_dimension_is_that_of_the_vectors(
    small: Transformer, tmp_path: Path, behind: Callable[[], list[torch.nn.Module]], dimension: int, words: str
) -> None:
    SentenceTransformer(modules=[small, *behind()], device="cpu").save(str(tmp_path))
    if words == "of before":  # as sentence-transformers described pooling before its version 6
        described = tmp_path / "1_Pooling" / "config.json"
        pooling = json.loads(described.read_text())
        ways = [pooling["pooling_mode"]] if isinstance(pooling["pooling_mode"], str) else pooling["pooling_mode"]
        ways = [{"cls": "cls_token", "mean": "mean_tokens"}[way] for way in ways]
        told = {"word_embedding_dimension": 8, **{f"pooling_mode_{way}": way in ways for way in ("cls_token", "mean_tokens")}}
        described.write_text(json.dumps(told))
    model = Embedder(str(tmp_path))
    assert (model.dimension, model.vectors([]).shape, model.vectors(TEXTS).shape) == (
        dimension,
        (0, dimension),
        (len(TEXTS), dimension),
    )


@pytest.mark.parametrize(
    "weights",
    [
        ["model.safetensors"],
        ["pytorch_model.bin"],
        ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"],
        ["0_Transformer/model.safetensors"],
        ["model.safetensors", "2_Dense/model.safetensors"],
    ],
)
def test_a_model_has_another_name_when_any_of_its_weights_change(tmp_path: Path, weights: list[str]) -> None:
    paths = [tmp_path / name for name in weights]
    parts = dict.fromkeys(str(path.parent.relative_to(tmp_path)) for path in paths)
    (tmp_path / "modules.json").write_text(json.dumps([{"path": "" if part == "." else part, "type": ""} for part in parts]))
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"first")
    names = {Embedder(str(tmp_path)).name}
    for path in paths:
        path.write_bytes(b"second")
        names.add(Embedder(str(tmp_path)).name)
    assert len(names) == 1 + len(paths)
    assert all(name.startswith(f"{tmp_path.name}@") for name in names)


def test_weights_that_are_not_loaded_do_not_count_for_the_name(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"loaded")
    before = Embedder(str(tmp_path)).name
    (tmp_path / "pytorch_model.bin").write_bytes(b"the same for older programs")
    (tmp_path / "onnx").mkdir()
    (tmp_path / "onnx" / "model.bin").write_bytes(b"the same for another program")
    assert Embedder(str(tmp_path)).name == before


@pytest.mark.parametrize("damaged", [None, "config.json", "modules.json", "model.safetensors"])
def test_a_model_that_cannot_be_loaded_is_named_with_the_next_step(tmp_path: Path, damaged: str | None) -> None:
    folder = tmp_path / "model"
    shutil.copytree(default_folder(), folder) if damaged else folder.mkdir()
    if damaged:
        (folder / damaged).write_bytes(b"{")
    with pytest.raises(ModelUnusable, match=f"model {folder} cannot") as caught:
        Embedder(str(folder)).vectors(TEXTS[:1])
    assert "RAG_EMBEDDER" in caught.value.hint


def test_passes_have_few_numbers_of_rows_and_waste_an_eighth_at_most():
    sizes = {tokens + spare_rows(tokens) for tokens in range(1, 9000)}
    assert len(sizes) < 80
    assert all(0 <= spare_rows(tokens) <= max(7, tokens / 8) for tokens in range(1, 9000))
