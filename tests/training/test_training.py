"""The network and its training, on a tiny random encoder: product and training compute the same, resuming changes nothing."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from rag.reader_network import ReaderError, ReaderNetwork, merge
from training.export import average, export, restore
from training.features import Sample, collate, load_tokenizer
from training.network import Scores, SpanReader, keeping_loss, lean_attention, load_encoder, selection_loss
from training.train import Plan, Run, is_done

PLAN = Plan(rank=4, alpha=8.0, batch_size=4, checkpoint_seconds=1e9)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a BERT of two layers and 16 dimensions with random weights, and a vocabulary of 120 words."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("encoder")
    torch.manual_seed(1)
    config = BertConfig(vocab_size=120, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    words = {"[PAD]": 0, "[UNK]": 1, **{f"w{n}": n for n in range(2, 120)}}
    Tokenizer(WordLevel(words, unk_token="[UNK]")).save(str(folder / "tokenizer.json"))  # noqa: S106 - not a password
    return folder


def samples(count: int = 16) -> list[Sample]:
    made = []
    for n in range(count):
        words = [2 + (n * 7 + k) % 90 for k in range(5 + n % 4)]
        made.append(Sample((101, 3 + n % 5, 102, *words, 102), 3, 3 + n % 3 if n % 4 else 0, 4 + n % 3 if n % 4 else 0))
    return made


def network(encoder: Path, *, touched: bool = False) -> SpanReader:
    torch.manual_seed(2)
    made = SpanReader(load_encoder(encoder, torch.float32), PLAN.rank, PLAN.alpha)
    if touched:
        with torch.no_grad():
            for name, parameter in made.trained().items():
                if name.endswith(".b"):
                    parameter.normal_(std=0.3)
    return made


def merged(model: SpanReader, encoder: Path) -> ReaderNetwork:
    from safetensors.torch import load_file

    changed = {name.removeprefix("encoder."): value.detach() for name, value in model.trained().items()}
    weights = merge(load_file(encoder / "model.safetensors"), changed, PLAN.alpha / PLAN.rank, torch.float32)
    return ReaderNetwork(weights, 2, 1e-12, load_tokenizer(encoder))


def read_both(model: SpanReader, encoder: Path, rows: Sequence[Sample]) -> None:
    batch = collate(rows)
    with torch.inference_mode():
        trained = model(batch.tokens, batch.segments, batch.attention, batch.context)
    found = merged(model, encoder).logits(rows[0].ids[1 : rows[0].question - 1], [r.ids[r.question : -1] for r in rows])
    for row, (sample, logits) in enumerate(zip(rows, found, strict=True)):
        inside = slice(sample.question, len(sample.ids) - 1)
        assert logits.start == pytest.approx(trained.start[row, inside].numpy(), abs=1e-4)
        assert logits.end == pytest.approx(trained.end[row, inside].numpy(), abs=1e-4)
        assert logits.null == pytest.approx(float(trained.start[row, 0] + trained.end[row, 0]), abs=1e-4)
        assert logits.answerable == pytest.approx(float(trained.answerable[row]), abs=1e-4)
        assert logits.selection == pytest.approx(trained.selection[row, inside].numpy(), abs=1e-4)


def test_merged_weights_without_padding_read_as_adapters_with_padding_do(encoder: Path) -> None:
    same_question = [s for s in samples() if s.ids[1] == samples()[0].ids[1]]
    assert len({len(s.ids) for s in same_question}) > 1
    read_both(network(encoder, touched=True), encoder, same_question)


def test_fresh_adapters_change_nothing(encoder: Path) -> None:
    from transformers import BertModel

    batch = collate(samples())
    plain = BertModel.from_pretrained(encoder, add_pooling_layer=False, local_files_only=True).train(mode=False)
    arguments = {"input_ids": batch.tokens, "token_type_ids": batch.segments, "attention_mask": batch.attention}
    with torch.inference_mode():
        expected = plain(**arguments).last_hidden_state
        found = network(encoder).encoder(**arguments).last_hidden_state
    assert torch.allclose(found[batch.attention > 0], expected[batch.attention > 0], atol=1e-5)


def test_lean_attention_equals_torchs_own() -> None:
    torch.manual_seed(3)
    query, key, value = (torch.randn(2, 3, 5, 4) for _ in range(3))
    mask = torch.zeros(2, 1, 1, 5).masked_fill(torch.tensor([[0, 0, 0, 0, 1], [0] * 5]).bool()[:, None, None], -1e9)
    expected = torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    found, _ = lean_attention(torch.nn.Identity(), query, key, value, mask)
    assert torch.allclose(found, expected.transpose(1, 2), atol=1e-6)


def test_training_lowers_the_loss_and_leaves_the_encoder_alone(encoder: Path, tmp_path: Path) -> None:
    model = network(encoder)
    before = {name: value.clone() for name, value in model.named_parameters() if not value.requires_grad}
    run = Run(PLAN, model, tmp_path)
    first = run.update(samples(), 1e-2)
    last = [run.update(samples(), 1e-2) for _ in range(30)][-1]
    assert last < first * 0.8
    assert all(torch.equal(value, dict(model.named_parameters())[name]) for name, value in before.items())


def test_where_only_its_sentences_are_known_an_answer_may_lie_anywhere_in_them(encoder: Path, tmp_path: Path) -> None:
    told = [replace(s, start=0, end=0, sentences=((3, 5, True), (6, len(s.ids) - 2, False))) for s in samples()]
    batch = collate(told)
    assert batch.starts[0].nonzero().flatten().tolist() == batch.ends[0].nonzero().flatten().tolist() == [3, 4, 5]
    run = Run(replace(PLAN, ranking_weight=0.0), network(encoder), tmp_path)
    for _ in range(40):
        run.update(told, 1e-2)
    with torch.no_grad():
        scores = run.model(batch.tokens, batch.segments, batch.attention, batch.context)
    inside = torch.softmax(scores.start, dim=1)[batch.starts].view(len(told), -1).sum(1)
    assert float(inside.min()) > 0.9
    assert float(scores.answerable.min()) > 0


def test_of_samples_that_are_not_known_no_answer_is_learned(encoder: Path, tmp_path: Path) -> None:
    run = Run(PLAN, network(encoder), tmp_path)
    assert run.update([replace(s, is_known=False) for s in samples()], 1e-2) == 0


def test_folded_adapters_compute_what_adapters_do(encoder: Path) -> None:
    batch, model = collate(samples()), network(encoder, touched=True)
    given = (batch.tokens, batch.segments, batch.attention, batch.context)
    with torch.inference_mode():
        expected = model(*given)
    assert any(name.endswith(".a") for name in model.encoder.state_dict())
    with torch.no_grad():
        found = model.fold()(*given)
    assert not any(name.endswith(".a") for name in model.encoder.state_dict())
    for one, other in zip(expected, found, strict=True):
        assert torch.allclose(one, other, atol=1e-4)


def test_an_earlier_readers_scores_are_kept_where_samples_ask_for_it(encoder: Path, tmp_path: Path) -> None:
    before = network(encoder, touched=True)
    batch = collate(samples())
    given = (batch.tokens, batch.segments, batch.attention, batch.context)

    def distance(model: SpanReader) -> float:
        with torch.no_grad():
            return float(keeping_loss(model(*given), before(*given)))

    assert distance(before) == pytest.approx(0, abs=1e-6)
    reached = {}
    for kept in (False, True):
        run = Run(replace(PLAN, keep_weight=50.0), network(encoder), tmp_path / str(kept))
        run.keep(network(encoder, touched=True).fold())
        for _ in range(40):
            run.update([replace(sample, kept=kept) for sample in samples()], 1e-2)
        reached[kept] = distance(run.model)
    assert reached[True] < 0.2 * reached[False]


def test_a_sentence_is_selected_by_the_mean_of_its_tokens() -> None:
    selection = torch.tensor([[9.0, 2.0, 4.0, -3.0], [9.0, -1.0, 9.0, 9.0]])
    scores = Scores(selection, selection, selection[:, 0], selection)
    sentences = torch.tensor([[0, 1, 2, 1], [0, 3, 3, 0], [1, 1, 1, 0]])
    expected = torch.tensor([3.0, 3.0, 1.0]).sigmoid().log().neg().mean()
    assert selection_loss(scores, sentences) == pytest.approx(float(expected))
    assert selection_loss(scores, sentences[:0]) == 0


def test_sentences_are_learned_while_an_earlier_readers_scores_are_kept(encoder: Path, tmp_path: Path) -> None:
    before = network(encoder, touched=True)
    labelled = [
        replace(sample, kept=True, sentences=((sample.question, len(sample.ids) - 2, n % 2 == 0),))
        for n, sample in enumerate(samples())
    ]
    batch = collate(labelled)
    given = (batch.tokens, batch.segments, batch.attention, batch.context)
    run = Run(replace(PLAN, labels_weight=0.0, keep_weight=5.0, selection_weight=1.0), network(encoder, touched=True), tmp_path)
    run.model.load_state_dict(before.state_dict())
    run.keep(before)
    with torch.no_grad():
        first = float(selection_loss(run.model(*given), batch.sentences))
    for _ in range(60):
        run.update(labelled, 5e-3)
    with torch.no_grad():
        scores = run.model(*given)
        assert float(selection_loss(scores, batch.sentences)) < 0.7 * first
        assert float(keeping_loss(scores, before(*given))) < 0.1


def test_a_run_that_was_interrupted_ends_with_the_weights_of_one_that_was_not(encoder: Path, tmp_path: Path) -> None:
    whole, first, second = (network(encoder) for _ in range(3))
    Run(PLAN, whole, tmp_path / "whole").go(samples())
    Run(PLAN, first, tmp_path / "parts").go(samples(), stop_after=2)
    Run(PLAN, second, tmp_path / "parts").go(samples())
    for name, value in whole.trained().items():
        assert torch.equal(value, second.trained()[name]), name


def test_a_run_is_done_when_its_examples_are_used_up_though_its_plan_allows_more_steps(encoder: Path, tmp_path: Path) -> None:
    plan = replace(PLAN, steps=1000)
    assert not is_done(tmp_path, plan)
    Run(plan, network(encoder), tmp_path).go(samples(), stop_after=1)
    assert not is_done(tmp_path, plan)
    Run(plan, network(encoder), tmp_path).go(samples())
    assert is_done(tmp_path, plan)
    assert not is_done(tmp_path, PLAN)


def test_a_checkpoint_of_another_plan_is_refused(encoder: Path, tmp_path: Path) -> None:
    Run(PLAN, network(encoder), tmp_path).go(samples(), stop_after=1)
    with pytest.raises(ValueError, match="another plan"):
        Run(Plan(rank=4, alpha=8.0, batch_size=2), network(encoder), tmp_path).go(samples())


def test_the_mean_of_checkpoints_weighs_each_by_its_share_and_keeps_the_plan_of_the_last(tmp_path: Path) -> None:
    for name, value in (("a", 1.0), ("b", 5.0)):
        torch.save({"plan": name, "step": 1, "weights": {"w": torch.full((2,), value)}}, tmp_path / name)
    average({tmp_path / "a": 1, tmp_path / "b": 3}, tmp_path / "mean" / "checkpoint.pt")
    mean = torch.load(tmp_path / "mean" / "checkpoint.pt", weights_only=True)
    assert mean["plan"] == "b"
    assert mean["weights"]["w"].tolist() == [4.0, 4.0]


def test_a_run_of_more_ranks_begins_where_one_of_fewer_ended_and_so_does_their_mean(encoder: Path, tmp_path: Path) -> None:
    batch, few = collate(samples()), network(encoder, touched=True)
    given = (batch.tokens, batch.segments, batch.attention, batch.context)
    Run(PLAN, few, tmp_path / "few").save()
    wide = replace(PLAN, rank=6, alpha=12.0)
    many = Run(wide, SpanReader(load_encoder(encoder, torch.float32), wide.rank, wide.alpha), tmp_path / "many")
    many.start_from(tmp_path / "few" / "checkpoint.pt")
    many.save()
    average({tmp_path / name / "checkpoint.pt": 0.5 for name in ("few", "many")}, tmp_path / "mean.pt")
    mean = SpanReader(load_encoder(encoder, torch.float32), wide.rank, wide.alpha)
    Run(wide, mean, tmp_path / "mean").start_from(tmp_path / "mean.pt")
    with torch.no_grad():
        expected = few(*given)
        for model in (many.model, mean):
            for one, other in zip(expected, model(*given), strict=True):
                assert torch.allclose(one, other, atol=1e-4)
    moved = next(value for name, value in many.named.items() if name.endswith(".b"))
    many.update(samples(), 1e-2)
    assert moved[:, PLAN.rank :].abs().max() > 0


def test_an_exported_reader_becomes_a_checkpoint_that_training_can_begin_at(encoder: Path, tmp_path: Path) -> None:
    exported, begun = network(encoder, touched=True), network(encoder)
    Run(PLAN, exported, tmp_path / "work").save()
    export(tmp_path / "work" / "checkpoint.pt", encoder, tmp_path / "reader", "data")
    restore(tmp_path / "reader", encoder, tmp_path / "before" / "checkpoint.pt")
    Run(PLAN, begun, tmp_path / "more").start_from(tmp_path / "before" / "checkpoint.pt")
    for name, value in exported.trained().items():
        assert torch.allclose(value, begun.trained()[name], atol=1e-3), name


def test_a_damaged_reader_is_no_place_to_begin_at(encoder: Path, tmp_path: Path) -> None:
    Run(PLAN, network(encoder), tmp_path / "work").save()
    export(tmp_path / "work" / "checkpoint.pt", encoder, tmp_path / "reader", "data")
    weights = tmp_path / "reader" / "adapters.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    with pytest.raises(ReaderError, match="SHA-256"):
        restore(tmp_path / "reader", encoder, tmp_path / "before.pt")
