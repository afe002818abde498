"""Files made to harm whoever reads them, in code: bombs, broken copies of sound documents, and names that are traps."""

import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO

from tests.index.documents import ALL, STORY, assembled, rss, word, zipped

MB = 1024 * 1024
WORDS = STORY.encode() + b" "


Bomb = tuple[str, Callable[[], bytes]]


def bombs() -> Iterator[Bomb]:
    """Yield file names and what makes their bytes, each meant to take far more time or memory than its size suggests."""
    for family in (_zip_bombs, _word_bombs, _pdf_bombs, _html_bombs, _xml_bombs, _text_bombs):
        yield from family()


def _zip_bombs() -> Iterator[Bomb]:
    yield "zeros.zip", lambda: zipped({"a.txt": b"\0" * (15 * MB)})
    yield "letters.zip", lambda: zipped({"a.txt": b"a" * (19 * MB)})
    yield "many-letters.zip", lambda: zipped({f"{number}.txt": b"a" * MB for number in range(150)})
    yield "words.zip", lambda: zipped({f"{number}.txt": WORDS * 90_000 for number in range(12)})
    yield "nested.zip", lambda: _nested(6)
    yield "wide.zip", lambda: zipped({f"{number}.txt": b"" for number in range(20_000)})
    yield "empty-folders.zip", lambda: zipped({f"{number}/": b"" for number in range(12_000)})
    yield "pages.zip", lambda: zipped({f"{number}.html": b"<!doctype html>" + b"<i>" * 20_000 for number in range(60)})
    yield "overlapping.zip", lambda: _overlapping(2000)
    yield (
        "lying-size.zip",
        lambda: zipped({"a.txt": b"a" * (19 * MB)}).replace(struct.pack("<I", 19 * MB), struct.pack("<I", 100)),
    )
    yield "lzma.zip", lambda: _packed(zipfile.ZIP_LZMA)
    yield "bzip2.zip", lambda: _packed(zipfile.ZIP_BZIP2)
    yield "rows.zip", lambda: zipped({"a.jsonl": b'{"text":"x"}\n' * 400_000})


def _nested(depth: int) -> bytes:
    inner = zipped({"a.txt": b"a" * MB})
    for _ in range(depth):
        inner = zipped({f"{number}.zip": inner for number in range(10)})
    return inner


def _packed(method: int) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("a.txt", b"a" * (19 * MB))
        archive.writestr("b.txt", WORDS * 20_000)
    return out.getvalue()


def _overlapping(entries: int) -> bytes:
    """Return an archive whose directory names one compressed member many times."""
    one = zipped({"00000.txt": WORDS * 5000})
    start = one.rindex(b"PK\x01\x02")
    end = one.rindex(b"PK\x05\x06")
    entry = one[start:end]
    directory = b"".join(entry.replace(b"00000.txt", b"%05d.txt" % number) for number in range(entries))
    closing = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, entries, entries, len(directory), start, 0)
    return one[:start] + directory + closing


def _word_bombs() -> Iterator[Bomb]:
    head = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    tail = "</w:body></w:document>"
    yield "zeros.docx", lambda: _word(b" " * (30 * MB), zipfile.ZIP_DEFLATED)
    yield "deep.docx", lambda: _word((head + "<w:sdt>" * 200_000).encode())
    yield (
        "deep-tables.docx",
        lambda: _word((head + "<w:tbl><w:tr><w:tc>" * 50_000 + "</w:tc></w:tr></w:tbl>" * 50_000 + tail).encode()),
    )
    row = "<w:tr>" + "<w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>" * 60 + "</w:tr>"
    yield "huge-table.docx", lambda: _word((head + "<w:tbl>" + row * 5000 + "</w:tbl>" + tail).encode())
    yield "many-paragraphs.docx", lambda: _word((head + "<w:p><w:r><w:t>word</w:t></w:r></w:p>" * 400_000 + tail).encode())
    laughs = _entities("w:document", 10, 10).replace("<w:document>", head).replace("</w:document>", tail)
    yield "laughs.docx", lambda: _word(laughs.encode())
    yield "outside.docx", lambda: _word(_external("w:document", "file:///etc/passwd").encode())


