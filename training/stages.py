"""The stages of training, in their order: what each learns from, how, and where it begins. Their counts are in `mixes.py`.

A new stage goes to the end of `STAGES`, its counts to the end of `mixes.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from training import mixes
from training.data import Example
from training.mix import Mix
from training.rewording import Rewording
from training.selecting import Selected
from training.train import Plan
from training.written import is_written


@dataclass(frozen=True, slots=True)
class Stage:
    """One run of training. It begins at the mean of the stages before, in the shares `begins_at`; the first at the embedder.

    `ranked`: of each set so many questions beside several passages; `anew`: so many in other words. `keeps`: shares of the
    stages before, whose mean's scores are to be kept on the public sets (`Run.keep`). `even`: written questions are weighed so
    that their words alone do not tell whether they are answered (`priors.py`). `selected`: it learns which sentences make an
    answer (`selecting.py`); without a mix it learns nothing else, and keeps all other scores. `mends`: the only sources whose
    scores it does not keep.
    """

    name: str
    mix: Mix
    plan: Plan
    begins_at: tuple[float, ...]
    ranked: Mapping[str, int] = field(default_factory=dict)
    anew: Mapping[str, Rewording] = field(default_factory=dict)
    keeps: tuple[float, ...] = ()
    even: bool = False
    selected: tuple[Selected, ...] = ()
    mends: tuple[str, ...] = ()

    def keeps_scores_of(self, example: Example) -> bool:
        """Say whether an earlier reader's scores of an example are kept: not where somebody wrote for this project whether it
        is answered; of a stage that `mends`, only not of these sources."""
        return example.source not in self.mends if self.mends else not (is_written(example) and example.is_known)


OF_SIX = (0.054925, 0.09611875, 0.12358125, 0.147875, 0.2275, 0.35)  # shares of the first six stages in the mean of these
OF_SEVEN = (*(share * 0.35 for share in OF_SIX), 0.65)
OF_NINE = (*(share / 4 for share in OF_SEVEN), 0.25, 0.5)
OF_TEN = (*(share / 2 for share in OF_SEVEN), 0, 0, 0.5)
OF_ELEVEN = (*(share / 2 for share in OF_TEN), 0.5)
OF_THIRTEEN = (*(share / 2 for share in OF_ELEVEN), 0, 0.5)  # the mean of all reads better than any of them (EXPERIMENTS.md)
OF_SELECTING = (*(0 for _ in OF_THIRTEEN), 0, 1)
OF_EIGHTEEN = (*(share / 2 for share in OF_SELECTING), 0.5)
OF_NINETEEN = (*(share / 2 for share in OF_EIGHTEEN), 0.5)
OF_TWENTY = (*(share / 2 for share in OF_NINETEEN), 0, 0.5)
OF_TWENTY_ONE = (*(share / 2 for share in OF_TWENTY), 0.5)
# The mean, and 0.6 of what the mend changed ("Editing models with task arithmetic", Ilharco et al. 2022, arXiv:2212.04089).
_MENDED = (*(-0.6 * share for share in OF_NINETEEN), 0.6)
OF_TWENTY_TWO = tuple(map(sum, zip_longest((*(share / 2 for share in OF_TWENTY_ONE), 0.5), _MENDED, fillvalue=0.0)))
OF_TWENTY_THREE = (*(share / 2 for share in OF_TWENTY_TWO), 0.5)
OF_TWENTY_FOUR = (*(share / 2 for share in OF_TWENTY_THREE), 0.5)
_SELECTING = Plan(
    learning_rate=4e-4, steps=1500, seed=20261206, ranking_weight=0.0, keep_weight=2.0, labels_weight=0.0, selection_weight=1.0
)
_EVERYTHING = Plan(learning_rate=6e-4, seed=20261208, short_share=0.7, keep_weight=1.0, selection_weight=1.0)
STAGES = (
    Stage("first", mixes.FIRST, Plan(steps=2200), ()),
    Stage("second", mixes.SECOND, Plan(learning_rate=7e-4, steps=3000, seed=20261122, short_share=0.5), (1,)),
    Stage("third", mixes.THIRD, Plan(learning_rate=6e-4, steps=3600, seed=20261123, short_share=0.5), (0, 1)),
    Stage("fourth", mixes.FOURTH, Plan(learning_rate=6e-4, steps=2500, seed=20261124, short_share=0.5), (0.2, 0.35, 0.45)),
    Stage(
        "fifth",
        mixes.FIFTH,
        Plan(learning_rate=6e-4, steps=2800, seed=20261125, short_share=0.7),
        (0.13, 0.2275, 0.2925, 0.35),
        mixes.RANKED,
    ),
    Stage(
        "sixth",
        mixes.SIXTH,
        Plan(learning_rate=6e-4, steps=2600, seed=20261126, short_share=0.7, ranking_weight=0.7),
        (0.0845, 0.147875, 0.190125, 0.2275, 0.35),
        mixes.RANKED_ANEW,
        mixes.ANEW,
    ),
    Stage(
        "seventh",
        mixes.SEVENTH,
        Plan(learning_rate=6e-4, steps=3000, seed=20261129, short_share=0.7, ranking_weight=0.7),
        OF_SIX,
        mixes.RANKED_WRITTEN,
    ),
    Stage(
        "eighth",
        mixes.EIGHTH,
        Plan(learning_rate=6e-4, steps=1500, seed=20261130, short_share=0.8, ranking_weight=0.7),
        OF_SEVEN,
        mixes.RANKED_SECOND,
    ),
    Stage(
        "ninth",
        mixes.NINTH,
        Plan(learning_rate=6e-4, steps=1400, seed=20261201, short_share=0.7, ranking_weight=0.7),
        (*(share / 2 for share in OF_SEVEN), 0.5),
        mixes.RANKED_THIRD,
    ),
    Stage(
        "tenth",
        mixes.TENTH,
        Plan(learning_rate=6e-4, steps=1150, seed=20261202, short_share=0.7, ranking_weight=0.7, keep_weight=1.0),
        OF_NINE,
        mixes.RANKED_TENTH,
        keeps=(*OF_SEVEN, 0, 0),
    ),
    Stage(
        "eleventh",
        mixes.ELEVENTH,
        Plan(learning_rate=4e-4, steps=1150, seed=20261203, short_share=0.7, ranking_weight=0.7, keep_weight=2.0),
        OF_TEN,
        mixes.RANKED_ELEVENTH,
        keeps=(*OF_SEVEN, 0, 0, 0),
    ),
    Stage(
        "twelfth",
        mixes.TWELFTH,
        Plan(learning_rate=4e-4, steps=850, seed=20261204, short_share=0.7, ranking_weight=1.0, keep_weight=2.0),
        OF_ELEVEN,
        mixes.RANKED_TWELFTH,
        keeps=OF_ELEVEN,
        even=True,
    ),
    Stage(
        "thirteenth",
        mixes.THIRTEENTH,
        Plan(learning_rate=3e-4, steps=750, seed=20261205, short_share=0.7, ranking_weight=1.0, keep_weight=2.0),
        (*(share / 2 for share in OF_ELEVEN), 0.5),
        mixes.RANKED_THIRTEENTH,
        keeps=(*OF_ELEVEN, 0),
        even=True,
    ),
    Stage(
        "selecting",
        {},
        _SELECTING,
        OF_THIRTEEN,
        keeps=OF_THIRTEEN,
        selected=(mixes.SELECTED,),
    ),
    Stage(
        "selecting_again",
        {},
        replace(_SELECTING, learning_rate=5e-4, steps=1800, seed=20261207, keep_weight=1.5),
        (*(0 for _ in OF_THIRTEEN), 1),
        keeps=(*OF_THIRTEEN, 0),
        selected=(mixes.SELECTED_AGAIN,),
    ),
    Stage(
        "eighteenth",
        mixes.EIGHTEENTH,
        _EVERYTHING,
        OF_SELECTING,
        mixes.RANKED_EIGHTEENTH,
        keeps=OF_SELECTING,
        even=True,
        selected=(mixes.SELECTED_BESIDE,),
    ),
    Stage(
        "nineteenth",
        mixes.NINETEENTH,
        replace(_EVERYTHING, learning_rate=5e-4, steps=2800, seed=20261209),
        OF_EIGHTEEN,
        mixes.RANKED_NINETEENTH,
        keeps=OF_EIGHTEEN,
        even=True,
        selected=mixes.SELECTED_NINETEENTH,
    ),
    Stage(
        "mend",
        mixes.MEND,
        Plan(learning_rate=3e-4, seed=20261210, short_share=0.7, ranking_weight=0.0, keep_weight=3.0),
        OF_NINETEEN,
        keeps=OF_NINETEEN,
        even=True,
        mends=("deaths_news",),
    ),
    Stage(
        "twentieth",
        mixes.TWENTIETH,
        replace(_EVERYTHING, learning_rate=4e-4, keep_weight=1.5, steps=1900, seed=20261211),
        (*OF_NINETEEN, 0),
        mixes.RANKED_TWENTIETH,
        keeps=(*OF_NINETEEN, 0),
        even=True,
        selected=mixes.SELECTED_TWENTIETH,
    ),
    Stage(
        "twenty_first",
        mixes.TWENTY_FIRST,
        replace(_EVERYTHING, learning_rate=4e-4, keep_weight=1.5, steps=3000, seed=20261212),
        OF_TWENTY,
        mixes.RANKED_TWENTY_FIRST,
        keeps=OF_TWENTY,
        even=True,
        selected=mixes.SELECTED_TWENTY_FIRST,
    ),
    Stage(
        "twenty_second",
        mixes.TWENTY_SECOND,
        replace(_EVERYTHING, learning_rate=3e-4, keep_weight=3.0, seed=20261213),
        OF_TWENTY_ONE,
        mixes.RANKED_TWENTY_SECOND,
        keeps=OF_TWENTY_ONE,
        even=True,
        selected=mixes.SELECTED_TWENTY_SECOND,
        mends=("seventh_news",),
    ),
    Stage(
        "twenty_third",
        mixes.TWENTY_THIRD,
        replace(_EVERYTHING, learning_rate=5e-4, seed=20261214),
        OF_TWENTY_TWO,
        mixes.RANKED_TWENTY_THIRD,
        keeps=OF_TWENTY_TWO,
        even=True,
        selected=mixes.SELECTED_TWENTY_THIRD,
    ),
    Stage(
        "twenty_fourth",
        mixes.TWENTY_FOURTH,
        replace(_EVERYTHING, learning_rate=5e-4, steps=2900, seed=20261215),
        (*(0 for _ in OF_TWENTY_TWO), 1),
        mixes.RANKED_TWENTY_FOURTH,
        keeps=OF_TWENTY_THREE,
        even=True,
        selected=mixes.SELECTED_TWENTY_FOURTH,
    ),
    Stage(
        "twenty_fifth",
        mixes.TWENTY_FIFTH,
        replace(_EVERYTHING, rank=96, alpha=192, learning_rate=4e-4, keep_weight=0.0, seed=20261216),
        OF_TWENTY_FOUR,
        mixes.RANKED_TWENTY_FIFTH,
        even=True,
        selected=mixes.SELECTED_TWENTY_FIFTH,
    ),
)
SHIPPED = (*(share * 0.67 for share in OF_TWENTY_FOUR), 0.33)  # shares of all stages in the reader that is exported
