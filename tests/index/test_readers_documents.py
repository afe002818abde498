from io import BytesIO

import docx
import pytest

from index.article import Article
from index.errors import UnusableContent
from index.readers import read_bytes
from tests.index.documents import SECOND, STORY, encrypted_pdf, pdf, word


def article(data: bytes, name: str) -> Article:
    (only,) = read_bytes(data, name, origin=f"upload:{name}")
    return only


class TestPdf:
    def test_lines_broken_by_the_layout_are_joined_and_paragraphs_kept(self) -> None:
        lines = [
            "Ferry returns",
            "The ferry Aurora crossed the bay on Monday, ten weeks af-",
            "ter its engine failed, and the well-known captain said the",
            "trials had taken nine days in all.",
            "Prices stay as they were, the well-",
            "known captain said.",
        ]
        text = article(pdf([lines]), "a.pdf").text
        assert text == (
            "Ferry returns\n\nThe ferry Aurora crossed the bay on Monday, ten weeks after its engine failed, and the well-known"
            " captain said the trials had taken nine days in all.\n\nPrices stay as they were, the well-known captain said."
        )

    def test_a_word_without_end_does_not_cost_the_article(self) -> None:
        assert article(pdf([[STORY, "q" * 60_000]]), "a.pdf").text.startswith(STORY)  # it was sought again from each letter

    def test_a_sentence_that_crosses_pages_is_whole_and_running_heads_are_gone(self) -> None:
        pages = [
            ["Harbour Post, page 1", "The ferry Aurora crossed the bay on Monday, ten weeks after its", "1"],
            ["Harbour Post, page 2", "engine failed. The harbour office expects many passengers a day,", "2"],
            ["Harbour Post, page 3", "and children travel free.", "3"],
        ]
        text = article(pdf(pages), "a.pdf").text
        assert text == (
            "The ferry Aurora crossed the bay on Monday, ten weeks after its engine failed. The harbour office expects many"
            " passengers a day, and children travel free."
        )

    def test_its_own_title_counts_and_the_day_the_file_was_made_is_no_publication_date(self) -> None:
        info = {"Title": "Ferry returns", "Author": "Ada Berg", "CreationDate": "D:20240105120000Z"}
        found = article(pdf(info=info), "a.pdf")
        assert (found.title, found.metadata["title_from"], found.metadata["author"]) == (
            "Ferry returns",
            "pdf metadata",
            "Ada Berg",
        )
        assert (found.published, found.metadata["file_created"]) == (None, "2024-01-05")

    @pytest.mark.parametrize(
        "leftover", ["Microsoft Word - ferry final", "untitled document", "ferry v2.indd", "Ferry", "12 3456"]
    )
    def test_a_leftover_is_no_title(self, leftover: str) -> None:
        assert article(pdf(info={"Title": leftover}), "a.pdf").metadata["title_from"] == "first words"

    def test_scans_passwords_and_damage_are_refused_clearly(self) -> None:
        for data, reason in ((pdf([[]]), "a scan"), (encrypted_pdf(), "encrypted"), (b"%PDF-1.4\n%%EOF", "damaged")):
            with pytest.raises(UnusableContent, match=reason):
                article(data, "a.pdf")


class TestWord:
    def test_paragraphs_and_table_rows_come_in_order(self) -> None:
        document = docx.Document()
        document.add_paragraph("Ferry returns", style="Title")
        document.add_paragraph(STORY)
        table = document.add_table(rows=2, cols=2)
        for cell, text in zip(
            (cell for row in table.rows for cell in row.cells), ("Ticket", "Price", "Return", "14"), strict=True
        ):
            cell.text = text
        document.add_paragraph(SECOND)
        out = BytesIO()
        document.save(out)
        found = article(out.getvalue(), "a.docx")
        assert found.text == f"Ferry returns\n\n{STORY}\n\n| Ticket | Price |\n\n| Return | 14 |\n\n{SECOND}"
        assert (found.title, found.metadata["title_from"]) == ("Ferry returns", "word title style")

    def test_inserted_text_and_content_controls_are_read_and_deleted_text_is_not(self) -> None:
        document = docx.Document()
        paragraph = document.add_paragraph("")
        w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        for part in (
            f"<w:r {w}><w:t xml:space='preserve'>The ferry </w:t></w:r>",
            f"<w:del {w}><w:r><w:delText>never </w:delText></w:r></w:del>",
            f"<w:ins {w}><w:r><w:t xml:space='preserve'>has </w:t></w:r></w:ins>",
            f"<w:sdt {w}><w:sdtContent><w:r><w:t>returned.</w:t></w:r></w:sdtContent></w:sdt>",
        ):
            paragraph._p.append(docx.oxml.parse_xml(part))
        out = BytesIO()
        document.save(out)
        assert article(out.getvalue(), "a.docx").text == "The ferry has returned."

    def test_title_and_author_of_templates_say_nothing(self) -> None:
        found = article(word(), "a.docx")
        assert found.metadata["title_from"] == "first words"
        assert "author" not in found.metadata
        assert found.published is None
        assert article(word(title="Ferry returns"), "a.docx").title == "Ferry returns"

    def test_an_empty_or_damaged_document_is_refused(self) -> None:
        with pytest.raises(UnusableContent, match="no text"):
            article(word([]), "a.docx")
        with pytest.raises(UnusableContent, match="damaged"):
            article(word()[:2000], "a.docx")