def _word(document: bytes, method: int = zipfile.ZIP_STORED) -> bytes:
    """Return a Word file with this main part; unpacked, so that no check of its compression stops it."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(word())) as sound, zipfile.ZipFile(out, "w", method) as archive:
        for name in sound.namelist():
            archive.writestr(name, document if name == "word/document.xml" else sound.read(name))
    return out.getvalue()


def _pdf_bombs() -> Iterator[Bomb]:
    yield "flate.pdf", lambda: _streamed(zlib.compress(b"BT /F1 9 Tf (a) Tj ET " * (5 * MB), 9), b"/FlateDecode")
    yield (
        "flate-twice.pdf",
        lambda: _streamed(zlib.compress(zlib.compress(b"0 " * (100 * MB), 9), 9), b"[/FlateDecode /FlateDecode]"),
    )
    yield "flate-chain.pdf", lambda: _streamed(zlib.compress(b"x" * MB), b"[" + b"/FlateDecode " * 500 + b"]")
    yield "run-length.pdf", lambda: _streamed(b"\x81a" * (6 * MB), b"/RunLengthDecode")
    yield "lzw.pdf", lambda: _streamed(b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01" * MB, b"/LZWDecode")
    yield (
        "text.pdf",
        lambda: _streamed(zlib.compress(b"BT /F1 9 Tf " + b"(word word) Tj " * 1_500_000 + b"ET"), b"/FlateDecode"),
    )
    yield "operators.pdf", lambda: _streamed(zlib.compress(b"q " * 20_000_000), b"/FlateDecode")
    yield "arrays.pdf", lambda: _streamed(zlib.compress(b"[" * 10_000_000), b"/FlateDecode")
    yield "dictionaries.pdf", lambda: _streamed(zlib.compress(b"<< /a " * 3_000_000), b"/FlateDecode")
    yield "deep-arrays.pdf", lambda: assembled([b"<< /Type /Catalog /Pages " + b"[" * 500_000 + b" >>"])
    loop = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000 /Parent 2 0 R >>"]
    yield "page-loop.pdf", lambda: assembled(loop)
    shared = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    shared += [b"<< /Type /Pages /Kids [%s] /Count 99 >>" % (b"%d 0 R " % number * 10) for number in range(3, 14)]
    yield "page-tree.pdf", lambda: assembled([*shared, b"<< /Type /Page /MediaBox [0 0 9 9] >>"])
    form = b"<< /Type /XObject /Subtype /Form /Resources << /XObject << /X 4 0 R >> >>"
    form += b" /Length 12 >>\nstream\n/X Do /X Do \nendstream"
    yield "form-loop.pdf", lambda: _streamed(b"/X Do " * 50, None, form, b"/XObject << /X 5 0 R >>")
    yield "references.pdf", lambda: assembled([b"2 0 R", b"3 0 R", b"1 0 R"])
    yield "previous.pdf", lambda: b"%PDF-1.4\nxref\n0 0\ntrailer << /Prev 9 /Root 1 0 R >>\nstartxref\n9\n%%EOF"
    yield "objects.pdf", lambda: b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n<<>>\nendobj\n" % number for number in range(500_000))
    yield (
        "big-xref.pdf",
        lambda: b"%PDF-1.4\nxref\n0 999999999\n0000000000 65535 f \ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF",
    )


_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def _streamed(stream: bytes, packed: bytes | None, extra: bytes = _FONT, resources: bytes = b"/Font << /F1 5 0 R >>") -> bytes:
    kept = b" /Filter " + packed if packed else b""
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << %s >> >>" % resources,
            b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(stream), kept, stream),
            extra,
        ]
    )


def _html_bombs() -> Iterator[Bomb]:
    start = b"<!doctype html>"
    yield "deep-div.html", lambda: start + b"<div>" * 100_000 + b"words" + b"</div>" * 100_000
    yield "deep-million.html", lambda: start + b"<div>" * 1_000_000 + b"words"
    yield "deep-font.html", lambda: start + b"<p><font><b><i>" * 100_000 + b"words"
    yield "deep-table.html", lambda: start + b"<table><tr><td>" * 60_000 + b"words"
    yield "deep-list.html", lambda: start + b"<ul><li>" * 80_000 + b"words"
    yield "deep-quote.html", lambda: start + b"<blockquote><p>" * 80_000 + b"words"
    yield "wide.html", lambda: start + b"<p>x" * 3_000_000
    yield "huge-table.html", lambda: start + b"<table>" + (b"<tr>" + b"<td>cell</td>" * 40 + b"</tr>") * 20_000 + b"</table>"
    yield "attributes.html", lambda: start + b"<p " + b" ".join(b'a%d="x"' % number for number in range(400_000)) + b">words"
    yield "long-attribute.html", lambda: start + b"<p a='" + b"x" * (15 * MB) + b"'>words"
    yield "entities.html", lambda: start + b"<p>" + b"&amp;&#x41;&nbsp;" * 700_000
    yield "comments.html", lambda: start + b"<!--" * 2_000_000 + b"words"
    yield "unclosed.html", lambda: start + b"<" * 5_000_000
    yield "scripts.html", lambda: start + b"<script type='application/ld+json'>" + b"[" * 2_000_000 + b"</script><p>words"
    linked = json.dumps({"@type": "Article", "author": [{"name": "x" * 100}] * 50_000}).encode()
    yield "linked-data.html", lambda: start + b"<script type='application/ld+json'>" + linked + b"</script><p>" + WORDS * 9
    yield "times.html", lambda: start + b"<article>" + b"<article><time datetime=1>" * 20_000 + b"<p>words"
    yield "metas.html", lambda: start + b"<meta name=a content=b>" * 500_000 + b"<p>words"
    yield "one-line.html", lambda: start + b"<p>" + WORDS * 90_000
    yield "links.html", lambda: start + (b"<p><a href='/a'>" + WORDS + b"</a></p>") * 60_000
    yield "titles.html", lambda: start + b"<title>" + b"x " * 4_000_000 + b"</title><p>words"


def _xml_bombs() -> Iterator[Bomb]:
    yield "laughs.rss", lambda: _entities("rss", 10, 10).encode()
    yield (
        "laughs-channel.rss",
        lambda: _entities("rss", 9, 12, rss("<item><guid>1</guid><description>&e8;</description></item>")).encode(),
    )
    repeated = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 2000}">]><rss><channel><title>{"&a;" * 50_000}</title></channel></rss>'
    yield "quadratic.rss", repeated.encode
    yield "external.rss", lambda: _external("rss", "file:///etc/passwd").encode()
    yield "external-http.rss", lambda: _external("rss", "http://127.0.0.1:9/").encode()
    yield "deep.rss", lambda: rss("<item>" * 200_000)
    yield "items.rss", lambda: rss("<item><title>x</title><description>words</description></item>" * 30_000)
    yield "attributes.rss", lambda: rss("<item " + " ".join(f'a{number}="x"' for number in range(200_000)) + "/>")
    yield "spaces.rss", lambda: rss("<item><description>" + "&lt;" * 1_500_000 + "</description></item>")
    yield "broken.rss", lambda: rss("<item><description>" + "<b " * 300_000)


def _entities(root: str, levels: int, width: int, document: bytes | None = None) -> str:
    declared = '<!ENTITY e0 "lol">'
    for level in range(1, levels):
        reference = f"&e{level - 1};" * width
        declared += f'<!ENTITY e{level} "{reference}">'
    rest = document.decode().partition("?>")[2] if document else f"<{root}>&e{levels - 1};</{root}>"
    return f'<?xml version="1.0"?><!DOCTYPE {root} [{declared}]>{rest}'


def _external(root: str, address: str) -> str:
    item = "<channel><item><guid>1</guid><description>&x;</description></item></channel>"
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY x SYSTEM "{address}">]><{root}>{item}</{root}>'


def _text_bombs() -> Iterator[Bomb]:
    yield "wide.txt", lambda: "\U0001f600".encode() + b"a" * (19 * MB)
    yield "lines.txt", lambda: b"a\n" * (9 * MB)
    yield "quotes.txt", lambda: b'"' * 1_900_000
    yield "emphasis.md", lambda: b"*a_" * 200_000
    yield "brackets.md", lambda: b"[" * 400_000
    yield "quotes.md", lambda: b">" * 300_000
    yield "lists.md", lambda: b"- " * 300_000
    yield "links.md", lambda: b"[a](" * 200_000
    yield "backticks.md", lambda: b"".join(b"`" * number + b" " for number in range(2000))
    yield "tables.md", lambda: b"|" * 100_000 + b"\n" + b"|-" * 50_000 + b"\n" + b"|x" * 50_000
    yield "deep.json", lambda: b"[" * 10_000_000
    yield "lists.json", lambda: b"[" + b"[]," * 6_000_000 + b"[]]"
    yield "numbers.json", lambda: b'{"text": 1' + b"0" * 1_000_000 + b"}"
    yield "deep.jsonl", lambda: b'{"text":' * 100_000 + b"\n"
    yield "lists.jsonl", lambda: (b'{"text":"x","a":[' + b"[]," * 340_000 + b"[]]}\n") * 15
    yield "long-row.jsonl", lambda: b'{"text": "' + b"a" * (18 * MB) + b'"}'
    yield "columns.csv", lambda: b"text" + b",a" * (9 * MB)
    yield "rows.csv", lambda: b"text\n" + b",\n" * 2_000_000
    yield "quote.csv", lambda: b'text,a\n"' + b"a" * (18 * MB)
    yield "commas.csv", lambda: b"text,a\n" + b"," * (18 * MB)


def broken(seed: int, copies: int) -> Iterator[tuple[str, bytes]]:
    """Yield copies of sound documents that are cut, have bits flipped, parts zeroed, doubled, or mixed with another."""
    chance = random.Random(seed)  # noqa: S311 - reproducible damage, no secret
    names = list(ALL)
    for number in range(copies):
        name = names[number % len(names)]
        data = bytearray(ALL[name])
        match number // len(names) % 5:
            case 0:
                del data[chance.randrange(1, len(data)) :]
            case 1:
                for _ in range(chance.randrange(1, 30)):
                    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            case 2:
                start = chance.randrange(len(data))
                data[start : start + 64] = bytes(len(data[start : start + 64]))
            case 3:
                start = chance.randrange(len(data))
                data[start:start] = data[start // 2 :]
            case 4:
                other = ALL[chance.choice(names)]
                data[chance.randrange(len(data)) :] = other[chance.randrange(len(other)) :]
        yield f"{number}-{name}", bytes(data)


def names() -> list[str]:
    """Return 200 and more file names that have been traps for someone."""
    hostile = [
        *(
            "../../etc/passwd",
            "..\\..\\windows\\win.ini",
            "/etc/passwd",
            "//host/share/a",
            "C:\\boot.ini",
            "\\\\?\\C:\\a",
            "~/.ssh/id",
        ),
        *(
            ".",
            "..",
            "...",
            " ",
            "",
            "\t",
            "\n",
            ".hidden",
            "-rf",
            "--help",
            "-",
            "$(id)",
            "`id`",
            "|id",
            ";id",
            "a;b",
            "a&b",
            "%00",
            "a%2fb",
        ),
        *(
            "a\0b",
            "\0",
            "a\nb",
            "a\r\nb",
            "a\x1b[31mb",
            "a\x07b",
            "\ud800",
            "a\udcffb",
            "\ufeffa",
            "a\u202egpj",
            "\u2066a\u2069",
            "a\u200bb",
        ),
        *(
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            '"onload="x',
            "'or'1'='1",
            "{{7*7}}",
            "${jndi:ldap://x}",
            "%s%n",
            "{0}",
        ),
        *(
            "а.txt\u0430",
            "раураl",
            "ｆｕｌｌ",
            "a" * 300,
            "é" * 300,
            "a/" * 200,
            "😀" * 100,
            "a" * 5000,
            "ﬀ",
            "İ",
            "ß",
            "a\u0301" * 50,
        ),
        *(
            "a.txt.",
            "a.txt ",
            "a .txt",
            "a.TXT",
            "a.txt.exe",
            "a.exe\0.txt",
            "a.txt/",
            "a:stream",
            "a::$DATA",
            "a*b?c",
            "a|b<c>d",
        ),
        *(
            f"{device}{end}"
            for device in ("CON", "PRN", "AUX", "NUL", "COM1", "LPT9", "con", "CLOCK$")
            for end in ("", ".x", " ", ".", ":")
        ),
        *(
            "file:///etc/passwd",
            "http://127.0.0.1/",
            "data:text/html,x",
            "javascript:alert(1)",
            "metadata.jsonl",
            ".env",
            ".git/config",
        ),
        *(
            "__proto__",
            "constructor",
            "None",
            "null",
            "NaN",
            "1e999",
            "0x10",
            "true",
            "[]",
            "#",
            "?",
            "#src=x:0-1",
            "a#b?c",
            "%",
            "%zz",
            "%u2215",
        ),
    ]
    hostile += [
        f"a{chr(code)}b" for code in (*range(0x01, 0x20), 0x7F, *range(0x80, 0x90), 0x2028, 0x2029, 0xFFF9, 0xFFFE, 0xE0001)
    ]
    return [*hostile, *(f"{'../' * depth}a" for depth in range(1, 20))]
