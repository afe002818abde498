"""rag/remarks.py: the words around quotations, written and told from them again."""

import pytest

from rag.remarks import agreeing, also_in, as_of, differing, whose, without_remarks

HERALD = whose("Valmora Herald", "2024-10-02T08:00:00Z")


@pytest.mark.parametrize(
    "answer",
    [
        f"{as_of('2024-10-02')}: Olaf Ek won. [1]",
        f"{as_of(None)}, {whose('“Valmora: a History (II)”', None)}: Olaf Ek won. [1]",
        f"{HERALD}: Olaf Ek won. [1]{also_in(1)}",
        f"{agreeing(HERALD, 0)} Olaf Ek won. [1]{also_in(12)}",
        f"{agreeing(HERALD, 3)} Olaf Ek won. [1]",
        f"{differing(f'Later, {HERALD}')} Olaf Ek won. [1]",
    ],
)
def test_every_remark_that_is_written_is_told_from_the_quotation_again(answer: str) -> None:
    assert without_remarks(answer) == "Olaf Ek won. [1]"
    assert without_remarks(f"The vote was late. [1] {answer}") == "The vote was late. [1] Olaf Ek won. [1]"


def test_the_words_of_an_article_stay() -> None:
    quoted = "The mayor (62) told the press: “We won.” [1] It rained in Velm (2024): badly. [2]"
    assert without_remarks(quoted) == quoted
