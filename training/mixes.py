"""The mixes: how many examples of which set and kind each stage (`stages.py`) learns from.

The counts are the outcome of the trials in `training/EXPERIMENTS.md`: adversarial questions alone make a reader that
refuses badly on ordinary near misses, so every domain gets both kinds of unanswerable question.
"""

from collections.abc import Mapping

from training.mix import Mix, Share
from training.rewording import Rewording
from training.selecting import Selected


def _plain(**counts: int) -> Mix:
    """Return so many questions of each set as they are."""
    return {source: Share(count) for source, count in counts.items()}


def _reworded(**counts: int) -> Mix:
    """Return so many questions of each set, those in words of their own more often."""
    return {source: Share(count, reworded=True) for source, count in counts.items()}


FIRST: Mix = {
    "new_wiki": Share(9500, 4500, 2500),
    "reddit": Share(8000, 2500, 800),
    "amazon_reviews": Share(7000, 1500, 600),
    "squad_train_orig": Share(10200, 2400, 1000),
    "squad2_train_unans": Share(14000),
    "qed_train": Share(8500, 3000, 1300),
    "timeqa_windows": Share(3000, 300),
    "quoref_dev": Share(2200, 600, 200),
    "multispanqa": Share(600, 100),
    "tatqa": Share(1300),
    "qamr": Share(4000, 1000, 500),
    "fairytaleqa": Share(1200, 200),
}

