"""Documents of every format, made in code: small, invented, and the same every time."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

STORY = (
    "The ferry Aurora crossed the bay on Monday, ten weeks after its engine failed. Captain Ines Holm said the new engine "
    "had been tested for nine days. The harbour office expects 1,200 passengers a day."
)
SECOND = "Prices stay as they were. A return ticket costs 14 crowns, and children under six travel free, the office said."


def page(body: str = f"<p>{STORY}</p><p>{SECOND}</p>", head: str = "", charset: str = "utf-8") -> bytes:
    """Return a web page with navigation around its article."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}">{head}</head><body><nav><a href="/">Start</a></nav>'
        f"<article>{body}</article><footer>Imprint</footer></body></html>"
    ).encode(charset)


def linked(**facts: object) -> str:
    """Return the JSON-LD script of a news article."""
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **facts})}</script>'


def pdf(pages: Sequence[Sequence[str]] = ((STORY,),), info: Mapping[str, str] | None = None) -> bytes:
    """Return a PDF with the given lines of text on each page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        drawn = " ".join(f"({_escaped(line)}) Tj T*" for line in lines)
        stream = f"BT /F1 11 Tf 14 TL 50 780 Td {drawn} ET"
        objects.append(f"<< /Length {len(stream.encode('latin-1'))} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {len(objects)} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< {' '.join(f'/{name} ({_escaped(value)})' for name, value in (info or {}).items())} >>")
    return assembled([text.encode("latin-1") for text in objects], info=len(objects))


def assembled(objects: Sequence[bytes], info: int | None = None) -> bytes:
    """Return a PDF of these objects, the first of them its catalog."""
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    known = b" /Info %d 0 R" % info if info else b""
    return bytes(out + b"trailer << /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, known, start))


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def encrypted_pdf() -> bytes:
    """Return a PDF that opens only with a password."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf())))
    writer.encrypt("secret", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def word(paragraphs: Sequence[str] = (STORY, SECOND), title: str = "") -> bytes:
    """Return a Word document."""
    import docx

    document = docx.Document()
    document.core_properties.title = title
    for text in paragraphs:
        document.add_paragraph(text)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def rss(items: str, title: str = "Harbour Post") -> bytes:
    """Return an RSS feed with these items."""
    spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f'<?xml version="1.0"?><rss version="2.0" {spaces}><channel><title>{title}</title>{items}</channel></rss>'.encode()


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of these members."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


ALL: dict[str, bytes] = {
    "story.txt": STORY.encode(),
    "story.md": f"---\ntitle: Ferry returns\n---\n\n{STORY}\n".encode(),
    "story.html": page(),
    "story.pdf": pdf(),
    "story.docx": word(),
    "news.rss": rss(f"<item><guid>1</guid><title>Ferry</title><description>{STORY}</description></item>"),
    "news.jsonl": json.dumps({"title": "Ferry", "text": STORY}).encode() + b"\n",
    "news.json": json.dumps([{"title": "Ferry", "text": STORY}]).encode(),
    "news.csv": f'title,text\nFerry,"{STORY}"\n'.encode(),
    "news.zip": zipped({"story.html": page(), "story.txt": STORY.encode()}),
}
