"""Libraries of a few written articles each, as small as the one the project comes with."""

from collections.abc import Iterator, Sequence

from index.article import Article
from index.passages import sentences
from training.data import Example

FEW = 5


def few_at_a_time(examples: Sequence[Example]) -> Iterator[tuple[dict[str, Article], list[Example]]]:
    """Yield libraries of `FEW` articles, near each other in subject, by their texts, with the questions on them."""
    titles = list({e.context: e.title for e in examples}.items())
    for first in range(0, len(titles), FEW):
        here = dict(titles[first : first + FEW])
        articles = {text: Article.create(text, title=title, origin=f"written:{title}") for text, title in here.items()}
        yield articles, [e for e in examples if e.context in here]


def told_in(example: Example) -> tuple[str, ...]:
    """Return the sentence that holds the answer, or nothing."""
    return tuple(example.context[a:b] for a, b in sentences(example.context) for at, _ in example.answers if a <= at < b)
