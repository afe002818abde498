"""What can go wrong with a library, and what to do next.

LibraryError                 anything below; `exit_status` is what the command line returns
  LibraryMissing       1     nothing there yet                      -> add something
  ArticleMissing       1     no article with that id                -> list
  LibraryNotWritable   1     the data folder refuses writing        -> another folder, or its permissions
  LibraryReadOnly      1     RAG_READ_ONLY closes it to changes     -> switch that off
  ModelUnusable        1     the embedding model cannot be loaded   -> RAG_EMBEDDER
  DiskFull             3     what was finished stays                -> free space, run it again
  LibraryLocked        4     another process is writing             -> wait, or stop the holder (named)
  FingerprintMismatch  5     built with another model or settings   -> rebuild, or go back (both values shown)
  LibraryDamaged       6     a store is damaged (named, kept)       -> restore a copy, or rebuild
UnusableContent              one file cannot become an article; the batch goes on, and ends with status 7
  TooLarge                   more than may be read                  -> split it
  UnknownFormat              no format that can be read             -> save it as one that can
  PartlyUnusable             some of its rows, items or members cannot; the others were read before this is raised
  AddressRefused             a web address that is never asked     -> another address, or a setting
  AddressFailed              a web address that did not answer well -> try again later
"""

from collections.abc import Mapping


class LibraryError(Exception):
    """Something about the library as a whole; str(error) names the thing, `hint` says what to do."""

    exit_status = 1

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class LibraryMissing(LibraryError):
    """There is no library in the data folder."""


class ArticleMissing(LibraryError):
    """The library has no article with that id."""


class LibraryNotWritable(LibraryError):
    """The data folder does not let this process write."""


class LibraryReadOnly(LibraryError):
    """The settings close the library to changes."""

    def __init__(self) -> None:
        super().__init__("adding and removing are switched off (RAG_READ_ONLY)", "set RAG_READ_ONLY=no to change the library")


class ModelUnusable(LibraryError):
    """The embedding model that the settings name is not there, or not one."""


class DiskFull(LibraryError):
    """The disk is full; the library is as it was before."""

    exit_status = 3


class LibraryLocked(LibraryError):
    """Another process is writing; `holder` describes it."""

    exit_status = 4

    def __init__(self, holder: str) -> None:
        super().__init__(f"the library is being written by {holder}", "wait until it has finished, or stop it, then try again")
        self.holder = holder


class FingerprintMismatch(LibraryError):
    """The library was built with another embedding model, passage rule or format."""

    exit_status = 5


class LibraryDamaged(LibraryError):
    """A stored file is damaged or foreign. It is named and kept, never deleted."""

    exit_status = 6


class UnusableContent(Exception):
    """This input cannot become an article; str(error) says why in words for its owner, `code` in one word for programs."""

    code = "unusable"


class TooLarge(UnusableContent):
    """There is more of it than may be read."""

    code = "too_big"


class UnknownFormat(UnusableContent):
    """It is in no format that can be read."""

    code = "unsupported_type"


class PartlyUnusable(UnusableContent):
    """Some parts of a file are no articles. It is raised after all others were handed on.

    `parts` maps the first of them to their reasons, `count` counts them all.
    """

    code = "partly_unusable"

    def __init__(self, parts: Mapping[str, str], count: int, read: int) -> None:
        shown = "; ".join(f"{part}: {reason}" for part, reason in list(parts.items())[:3])
        super().__init__(f"{count} of {count + read} parts cannot be read: {shown}{'; …' if count > 3 else ''}")
        self.parts, self.count = parts, count


class AddressRefused(UnusableContent):
    """This web address is not asked: not allowed, malformed, private, or leading to one that is."""

    code = "address_refused"


class AddressFailed(UnusableContent):
    """The web server did not answer, or not with something to read."""

    code = "address_failed"
