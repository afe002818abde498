"""Words of like and of other meaning, from WordNet 3.0 as Debian's `wordnet-base` lays it down. Knows no questions.

Inflection is by rule: "killed" is "kill" and an ending; "slain" is known, but no word is given an irregular ending.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from training.data import DataMissing

_POS = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
_ENDINGS = {"n": ("", "s"), "v": ("", "s", "ed", "ing"), "a": ("",), "r": ("",)}
_SYNONYM_SENSES = 2  # the rarer senses of a word are hardly ever the one that is meant
_COMMON = 5  # uses in WordNet's counted texts, from which a word is one that people ask with
_VOWEL = re.compile(r"[aeiou]")


@dataclass(frozen=True, slots=True)
class Synset:
    """Words of one meaning; `more_general`, `more_special` and `opposite` are addresses of other synsets."""

    words: tuple[str, ...]
    more_general: tuple[str, ...]
    more_special: tuple[str, ...]
    opposite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A word as it stands: its base form, part of speech ("n", "v", "a", "r") and ending."""

    base: str
    pos: str
    ending: str


class WordNet:
    """The words of the folder; `similar` and `different` take and give words as they stand in a sentence."""

    def __init__(self, folder: Path) -> None:
        self._synsets: dict[str, Synset] = {}
        self._senses: dict[tuple[str, str], list[str]] = {}
        self._uses: dict[tuple[str, str], int] = defaultdict(int)
        self._irregular: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        self._forms: dict[str, list[Form]] = defaultdict(list)
        for pos, name in _POS.items():
            for line in _lines(folder / f"data.{name}"):
                self._synsets[pos + line[:8]] = _synset(pos, line)
            for line in _lines(folder / f"index.{name}"):
                fields = line.split()
                self._senses[fields[0], pos] = [pos + address for address in fields[-int(fields[2]) :]]
            for line in _lines(folder / f"{name}.exc"):
                form, *bases = line.split()
                for base in bases:
                    ending = "s" if pos == "n" else "ing" if form.endswith("ing") else "ed"
                    self._irregular[base, pos, ending].add(form)
                    self._forms[form].append(Form(base, pos, ending))
        for line in _lines(folder / "cntlist.rev"):
            key, _, count = line.split()
            word, rest = key.split("%")
            self._uses[word, "nvara"[int(rest[0]) - 1]] += int(count)

    def form(self, word: str) -> Form | None:
        """Return the most used reading of a lower-case word, or None."""
        irregular = [form for form in self._forms[word] if (form.base, form.pos) in self._senses]
        found = irregular + [
            Form(base, pos, ending)
            for pos, endings in _ENDINGS.items()
            for ending in endings
            for base in _without(word, ending)
            if (base, pos) in self._senses and self.inflected(base, pos, ending) == word
        ]
        return max(found, key=lambda form: self._uses[form.base, form.pos], default=None)

    def inflected(self, base: str, pos: str, ending: str) -> str | None:
        """Return the base form with the ending, or None where that is irregular."""
        regular, irregular = _with(base, ending), self._irregular.get((base, pos, ending))
        return None if irregular and regular not in irregular else regular

    def similar(self, form: Form) -> list[str]:
        """Return words that may stand in its place, with its ending: of the same meaning, or the more general noun or verb."""
        synsets = [self._synsets[a] for a in self._senses[form.base, form.pos][:_SYNONYM_SENSES]]
        bases = [word for synset in synsets for word in synset.words]
        bases += [self._synsets[a].words[0] for synset in synsets[:1] for a in synset.more_general]
        return self._ended(bases, form)

    def different(self, form: Form) -> list[str]:
        """Return words that mean something else of the same kind, with its ending: opposites, and other special cases of its
        next more general word."""
        synsets = [self._synsets[a] for a in self._senses[form.base, form.pos][:1]]
        addresses = [a for synset in synsets for a in synset.opposite]
        if form.pos == "n":  # the sisters of a verb often mean nearly the same
            addresses += [b for synset in synsets for a in synset.more_general for b in self._synsets[a].more_special]
        alike = {word for a in self._senses[form.base, form.pos] for word in self._close(a)}
        bases = [word for a in addresses for word in self._synsets[a].words[:1] if word not in alike]
        return self._ended([base for base in bases if self._uses[base, form.pos] >= _COMMON], form)

    def _close(self, address: str) -> Iterator[str]:
        synset = self._synsets[address]
        yield from synset.words
        for other in (*synset.more_general, *synset.more_special):
            yield from self._synsets[other].words

    def _ended(self, bases: list[str], form: Form) -> list[str]:
        plain = [base for base in dict.fromkeys(bases) if base != form.base and base.isalpha() and base.islower()]
        ended = [self.inflected(base, form.pos, form.ending) for base in plain]
        return [word for word in ended if word is not None]


def wordnet_folder() -> Path:
    """Return the folder of WordNet's files: of the variable `FOOTNOTE_WORDNET`, or Debian's."""
    folder = Path(os.environ.get("FOOTNOTE_WORDNET", "/usr/share/wordnet"))
    if not (folder / "cntlist.rev").is_file():
        raise DataMissing(f"{folder} lacks WordNet; install Debian's wordnet-base, or set FOOTNOTE_WORDNET to its folder")
    return folder


@cache
def load() -> WordNet:
    """Return the WordNet of this machine."""
    return WordNet(wordnet_folder())


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("  ")]


def _synset(pos: str, line: str) -> Synset:
    fields = line.split(" | ")[0].split()
    words = int(fields[3], 16)
    pointers = fields[5 + 2 * words :]
    linked: dict[str, list[str]] = defaultdict(list)
    for symbol, address, kind in zip(pointers[::4], pointers[1::4], pointers[2::4], strict=False):
        if kind.replace("s", "a") == pos:
            linked[symbol[0]].append(pos + address)
    names = (re.sub(r"\(\w+\)$", "", word) for word in fields[4 : 4 + 2 * words : 2])
    return Synset(tuple(names), *(tuple(linked[symbol]) for symbol in "@~!"))


def _without(word: str, ending: str) -> list[str]:
    """Return what could stand before the ending."""
    if not ending:
        return [word]
    if not word.endswith(ending):
        return []
    rest = word.removesuffix(ending)
    candidates = [rest, rest + "e"]
    if len(rest) > 2 and rest[-1] == rest[-2]:
        candidates.append(rest[:-1])
    if rest.endswith("i"):
        candidates.append(rest[:-1] + "y")
    if ending == "s":
        candidates += [rest.removesuffix("e"), rest.removesuffix("ie") + "y"]
    return [candidate for candidate in dict.fromkeys(candidates) if len(candidate) > 1]


def _with(base: str, ending: str) -> str:
    """Return the regular form."""
    after_consonant = len(base) > 1 and not _VOWEL.match(base[-2])
    match ending:
        case "s" if base.endswith("y") and after_consonant:
            return base[:-1] + "ies"
        case "s" if base.endswith(("s", "x", "z", "ch", "sh")):
            return base + "es"
        case "ed" if base.endswith("y") and after_consonant:
            return base[:-1] + "ied"
        case "ed" if base.endswith("e"):
            return base + "d"
        case "ing" if base.endswith("e") and not base.endswith(("ee", "ye", "oe")):
            return base[:-1] + "ing"
        case "ed" | "ing" if re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", base):
            return base + base[-1] + ending
        case _:
            return base + ending
