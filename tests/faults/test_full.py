"""The disk is full from some system call on: told so, nothing half done, and all is well when there is space again."""

import os
import resource
import shutil
from collections.abc import Callable

import faiss
import pytest

from index.errors import DiskFull, LibraryNotWritable
from tests.faults.operations import OPERATIONS, START, TALLY, Step, held_at_last, held_by, states
from tests.libraries import add, article, opened

MODES = ("full", "full halfway")
EVERYWHERE = [pytest.param(operation, mode, 1, marks=pytest.mark.slow) for operation in OPERATIONS for mode in MODES]
SOMEWHERE = [pytest.param(operation, "full halfway", 31) for operation in OPERATIONS]


def check(folder, operation, ended):
    assert not ended["killed"]
    assert ended["error"] in (None, "DiskFull"), ended
    after = states(operation)
    held = held_at_last(folder, operation)
    done = ended["acknowledged"]
    assert held in after[done : done + 2]
    assert ended["error"] or done == len(OPERATIONS[operation])
    for step in OPERATIONS[operation][done:]:  # there is space again
        if after.index(held) <= done or operation in ("rebuild", "rescue"):
            step.do(folder)
        done += 1
    assert held_by(folder) == after[-1]


@pytest.mark.parametrize(("operation", "mode", "every"), EVERYWHERE + SOMEWHERE)
def test_a_full_disk_is_told_and_harms_nothing(fault, operation, mode, every):
    told = 0
    for at in range(0, 10_000, every):
        folder, ended = fault(operation, at, mode)
        if ended["steps"] <= at:
            break
        check(folder, operation, ended)
        told += ended["error"] == "DiskFull"
        TALLY["points of a full disk"] += 1
        shutil.rmtree(folder.parent)
    assert told


def test_a_limit_on_file_size_is_a_full_disk(place):
    with opened(place / "data") as search:
        add(search, [article("small", "A small story. It is short.")])
        before = held_by(place / "data")
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
        try:
            with pytest.raises(DiskFull, match="what was finished stays"):
                add(search, [article("large", "".join(f"Sentence {n} of many. " for n in range(20_000)))])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert held_by(place / "data") == before
        add(search, [article("later", "A later story. It is short.")])
    assert len(held_by(place / "data")) == 2


def test_a_full_disk_while_only_the_cache_is_saved_fails_nothing(fault):
    folder, counted = fault("add", 10**6, "count")
    last = counted["steps"] - 2  # the vector cache is the last thing that is written
    folder, ended = fault("add", last, "full")
    assert ended["error"] is None
    assert held_by(folder) == states("add")[-1]
    Step((article("later", "A later story."),)).do(folder)


def in_a_child_without_rights(work: Callable[[], None]) -> int:
    """Run something as a user who may write nothing here; return the exit status of the child."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            faiss.omp_set_num_threads(1)  # the threads of the parent are not there after a fork
            if os.getuid() == 0:
                os.setuid(65534)
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_folder_that_cannot_be_written_can_still_be_read(place):
    folder = place / "data"
    Step(tuple(START[:2])).do(folder)
    for above in (place, place.parent):
        above.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)

    def work():
        with opened(folder) as search:
            assert search.library.read_only
            assert search.search("word1 council")[0].article.id == "story1"
            search.save()
            for change in (lambda: add(search, [START[2]]), lambda: search.library.remove([START[0].id])):
                with pytest.raises(LibraryNotWritable):
                    change()
        with pytest.raises(LibraryNotWritable):
            opened(folder / "new")

    assert in_a_child_without_rights(work) == 0
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o644)
