"""Copies of a story: recognised whatever the order, kept, and found as one."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.article import Article
from index.passages import sentences
from index.rebuilding import rebuild
from index.search import Search
from index.snapshot import Within
from index.stories import having, nearly_having
from tests.fakes import WordCountEmbedder
from tests.libraries import add, article, news, opened

STORY = " ".join(
    f"{who} {did} the {what} of Velm {when}, and nobody in the {where} was asked about it beforehand by the council."
    for who, did, what, when, where in zip(
        ("Brandt", "Ortiz", "Aasen", "Lind", "Moreau", "Okafor", "Tanaka", "Varga", "Silva", "Novak"),
        ("sold", "closed", "painted", "measured", "left", "opened", "rented", "blessed", "fenced", "photographed"),
        ("crane", "market", "bridge", "mill", "school", "quay", "tower", "chapel", "meadow", "library"),
        (
            "in March",
            "last week",
            "at dawn",
            "on Friday",
            "in winter",
            "in secret",
            "by mistake",
            "at noon",
            "in haste",
            "twice",
        ),
        ("harbour", "square", "old town", "valley", "suburb", "port", "street", "parish", "village", "archive"),
        strict=True,
    )
)
BOILERPLATE = "Sign up for our newsletter. All rights reserved. This article was first published elsewhere."
QUESTION = "Who sold the crane of Velm?"


def telling(name: str, text: str = STORY, **known: str | None) -> Article:
    return article(name, text, id=name, source=f"The {name.capitalize()} Post", **known)


def without(share: float, chance: random.Random, keep: str = "Brandt") -> str:
    """The story with a share of its sentences dropped, but for one."""
    told = [STORY[start:end] for start, end in sentences(STORY)]
    dropped = set(chance.sample([one for one in told if keep not in one], round(share * len(told))))
    return " ".join(one for one in told if one not in dropped)


@pytest.fixture
def search(tmp_path: Path) -> Iterator[Search]:
    with opened(tmp_path / "data") as library:
        yield library


def found(search: Search, question: str = QUESTION, **dates: str) -> dict[str, list[str]]:
    """The articles of the best eight hits, each with those that have the first hit's words, too."""
    return {hit.article.id: [copy.id for copy in hit.also_in] for hit in reversed(search.search(question, 8, Within(**dates)))}


def stories(search: Search) -> list[list[str]]:
    """Every story of the library, as the ids of its articles."""
    with search.library._database.reading() as connection:
        rows = connection.execute(
            "SELECT s.story, a.id FROM signatures s JOIN articles a ON a.number = s.article ORDER BY a.id"
        ).fetchall()
    return sorted([name for other, name in rows if other == story] for story in {row[0] for row in rows})


def test_the_earliest_is_found_and_knows_the_others(search: Search) -> None:
    add(search, news(12))
    add(search, [telling("undated"), telling("later", published="2024-03-06"), telling("first", published="2024-03-05")])
    hits = found(search)
    assert hits["first"] == ["later", "undated"]
    assert not {"later", "undated"} & set(hits)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.2])
def test_dropped_sentences_and_appended_boilerplate_do_not_hide_a_copy(search: Search, share: float) -> None:
    chance = random.Random(5)  # noqa: S311 - a test that can be repeated
    edited = [
        telling(
            f"copy{n}", f"{without(share, chance)}\n\n{BOILERPLATE}", title=f"Other headline {n}", published=f"2024-04-0{n}"
        )
        for n in range(1, 5)
    ]
    add(search, [*edited, telling("first", published="2024-03-05"), *news(12)])
    assert found(search)["first"] == ["copy1", "copy2", "copy3", "copy4"]


def test_a_copy_with_a_few_other_words_is_a_copy_still(search: Search) -> None:
    add(search, [telling("first", published="2024-03-05"), telling("edited", STORY.replace("beforehand", "earlier"))])
    assert found(search)["first"] == ["edited"]
    assert "edited" not in found(search)


@pytest.mark.parametrize(("old", "new"), [("Brandt", "Petrov"), ("nobody", "everybody"), ("sold the", "sold 4 of the")])
def test_another_name_number_or_denial_is_other_news(search: Search, old: str, new: str) -> None:
    add(search, [telling("first", published="2024-03-05"), telling("corrected", STORY.replace(old, new, 1))])
    assert len(stories(search)) == 1
    hits = found(search)
    assert hits["first"] == hits["corrected"] == []


