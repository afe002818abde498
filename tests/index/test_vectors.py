"""The vector cache agrees with numpy, follows the library, and never believes a file that changed."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from index.vectors import FILE, Vectors

DIMENSION = 16


@dataclass
class Rows:
    """A library's vectors without a library."""

    rows: dict[int, np.ndarray] = field(default_factory=dict)
    library: str = "l"
    generation: int = 0
    read: int = 0  # how many vectors were asked for

    def numbers(self):
        return np.array(sorted(self.rows), dtype=np.int64)

    def vectors(self, numbers):
        self.read += len(numbers)
        return np.stack([self.rows[number] for number in numbers]).astype(np.float32)

    def changed(self, add=(), remove=()):
        for number in remove:
            del self.rows[number]
        self.rows.update({number: unit(number) for number in add})
        self.generation += 1
        return self


def unit(seed: int) -> np.ndarray:
    vector = np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


@pytest.fixture
def rows():
    return Rows().changed(add=range(1, 200))


def by_numpy(rows: Rows, query: np.ndarray, limit: int, among=None) -> list[int]:
    numbers = [number for number in sorted(rows.rows) if among is None or number in among]
    return sorted(numbers, key=lambda number: -float(rows.rows[number] @ query))[:limit]


def test_it_finds_what_numpy_finds(tmp_path, rows):
    vectors = Vectors(tmp_path, DIMENSION)
    for seed in range(1000, 1020):
        assert vectors.nearest(rows, unit(seed), 10) == by_numpy(rows, unit(seed), 10)


def test_it_finds_what_numpy_finds_among_some(tmp_path, rows):
    among = np.array([3, 5, 8, 13, 21], dtype=np.int64)
    assert Vectors(tmp_path, DIMENSION).nearest(rows, unit(7), 50, among) == by_numpy(rows, unit(7), 5, set(among.tolist()))


def test_it_never_returns_what_is_not_there(tmp_path):
    vectors = Vectors(tmp_path, DIMENSION)
    assert vectors.nearest(Rows(), unit(1), 5) == []
    assert vectors.nearest(Rows().changed(add=[4]), unit(1), 5) == [4]
    assert vectors.nearest(Rows(generation=1, rows={4: unit(4)}), unit(1), 0) == []


def test_it_follows_the_library(tmp_path, rows):
    vectors = Vectors(tmp_path, DIMENSION)
    vectors.nearest(rows, unit(1), 5)
    rows.changed(add=range(300, 340), remove=range(1, 50))
    assert vectors.nearest(rows, unit(1), 199) == by_numpy(rows, unit(1), 199)


def test_another_library_in_the_place_of_the_first_is_searched_with_its_own_vectors(tmp_path):
    first = Rows(rows={1: unit(1), 2: unit(2)})
    second = Rows(rows={1: unit(2), 2: unit(1)}, library="m")
    vectors = Vectors(tmp_path, DIMENSION)
    assert vectors.nearest(first, unit(1), 1) == [1]
    assert vectors.save(first)
    assert vectors.nearest(second, unit(1), 1) == [2]
    assert vectors.save(second)
    assert Vectors(tmp_path, DIMENSION).nearest(second, unit(1), 1) == [2]


def test_what_was_saved_is_loaded_and_only_the_rest_is_read(tmp_path, rows):
    Vectors(tmp_path, DIMENSION).save(rows)
    rows.changed(add=[500], remove=[2])
    rows.read = 0
    assert Vectors(tmp_path, DIMENSION).nearest(rows, unit(1), 10) == by_numpy(rows, unit(1), 10)
    assert rows.read == 1


def test_saving_again_writes_only_when_much_has_changed(tmp_path, rows):
    vectors = Vectors(tmp_path, DIMENSION)
    assert vectors.save(rows)
    assert not vectors.save(rows.changed(add=[900]))
    assert vectors.save(rows.changed(add=range(901, 950)))


@pytest.mark.parametrize("damage", ["empty", "half", "bit", "zeroed", "appended", "foreign", "library"])
def test_a_file_that_changed_is_set_aside_and_made_again(tmp_path, rows, damage):
    path = tmp_path / FILE
    Vectors(tmp_path, DIMENSION).save(rows)
    good = path.read_bytes()
    middle = len(good) // 2
    bad = {
        "empty": b"",
        "half": good[:middle],
        "bit": good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :],
        "zeroed": good[:4096] + bytes(4096) + good[8192:],
        "appended": good + b"\0",
        "foreign": b"GIF89a",
        "library": good.replace(b'"l"', b'"m"', 1),
    }[damage]
    path.write_bytes(bad)
    vectors = Vectors(tmp_path, DIMENSION)
    assert vectors.nearest(rows, unit(1), 10) == by_numpy(rows, unit(1), 10)
    assert path.with_name(f"{FILE}.damaged-1").read_bytes() == bad
    assert vectors.save(rows)
    assert path.read_bytes() == good


def test_a_file_for_another_model_is_not_used(tmp_path, rows):
    Vectors(tmp_path, DIMENSION).save(rows)
    other = Rows(rows={1: np.ones(4, dtype=np.float32)}, generation=1)
    assert Vectors(tmp_path, 4).nearest(other, np.ones(4, dtype=np.float32), 3) == [1]


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path, rows):
    vectors = Vectors(tmp_path / "nowhere", DIMENSION)
    assert vectors.save(rows) is False
    assert vectors.nearest(rows, unit(1), 3) == by_numpy(rows, unit(1), 3)


def test_who_saves_is_not_disturbed_by_another_that_saves_meanwhile(tmp_path, rows, monkeypatch):
    others = Rows(rows={number: unit(number) for number in range(500, 900)})
    at_once = []

    def slow(_descriptor: int) -> None:  # where the new file is written, and has not got its name yet
        if not at_once:
            at_once.append(None)
            at_once.append(Vectors(tmp_path, DIMENSION).save(others))

    monkeypatch.setattr("os.fsync", slow)
    assert Vectors(tmp_path, DIMENSION).save(rows)
    assert at_once[1] is False
    rows.read = 0
    assert Vectors(tmp_path, DIMENSION).nearest(rows, unit(1), 10) == by_numpy(rows, unit(1), 10)
    assert rows.read == 0
    assert Vectors(tmp_path, DIMENSION).save(others)
