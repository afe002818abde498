import json
import unicodedata
from pathlib import Path

import pytest

from index.article import Article
from index.errors import PartlyUnusable, UnusableContent
from index.readers import MAX_BYTES, SUFFIXES, files, first_words, from_text, read, read_bytes
from index.readers.raw import MAX_URL_CHARS
from tests.index import documents
from tests.index.documents import SECOND, STORY


def articles(data: bytes, name: str) -> list[Article]:
    return list(read_bytes(data, name, origin=f"upload:{name}"))


@pytest.mark.parametrize("name", documents.ALL)
def test_every_format_gives_the_words_of_the_story(name: str) -> None:
    found = articles(documents.ALL[name], name)
    assert all(STORY in article.text for article in found)
    assert len(found) == (2 if name.endswith(".zip") else 1)
    assert all(article.metadata["file"] == name for article in found)


@pytest.mark.parametrize(
    "name", [name for name in documents.ALL if name.split(".")[1] in {"html", "pdf", "docx", "rss", "zip"}]
)
def test_content_is_believed_before_the_name(name: str) -> None:
    (first, *_) = articles(documents.ALL[name], "story.txt")
    assert STORY in first.text


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.txt", "empty"),
        (b" \n\t ", "a.md", "empty"),
        (b"words", "a.exe", "not one of"),
        (b"words", "a", "without a suffix"),
        (b"words", "a.pdf", "its name says pdf"),
        (b"words", "a.docx", "its name says word"),
        (b"<?xml version='1.0'?><note>x</note>", "a.xml", "no RSS or Atom"),
        (b"\xff\xd8\xff\xe0 picture", "a.txt", "JPEG"),
        (b"\xd0\xcf\x11\xe0 old", "a.doc", "old Office"),
        (b"{\\rtf1 words}", "a.txt", "rich text"),
        (b"\x1f\x8bxx", "a.txt", "gzip"),
        (b"zero\x00bytes", "a.txt", "not text"),
        (b"\x7fELF", "a.txt", "program"),
    ],
)
def test_what_is_no_article_is_refused_with_the_reason(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(UnusableContent, match=reason):
        articles(data, name)


def test_a_file_over_the_limit_is_refused_and_not_cut() -> None:
    with pytest.raises(UnusableContent, match="larger than 20 MB"):
        articles(b"a" * (MAX_BYTES + 1), "a.txt")
    with pytest.raises(UnusableContent, match="2,000,000"):
        articles(b"word " * 400_001, "a.txt")


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("Grüße aus Köln: Äpfel, Öl und süße Brötchen für alle Gäste.", "cp1252"),
        ("Premiér řekl, že příští týden přijede do Brna.", "utf-16"),
        ("Премьер-министр заявил, что переговоры продолжатся на следующей неделе в Москве.", "cp1251"),
        ("“Quotes” – and dashes… are Windows characters, not Latin-1.", "cp1252"),
        ("総理大臣は来週、東京で会談を行うと述べた。交渉は続いている。", "shift_jis"),
        ("总理表示，谈判将于下周在北京继续举行。双方都表示欢迎。", "gb18030"),
    ],
)
def test_the_encoding_is_found(words: str, encoding: str) -> None:
    ascii_first = "A long line of plain ASCII.\n" * 4000  # further than a probe of the beginning reaches
    for text in (words, ascii_first + words):
        (article,) = articles(text.encode(encoding), "a.txt")
        assert article.text.strip().endswith(words)


def test_a_document_cannot_choose_its_id_or_origin() -> None:
    hostile = b"---\nid: other-article\norigin: file:///elsewhere\nraw_text: x\ncontent_hash: y\ntext: z\n---\nWords."
    (article,) = articles(hostile, "a.md")
    assert (article.origin, article.text) == ("upload:a.md", "Words.")
    assert article.id != "other-article"


