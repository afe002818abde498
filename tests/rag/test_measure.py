"""rag/measure.py and rag/evaluation.py: the metrics, against values worked out by hand, and the files that are read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation import QuestionsError, kept_report, read_cases
from rag.evidence import compose
from rag.measure import Case, Outcome, auc, exact_match, normalized, token_f1
from rag.types import Answer, Claim, LibraryState
from tests.rag.test_sources import FORTY


def test_answers_are_compared_as_squad_compares_them() -> None:
    assert normalized("The “Glass House,”  an Airport site!") == "glass house airport site"
    assert exact_match("the U.S. army", ["US Army"]) == 1


def test_f1_counts_shared_tokens_and_takes_the_best_reference() -> None:
    assert token_f1("drone strike in 2020", ["2020", "a drone strike"]) == pytest.approx(2 * 2 / (4 + 2))
    assert token_f1("nothing", ["2020"]) == 0


def test_auc_is_the_chance_that_an_answerable_question_scores_higher() -> None:
    assert auc([0.9, 0.8], [0.1, 0.2]) == 1
    assert auc([0.1], [0.9]) == 0
    assert auc([0.5, 0.7], [0.5, 0.2]) == pytest.approx(3.5 / 4)
    assert auc([], [0.1]) is None


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12), st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_auc_equals_counting_all_pairs(positive: list[int], negative: list[int]) -> None:
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    assert auc(positive, negative) == pytest.approx(wins / (len(positive) * len(negative)))


def outcome(case: Case, short_answer: str | None) -> Outcome:
    """Return what came of a case that was answered with a quotation about 40 traders in Velm."""
    text, citations = compose([Claim("", FORTY, 0, len(FORTY.hit.article.text))])
    state = LibraryState(1, 1, "", None, "")
    answer = Answer("1", "", "", text, short_answer, False, None, 0.9, "extractive", citations, (), state, {})
    return Outcome(case, answer, (), 1, 1.0)


@pytest.mark.parametrize(
    ("answers", "short_answer", "is_right"),
    [
        (["60", "40"], "40", True),
        (["Market of Velm"], None, True),
        (["4"], "40", False),
        (["60"], None, False),
        ([], None, True),
    ],
)
def test_where_only_answers_are_known_the_words_shown_must_hold_one(
    answers: list[str], short_answer: str | None, *, is_right: bool
) -> None:
    assert outcome(Case("1", "How many?", tuple(answers)), short_answer).is_right is is_right


def test_where_sentences_are_known_the_first_quotation_must_be_one() -> None:
    assert not outcome(Case("1", "How many?", ("40",), ("Sixty traders sell fish.",)), "40").is_right


def cases(folder: Path, content: bytes) -> list[Case]:
    file = folder / "questions.jsonl"
    file.write_bytes(content)
    return [case for case, _ in read_cases(file)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"question": "Where?", "answers": "Paris"}', '"answers" must be a list of texts, not "Paris"'),
        (b'{"question": "Where?", "sentences": "In Paris."}', '"sentences" must be a list of texts'),
        (b'{"question": "Where?", "articles": [1]}', '"articles" must be a list of texts'),
        (b'{"question": "Where?", "unanswerable": "false"}', '"unanswerable" must be true or false, not "false"'),
        (b'{"question": null}', '"question" must be a text, not null'),
        (b'{"question": "\\udcff"}', "surrogates not allowed"),
        (b'{"question": "Wh\xff"}', "'utf-8' codec can't decode byte 0xff"),
        (b'{"question": "Where?", "history": [{"role": "user"}]}', '"content" must be a text, not null'),
        (b'{"question": "Where?", "history": ["Who?"]}', '"history" must be a list of'),
        (b"[]", "it is no JSON object"),
        (b"{", "Expecting property name"),
    ],
)
def test_a_line_that_is_no_question_is_named_with_what_is_wrong(tmp_path: Path, line: bytes, said: str) -> None:
    with pytest.raises(QuestionsError, match=r"^line 2 of questions\.jsonl is not a question: ") as refused:
        cases(tmp_path, b'{"question": "Who?"}\n' + line)
    assert said in str(refused.value)


def test_a_question_is_a_line_whatever_separators_stand_in_it(tmp_path: Path) -> None:
    content = '{"question": "Who\u2028is\x85there?"}\r\n\n{"question": "Where?", "answers": null}\n'
    assert [case.question for case in cases(tmp_path, content.encode())] == ["Who\u2028is\x85there?", "Where?"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff", b'{"all": 1}', b'{"all": {"hit@1": "high"}}'])
def test_a_baseline_that_is_no_kept_report_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "kept.json"
    file.write_bytes(content)
    with pytest.raises(QuestionsError, match=r"^kept\.json is not a kept report: "):
        kept_report(file)
