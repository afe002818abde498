"""RougeL: how much of a reference text a given one holds, in its order (Lin 2004)."""

from collections.abc import Sequence

from rag.measure import Outcome, normalized


def rouge_l(given: str, reference: str) -> float:
    """Return the F1 of the longest common subsequence of normalised tokens, 0 to 1."""
    left, right = normalized(given).split(), normalized(reference).split()
    row = [0] * (len(right) + 1)
    for token in left:
        before = row
        row = [0]
        for place, other in enumerate(right):
            row.append(before[place] + 1 if token == other else max(row[place], before[place + 1]))
    return 2 * row[-1] / (len(left) + len(right)) if row[-1] else 0.0


def of_quotations(outcomes: Sequence[Outcome]) -> list[float]:
    """Return for each outcome the best RougeL of what it quotes to its reference answers; 0 for a refusal."""
    told = [" ".join(citation.quotation.quote for citation in outcome.answer.citations) for outcome in outcomes]
    return [
        max((rouge_l(text, reference) for reference in outcome.case.answers), default=0.0)
        for text, outcome in zip(told, outcomes, strict=True)
    ]