def test_what_is_known_wins_and_says_from_where() -> None:
    given = {"title": "Given", "source": "Given Post", "id": "given-id", "origin": "x"}
    (article,) = read_bytes(b"---\ntitle: Own\nauthor: A B\n---\nWords.", "a.md", origin="upload:a", known=given)
    assert (article.title, article.source, article.id, article.origin) == ("Given", "Given Post", "given-id", "upload:a")
    assert (article.metadata["title_from"], article.metadata["author_from"]) == ("given", "front matter")


BEGINNING = "https://a.example/"


@pytest.mark.parametrize(
    ("length", "is_kept"), [(1001, True), (MAX_URL_CHARS, True), (MAX_URL_CHARS + 1, False), (5 * MAX_URL_CHARS, False)]
)
def test_an_address_is_kept_whole_or_not_at_all(length: int, is_kept: bool) -> None:
    url = BEGINNING + "x" * (length - len(BEGINNING))
    found = [
        from_text(STORY, origin="sent:1", known={"url": url}),
        *articles(json.dumps({"text": STORY, "url": url}).encode(), "a.jsonl"),
        *articles(documents.page(head=f'<link rel="canonical" href="{url}">'), "a.html"),
        *articles(documents.rss(f"<item><guid>1</guid><description>{STORY}</description><link>{url}</link></item>"), "a.rss"),
    ]
    assert [article.url for article in found] == [url if is_kept else None] * 4
    assert [article.metadata.get("url_from") is not None for article in found] == [is_kept] * 4


BODY = "The council cut the fares of the ferry on Monday, and nobody had expected that it would."
DATED_HEADS = [
    ("Council cuts fares\n\nBy Ida Brandt, The Harrow Evening Post / 14 March 2025", "2025-03-14"),
    ("Brenn Courier, 20 May 2025", "2025-05-20"),
    ("Council cuts fares\nMarch 14, 2025 | By Ida Brandt", "2025-03-14"),
    ("Published: Friday, 14 March 2025", "2025-03-14"),
    ("2025-03-14", "2025-03-14"),
    ("Brenn Courier, 20 May 2025\nUpdated 21 May 2025", "2025-05-20"),
    ("Brenn Courier, 20 May 2025\n21 May 2025", None),
    ("14 March 2025 / 20 March 2025", None),
    ("The mayor resigned on Monday, 20 May 2025", None),
    ("Brenn Courier, 31 February 2025", None),
    ("Brenn Courier, 20 May 9025", None),
    ("Brenn Courier, May 2025", None),
    (f"{BODY}\n{BODY}\n{BODY}\n{BODY}\n{BODY}\nBrenn Courier, 20 May 2025", None),
]


@pytest.mark.parametrize(("head", "day"), DATED_HEADS)
def test_a_text_is_dated_by_the_line_of_its_head_that_names_author_or_outlet_and_day(head: str, day: str | None) -> None:
    (article,) = articles(f"{head}\n\n{BODY}\n".encode(), "a.txt")
    assert (article.published, article.metadata.get("published_from")) == (day, "dateline" if day else None)
    assert article.text.startswith(head)


def test_a_dateline_dates_pdf_and_word_too_and_whatever_else_is_known_wins() -> None:
    lines = ["Council cuts fares", "Brenn Courier, 20 May 2025", BODY]
    for name, data in (("a.docx", documents.word(lines)), ("a.pdf", documents.pdf([lines]))):
        (article,) = articles(data, name)
        assert (article.published, article.metadata["published_from"]) == ("2025-05-20", "dateline")
    text = "\n".join(lines).encode()
    (article,) = read_bytes(text, "a.txt", origin="upload:a.txt", known={"published": "2024-01-01"})
    assert (article.published, article.metadata["published_from"]) == ("2024-01-01", "given")


def test_a_folder_gives_its_readable_files_in_a_stable_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "sub/c.html", ".hidden.txt", ".git/d.txt", "e.png", "metadata.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Words.")
    assert [path.relative_to(tmp_path).as_posix() for path in files(tmp_path)] == ["a.md", "b.txt", "sub/c.html"]
    assert {".txt", ".md", ".html", ".pdf", ".docx", ".rss", ".jsonl", ".csv", ".zip"} <= SUFFIXES


