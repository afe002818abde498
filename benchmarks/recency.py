"""Questions about now, for development: how often is the newest value cited first, and is anything lost for it?

    python -m benchmarks.recency

Generated towns, each with a fact in three articles: what it was, what it is, and, newest of all, a story about the same thing
that does not tell it. The fact is told in the question's words both times, or once in others, a day or a year apart. Each
question is asked about now and not about now, with several strengths of the preference for what is newer.
"""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from index.adding import add_articles
from index.article import Article
from index.embedder import Embedder
from index.search import Search
from rag.answer import Answerer
from rag.question import understand
from rag.recency import NEARLY_AS_GOOD

SEED = 20261121
OFF = 100.0  # nothing is a hundred times as good
STRENGTHS = (OFF, 0.95, 0.9, 0.85, 0.8, 0.7)
GAPS = (1, 400)  # days
WORDINGS = ("alike", "closely", "loosely")  # how the newest value is told; the older one, in turn: alike, loosely, closely
NAMES = ("Ines Holm", "Bo Dahl", "Lena Ortiz", "Tomas Reyes", "Mara Lind", "Oskar Weiss", "Nadia Petrov", "Hugo Marsh")
PLACES = ("Velm", "Orsk", "Tarn", "Lysa", "Ronne", "Kessel")
NUMBERS = tuple(str(number) for number in range(23, 97))


@dataclass(frozen=True)
class Kind:
    """A fact `{v}` about `{t}`: in the question's words, in others, not told at all; and the question, about now and not."""

    close: str
    loose: str
    untold: str
    now: str
    plain: str
    values: tuple[str, ...]


KINDS = (
    Kind(
        "{v} is the mayor of {t}.",
        "The town hall of {t} is led by {v} since the vote in the council.",
        "The mayor of {t} opened the spring fair and thanked the volunteers.",
        "Who is currently the mayor of {t}?",
        "Who is the mayor of {t}?",
        NAMES,
    ),
    Kind(
        "A ticket for the {t} ferry costs {v} crowns.",
        "Passengers who cross the bay on the {t} ferry pay {v} crowns.",
        "A ticket for the {t} ferry can be bought on the pier from six in the morning.",
        "How much does a ticket for the {t} ferry cost now?",
        "How much does a ticket for the {t} ferry cost?",
        NUMBERS,
    ),
    Kind(
        "The {t} reservoir is {v} percent full.",
        "Engineers measured the {t} reservoir at {v} percent of what it can hold.",
        "The {t} reservoir is full of fish, and anglers come from three valleys.",
        "How full is the {t} reservoir today?",
        "How full is the {t} reservoir?",
        NUMBERS,
    ),
    Kind(
        "{v} is the coach of {t} United.",
        "{t} United put {v} in charge of the team.",
        "The coach of {t} United praised the crowd after the match.",
        "Who is the current coach of {t} United?",
        "Who is the coach of {t} United?",
        NAMES,
    ),
    Kind(
        "The storm has left {v} houses in {t} without power.",
        "In {t} the lights are out in {v} homes.",
        "The storm tore roofs from houses in {t}, and crews were sent to mend the power lines.",
        "How many houses in {t} are without power at present?",
        "How many houses in {t} are without power?",
        NUMBERS,
    ),
    Kind(
        "The headquarters of {t} Shipping are in {v}.",
        "{t} Shipping runs its fleet from an office tower in {v}.",
        "The headquarters of {t} Shipping got a new roof and a garden.",
        "Where are the headquarters of {t} Shipping now?",
        "Where are the headquarters of {t} Shipping?",
        PLACES,
    ),
    Kind(
        "The {t} mill employs {v} people.",
        "The payroll of the {t} mill has {v} names on it.",
        "The {t} mill employs people from all over the county, its owner said.",
        "How many people does the {t} mill currently employ?",
        "How many people does the {t} mill employ?",
        NUMBERS,
    ),
    Kind(
        "The highest bridge in {t} carries {v} trains a day.",
        "Every day {v} trains cross the highest bridge in {t}.",
        "Trains that cross the highest bridge in {t} slow down so that people can look.",
        "How many trains a day does the highest bridge in {t} carry these days?",
        "How many trains a day does the highest bridge in {t} carry?",
        NUMBERS,
    ),
)
ASIDES = (
    "Rain fell on the roofs of {t} until the evening.",
    "The bakers of {t} sold out of rye bread before noon.",
    "A brass band from {t} played on the steps of the library.",
    "Two storks have built a nest on the old chimney of {t}.",
    "The school in {t} will paint its fence in the holidays.",
    "A lost suitcase was handed in at the station of {t}.",
)


