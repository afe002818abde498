"""rag/short.py: which words are a short answer."""

import pytest

from rag.question import understand
from rag.short import is_short_for


@pytest.mark.parametrize(
    ("question", "quoted", "words", "is_short"),
    [
        ("Who was Astrid Lind?", "Astrid Lind, who as a judge let cameras in, has died.", "who as a judge", False),
        ("Who is Gaspard Weil?", "Its director, Gaspard Weil, offered to resign.", "Its director", True),
        ("Who is Tom Riedl?", "The man, Tom Riedl, loved her.", "The man", False),
        ("Who is Tom Riedl?", "The man from Graz, Tom Riedl, loved her.", "The man from Graz", True),
        ("Who offered to resign?", "Its director, Gaspard Weil, offered to resign.", "Its director, Gaspard Weil", True),
        ("Where is Karsiova?", "The town of Karşıova shook.", "Karşıova", False),
        ("Where is Velm?", "The town of Velm is in Orsk.", "Orsk", True),
        ("When can I cut the loaf?", "Do not cut it on the first day.", "first day", False),
        ("When should I not cut it?", "Do not cut it on the first day.", "first day", True),
        ("Who killed Jana Kessler?", "A driver appeared in court charged with murdering Kessler.", "A driver", False),
        ("Who is charged with murder?", "A driver appeared in court charged with murdering Kessler.", "A driver", True),
        ("Who killed Jana Kessler?", "A driver was convicted of murdering Kessler.", "A driver", True),
    ],
)
def test_words_that_say_nothing_by_themselves_or_more_than_is_known_are_no_short_answer(
    question: str, quoted: str, words: str, is_short: bool
) -> None:
    start = quoted.index(words)
    assert is_short_for(understand(question), quoted, quoted, start, start + len(words)) == is_short


def test_a_number_is_told_in_a_few_words() -> None:
    quoted = (
        "A boy of six has died of it in Velm, the first death of an outbreak in which by now some 211 people have fallen ill."
    )
    start = quoted.index("six")
    assert not is_short_for(understand("How many people have died?"), quoted, quoted, start, quoted.index(" people"))
