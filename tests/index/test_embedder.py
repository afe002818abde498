"""index/embedder.py with the real model."""

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from index.bert import spare_rows
from index.embedder import Embedder, default_folder

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


def test_passes_have_few_numbers_of_rows_and_waste_an_eighth_at_most():
    sizes = {tokens + spare_rows(tokens) for tokens in range(1, 9000)}
    assert len(sizes) < 80
    assert all(0 <= spare_rows(tokens) <= max(7, tokens / 8) for tokens in range(1, 9000))
