import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index import passages
from index.article import Article, Passage
from index.passages import MAX_WORDS, embedded_text, sentences, split

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=400)
WORDS = st.sampled_from(
    [
        "The",
        "U.S.",
        "Maj.",
        "Gen.",
        "Dr.",
        "said,",
        "“Go”",
        "3.5",
        "p.m.",
        "ended.",
        "Why?",
        "No!",
        "\n",
        "\n\n",
        "- ",
        "«Oui.»",
        "。",
        "नमस्ते।",
        "a.b@c.de",
        "B\u00a0.",
    ]
)
PROSE = st.lists(WORDS, max_size=300).map(" ".join)
UNHURRIED = settings(deadline=None)  # the first sentence of all loads the abbreviations


def article(text: str) -> Article:
    return Article.create(text, title="A title", origin="test:a")


def split_text(text: str, max_words: int = MAX_WORDS) -> tuple[Article, list[Passage]]:
    whole = article(text)
    return whole, split(whole, max_words)


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@UNHURRIED
@given(st.one_of(ANY_TEXT, PROSE), st.integers(1, 120))
@example("\u0085\u2028\x00“\ud800", 1)
@example("a" * 3000, 100)
@example("word " * 500, 7)
@example("🙂é" * 2000, 100)
def test_a_passage_is_the_articles_own_words_in_order_without_overlap(raw: str, max_words: int) -> None:
    whole, passages = split_text(raw, max_words)
    end = 0
    for passage in passages:
        assert end <= passage.start < passage.end <= len(whole.text)
        assert passage.text == whole.text[passage.start : passage.end]
        assert passage.text == passage.text.strip() != ""
        assert len(passage.text) <= 2400
        end = passage.end


@UNHURRIED
@given(PROSE, st.integers(3, 120))
@example("The The B\xa0. U.S. नमस्ते।", 3)  # one sentence to sentencex, whose first words are the shortest
def test_a_passage_has_at_most_so_many_words_unless_a_sentence_has_more(raw: str, max_words: int) -> None:
    whole, passages = split_text(raw, max_words)
    text = whole.text
    longer = [span for span in sentences(text) if len(text[slice(*span)].split()) > max_words]  # cut by characters
    for passage in passages:
        is_piece = any(first <= passage.start and passage.end <= last for first, last in longer)
        assert is_piece or len(passage.text.split()) <= max_words


@UNHURRIED
@given(st.one_of(ANY_TEXT, PROSE))
def test_sentences_are_in_order_without_overlap_and_trimmed(raw: str) -> None:
    text = article(raw).text
    end = 0
    for first, last in sentences(text):
        assert end <= first < last <= len(text)
        assert text[first:last] == text[first:last].strip()
        end = last


@UNHURRIED
@given(
    st.lists(
        st.sampled_from(["The ferry is back.", "It sails at 9 a.m. now.", "Why so late?", "“No,” she said."]),
        min_size=1,
        max_size=80,
    )
)
def test_nothing_of_a_plain_text_is_lost(parts: list[str]) -> None:
    whole, passages = split_text(" ".join(parts))
    assert " ".join(passage.text for passage in passages) == whole.text


@UNHURRIED
@given(PROSE)
def test_the_same_article_is_split_the_same_way(raw: str) -> None:
    assert split_text(raw)[1] == split_text(raw)[1]


@pytest.mark.parametrize(
    "sentence",
    [
        "Maj. Gen. Ada Berg met Lt. Col. Bo Dahl in Washington on Monday.",
        "The U.S. Navy and the U.N. Security Council met at 9 a.m. on Jan. 5 in St. Louis.",
        "Dr. Holm, Prof. Lind and Mrs. Ek of Nord Corp. paid $3.5 million, i.e. twice as much.",
        "Sen. J. R. Falk Jr. said the No. 4 reactor, vs. the others, was safe.",
        "The site post.example.com had 1.2 million visitors, e.g. in Oslo.",
        "He said “We are done. We leave tomorrow” and left the room.",
        "The minister (who is 61 yrs. old) resigned.",
        "Is it the U.S. or the U.K. that signed?",
    ],
)
def test_abbreviations_numbers_and_quotations_do_not_end_a_sentence(sentence: str) -> None:
    after = "Then the ferry left the harbour."
    assert found(f"{sentence} {after}") == [sentence, after]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Why? Nobody knows! It ended…", ["Why?", "Nobody knows!", "It ended…"]),
        ("一つ目の文です。二つ目の文です。", ["一つ目の文です。", "二つ目の文です。"]),
        ("पहला वाक्य है। दूसरा वाक्य है।", ["पहला वाक्य है।", "दूसरा वाक्य है।"]),
        ("One line ends here.\nAnother begins.", ["One line ends here.", "Another begins."]),
    ],
)
def test_sentences_end_where_they_end(text: str, parts: list[str]) -> None:
    assert found(text) == parts


