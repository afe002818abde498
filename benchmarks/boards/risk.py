"""Risk against coverage, and whether a confidence of 0.8 is right four times in five."""

from collections.abc import Sequence

from benchmarks.boards.ablation import is_right
from rag.measure import Outcome

_PAGE = """
## Confidence

Over all questions of the boards that were measured with this reader, the written articles apart: how many are answered, and
how many of those answers are wrong, when only the most confident are given. The curve ends where Footnote begins to refuse.

![Risk against coverage](risk_coverage.svg)

{bins}
"""


def section(outcomes: Sequence[Outcome]) -> str:
    """Return the section of the page: of the answers given with about this confidence, how many were right."""
    given = [o for o in outcomes if not o.answer.abstained]
    rows, error = ["| confidence | answers | right |", "|---|---|---|"], 0.0
    for low in (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        high = 0.3 if low == 0 else low + 0.1
        mine = [o for o in given if low <= o.answer.confidence < high or (high > 0.99 and o.answer.confidence >= high)]
        if mine:
            right = sum(map(is_right, mine)) / len(mine)
            error += len(mine) / len(given) * abs(right - sum(o.answer.confidence for o in mine) / len(mine))
            rows.append(f"| {low:.1f} to {high:.1f} | {len(mine)} | {right:.2f} |")
    return _PAGE.format(bins="\n".join(rows) + f"\n\nExpected calibration error over these bins: {error:.3f}.")


def risk_coverage(outcomes: Sequence[Outcome]) -> list[tuple[float, float]]:
    """Return (coverage, risk) of the answers given, the most confident first: shares of all questions, and of wrong answers."""
    given = sorted((o for o in outcomes if not o.answer.abstained), key=lambda o: -o.answer.confidence)
    points, wrong = [], 0
    for count, outcome in enumerate(given, start=1):
        wrong += not is_right(outcome)
        points.append((count / len(outcomes), wrong / count))
    return points


def as_svg(points: Sequence[tuple[float, float]]) -> str:
    """Return the curve as a picture, 640 x 360."""
    line = " ".join(f"{60 + 540 * coverage:.1f},{320 - 280 * risk:.1f}" for coverage, risk in points)
    grid = "".join(
        f'<text x="{60 + 540 * share:.0f}" y="340" text-anchor="middle">{share:.0%}</text>'
        f'<text x="50" y="{324 - 280 * share:.0f}" text-anchor="end">{share:.0%}</text>'
        f'<path d="M60 {320 - 280 * share:.0f}H600" stroke="#ddd"/>'
        for share in (0, 0.25, 0.5, 0.75, 1)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" font-family="sans-serif" font-size="12">'
        f'<rect width="640" height="360" fill="white"/>{grid}'
        f'<polyline points="{line}" fill="none" stroke="#0b6e4f" stroke-width="2"/>'
        '<text x="330" y="356" text-anchor="middle">coverage: share of all questions that were answered</text>'
        '<text x="14" y="180" text-anchor="middle" transform="rotate(-90 14 180)">'
        "risk: share of answers that were wrong</text></svg>\n"
    )
