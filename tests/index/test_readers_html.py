import json

import pytest

from index.article import Article
from index.errors import UnusableContent
from index.readers import read_bytes
from index.readers.dates import dated
from index.readers.markup import text_of_fragment
from tests.index.documents import SECOND, STORY, linked, page


def article(data: bytes) -> Article:
    (only,) = read_bytes(data, "a.html", origin="upload:a.html")
    return only


def test_the_page_around_the_article_is_left_out() -> None:
    text = article(page()).text
    assert text == f"{STORY}\n{SECOND}"


def test_a_paragraph_with_inline_elements_stays_one_line() -> None:
    short = article(
        page("<h1>Ferry</h1><p>The <b>new</b> ferry, <a href='/x'>Aurora</a>, is <i>back</i>.</p><ul><li>One</li></ul>")
    )
    assert short.text == "Ferry\nThe new ferry, Aurora, is back.\n- One"
    long = article(page(f"<p>The <b>new</b> ferry, <a href='/x'>Aurora</a>, is <i>back</i>. {STORY}</p><p>{STORY}</p>"))
    assert long.text.startswith("The new ferry, Aurora, is back. The ferry")


def test_json_ld_comes_first_and_every_fact_says_where_it_stands() -> None:
    head = linked(
        headline="Ferry returns",
        datePublished="2024-01-05T10:00:00+01:00",
        dateModified="2024-01-06",
        author=[{"@type": "Person", "name": "Ada Berg"}, {"name": "Bo Dahl"}],
        publisher={"@type": "Organization", "name": "Harbour Post"},
        mainEntityOfPage={"@id": "https://post.example/ferry"},
    )
    head += '<meta property="og:title" content="Other"><meta name="date" content="2020-01-01"><title>Other | Post</title>'
    found = article(page(head=head))
    assert (found.title, found.source, found.url) == ("Ferry returns", "Harbour Post", "https://post.example/ferry")
    assert (found.published, found.updated) == ("2024-01-05T10:00:00+01:00", "2024-01-06")
    assert found.metadata["author"] == "Ada Berg, Bo Dahl"
    assert {found.metadata[f"{name}_from"] for name in ("title", "source", "url", "published", "updated", "author")} == {
        "json-ld"
    }


def test_json_ld_of_another_article_on_the_page_is_not_taken() -> None:
    other = {"@type": "NewsArticle", "headline": "Teaser", "url": "https://post.example/other", "datePublished": "2019-01-01"}
    own = {"@type": ["Thing", "NewsArticle"], "headline": "Own", "url": "https://post.example/own"}
    graph = f'<script type="application/ld+json">{json.dumps({"@graph": [other, own]})}</script>'
    found = article(page(head=graph + '<link rel="canonical" href="https://post.example/own">'))
    assert (found.title, found.published) == ("Own", None)


@pytest.mark.parametrize("written", [{"@id": "https://post.example/own"}, ["https://post.example/own"]])
def test_json_ld_may_write_an_address_as_an_object_or_a_list(written: object) -> None:
    found = article(page(head=linked(headline="Own", url=written) + '<link rel="canonical" href="https://post.example/own">'))
    assert (found.title, found.url) == ("Own", "https://post.example/own")


def test_meta_elements_then_what_is_visible() -> None:
    head = (
        '<meta property="og:site_name" content="Harbour Post">'
        '<meta property="article:published_time" content="2024-02-03T04:05:06Z">'
        '<meta name="author" content="Ada Berg"><link rel="canonical" href="https://post.example/a">'
        '<script type="application/ld+json">{broken</script><title>Ferry | Post</title>'
    )
    found = article(page(f"<h1>Ferry returns</h1><p>{STORY}</p>", head))
    assert (found.title, found.metadata["title_from"]) == ("Ferry returns", "h1")
    assert (found.source, found.metadata["source_from"]) == ("Harbour Post", "meta og:site_name")
    assert (found.published, found.metadata["published_from"]) == ("2024-02-03T04:05:06Z", "meta article:published_time")
    assert (found.url, found.metadata["url_from"]) == ("https://post.example/a", "link canonical")


