"""A zip becomes the articles of its members. Their names are words to show, never paths; nothing is unpacked to disk.

A Word document is a zip too: what is inside says so, not the name.
"""

import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import PurePosixPath
from zlib import error as ZlibError  # noqa: N812 - it is an exception

from index.errors import UnusableContent
from index.readers.beside import METADATA_FILE, facts_by_file, told_of
from index.readers.kinds import SUFFIXES, Kind, kind_of, suffix_of
from index.readers.raw import Outcome, Raw, Refused, one_line

MAX_MEMBERS = 10_000
MAX_UNPACKED = 100 * 1024 * 1024  # bytes, all members together
MAX_MEMBER = 20 * 1024 * 1024
_MAX_RATIO = 200  # text compresses 3 to 10 times; a file of one repeated byte 1000 times
_RATIO_FROM = 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
_OTHER_OFFICE = {"xl/": "an Excel workbook; save it as .csv", "ppt/": "a PowerPoint presentation; save it as PDF"}

ReadMember = Callable[[Kind, bytes], Iterator[Outcome]]


def read(data: bytes, read_member: ReadMember) -> Iterator[Outcome]:
    """Yield what every member with a known format holds; `read_member` reads one of them.

    Members that are refused do not stop the others. Raises `UnusableContent` for an archive that is damaged, packed for
    harm, or holds nothing to read.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = {member.filename for member in archive.infolist()}
            if "word/document.xml" in names:
                check(archive)
                yield from read_member("word", data)
                return
            _refuse_other_formats(names)
            yield from _members(archive, read_member)
    except _DAMAGED as error:
        raise UnusableContent("it is a damaged zip archive") from error


def check(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the archive's files. Raises `UnusableContent` when their number, sizes or compression are beyond reason."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MAX_MEMBERS:
        raise UnusableContent(f"it has {len(members):,} files inside, more than {MAX_MEMBERS:,}")
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise UnusableContent(f"it unpacks to more than {MAX_UNPACKED // 1024 // 1024} MB")
    for member in members:
        if member.file_size > _RATIO_FROM and member.file_size > _MAX_RATIO * member.compress_size:
            raise UnusableContent(f"{one_line(member.filename, 120)} inside is compressed beyond reason (a zip bomb?)")
    return members


def _refuse_other_formats(names: set[str]) -> None:
    for folder, what in _OTHER_OFFICE.items():
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            raise UnusableContent(f"it is {what}")
    if "mimetype" in names:
        raise UnusableContent("it is an e-book or OpenDocument file; save it as .docx or .html")


def _members(archive: zipfile.ZipFile, read_member: ReadMember) -> Iterator[Outcome]:
    members = [member for member in check(archive) if _is_wanted(member.filename)]
    if not members:
        raise UnusableContent("it holds no file in a format that can be read")
    unpacked, seen = 0, set[str]()
    known = {
        str(PurePosixPath(member.filename).parent): facts_by_file(_unpacked(archive, member))
        for member in members
        if PurePosixPath(member.filename).name == METADATA_FILE
    }
    for member in members:
        path = PurePosixPath(member.filename)
        if path.name == METADATA_FILE:
            continue
        try:
            _require(member.filename not in seen, "another file in the archive has the same name")
            seen.add(member.filename)
            data = _unpacked(archive, member)
            unpacked += len(data)  # what members really hold; what they declare can lie
            _require(unpacked <= MAX_UNPACKED, f"the archive unpacks to more than {MAX_UNPACKED // 1024 // 1024} MB")
            yield from _named(_inner(data, member.filename, read_member), member.filename, known, path)
        except UnusableContent as error:
            yield Refused(one_line(member.filename, 120), str(error))
        except _DAMAGED:
            yield Refused(one_line(member.filename, 120), "it is damaged inside the archive")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise UnusableContent(otherwise)


def _is_wanted(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    hidden = any((part.startswith(".") and part not in {".", ".."}) or part == "__MACOSX" for part in parts)
    return suffix_of(name) in SUFFIXES and not hidden


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.flag_bits & 0x1:
        raise UnusableContent("it is encrypted with a password")
    with archive.open(member) as stream:
        data = stream.read(MAX_MEMBER + 1)
    if len(data) > MAX_MEMBER:
        raise UnusableContent(f"it is larger than {MAX_MEMBER // 1024 // 1024} MB")
    return data


def _inner(data: bytes, name: str, read_member: ReadMember) -> Iterator[Outcome]:
    kind = kind_of(data, name)
    if kind == "zip" and suffix_of(name) != ".docx":
        raise UnusableContent("it is an archive inside an archive; unpack it first")
    return read_member("word" if kind == "zip" else kind, data)


def _named(
    outcomes: Iterator[Outcome], name: str, known: dict[str, dict[str, dict[str, str]]], path: PurePosixPath
) -> Iterator[Outcome]:
    """Yield the outcomes under the member's name, with what a metadata.jsonl in its folder says of it."""
    told = told_of(path.name, known.get(str(path.parent), {}))
    told = told | {f"{fact}_from": METADATA_FILE for fact in told}
    for outcome in outcomes:
        part = f"{name}#{outcome.part}" if outcome.part else name
        if isinstance(outcome, Refused):
            yield Refused(part, outcome.reason, outcome.count)
        else:
            yield Raw(outcome.text, {**outcome.facts, **told}, part)
