"""Files that somebody sends to be added, as an HTML form does. Each becomes an item that can be read once, later.

A name that came with a file is words: part of what identifies the article, shown to people, and never a path. A
`metadata.jsonl` among files describes those of its folder, as it does on a disk.
"""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from index.article import Article
from index.errors import TooLarge, UnusableContent
from index.readers import MAX_BYTES, METADATA_FILE, read_bytes
from index.readers.beside import facts_by_file, told_of
from index.readers.raw import bounded_facts, identifying, one_line
from web.jobs import Item
from web.limits import SENT_ITEMS
from web.problems import Problem

NAME_CHARACTERS = 300
_AS_A_FORM = "Send files as an HTML form does."
_NAMELESS = "a file without a name"


async def files_of(request: Request) -> list[Item]:
    """Return the files of a form. Raises Problem: 400 malformed, 413 too many at once, 422 nothing to add, 507 no room."""
    try:
        form = await _form(request)
    except OSError as error:  # of the temporary files that the upload is kept in while it arrives
        hint = "Nothing was added. Free space where the server keeps temporary files (TMPDIR), then send it again."
        raise Problem(507, "disk_full", "There is no room to keep the files while they arrive.", hint) from error
    try:
        return await _described(_only_files(form))
    except Problem:
        await form.close()
        raise


def _only_files(form: FormData) -> list[UploadFile]:
    """Return the files. Raises Problem where there is none, and for a title or date beside them, which would be lost."""
    files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    if not files:
        raise Problem(422, "nothing_sent", "There is no file in the body.", "Send at least one, in a field called files.")
    other = next((name for name, value in form.multi_items() if isinstance(value, str)), None)
    if other is not None:
        message = f"The field {other[:80]!r} holds no file."
        hint = f"Nothing was added. What is known of a file stands in a {METADATA_FILE} that is sent with it."
        raise Problem(422, "unknown_field", message, hint, param=other[:80])
    return files


class _ToItsEnd(MultiPartParser):
    """Fails, and closes every file, when the closing boundary does not come: the library would leave the cut file out."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.headers, self._whole(request), max_files=SENT_ITEMS, max_fields=SENT_ITEMS)
        self._has_ended = False

    def on_end(self) -> None:
        self._has_ended = True

    async def _whole(self, request: Request) -> AsyncGenerator[bytes, None]:
        async for chunk in request.stream():
            yield chunk
        if not self._has_ended:
            raise MultiPartException("It ends in the middle of a part.")


async def _form(request: Request) -> FormData:
    try:
        return await _ToItsEnd(request).parse()
    except MultiPartException as error:
        if error.message.startswith("Too many"):
            message = f"There are more than {SENT_ITEMS:,} parts in the body."
            raise Problem(413, "too_many", message, "Send them in several requests.") from error
        if error.message.startswith("Part exceeded"):
            message = "A field that is no file is over the limit of 1 MB."
            raise Problem(413, "too_big", message, "Send articles as files, or as JSON.") from error
        raise Problem(400, "not_multipart", f"The body could not be read: {error.message}", _AS_A_FORM) from error


async def _described(files: Sequence[UploadFile]) -> list[Item]:
    describing = {_folder(one): one for one in files if _last(one) == METADATA_FILE}
    articles = [one for one in files if _last(one) != METADATA_FILE]
    if len(describing) + len(articles) < len(files):
        hint = "Nothing was added. Send one for a folder, with all that is known of its files."
        raise Problem(422, "described_twice", f"There are two {METADATA_FILE} for one folder.", hint)
    if not articles:
        message, hint = f"A {METADATA_FILE} describes files, and none came with it.", "Send it with them, in one request."
        raise Problem(422, "nothing_sent", message, hint)
    known = {folder: await run_in_threadpool(_told_by, one) for folder, one in describing.items()}
    first = {_origin_of_file(one): one for one in reversed(articles)}
    return [_file(one, told_of(_last(one), known.get(_folder(one), {})), first[_origin_of_file(one)]) for one in articles]


def _folder(file: UploadFile) -> str:
    return (file.filename or "").rpartition("/")[0]


def _last(file: UploadFile) -> str:
    return (file.filename or "").rpartition("/")[2]


def _told_by(describing: UploadFile) -> dict[str, dict[str, str]]:
    """Return what is known of the files beside this one. Raises Problem: nothing is added without it."""
    hint = "Nothing was added. Correct it, or send the files without it."
    if (describing.size or 0) > MAX_BYTES:
        raise Problem(413, "too_big", f"The {METADATA_FILE} is larger than {MAX_BYTES // 1024 // 1024} MB.", hint)
    try:
        with describing.file as stream:
            return facts_by_file(stream.read())
    except UnusableContent as error:
        raise Problem(422, error.code, f"The files cannot be described: {error}.", hint) from error


def _origin_of_file(file: UploadFile) -> str:
    return f"upload:{identifying(file.filename or _NAMELESS, NAME_CHARACTERS)}"


def _file(file: UploadFile, told: Mapping[str, str], first: UploadFile) -> Item:
    """Return the file as an item; where it is not the `first` of its name, one that is refused: it would replace that one."""
    name = one_line(file.filename or "", NAME_CHARACTERS) or _NAMELESS
    known = bounded_facts(told)

    def read() -> Iterator[Article]:
        if file is not first:
            raise UnusableContent("another file of this name came before it: send it under a name of its own")
        if (file.size or 0) > MAX_BYTES:
            raise TooLarge(f"it is larger than {MAX_BYTES // 1024 // 1024} MB")
        with file.file as stream:
            stream.seek(0)
            data = stream.read()
        yield from read_bytes(data, file.filename or "", origin=_origin_of_file(file), known=known, known_from=METADATA_FILE)

    return Item(name, read, file.file.close)