def test_metadata_beside_a_file_wins(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Words of the story.")
    facts = {"file": "a.txt", "id": "chosen", "title": "Title", "published": "2024-02-03", "url": None}
    (tmp_path / "metadata.jsonl").write_text(json.dumps(facts) + "\n\n")
    (article,) = read(tmp_path / "a.txt")
    assert (article.id, article.title, article.published, article.url) == ("chosen", "Title", "2024-02-03", None)
    assert article.metadata["published_from"] == "metadata.jsonl"
    (tmp_path / "metadata.jsonl").write_text(json.dumps({"file": "a.txt", "title": "Changed"}))
    assert next(read(tmp_path / "a.txt")).title == "Changed"


def test_damaged_metadata_beside_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Words.")
    (tmp_path / "metadata.jsonl").write_text('{"file": "b.txt"}\n{broken\n')
    with pytest.raises(UnusableContent, match=r"line 2 of the metadata\.jsonl"):
        list(read(tmp_path / "a.txt"))
    with pytest.raises(UnusableContent, match="describes the files beside it"):
        list(read(tmp_path / "metadata.jsonl"))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(UnusableContent, match="no such file"):
            list(read(path))


def test_markdown_loses_its_markup_and_keeps_its_words() -> None:
    marked = (
        "# Ferry\n\nThe **new** [ferry](https://a.example).\n\n- One\n- Two\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n<b>x</b>\n"
    )
    (article,) = articles(marked.encode(), "a.md")
    assert article.text == "Ferry\n\nThe new ferry.\n\n- One\n\n- Two\n\n| A | B |\n\n| 1 | 2 |\n\nx"
    assert (article.title, article.metadata["title_from"]) == ("Ferry", "heading")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A heading\n\nThe first sentence of the story. The second one follows it here.", "A heading"),
        ("The first sentence. The second.", "The first sentence"),
        ("word " * 30, "word " * 13 + "word…"),
        ("", ""),
    ],
)
def test_a_text_without_a_title_is_called_by_its_first_words(text: str, title: str) -> None:
    assert first_words(text) == title


