"""What the benchmark of newer answers varies is what the product decides by."""

from benchmarks.recency import preferring_newer
from rag import considering, recency


def test_every_place_that_prefers_what_is_newer_is_varied_and_set_back() -> None:
    before = recency.NEARLY_AS_GOOD
    with preferring_newer(0.5):
        assert (recency.NEARLY_AS_GOOD, considering.NEARLY_AS_GOOD) == (0.5, 0.5)
    assert recency.NEARLY_AS_GOOD == considering.NEARLY_AS_GOOD == before
