"""Questions in other words: from a WordNet of a few words, with an embedder that holds words of one meaning for the same."""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.fakes import WordCountEmbedder
from training.data import DataMissing, Example
from training.rewording import off_the_passage, reworded
from training.wordnet import WordNet, wordnet_folder

NOUNS = """\
  1 a line of the licence
00000010 05 n 02 ruler 0 swayer 0 002 ~ 00000020 n 0000 ~ 00000030 n 0000 | one who rules
00000020 05 n 02 king 0 monarch 0 001 @ 00000010 n 0000 | a male one
00000030 05 n 01 governor 0 001 @ 00000010 n 0000 | of a province
00000040 05 n 01 harbour 0 000 | where ships lie
"""
VERBS = """\
00000050 41 v 02 found 0 establish 0 001 ! 00000060 v 0101 | set up
00000060 41 v 01 abolish 0 001 ! 00000050 v 0101 | do away with
00000070 41 v 02 slay 0 kill 0 000 | put to death
"""
TEXT = "In 1871 the king of Orsk founded a school beside the harbour, and he was slain in the same year."
EXAMPLE = Example("q", "own", "Orsk", TEXT, "When was this school founded by the king?", ((3, 7),))


def chance() -> random.Random:
    return random.Random(1)  # noqa: S311 - a test that can be repeated


@pytest.fixture
def words(tmp_path: Path) -> WordNet:
    for name in ("noun", "verb", "adj", "adv"):
        (tmp_path / f"data.{name}").write_text({"noun": NOUNS, "verb": VERBS}.get(name, ""), encoding="utf-8")
        (tmp_path / f"{name}.exc").write_text("slain slay\n" if name == "verb" else "", encoding="utf-8")
    index = {
        "noun": "ruler 00000010,swayer 00000010,king 00000020,monarch 00000020,governor 00000030,harbour 00000040",
        "verb": "found 00000050,establish 00000050,abolish 00000060,slay 00000070,kill 00000070",
    }
    for name in ("noun", "verb", "adj", "adv"):
        entries = [entry.split() for entry in index.get(name, "").split(",") if entry]
        lines = "".join(f"{word} {name[0]} 1 1 @ 1 9 {address}\n" for word, address in entries)
        (tmp_path / f"index.{name}").write_text(lines, encoding="utf-8")
    counted = [f"{word}%1:18:00:: 1 9" for word in ("king", "monarch", "governor")] + ["abolish%2:41:00:: 1 9"]
    (tmp_path / "cntlist.rev").write_text("\n".join(counted) + "\n", encoding="utf-8")
    return WordNet(tmp_path)


class Likening(WordCountEmbedder):
    """Words of one meaning count as the same word, sisters as half the same."""

    def __init__(self) -> None:
        super().__init__(4096)

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        return super().vectors([text.replace("monarch", "king").replace("established", "founded") for text in texts])


def test_a_word_takes_the_ending_of_the_one_it_stands_for(words: WordNet) -> None:
    founded = words.form("founded")
    assert founded is not None
    assert founded.base == "found"
    assert words.similar(founded) == ["established"]
    assert words.different(founded) == ["abolished"]


def test_an_irregular_form_is_known_and_none_is_made(words: WordNet) -> None:
    slain, killed = words.form("slain"), words.form("killed")
    assert slain is not None
    assert killed is not None
    assert words.similar(slain) == ["killed"]
    assert words.similar(killed) == []


def test_sisters_of_a_noun_mean_something_else_and_its_synonyms_do_not(words: WordNet) -> None:
    king = words.form("king")
    assert king is not None
    assert words.similar(king) == ["monarch", "ruler"]
    assert words.different(king) == ["governor"]


def test_a_word_that_wordnet_lacks_has_no_form(words: WordNet) -> None:
    assert words.form("zzyzx") is None


def test_a_question_is_asked_in_words_that_its_passage_lacks_and_keeps_its_answer(words: WordNet) -> None:
    (anew,) = reworded([EXAMPLE], words, Likening(), chance())
    assert anew.question == "When was this school established by the monarch?"
    assert anew.answers == EXAMPLE.answers
    assert anew.context == TEXT


def test_another_word_takes_a_question_off_its_passage(words: WordNet) -> None:
    (off,) = off_the_passage([EXAMPLE], words, Likening(), chance())
    assert off.question in {"When was this school abolished by the king?", "When was this school founded by the governor?"}
    assert off.answers == ()


def test_names_stay_although_the_question_writes_them_small(words: WordNet) -> None:
    text = TEXT.replace("the king", "the band King").replace("founded", "made")
    example = Example("q", "own", "Orsk", text, "when did king come to orsk", ((3, 7),))
    assert reworded([example], words, Likening(), chance()) == []


def test_a_missing_wordnet_is_named_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_WORDNET", str(tmp_path))
    with pytest.raises(DataMissing, match="wordnet-base"):
        wordnet_folder()
