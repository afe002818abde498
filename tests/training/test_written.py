"""The written questions: every answer stands where its brackets say, paraphrases share hardly a word with it."""

import json
from collections import Counter
from pathlib import Path

import pytest

from index.passages import sentences
from rag.terms import content_stems
from training.data import Example
from training.written import FOLDER, WrittenError, is_kept, kind, paragraph_name, read_news, read_reported, read_written

ARTICLE = """# Ferry line halves its winter timetable
@ Harbour Courier, 2019-11-04
The ferry will run four crossings a day, harbour officials said. Last year it ran four crossings before noon alone.

Marta Lindqvist, the union's spokeswoman, called it a blow.
"""


def read(folder: Path, lines: str) -> list[Example]:
    path = folder / "harbour.txt"
    path.write_text(ARTICLE + lines, encoding="utf-8")
    return list(read_news(path))


@pytest.fixture(scope="module")
def everything() -> list[Example]:
    return [example for path in sorted(FOLDER.glob("*/*.txt")) for example in read_news(path)]


def test_an_answer_is_the_words_in_brackets_at_their_place(tmp_path: Path) -> None:
    asked, about_her, missed = read(
        tmp_path,
        "Q: How many before noon? => ran [four crossings] before noon\n"
        "P: What does she do for labour? => [the union's spokeswoman]\nN: When did the ferry sink?\n",
    )
    ((start, end),) = asked.answers
    assert asked.context[start:end] == "four crossings"
    assert asked.context[:start].endswith("Last year it ran ")
    assert about_her.title == "Ferry line halves its winter timetable"
    assert not missed.answers
    assert [kind(example) for example in (asked, about_her, missed)] == ["Q", "P", "N"]


@pytest.mark.parametrize("quoted", ["run [five] crossings", "[four crossings]", "no brackets", ""])
def test_words_that_are_not_there_just_once_are_refused_with_their_place(tmp_path: Path, quoted: str) -> None:
    with pytest.raises(WrittenError, match=r"harbour\.txt:6"):
        read(tmp_path, f"Q: How many crossings? => {quoted}\n")


@pytest.mark.parametrize("line", ["q: Who came?", "Who came?", "N: Who came? => harbour [officials]"])
def test_what_is_no_question_behind_an_article_is_refused_with_its_place(tmp_path: Path, line: str) -> None:
    with pytest.raises(WrittenError, match=r"harbour\.txt:7"):
        read(tmp_path, f"N: When did the ferry sink?\n{line}\n")


def test_a_file_that_begins_with_no_headline_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bare.txt").write_text("Some text\n", encoding="utf-8")
    with pytest.raises(WrittenError, match=r"bare\.txt:1"):
        list(read_news(tmp_path / "bare.txt"))


def test_a_question_on_a_paragraph_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    text = "The bells of Orsk rang at noon."
    rows = [
        {
            "id": "a-0-Q",
            "source": "written_wiki",
            "paragraph": paragraph_name(text),
            "question": "When?",
            "start": 26,
            "end": 30,
        },
        {"id": "b-0-N", "source": "written_wiki", "paragraph": paragraph_name("another"), "question": "Who?"},
    ]
    (tmp_path / "paragraphs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (only,) = read_written({paragraph_name(text): text}, tmp_path)
    assert only.context[slice(*only.answers[0])] == "noon"


def test_the_files_of_the_project_can_all_be_read(everything: list[Example]) -> None:
    assert {kind(example) for example in everything} == {"Q", "P", "N"}
    assert len({example.id for example in everything}) == len(everything)


def test_paraphrases_hardly_share_a_word_with_the_sentence_that_answers_them(everything: list[Example]) -> None:
    shared = Counter[int]()
    for example in (e for e in everything if kind(e) == "P"):
        ((at, _),) = example.answers
        sentence = next(example.context[a:b] for a, b in sentences(example.context) if a <= at < b)
        shared[len(set(content_stems(example.question)) & set(content_stems(sentence)))] += 1
    assert max(shared) <= 4
    assert shared[0] + shared[1] >= 0.9 * shared.total()  # what was learned from already is not mended any more


def test_some_articles_are_kept_for_choosing_with_all_their_questions() -> None:
    sides: dict[str, set[bool]] = {}
    for example in read_written({}):
        sides.setdefault(example.context, set()).add(is_kept(example))
    assert all(len(side) == 1 for side in sides.values())
    assert 0.05 < sum(side == {True} for side in sides.values()) / len(sides) < 0.25


def test_no_article_is_both_learned_from_and_reported() -> None:
    reported, others = read_reported(), read_written({})
    assert not {e.title for e in reported} & {e.title for e in others}
    assert not {e.context for e in reported} & {e.context for e in others}