class TestTables:
    def test_each_row_is_an_article_with_its_own_facts(self) -> None:
        rows = [
            {
                "id": 7,
                "headline": "Ferry",
                "body": STORY,
                "outlet": "Post",
                "date": "2024-01-05",
                "link": "https://a.example/f",
            },
            {"id": 8, "body": SECOND, "source": {"id": None, "name": "Herald"}, "authors": ["A", "B"], "published_at": "5 May"},
        ]
        one, two = articles("\n".join(map(json.dumps, rows)).encode(), "rows.jsonl")
        assert (one.title, one.source, one.published, one.url) == ("Ferry", "Post", "2024-01-05", "https://a.example/f")
        assert one.metadata["published_from"] == "column date"
        assert (two.source, two.metadata["author"], two.published) == ("Herald", "A, B", None)
        assert two.metadata["published_as_written"] == "5 May"
        assert [one.origin, two.origin] == ["upload:rows.jsonl#7", "upload:rows.jsonl#8"]

    def test_rows_that_are_no_articles_are_named_after_the_others_were_read(self) -> None:
        lines = [json.dumps({"text": STORY}), "{broken", "[1]", '{"title": "x"}', '{"text": " "}', json.dumps({"text": SECOND})]
        found = []
        with pytest.raises(PartlyUnusable, match="4 of 6 parts") as raised:
            found.extend(read_bytes("\n".join(lines).encode(), "rows.jsonl", origin="upload:rows"))
        assert list(raised.value.parts) == ["row 2", "row 3", "row 4", "row 5"]
        assert [article.text for article in found] == [STORY, SECOND]

    def test_two_rows_with_one_name_do_not_replace_each_other(self) -> None:
        lines = [json.dumps({"id": "x", "text": text}) for text in (STORY, SECOND)]
        with pytest.raises(PartlyUnusable, match="same name"):
            articles("\n".join(lines).encode(), "rows.jsonl")

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    def test_csv_of_any_delimiter_and_encoding(self, delimiter: str, encoding: str) -> None:
        table = f'Title{delimiter}Text\r\nÄpfel{delimiter}"Süße Grüße, ""so"" schön;\nnoch | eine\tZeile für Köln"\r\n'
        (article,) = articles(table.encode(encoding), "a.csv")
        assert (article.title, article.text) == ("Äpfel", 'Süße Grüße, "so" schön;\nnoch | eine\tZeile für Köln')

    def test_a_table_without_a_text_column_names_its_columns(self) -> None:
        with pytest.raises(UnusableContent, match="it has name, size"):
            articles(b"name,size\na,1\n", "a.csv")

    def test_json_lists_and_lists_in_objects(self) -> None:
        rows = [{"text": STORY}, {"text": SECOND}]
        for whole in (rows, {"status": "ok", "articles": rows}):
            assert [article.text for article in articles(json.dumps(whole).encode(), "a.json")] == [STORY, SECOND]
        assert articles(json.dumps(rows).encode(), "a.jsonl")[1].text == SECOND
        assert articles(json.dumps(rows[0]).encode(), "a.json")[0].text == STORY
        with pytest.raises(UnusableContent, match="neither an article nor a list"):
            articles(b'{"a": 1}', "a.json")

    def test_a_file_of_rows_may_be_larger_than_an_upload(self, tmp_path: Path) -> None:
        line = json.dumps({"text": "word " * 50_000}).encode() + b"\n"
        with (tmp_path / "many.jsonl").open("wb") as stream:
            for _ in range(MAX_BYTES // len(line) + 2):
                stream.write(line)
        assert sum(1 for _ in read(tmp_path / "many.jsonl")) > 80


@pytest.mark.parametrize("white", [b"\n" * 5000, b" \r\n" * 3000])
def test_a_file_may_begin_with_much_white_space(tmp_path: Path, white: bytes) -> None:
    for name, data in {"a.txt": STORY.encode(), "b.html": documents.page()}.items():
        (tmp_path / name).write_bytes(white + data)
        (article,) = read(tmp_path / name)
        assert STORY.split(".")[0] in article.text


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b'{"text": "The ferry sank on Monday."}\n{"text":"caf\xc3', "rows.jsonl"),
        ('{"text": "The ferry sank on Monday."}\n{"text":"c"}'.encode("utf-16")[:-1], "rows.jsonl"),
        (b"text\nThe ferry sank on Monday.\ncaf\xc3", "rows.csv"),
    ],
)
def test_rows_that_end_in_the_middle_of_a_character_are_named_after_the_others(data: bytes, name: str) -> None:
    found = read_bytes(data, name, origin="upload:rows")
    with pytest.raises(PartlyUnusable, match=r"damaged"):
        list(found)


def test_a_column_without_a_name_is_a_column_like_others() -> None:
    exported = b",title,content\n0,Mayor,The mayor resigned on Monday.\n"  # as pandas writes a table with its index
    (article,) = read_bytes(exported, "rows.csv", origin="upload:rows")
    assert (article.title, article.text) == ("Mayor", "The mayor resigned on Monday.")
    (row,) = read_bytes(b'{"": "x", "title": "Mayor", "content": "The mayor resigned."}', "rows.jsonl", origin="upload:rows")
    assert row.text == "The mayor resigned."


def test_metadata_finds_a_file_whose_name_a_system_took_apart(tmp_path: Path) -> None:
    (tmp_path / unicodedata.normalize("NFD", "Zürich.txt")).write_text("The mayor resigned.", encoding="utf-8")
    line = json.dumps({"file": unicodedata.normalize("NFC", "Zürich.txt"), "title": "Told"})
    (tmp_path / "metadata.jsonl").write_text(line, encoding="utf-8")
    (file,) = files(tmp_path)
    (article,) = read(file)
    assert article.title == "Told"