def test_a_text_wrapped_at_a_column_is_read_as_paragraphs() -> None:
    text = (
        "The ferry Aurora crossed the bay on Monday, ten weeks after its\n"
        "engine had failed. Captain Ines Holm said that the new engine had\n"
        "been tested for nine days in all weathers.\n"
        "\n"
        "The harbour office expects twelve hundred passengers on each day.\n"
    )
    assert len(found(text)) == 3
    assert found(text)[0].endswith("its\nengine had failed.")


def test_a_paragraph_that_fits_is_not_torn() -> None:
    first, second = "One two three four. " * 12, "Five six seven eight. " * 18
    whole, passages = split_text(f"{first}\n{second}", 100)
    assert [passage.text for passage in passages] == [first.strip(), second.strip()]
    assert whole.text


def test_furniture_separates_passages() -> None:
    text = "The ferry is back.\nSubscribe to our newsletter for more.\nThe bridge is shut."
    _, passages = split_text(text)
    assert [passage.text for passage in passages] == ["The ferry is back.", "The bridge is shut."]


def test_a_sentence_longer_than_a_passage_is_cut_between_words() -> None:
    whole, passages = split_text("word" + " word" * 350 + ".", 100)
    assert all(passage.text.split() == ["word"] * len(passage.text.split()) for passage in passages[:-1])
    assert sum(len(passage.text.split()) for passage in passages) == 351
    assert whole.text


def test_the_embedded_text_has_the_title_and_the_stored_text_has_not() -> None:
    whole, (passage,) = split_text("The ferry is back.")
    assert embedded_text(whole, passage) == "A title\nThe ferry is back."
    assert passage.text == whole.text


@pytest.mark.parametrize(
    "sentence",
    [
        "The tunnel will cost approx. 900 million euros.",
        "It costs 5 bn. euros a year.",
        "The lake covers 40 sq. km. and lies in the north.",
        "She met Amb. Lee there.",
        "The ferry left at 9 a.m. Monday.",
        "On Sept. 3, Tues. morning, it fell.",
    ],
)
def test_an_abbreviation_ends_no_sentence_that_goes_on(sentence: str) -> None:
    text = f"Nobody knew. {sentence} Then the day was over."
    assert [text[start:end] for start, end in sentences(text)] == ["Nobody knew.", sentence, "Then the day was over."]


def test_no_sentence_ends_where_a_long_paragraph_is_read_in_pieces() -> None:
    sentence = "The ferry number 197 left the harbour before noon."
    assert found(f"{sentence} " * 1000) == [sentence] * 1000


def test_a_headline_that_is_the_title_is_no_passage_in_a_short_article() -> None:
    short = Article.create("Norrkraft fined over dam\n\nThe firm paid.", title="Norrkraft fined over dam", origin="test:a")
    assert [passage.text for passage in split(short)] == ["The firm paid."]


def test_the_sentences_of_a_long_text_are_found_once_and_belong_to_who_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(passages, "furniture", lambda lines, title="": calls.append(title) or [False] * len(lines))
    text = "The ferry left the harbour of the long text.\n" * 100
    first = sentences(text)
    first.clear()
    assert len(sentences(text)) == 100
    assert len(calls) == 1


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u3000"])
def test_a_wide_space_between_a_capital_and_a_full_stop_ends_a_sentence_like_any_other(space: str) -> None:
    text = f"It voted for Plan B{space}. The mayor left at noon."
    assert found(text) == [f"It voted for Plan B{space}.", "The mayor left at noon."]
