"""What each part of answering earns: the same questions with vectors only, + keywords, + reader, + confidence.

All four are the product's own objects. Without the reader, sentences are ranked by cosine and shared words; without the
confidence nothing is refused, and what is compared is the best single signal that the parts so far have.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from index.embedder import Embedder
from index.search import CANDIDATES, Hit, Search
from index.snapshot import EVERYTHING, Within
from rag import evaluation
from rag.answer import Answerer
from rag.confidence import Confidence, Signals
from rag.measure import Case, Outcome, normalized, report
from rag.reader import Reader, TextReading, TrainedReader
from rag.sentences import SentenceReader, SentenceScorer
from rag.types import Turn

WHOLE = "+ confidence"
_NO_QUALITY = {"median_ms", "citations"}
Asked = tuple[Case, Sequence[Turn]]


class VectorSearch(Search):
    """A search that ranks by the vectors alone."""

    def search(self, query: str, k: int = 8, within: Within = EVERYTHING) -> list[Hit]:
        hits = super().search(query, 2 * CANDIDATES, within)
        best = sorted(hits, key=lambda hit: -hit.vector_score)[:k]
        return [replace(hit, score=hit.vector_score, rank=rank) for rank, hit in enumerate(best, start=1)]


class GivenAlways(Confidence):
    """Refuses nothing; its "probability" is one signal, for comparing how well it tells what can be answered."""

    def __init__(self, signal: Callable[[Signals], float]) -> None:
        super().__init__({}, 0.0, float("-inf"))
        self._signal = signal

    def probability(self, measured: Signals) -> float:
        return self._signal(measured)


class Remembering:
    """A reader that reads nothing twice: what is compared asks the same questions of mostly the same passages."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[tuple[object, ...], list[TextReading]] = {}

    def read_closely(
        self, question: str, texts: Sequence[str], sentences: Sequence[Sequence[tuple[int, int]]], n: int
    ) -> list[TextReading]:
        """Return what is read in every text."""
        asked = question, tuple(texts), tuple(map(tuple, sentences)), n
        if asked not in self._known:
            self._known[asked] = self._reader.read_closely(question, texts, sentences, n)
        return self._known[asked]


class Stages:
    """The four answerers over the library in one folder."""

    def __init__(self, folder: Path, embedder: Embedder, opened: ExitStack) -> None:
        by_vectors = opened.enter_context(VectorSearch.open(folder, embedder))
        self.search = opened.enter_context(Search.open(folder, embedder))
        scorer = SentenceScorer(embedder)
        sentences, trained = SentenceReader(scorer), Remembering(TrainedReader.load())
        by_cosine = GivenAlways(lambda measured: measured.cosine)
        by_words = GivenAlways(lambda measured: measured.cosine + measured.in_passage)
        by_reader = GivenAlways(lambda measured: -measured.no_answer)
        self.answerers = {
            "vectors only": Answerer(by_vectors, sentences, scorer, by_cosine),
            "+ keywords": Answerer(self.search, sentences, scorer, by_words),
            "+ reader": Answerer(self.search, trained, scorer, by_reader),
            WHOLE: Answerer(self.search, trained, scorer, Confidence.load("trained")),
        }

    def outcomes(self, asked: Sequence[Asked]) -> dict[str, list[Outcome]]:
        """Ask every answerer every question."""
        return {
            name: list(evaluation.run(asked, answerer, self.search.library.get)) for name, answerer in self.answerers.items()
        }


@contextmanager
def stages(folder: Path, embedder: Embedder) -> Iterator[Stages]:
    """Open the library in a folder for all four."""
    with ExitStack() as opened:
        yield Stages(folder, embedder, opened)


def is_right(outcome: Outcome) -> bool:
    """Say whether the answer as written quotes a right answer or sentence."""
    if outcome.case.unanswerable or not outcome.answer.citations:
        return False
    quotes = [normalized(c.quotation.quote) for c in outcome.answer.citations]
    wanted = [normalized(text) for text in (*outcome.case.sentences, *outcome.case.answers)]
    return any(want in quote or quote in want for quote in quotes for want in wanted if want)


def as_table(outcomes: Mapping[str, Sequence[Outcome]]) -> str:
    """Return a row for each of the four."""
    rows = ["| with | hit@1 | hit@3 | mrr@10 | right | wrong | AUC |", "|---|---|---|---|---|---|---|"]
    for name, of_stage in outcomes.items():
        told = report(of_stage)
        answerable = [one for one in of_stage if not one.case.unanswerable]
        right = sum(map(is_right, of_stage)) / len(answerable)
        wrong = sum(not is_right(one) and not one.answer.abstained for one in of_stage) / len(of_stage)
        cells = [told["hit@1"], told["hit@3"], told["mrr@10"], right, wrong, told["refusal_auc"]]
        rows.append(f"| {name} | " + " | ".join("" if cell is None else f"{cell:.3f}" for cell in cells) + " |")
    return "\n".join(rows)


def table_by_type(outcomes: Sequence[Outcome]) -> str:
    """Return the report of the whole program, a row for each type of question."""
    reports = evaluation.by_type(list(outcomes))
    kept = {kind: {name: value for name, value in row.items() if name not in _NO_QUALITY} for kind, row in reports.items()}
    return evaluation.as_table(kept)
