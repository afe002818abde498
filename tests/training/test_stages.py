"""The stages fit together: what would otherwise be noticed only when the stages before have been trained."""

import pytest

from training.stages import SHIPPED, STAGES


def test_a_stage_begins_at_and_keeps_means_of_all_stages_before_it() -> None:
    for place, stage in enumerate(STAGES):
        for shares in filter(None, (stage.begins_at, stage.keeps)):
            assert len(shares) == place, stage.name
            assert sum(shares) == pytest.approx(1), stage.name
    assert [stage.name for stage in STAGES if not stage.begins_at] == ["first"]


def test_stages_have_names_and_seeds_of_their_own() -> None:
    assert len({stage.name for stage in STAGES}) == len({stage.plan.seed for stage in STAGES}) == len(STAGES)


def test_a_stage_keeps_scores_just_where_its_plan_weighs_them() -> None:
    assert all(bool(stage.keeps) == bool(stage.plan.keep_weight) for stage in STAGES)


def test_a_stage_puts_beside_passages_and_mends_only_what_is_in_its_mix() -> None:
    for stage in STAGES:
        assert {*stage.ranked, *stage.anew, *stage.mends} <= stage.mix.keys(), stage.name


def test_the_reader_that_is_exported_is_a_mean_of_all_stages() -> None:
    assert len(SHIPPED) == len(STAGES)
    assert sum(SHIPPED) == pytest.approx(1)