def test_copies_do_not_fill_the_first_eight(search: Search) -> None:
    copies = [telling(f"copy{n}", published=f"2024-05-{n:02}") for n in range(1, 31)]
    add(search, [*copies, article("crane", "The crane of Orsk was sold to Velm, said Ida Stern.", id="crane"), *news(12)])
    hits = search.search(QUESTION, 8)
    assert len(hits) == 8
    assert len({hit.passage.id for hit in hits}) == 8
    assert {hit.article.id for hit in hits} & {copy.id for copy in copies} == {"copy1"}
    assert "crane" in {hit.article.id for hit in hits}


def test_more_copies_than_candidates_leave_room_for_others(search: Search) -> None:
    copies = [telling(f"copy{n}", f"{STORY} Page {n}.", published="2024-05-01") for n in range(120)]
    add(search, [*copies, *news(12)])
    assert len({hit.article.id for hit in search.search(QUESTION, 12)}) > 2


def test_removing_the_original_promotes_the_next(search: Search) -> None:
    add(search, [telling("first", published="2024-03-05"), telling("next", published="2024-03-06"), telling("undated")])
    search.library.remove(["first"])
    assert found(search) == {"next": ["undated"]}


def test_an_updated_article_leaves_its_story(search: Search) -> None:
    add(search, [telling("first", published="2024-03-05"), telling("next", published="2024-03-06")])
    add(search, [telling("first", "Brandt says that the crane of Velm was never sold at all.", published="2024-03-05")])
    assert stories(search) == [["first"], ["next"]]


def test_copies_outside_the_dates_do_not_exist(search: Search) -> None:
    add(search, [telling("first", published="2024-03-05"), telling("next", published="2024-03-06"), telling("undated")])
    assert found(search, as_of="2024-03-05") == {"first": []}
    assert found(search, since="2024-03-06") == {"next": []}
    assert found(search, until="2024-03-06") == {"first": ["next"]}


def test_two_stories_become_one_by_what_lies_between_and_two_again_without_it(search: Search) -> None:
    told = [STORY[start:end] for start, end in sentences(STORY)]
    begin, middle, end = " ".join(told[:6]), " ".join(told), " ".join(told[4:])
    add(search, [telling("begin", begin), telling("end", end)])
    assert stories(search) == [["begin"], ["end"]]
    add(search, [telling("middle", middle)])
    assert stories(search) == [["begin", "end", "middle"]]
    search.library.remove(["middle"])
    assert stories(search) == [["begin"], ["end"]]
    search.library.verify()


CHANGES = st.lists(st.tuples(st.sampled_from("abcdefg"), st.integers(0, 4)), max_size=14)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_stories_do_not_depend_on_the_order_of_changes(tmp_path_factory: pytest.TempPathFactory, changes: list) -> None:
    told = [STORY[start:end] for start, end in sentences(STORY)]
    versions = [told[:6], told, told[4:], told[2:9]]
    held: dict[str, Article] = {}
    with opened(tmp_path_factory.mktemp("changed") / "data") as search:
        for name, version in changes:
            if version == 4:
                search.library.remove([name] if held.pop(name, None) else [])
            else:
                held[name] = telling(name, " ".join(versions[version]))
                add(search, [held[name]])
        search.library.verify()
        with opened(tmp_path_factory.mktemp("fresh") / "data") as fresh:
            add(fresh, [held[name] for name in sorted(held)])
            assert stories(search) == stories(fresh)


def test_rebuilding_keeps_the_stories(tmp_path: Path) -> None:
    with opened(tmp_path / "data") as search:
        add(search, [telling("first", published="2024-03-05"), telling("next", published="2024-03-06"), *news(3)])
        before = stories(search)
    rebuild(tmp_path / "data", WordCountEmbedder(48, "other@1"), lambda _: None)
    with Search.open(tmp_path / "data", WordCountEmbedder(48, "other@1")) as again:
        assert stories(again) == before
        assert found(again)["first"] == ["next"]


def test_words_stand_where_every_sentence_of_them_does() -> None:
    first, copy = telling("first"), telling("copy", STORY.replace("Ortiz closed", "Ortiz reopened and closed"))
    ends = [end for _, end in sentences(STORY)]
    assert having(first.text, 0, ends[0], [copy]) == (copy,)
    assert having(first.text, 0, ends[1], [copy]) == (copy,)
    without_one = telling("short", STORY.replace(STORY[ends[0] + 1 : ends[1] + 1], ""))
    assert having(first.text, 0, ends[1], [without_one]) == ()
    assert nearly_having(first.text, 0, ends[1], [without_one]) == (without_one,)
    assert having(first.text, 0, 5, [telling("other", "Something else.")]) == ()


def test_a_text_without_words_is_stored_and_found_alone(search: Search) -> None:
    add(search, [article("a", "🚢"), article("b", "…"), article("c", "")])
    search.library.verify()