# The second stage makes good what the first lacked: answerable "what" and "who" on the paragraphs that carry the adversarial
# questions, and three times as many questions of whole pages.
SECOND: Mix = {
    "new_wiki": Share(22000, 4000, 4500),
    "reddit": Share(12000, 1500, 800),
    "amazon_reviews": Share(9500, 900, 500),
    "squad_train_orig": Share(10000, 1000, 2000, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(13500),
    "qed_train": Share(9000, 2200, 900),
    "timeqa_windows": Share(3000, 300),
    "quoref_dev": Share(2200, 400, 100),
    "multispanqa": Share(600, 100),
    "tatqa": Share(1300),
    "qamr": Share(5400, 600, 400),
    "fairytaleqa": Share(1500, 200),
}

# The third adds the learned pages of the board's file, and prefers questions that ask in words of their own.
THIRD: Mix = {
    "squad11_pages": Share(9200, 1500, 1200, reworded=True),
    "new_wiki": Share(21000, 4000, 4000, reworded=True),
    "reddit": Share(11000, 1500, 800),
    "amazon_reviews": Share(8000, 900, 500),
    "squad_train_orig": Share(9000, 1000, 2000, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(14000),
    "qed_train": Share(12000, 2500, 900, reworded=True),
    "timeqa_windows": Share(3000, 300),
    "quoref_dev": Share(2200, 400, 100),
    "multispanqa": Share(600, 100),
    "tatqa": Share(1300),
    "qamr": Share(5400, 600, 400),
    "fairytaleqa": Share(1500, 200),
}

# The fourth begins at the mean of the three, and is for near misses: more changed and paired questions, words of their own in
# more sets.
FOURTH: Mix = {
    "squad11_pages": Share(9200, 1500, 1500, reworded=True),
    "new_wiki": Share(21000, 5000, 6000, reworded=True),
    "reddit": Share(10000, 1500, 1500, reworded=True),
    "amazon_reviews": Share(7000, 900, 800, reworded=True),
    "squad_train_orig": Share(9000, 1000, 2000, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(14000),
    "qed_train": Share(12000, 3000, 1500, reworded=True),
    "timeqa_windows": Share(2500, 300),
    "quoref_dev": Share(2200, 400, 200),
    "multispanqa": Share(600, 100),
    "tatqa": Share(1000),
    "qamr": Share(5400, 800, 800),
    "fairytaleqa": Share(1500, 200),
}

# The fifth is for search: half of it are questions beside four passages each (`ranking.py`), the rest keeps what was learned.
FIFTH: Mix = {
    "squad11_pages": Share(4000, 0, 1200, reworded=True),
    "new_wiki": Share(9000, 0, 3500, reworded=True),
    "reddit": Share(5000, 600, 800, reworded=True),
    "amazon_reviews": Share(3000, 400, 400, reworded=True),
    "squad_train_orig": Share(4000, 0, 1200, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(6000),
    "qed_train": Share(5000, 0, 800, reworded=True),
    "timeqa_windows": Share(1500, 150),
    "quoref_dev": Share(1200, 200, 100),
    "multispanqa": Share(600, 100),
    "tatqa": Share(500),
    "qamr": Share(2500, 400, 400),
    "fairytaleqa": Share(800, 100),
}
RANKED: Mapping[str, int] = {"new_wiki": 4500, "squad11_pages": 2600, "qed_train": 2600, "squad_train_orig": 1300}

# The sixth is for people's own words: questions reworded, questions that one word takes off their passage (`rewording.py`), and
# the reworded ones beside four passages, too.
SIXTH: Mix = {
    "squad11_pages": Share(3000, 500, 800, reworded=True),
    "new_wiki": Share(7000, 2500, 2500, reworded=True),
    "reddit": Share(3500, 600, 500, reworded=True),
    "amazon_reviews": Share(2500, 400, 300, reworded=True),
    "squad_train_orig": Share(3500, 500, 800, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(7500),
    "qed_train": Share(4500, 1500, 600, reworded=True),
    "timeqa_windows": Share(1200, 150),
    "quoref_dev": Share(1000, 200, 100),
    "multispanqa": Share(600, 100),
    "tatqa": Share(500),
    "qamr": Share(2500, 400, 400),
    "fairytaleqa": Share(800, 100),
}
ANEW: Mapping[str, Rewording] = {
    "new_wiki": Rewording(4500, 3000),
    "squad11_pages": Rewording(1700, 1000),
    "squad_train_orig": Rewording(2200, 1300),
    "qed_train": Rewording(3000, 1200),
    "reddit": Rewording(2000, 800),
    "quoref_dev": Rewording(600, 300),
}
RANKED_ANEW: Mapping[str, int] = {"new_wiki": 2200, "squad11_pages": 1100, "qed_train": 1000, "squad_train_orig": 500}

# The seventh learns from questions that were written for it (`written.py`), on news and on paragraphs of the sets.
SEVENTH: Mix = {
    "written_news": Share(12000, reworded=True),
    **_plain(written_wiki=6000, written_web=5400),
    "squad11_pages": Share(3500, 300, 700, reworded=True),
    "new_wiki": Share(9000, 1500, 1500, reworded=True),
    "reddit": Share(4000, 400, 300, reworded=True),
    "amazon_reviews": Share(2500, 200, 200, reworded=True),
    "squad_train_orig": Share(3000, 300, 600, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(6000),
    "qed_train": Share(5000, 1000, 400, reworded=True),
    "timeqa_windows": Share(1000, 100),
    "quoref_dev": Share(1000, 150, 100),
    "multispanqa": Share(500, 50),
    "tatqa": Share(400),
    "qamr": Share(2000, 200, 200),
    "fairytaleqa": Share(500, 50),
}
RANKED_WRITTEN: Mapping[str, int] = {
    "written_news": 2800, "written_wiki": 1500, "new_wiki": 900, "squad11_pages": 600, "qed_train": 600,
}  # fmt: skip

# The eighth learns from the second collection, and puts news beside passages as the product cuts them, answered or not.
EIGHTH: Mix = {
    "second_news": Share(4200, reworded=True),
    **_plain(second_web=5000, second_wiki=4200),
    "written_news": Share(3500, reworded=True),
    **_plain(written_web=1500, written_wiki=1500),
    "squad11_pages": Share(2000, 100, 300, reworded=True),
    "new_wiki": Share(5000, 500, 600, reworded=True),
    "reddit": Share(1200, 100, 100, reworded=True),
    "amazon_reviews": Share(600, reworded=True),
    "squad_train_orig": Share(2000, 200, 200, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(4500),
    "qed_train": Share(2500, 500, 200, reworded=True),
    **_plain(timeqa_windows=300, quoref_dev=400, multispanqa=300, qamr=400),
}
RANKED_SECOND: Mapping[str, int] = {
    "second_news": 1100, "second_web": 500, "second_wiki": 400, "written_news": 500, "new_wiki": 400, "squad11_pages": 250,
}  # fmt: skip

# The ninth gives back to an encyclopedia what the eighth took, with questions of their own kind, and learns from the third
# collection.
NINTH: Mix = {
    "third_wiki": Share(10500, 700, 700),
    "third_web": Share(5500),
    **_reworded(third_news=4000, second_news=1500),
    **_plain(second_web=1200, second_wiki=1200),
    "written_news": Share(1500, reworded=True),
    **_plain(written_web=800, written_wiki=800),
    "squad11_pages": Share(2800, 150, 400, reworded=True),
    "new_wiki": Share(6500, 900, 1000, reworded=True),
    "reddit": Share(900, 100, 100, reworded=True),
    "squad_train_orig": Share(1800, 200, 200, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(4500),
    "qed_train": Share(2500, 500, 200, reworded=True),
    **_plain(quoref_dev=300, multispanqa=200, qamr=300),
}
RANKED_THIRD: Mapping[str, int] = {
    "third_wiki": 700, "third_news": 500, "second_news": 250, "new_wiki": 700, "squad11_pages": 400,
}  # fmt: skip

# The tenth holds on to what the mean of the first seven makes of the public sets, with more near misses there.
TENTH: Mix = {
    **_plain(third_wiki=3500, third_web=1800),
    **_reworded(third_news=2000, second_news=1300),
    **_plain(second_web=900, second_wiki=900),
    "written_news": Share(1300, reworded=True),
    **_plain(written_web=700, written_wiki=700),
    "squad11_pages": Share(2400, 700, 800, reworded=True),
    "new_wiki": Share(4800, 2200, 2400, reworded=True),
    "reddit": Share(800, 200, 200, reworded=True),
    "squad_train_orig": Share(1800, 300, 400, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(3000),
    "qed_train": Share(2400, 900, 500, reworded=True),
    **_plain(quoref_dev=300, multispanqa=150),
    "qamr": Share(300, 100, 100),
}
RANKED_TENTH: Mapping[str, int] = {
    "third_wiki": 250, "third_news": 350, "second_news": 250, "new_wiki": 600, "squad11_pages": 350,
}  # fmt: skip

# The eleventh is for questions in words of their own: the fewer an answered question shares with its answer, the oftener.
ELEVENTH: Mix = {
    **_reworded(
        third_wiki=2600, third_web=1500, third_news=2200, second_news=1700, second_web=900, second_wiki=900,
        written_news=1700, written_web=800, written_wiki=800,
    ),
    "squad11_pages": Share(2400, 500, 700, reworded=True),
    "new_wiki": Share(4800, 1500, 2000, reworded=True),
    "reddit": Share(900, 150, 150, reworded=True),
    "squad_train_orig": Share(1600, 200, 300, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(3000),
    "qed_train": Share(2600, 700, 400, reworded=True),
    **_plain(quoref_dev=250, qamr=200),
}  # fmt: skip
RANKED_ELEVENTH: Mapping[str, int] = {"third_news": 250, "new_wiki": 500, "squad11_pages": 350, "qed_train": 250}

# The twelfth holds on to the reader of eleven, and takes from the written questions what their words alone give away.
TWELFTH: Mix = {
    **_reworded(
        third_wiki=2400, third_web=1500, third_news=2000, second_news=1700, second_web=900, second_wiki=800,
        written_news=1500, written_web=700, written_wiki=700,
    ),
    "squad11_pages": Share(2300, 500, 700, reworded=True),
    "new_wiki": Share(4600, 1600, 2000, reworded=True),
    "reddit": Share(800, 150, 150, reworded=True),
    "squad_train_orig": Share(1400, 200, 300, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(3000),
    "qed_train": Share(2600, 900, 500, reworded=True),
    **_plain(quoref_dev=200, qamr=150),
}  # fmt: skip
RANKED_TWELFTH: Mapping[str, int] = {"third_news": 200, "second_news": 100, "new_wiki": 650, "squad11_pages": 450}

# The thirteenth gives back to the public sets what the twelfth took: three quarters of it are theirs.
THIRTEENTH: Mix = {
    **_reworded(
        third_wiki=1400, third_web=900, third_news=1100, second_news=900, second_web=500, second_wiki=500, written_news=800,
        written_web=400, written_wiki=400,
    ),
    "squad11_pages": Share(2300, 300, 400, reworded=True),
    "new_wiki": Share(4600, 700, 900, reworded=True),
    "reddit": Share(1500, 150, 150, reworded=True),
    "squad_train_orig": Share(1400, 150, 250, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(2000),
    "qed_train": Share(4000, 500, 300, reworded=True),
    **_plain(quoref_dev=200, qamr=150),
}  # fmt: skip
RANKED_THIRTEENTH: Mapping[str, int] = {"new_wiki": 400, "squad11_pages": 300}

# Which sentences belong to an answer: beside passages first, then in what stands around them, too.
SELECTED = Selected(passages=32000, windows=0, told=14000, untold=9000)
SELECTED_AGAIN = Selected(passages=26000, windows=22000, told=6000, untold=5000)

# The eighteenth learns everything at once: the words and the sentences of answers, and what is not answered.
EIGHTEENTH: Mix = {
    **_reworded(
        third_wiki=5000, third_web=3000, third_news=3000, second_news=2400, second_web=2500, second_wiki=2000,
        written_news=2800, written_web=2200, written_wiki=2500,
    ),
    "squad11_pages": Share(3500, 500, 600, reworded=True),
    "new_wiki": Share(8000, 1400, 1800, reworded=True),
    "reddit": Share(3000, 300, 300, reworded=True),
    "amazon_reviews": Share(800, reworded=True),
    "squad_train_orig": Share(2000, 250, 350, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(5000),
    "qed_train": Share(7000, 1000, 700, reworded=True),
    **_plain(timeqa_windows=600, quoref_dev=900, multispanqa=300, qamr=500, fairytaleqa=300),
}  # fmt: skip
RANKED_EIGHTEENTH: Mapping[str, int] = {"third_news": 300, "second_news": 200, "new_wiki": 700, "squad11_pages": 450}
SELECTED_BESIDE = Selected(passages=20000, windows=9000, told=4000, untold=3000)

# The nineteenth learns from the fourth collection, and holds on to the others.
NINETEENTH: Mix = {
    **_reworded(
        fourth_news=6000, third_wiki=1800, third_web=1100, third_news=2400, second_news=2000, second_web=900,
        second_wiki=700, written_news=2000, written_web=800, written_wiki=900,
    ),
    "squad11_pages": Share(2300, 300, 400, reworded=True),
    "new_wiki": Share(5000, 900, 1100, reworded=True),
    "reddit": Share(1800, 150, 150, reworded=True),
    "amazon_reviews": Share(400, reworded=True),
    "squad_train_orig": Share(1400, 150, 250, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(3500),
    "qed_train": Share(4500, 700, 450, reworded=True),
    **_plain(timeqa_windows=300, quoref_dev=500, qamr=200),
}  # fmt: skip
RANKED_NINETEENTH: Mapping[str, int] = {
    "fourth_news": 300, "third_news": 150, "second_news": 100, "new_wiki": 450, "squad11_pages": 300,
}  # fmt: skip
SELECTED_NINETEENTH = (
    Selected(passages=24000, windows=9000, source="fourth", even=True),
    Selected(passages=8000, windows=4000, told=3000, untold=2000, even=True),
)

# One flaw is mended: of 71 questions on written articles who killed somebody 66 were near misses.
MEND: Mix = {
    **_plain(
        deaths_news=400, fourth_news=1100, third_wiki=400, third_web=200, second_web=200, written_wiki=200, new_wiki=400,
        squad11_pages=100, squad2_train_unans=300, qed_train=300, reddit=300,
    ),
}  # fmt: skip

# The twentieth learns from the fifth collection: questions a detail away, and deaths, of which near misses had been too many.
TWENTIETH: Mix = {
    **_reworded(
        fifth_news=4700, deaths_news=300, fourth_news=4000, third_news=1500, second_news=1200, written_news=1200,
        third_wiki=1200, third_web=700, second_web=600, second_wiki=500, written_web=500, written_wiki=600,
    ),
    "squad11_pages": Share(1900, 250, 300, reworded=True),
    "new_wiki": Share(4000, 750, 900, reworded=True),
    "reddit": Share(1500, 100, 100, reworded=True),
    "amazon_reviews": Share(300, reworded=True),
    "squad_train_orig": Share(1200, 150, 250, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(3500),
    "qed_train": Share(3600, 600, 400, reworded=True),
    **_plain(timeqa_windows=300, quoref_dev=400, qamr=200),
}  # fmt: skip
RANKED_TWENTIETH: Mapping[str, int] = {
    "fifth_news": 200, "fourth_news": 200, "third_news": 100, "new_wiki": 350, "squad11_pages": 250,
}  # fmt: skip
SELECTED_TWENTIETH = (
    Selected(passages=6000, windows=3000, source="fifth", even=True),
    Selected(passages=12000, windows=5000, source="fourth", even=True),
    Selected(passages=6000, windows=3000, told=2000, untold=1500, even=True),
)

# The twenty-first learns from the sixth collection, half of it in other words than its articles', and orders more passages.
TWENTY_FIRST: Mix = {
    **_reworded(
        sixth_news=3500, fifth_news=2080, deaths_news=120, fourth_news=2500, third_news=1200, second_news=900,
        written_news=900, third_wiki=900, third_web=500, second_web=400, second_wiki=400, written_web=400, written_wiki=400,
    ),
    "squad11_pages": Share(1900, 250, 350, reworded=True),
    "new_wiki": Share(4500, 900, 1100, reworded=True),
    "reddit": Share(1500, 100, 100, reworded=True),
    "amazon_reviews": Share(300, reworded=True),
    "squad_train_orig": Share(1300, 150, 250, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(4000),
    "qed_train": Share(4000, 700, 450, reworded=True),
    **_plain(timeqa_windows=300, quoref_dev=400, qamr=200),
}  # fmt: skip
RANKED_TWENTY_FIRST: Mapping[str, int] = {
    "sixth_news": 150, "fifth_news": 100, "fourth_news": 150, "third_news": 100,
    "new_wiki": 600, "squad11_pages": 450, "qed_train": 250,
}  # fmt: skip
SELECTED_TWENTY_FIRST = (
    Selected(passages=29000, windows=7000, source="sixth", even=True, near=True),
    Selected(passages=3500, windows=1500, source="fifth", even=True),
    Selected(passages=8000, windows=3000, source="fourth", even=True),
    Selected(passages=5000, windows=2500, told=1500, untold=1200, even=True),
)

# The twenty-second learns plain questions whose answer is told in a roundabout way, and keeps all else.
TWENTY_SECOND: Mix = {
    **_reworded(
        seventh_news=10000, sixth_news=1200, fifth_news=1130, deaths_news=70, fourth_news=900, third_wiki=500,
        third_web=300, second_web=250, written_wiki=250,
    ),
    "squad11_pages": Share(700, 100, 100, reworded=True),
    "new_wiki": Share(1500, 250, 300, reworded=True),
    "reddit": Share(500, reworded=True),
    "squad_train_orig": Share(300, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(1300),
    "qed_train": Share(1200, 200, 150, reworded=True),
}  # fmt: skip
RANKED_TWENTY_SECOND: Mapping[str, int] = {"new_wiki": 200, "squad11_pages": 150}
SELECTED_TWENTY_SECOND = (Selected(passages=2500, windows=1000, source="fourth"),)

# The twenty-third learns from all collections at once and longer, deaths and roundabout answers among all else.
TWENTY_THIRD: Mix = {
    **_reworded(
        seventh_news=4500, sixth_news=3500, fifth_news=3000, deaths_news=500, fourth_news=5000, third_news=2600,
        second_news=2100, written_news=2100, third_wiki=2400, third_web=1600, second_web=1300, second_wiki=1000,
        written_web=1100, written_wiki=1200,
    ),
    "squad11_pages": Share(3000, 400, 500, reworded=True),
    "new_wiki": Share(7000, 1300, 1600, reworded=True),
    "reddit": Share(2400, 200, 200, reworded=True),
    "amazon_reviews": Share(600, reworded=True),
    "squad_train_orig": Share(1900, 250, 350, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(5000),
    "qed_train": Share(7000, 1100, 700, reworded=True),
    **_plain(timeqa_windows=500, quoref_dev=700, multispanqa=300, qamr=300, fairytaleqa=300),
}  # fmt: skip
RANKED_TWENTY_THIRD: Mapping[str, int] = {
    "sixth_news": 200, "fifth_news": 150, "fourth_news": 200, "third_news": 150,
    "new_wiki": 800, "squad11_pages": 600, "qed_train": 500,
}  # fmt: skip
SELECTED_TWENTY_THIRD = (
    Selected(passages=18000, windows=5000, source="sixth", even=True, near=True),
    Selected(passages=3500, windows=1500, source="fifth", even=True),
    Selected(passages=10000, windows=4000, source="fourth", even=True, near=True),
    Selected(passages=13000, windows=7000, told=2500, untold=2000, even=True),
)

# The twenty-fourth learns from the eighth collection: plain words, and which of several things in a sentence is asked for.
TWENTY_FOURTH: Mix = {
    **_reworded(
        seventh_news=1800, sixth_news=1500, fifth_news=1300, deaths_news=200, fourth_news=2400, third_news=1200,
        second_news=1000, written_news=1000, third_wiki=1000, third_web=700, second_web=600, second_wiki=500,
        written_web=500, written_wiki=600,
    ),
    "squad11_pages": Share(1900, 250, 350, reworded=True),
    "new_wiki": Share(4500, 900, 1100, reworded=True),
    "reddit": Share(1500, 100, 100, reworded=True),
    "amazon_reviews": Share(300, reworded=True),
    "squad_train_orig": Share(1300, 150, 250, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(3500),
    "qed_train": Share(4500, 800, 500, reworded=True),
    **_plain(timeqa_windows=300, quoref_dev=500, qamr=400),
}  # fmt: skip
RANKED_TWENTY_FOURTH: Mapping[str, int] = {
    "sixth_news": 100, "fourth_news": 100, "new_wiki": 500, "squad11_pages": 400, "qed_train": 300,
}  # fmt: skip
SELECTED_TWENTY_FOURTH = (
    Selected(passages=34000, windows=8000, source="eighth", even=True, near=True),
    Selected(passages=8000, windows=2000, source="sixth", even=True, near=True),
    Selected(passages=5000, windows=2000, source="fourth", even=True, near=True),
    Selected(passages=6000, windows=4000, told=1200, untold=1000, even=True),
)

# The twenty-fifth has twice the ranks, and learns everything once more: the ninth collection, and more of the encyclopedia.
TWENTY_FIFTH: Mix = {
    **_reworded(
        seventh_news=3500, sixth_news=3000, fifth_news=2500, deaths_news=400, fourth_news=4000, third_news=2000,
        second_news=1700, written_news=1700, third_wiki=2000, third_web=1300, second_web=1100, second_wiki=900,
        written_web=900, written_wiki=1000,
    ),
    "squad11_pages": Share(5000, 700, 900, reworded=True),
    "new_wiki": Share(10000, 1900, 2300, reworded=True),
    "reddit": Share(3000, 250, 250, reworded=True),
    "amazon_reviews": Share(700, reworded=True),
    "squad_train_orig": Share(3500, 450, 600, asks_like="squad2_train_unans"),
    "squad2_train_unans": Share(9000),
    "qed_train": Share(9000, 1400, 900, reworded=True),
    **_plain(timeqa_windows=600, quoref_dev=900, multispanqa=300, qamr=500, fairytaleqa=300),
}  # fmt: skip
RANKED_TWENTY_FIFTH: Mapping[str, int] = {
    "sixth_news": 200, "fifth_news": 100, "fourth_news": 200, "third_news": 100,
    "new_wiki": 1300, "squad11_pages": 1000, "qed_train": 700,
}  # fmt: skip
SELECTED_TWENTY_FIFTH = (
    Selected(passages=40000, windows=7000, source="ninth", even=True, near=True),
    Selected(passages=14000, windows=2500, source="eighth", even=True, near=True),
    Selected(passages=10000, windows=2500, source="sixth", even=True, near=True),
    Selected(passages=2000, windows=1000, source="fifth", even=True),
    Selected(passages=6000, windows=2000, source="fourth", even=True, near=True),
    Selected(passages=9000, windows=5000, told=2000, untold=1600, even=True),
)