@dataclass(frozen=True)
class Case:
    """A kind of fact about a town; `newest_is` says in which words the newest value stands."""

    kind: Kind
    town: str
    old: str
    new: str
    newest_is: str
    articles: tuple[Article, ...]


def cases(chance: random.Random) -> Iterator[Case]:
    """Yield a case for every kind of fact, order of wordings and gap."""
    towns = sorted(
        {
            a + b
            for a in ("Ask", "Bel", "Dor", "Fen", "Hal", "Mor", "Sun")
            for b in ("by", "dal", "heim", "rup", "vik", "wick", "ow")
        }
    )
    chance.shuffle(towns)
    for kind in KINDS:
        for newest_is in WORDINGS:
            for gap in GAPS:
                town = towns.pop()
                old, new = chance.sample(kind.values, 2)
                first = date(2023, 1, 10) + timedelta(chance.randrange(300))
                older_told = kind.loose if newest_is == "closely" else kind.close
                newest_told = kind.loose if newest_is == "loosely" else kind.close
                facts = ((older_told, old, 0), (newest_told, new, gap), (kind.untold, "", gap + 1))
                articles = tuple(
                    _article(chance, fact.format(t=town, v=value), town, first + timedelta(days)) for fact, value, days in facts
                )
                yield Case(kind, town, old, new, newest_is, articles)


def _article(chance: random.Random, fact: str, town: str, day: date) -> Article:
    sentences = [fact, *(aside.format(t=town) for aside in chance.sample(ASIDES, 2))]
    return Article.create(" ".join(sentences), title=f"{town} in brief", origin=f"{town} {day}", published=day.isoformat())


def cited_first(answerer: Answerer, case: Case, question: str) -> str:
    """Return which of the case's values the answer cites first: "newest", "older", "neither", or "refused"."""
    answer = answerer.decide(question, answerer.consider(understand(question, ())))  # not `ask`, which remembers its answers
    if answer.abstained:
        return "refused"
    quote = answer.citations[0].quotation.quote
    if case.town not in quote:
        return "neither"
    return "newest" if case.new in quote else "older" if case.old in quote else "neither"


@contextmanager
def preferring_newer(strength: float) -> Iterator[None]:
    """Let the product take a newer answer that has so large a part of the best one's score."""
    with patch("rag.recency.NEARLY_AS_GOOD", strength), patch("rag.considering.NEARLY_AS_GOOD", strength):
        yield


def main() -> int:
    """Ask, and print a table."""
    made, embedder = list(cases(random.Random(SEED))), Embedder()
    with tempfile.TemporaryDirectory() as folder, Search.open(Path(folder) / "data", embedder, create=True) as search:
        list(add_articles(search.library, embedder, [article for case in made for article in case.articles]))
        answerer = Answerer.over(search)
        told = " | ".join(f"newest first, told {one}" for one in WORDINGS)
        print(f"| questions | strength | {told} | older first | neither | refused |\n" + "|---" * 8 + "|")
        plain = Counter((case.newest_is, cited_first(answerer, case, case.kind.plain.format(t=case.town))) for case in made)
        print(_row("not about now", "", plain))
        for strength in STRENGTHS:
            with preferring_newer(strength):
                seen = Counter(
                    (case.newest_is, cited_first(answerer, case, case.kind.now.format(t=case.town))) for case in made
                )
            name = "off" if strength == OFF else f"**{strength}**" if strength == NEARLY_AS_GOOD else f"{strength}"
            print(_row("about now", name, seen), flush=True)
    return 0


def _row(questions: str, strength: str, seen: Counter[tuple[str, str]]) -> str:
    of = {told: sum(count for (newest_is, _), count in seen.items() if newest_is == told) for told in WORDINGS}
    newest = [f"{seen[told, 'newest']} of {of[told]}" for told in WORDINGS]
    others = [str(sum(seen[told, outcome] for told in WORDINGS)) for outcome in ("older", "neither", "refused")]
    return f"| {' | '.join((questions, strength, *newest, *others))} |"


if __name__ == "__main__":
    sys.exit(main())
