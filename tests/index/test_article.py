import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.article import Article, Passage, article_id, clean, content_hash, iso_date

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))  # surrogates and controls included


@given(ANY_TEXT)
@example("e\u0301\r\n\x00\ud800\u202eb\u2028c\u0085d\x0be")
@example("a" + "\u0344" * 40 + "\u1e69" + "\u0316\u0301" * 40)
def test_cleaning_twice_is_cleaning_once(raw: str) -> None:
    assert clean(clean(raw)) == clean(raw)


@given(ANY_TEXT)
def test_a_clean_text_is_nfc_and_can_be_stored(raw: str) -> None:
    text = clean(raw)
    assert unicodedata.is_normalized("NFC", text)
    assert text.encode("utf-8").decode("utf-8") == text
    assert not set(text) & set("\r\x00\x1b\u202a\u202e\u2066\u2069\ufeff\u2028")


@pytest.mark.parametrize("kept", ["می\u200cخواهم", "क्\u200dष", "👩\u200d🚀", "\u200fשלום", "a\tb\nc", "x\u00a0y", "ﬀ"])
def test_what_languages_need_is_kept(kept: str) -> None:
    assert clean(kept) == kept


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\u2029b", "a\nb"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ("a\x1b[31mb", "a[31mb"),
        ("e\u0301", "é"),
    ],
)
def test_line_ends_controls_and_reordering_marks_are_settled(raw: str, text: str) -> None:
    assert clean(raw) == text


def test_the_hash_is_of_the_stored_text() -> None:
    article = Article.create("Words\r\n", title=" A \n title ", origin="file:///a.txt")
    assert (article.text, article.title) == ("Words\n", "A title")
    assert article.content_hash == content_hash("Words\n")
    assert article.content_hash.startswith("sha256:")
    assert Article.create("Words\n", title="Other", origin="file:///b.txt").content_hash == article.content_hash


def test_unknown_facts_are_none_and_others_become_metadata() -> None:
    article = Article.create("Words", title="T", origin="o", source=" The\nPost ", section="World", empty="", nothing=None)
    assert (article.source, article.url, article.published, article.updated) == ("The Post", None, None, None)
    assert dict(article.metadata) == {"section": "World"}


def test_a_date_that_is_not_iso_stays_as_written() -> None:
    article = Article.create("Words", title="T", origin="o", published="5 May 2024", updated="2024-05-06")
    assert (article.published, article.updated) == (None, "2024-05-06")
    assert dict(article.metadata) == {"published_as_written": "5 May 2024"}


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2024-05-06", "2024-05-06"),
        (" 2024-05-06T07:08:09Z ", "2024-05-06T07:08:09Z"),
        ("2024-05-06 07:08", "2024-05-06 07:08"),
        ("20240506", "2024-05-06"),
        ("2024-W19-1", "2024-05-06"),
        ("20240506T070809+0200", "2024-05-06T07:08:09+02:00"),
        ("2024-05", None),
        ("2024-13-01", None),
        ("6.5.2024", None),
        ("", None),
        (None, None),
    ],
)
def test_iso_dates_begin_with_the_day_and_nothing_else_is_a_date(written: str | None, iso: str | None) -> None:
    assert iso_date(written) == iso


@given(ANY_TEXT)
@example("\ud800")
@example("../../etc/passwd\x00")
def test_an_id_is_short_and_fits_a_link(origin: str) -> None:
    article = Article.create("Words", title="T", origin=origin)
    assert article.id == Article.create("Other words", title="U", origin=origin).id
    assert 0 < len(article.id) <= 57
    assert set(article.id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize(
    ("origin", "slug"),
    [
        ("file:///news/2024/Ferry%20Returns.txt", "ferry-20returns"),
        ("https://post.example/2024/ferry-returns.html?x=1#top", "ferry-returns"),
        ("https://post.example/?p=42", "post"),
        ("upload:Grüße.md", "upload-grue"),
        ("???", "article"),
    ],
)
def test_an_id_can_be_read_by_people(origin: str, slug: str) -> None:
    assert article_id(origin).rpartition("-")[0] == slug


def test_articles_of_different_origins_have_different_ids() -> None:
    assert article_id("https://a.example/x?p=1") != article_id("https://a.example/x?p=2")


def test_a_passage_is_named_by_article_and_offsets() -> None:
    assert Passage("ferry-1", 3, 9, "abcdef").id == "ferry-1:3-9"


def test_an_article_cannot_be_changed() -> None:
    article = Article.create("Words", title="T", origin="o", section="World")
    with pytest.raises(AttributeError):
        article.text = "Other"  # type: ignore[misc]  # that it is refused is the test
    with pytest.raises(TypeError):
        article.metadata["section"] = "Sport"  # type: ignore[index]  # that it is refused is the test


def test_no_run_of_marks_takes_more_time_or_room_than_its_letters() -> None:
    marks = "\u0301" * 50_000 + "\u0316" * 50_000  # half a day, if they were all put in order
    assert len(clean(f"The mayor resigned. a{marks}\u0f73{marks} b")) < 100
    assert clean("क्षि " * 10 + "👩\u200d🚀" * 40) == "क्षि " * 10 + "👩\u200d🚀" * 40