@pytest.mark.parametrize(
    ("times", "published"),
    [
        ('<time datetime="2024-05-06">May 6</time>', "2024-05-06"),
        ('<time itemprop="datePublished" datetime="2024-05-06">x</time><time datetime="2020-01-01">y</time>', "2024-05-06"),
        ('<time datetime="2024-05-06">x</time><time datetime="2020-01-01">which of them?</time>', None),
        ("<p>Published on 6 May 2024, it says.</p>", None),
    ],
)
def test_a_visible_date_counts_only_when_it_says_what_it_is(times: str, published: str | None) -> None:
    assert article(page(f"{times}<p>{STORY}</p>")).published == published


def test_a_page_that_states_nothing_is_undated_and_called_by_its_first_words() -> None:
    found = article(page())
    assert (found.published, found.updated, found.source, found.url) == (None, None, None, None)
    assert found.metadata["title_from"] == "first words"


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2024-01-05", "2024-01-05"),
        ("20240105", "2024-01-05"),
        ("2024-01-05T10:00:00.000Z", "2024-01-05T10:00:00.000Z"),
        ("Fri, 05 Jan 2024 10:00:00 GMT", "2024-01-05T10:00:00+00:00"),
        ("Fri, 5 Jan 2024 10:00:00 -0500", "2024-01-05T10:00:00-05:00"),
        ("01/02/2024", None),
        ("January 5, 2024", None),
        ("0001-01-01T00:00:00", None),
        ("2999-01-01", None),
        ("1704448800", None),
        ("Fri, 45 Jan 2024 10:00:00 GMT", None),
    ],
)
def test_dates_are_iso_or_stay_as_written(written: str, iso: str | None) -> None:
    facts = dated("published", written, "here")
    assert facts == ({"published": iso} if iso else {"published_as_written": written}) | {"published_from": "here"}


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "utf-16", "koi8-r"])
def test_the_pages_own_character_set_is_honoured(charset: str) -> None:
    words = "Теплоход вернулся в порт." if charset == "koi8-r" else "Die Fähre kehrt zurück — fünf Wochen später."
    data = page(f"<p>{words}</p>", charset=charset) if charset != "iso-8859-1" else page(f"<p>{words}</p>", charset="cp1252")
    assert article(data.replace(b"cp1252", b"iso-8859-1")).text == words


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "unicode_escape", "rot13", "no-such-thing", "x" * 40])
def test_a_page_that_declares_what_it_cannot_be_in_is_read_as_what_it_is(charset: str) -> None:
    data = page("<p>Die Fähre +AGE- \\u0041.</p>").replace(b'"utf-8"', charset.encode())
    assert article(data).text == "Die Fähre +AGE- \\u0041."


def test_a_page_with_a_few_broken_bytes_stays_readable() -> None:
    data = page(
        f"<p>{STORY * 10}</p><p>a broken \udcff byte</p>".encode("utf-8", "surrogateescape").decode("latin-1"),
        charset="latin-1",
    )
    assert "a broken" in article(data.replace(b"latin-1", b"utf-8")).text


@pytest.mark.parametrize("body", ["", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<nav>Menu</nav>"])
def test_a_page_without_words_is_refused(body: str) -> None:
    with pytest.raises(UnusableContent, match=r"no article text|no text"):
        article(f"<!doctype html><html><body>{body}</body></html>".encode())


def test_scripts_and_forms_are_not_text() -> None:
    text = article(
        page("<script>var x</script><style>p{}</style><form>Mail <input></form><p>Words.</p><noscript>on!</noscript>")
    ).text
    assert text == "Words."


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain &amp; simple", "plain & simple"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<p>one</p><p>two <em>and</em> a half</p>", "one\ntwo and a half"),
        ("<div>a<div>b</div>c</div>", "a\nb\nc"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "| a | b |\n| c |"),
        ("<p>x<!-- no --> y<script>z</script></p>", "x y"),
        ("<pre>a\n  b</pre>", "a b"),
        ("har&shy;bour<wbr>, off\u200bice", "harbour, office"),
        ("", ""),
        ("<p>unclosed <b>tags", "unclosed tags"),
        ("<p>one</p></div><p>two</p>three", "one\ntwo\nthree"),
    ],
)
def test_a_fragment_becomes_one_line_a_block(html: str, text: str) -> None:
    assert text_of_fragment(html) == text
