import zipfile
from io import BytesIO

import pytest

from index.article import Article
from index.errors import PartlyUnusable, UnusableContent
from index.readers import read_bytes
from tests.index.documents import ALL, SECOND, STORY, page, rss, word, zipped


def articles(data: bytes, name: str) -> list[Article]:
    return list(read_bytes(data, name, origin=f"upload:{name}"))


class TestFeeds:
    def test_every_item_of_rss_is_an_article(self) -> None:
        items = f"""<item><guid isPermaLink="false">f-1</guid>
          <link>https://post.example/ferry</link><title>Ferry &amp; bridge</title>
          <pubDate>Fri, 05 Jan 2024 10:00:00 +0100</pubDate><dc:creator>Ada Berg</dc:creator>
          <description>Short.</description><content:encoded><![CDATA[<p>{STORY}</p><p>{SECOND}</p>]]></content:encoded></item>
          <item><link>https://post.example/bridge</link><title>Bridge</title><description>{SECOND}</description></item>"""
        ferry, bridge = articles(rss(items), "feed.rss")
        assert ferry.text == f"{STORY}\n{SECOND}"
        assert (ferry.title, ferry.source, ferry.url) == ("Ferry & bridge", "Harbour Post", "https://post.example/ferry")
        assert (ferry.published, ferry.updated) == ("2024-01-05T10:00:00+01:00", None)
        assert (ferry.metadata["author"], ferry.metadata["text_from"]) == ("Ada Berg", "feed content")
        assert (bridge.published, bridge.metadata["text_from"]) == (None, "feed summary")
        assert [ferry.origin, bridge.origin] == ["upload:feed.rss#f-1", "upload:feed.rss#https://post.example/bridge"]

    def test_a_title_loses_the_markup_that_feeds_escape_in_it(self) -> None:
        item = (
            f"<item><title>The &lt;i&gt;Titanic&lt;/i&gt; sank &amp;amp; more</title><description>{STORY}</description></item>"
        )
        (article,) = articles(rss(item), "feed.rss")
        assert article.title == "The Titanic sank & more"

    def test_atom_tells_published_from_updated(self) -> None:
        atom = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Post</title><entry><id>tag:1</id>
          <title>Ferry</title><link href="https://post.example/f"/><published>2024-01-05T10:00:00Z</published>
          <updated>2024-01-06T10:00:00Z</updated><content type="html">&lt;p&gt;{STORY}&lt;/p&gt;</content></entry>
          <entry><id>tag:2</id><title>Only updated</title><updated>2024-01-07T10:00:00Z</updated>
          <summary>{SECOND}</summary></entry></feed>"""
        one, two = articles(atom.encode(), "feed.xml")
        assert (one.published, one.updated, one.text) == ("2024-01-05T10:00:00Z", "2024-01-06T10:00:00Z", STORY)
        assert (two.published, two.updated, two.text) == (None, "2024-01-07T10:00:00Z", SECOND)

    def test_the_same_item_twice_is_one_article_and_an_empty_one_is_named(self) -> None:
        item = f"<item><guid>1</guid><description>{STORY}</description></item>"
        assert len(articles(rss(item + item), "feed.rss")) == 1
        with pytest.raises(PartlyUnusable, match="Nothing here: the item holds no text"):
            articles(rss(item + "<item><guid>2</guid><title>Nothing here</title></item>"), "feed.rss")

    def test_an_item_that_closes_what_it_never_opened_costs_no_other_item(self) -> None:
        unbalanced = f"<item><description>{STORY}&lt;/div&gt; The end.</description></item>"
        both = rss(f"{unbalanced}<item><description>{SECOND}</description></item>")
        assert [article.text for article in articles(both, "feed.rss")] == [f"{STORY}\nThe end.", SECOND]

    def test_a_feed_of_nothing_is_refused(self) -> None:
        for data in (rss(""), b"<rss", b"<rss><channel>"):
            with pytest.raises(UnusableContent, match=r"no items|no RSS"):
                articles(data, "feed.rss")

    def test_markup_hidden_in_an_item_is_not_text(self) -> None:
        hidden = "&lt;script&gt;alert(1)&lt;/script&gt;Words &lt;b&gt;stay&lt;/b&gt;."
        item = f"<item><guid>1</guid><description>{hidden}</description></item>"
        assert articles(rss(item), "feed.rss")[0].text == "Words stay."


class TestArchives:
    def test_members_are_read_by_their_own_readers(self) -> None:
        members = {f"2024/{name}": data for name, data in ALL.items() if not name.endswith(".zip")}
        found = articles(zipped(members), "all.zip")
        assert len(found) == len(members)
        assert all(STORY in article.text for article in found)
        assert found[0].origin.startswith("upload:all.zip#2024/story.txt")

    def test_metadata_inside_describes_the_members_beside_it(self) -> None:
        metadata = b'{"file": "a.txt", "title": "Told", "source": "Post", "id": "chosen"}'
        (found,) = articles(zipped({"x/a.txt": STORY.encode(), "x/metadata.jsonl": metadata}), "a.zip")
        assert (found.title, found.source, found.metadata["title_from"]) == ("Told", "Post", "metadata.jsonl")
        assert found.id != "chosen"

    def test_refused_members_do_not_stop_the_others(self) -> None:
        members = {
            "a.txt": STORY.encode(),
            "b.pdf": b"%PDF-1.4 broken",
            "inner.zip": zipped({"c.txt": b"x"}),
            "d.txt": b"",
            "e.docx": word(),
        }
        found: list[Article] = []
        with pytest.raises(PartlyUnusable) as raised:
            found.extend(read_bytes(zipped(members), "a.zip", origin="upload:a"))
        assert len(found) == 2
        assert raised.value.parts == {
            "b.pdf": "it is a damaged PDF, or one that cannot be read",
            "inner.zip": "it is an archive inside an archive; unpack it first",
            "d.txt": "it is empty",
        }

    def test_two_members_of_one_name_do_not_replace_each_other(self) -> None:
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("a.txt", STORY)
            with pytest.warns(UserWarning, match="Duplicate name"):
                archive.writestr("a.txt", SECOND)
        with pytest.raises(PartlyUnusable, match="the same name"):
            articles(out.getvalue(), "a.zip")

    def test_hidden_and_foreign_members_are_passed_over(self) -> None:
        members = {"a.txt": STORY.encode(), "__MACOSX/._a.txt": b"x", ".b.txt": b"x", "c.png": b"\x89PNG", "d/": b""}
        assert len(articles(zipped(members), "a.zip")) == 1
        with pytest.raises(UnusableContent, match="no file in a format"):
            articles(zipped({"c.png": b"\x89PNG"}), "a.zip")

    def test_an_encrypted_member_is_refused(self) -> None:
        data = bytearray(zipped({"a.txt": STORY.encode()}))
        data[6] |= 1  # the encryption bit, in the local header and in the directory
        data[data.rindex(b"PK\x01\x02") + 8] |= 1
        with pytest.raises(UnusableContent, match="encrypted"):
            articles(bytes(data), "a.zip")

    @pytest.mark.parametrize(
        ("members", "reason"),
        [
            ({"[Content_Types].xml": b"x", "xl/workbook.xml": b"x"}, "Excel"),
            ({"[Content_Types].xml": b"x", "ppt/slide.xml": b"x"}, "PowerPoint"),
            ({"mimetype": b"application/epub+zip", "a.xhtml": page()}, "e-book"),
        ],
    )
    def test_other_formats_in_zip_clothes_are_called_by_their_names(self, members: dict[str, bytes], reason: str) -> None:
        with pytest.raises(UnusableContent, match=reason):
            articles(zipped(members), "a.zip")

    def test_a_member_compressed_beyond_reason_is_refused(self) -> None:
        with pytest.raises(UnusableContent, match="beyond reason"):
            articles(zipped({"a.txt": b"a" * 15_000_000}), "a.zip")

    def test_a_size_that_lies_is_found_when_unpacking(self) -> None:
        out = BytesIO(zipped({"a.txt": STORY.encode() * 100}))
        with zipfile.ZipFile(out) as archive:
            size = archive.infolist()[0].file_size
        data = out.getvalue().replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
        with pytest.raises(UnusableContent, match="damaged"):
            articles(data, "a.zip")


def test_every_refused_row_of_a_table_in_an_archive_is_counted() -> None:
    rows = b'{"text": "The ferry sank."}\n' + b'{"none": 1}\n' * 500
    with pytest.raises(PartlyUnusable, match="500 of 501"):
        articles(zipped({"rows.jsonl": rows}), "all.zip")
