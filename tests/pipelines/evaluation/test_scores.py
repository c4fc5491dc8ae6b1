"""What a score counts: one change to marts that are right, and what it costs."""

from datetime import datetime

import pytest
from handmade import (
    TRUTH,
    added,
    changed,
    evaluated,
    evidence,
    exact_rows,
    faults,
    score,
    told,
    truth,
)

from pipelines.evaluation.scores import KINDS, below, evaluate


def test_marts_that_tell_the_truth_score_one_in_every_kind() -> None:
    evaluation = evaluated()
    assert evaluation.scores["f1"].to_list() == [1.0] * len(KINDS), evaluation.faults.rows()
    assert evaluation.faults.is_empty()
    assert evaluation.absent == ()


def test_a_wrong_type_is_a_miss_and_an_extra() -> None:
    evaluation = evaluated(**changed("mentions", 3, type="LOC"))
    assert score(evaluation, "entities") == (7, 7, 6)
    assert faults(evaluation, "entities") == [
        ("miss", "a", "Oslo · GPE", "published as LOC"),
        ("extra", "a", "Oslo · LOC", "in the gold as GPE"),
    ]


def test_a_split_entity_misses_pairs_and_a_merged_one_makes_some_up() -> None:
    split = evaluated(**changed("mentions", 5, entity_id="ent_9"))
    assert score(split, "links") == (4, 2, 2)
    merged = evaluated(**changed("mentions", 4, entity_id="ent_2"))
    assert score(merged, "links") == (4, 6, 4)


def test_links_are_judged_over_surfaces_that_are_found() -> None:
    mentions = [row for row in exact_rows()["mentions"] if row["surface"] != "Ligue d'Azur"]
    assert score(evaluated(mentions=mentions), "links") == (2, 2, 2)


def test_entities_are_known_by_their_surfaces_not_by_their_names() -> None:
    evaluation = evaluated(
        **changed("memberships", 0, group_name="Nobody", member_name="Harbour League")
    )
    assert score(evaluation, "memberships") == (1, 1, 1)


def test_a_stranger_with_a_known_name_stays_a_stranger() -> None:
    evaluation = evaluated(**changed("memberships", 0, member_entity_id="ent_9"))
    assert score(evaluation, "memberships") == (1, 1, 0)
    assert ("extra", None, "Harbour League · Oslo (unknown to the gold) · founder", None) in faults(
        evaluation, "memberships"
    )


def test_a_membership_with_another_status_is_another_one() -> None:
    evaluation = evaluated(**changed("memberships", 0, status="member"))
    assert score(evaluation, "memberships") == (1, 1, 0)
    assert faults(evaluation, "memberships")[0][3] == "published as member"


@pytest.mark.parametrize("mart", ["memberships", "roles", "claims", "timeline"])
def test_facts_of_other_articles_are_not_judged(mart: str) -> None:
    elsewhere = [{"article_id": "art_z", "start": 0, "end": 1, "text": "x"}]
    other = {"claims": {"claim_id": "claim_2"}, "timeline": {}}.get(mart, {"status": "former"})
    assert evaluated(**added(mart, evidence=elsewhere, **other)).faults.is_empty()


@pytest.mark.parametrize(
    ("role", "right"), [("CEO of the group", 1), ("Chief Executive Officer", 1), ("treasurer", 0)]
)
def test_a_role_may_be_worded_otherwise(role: str, right: int) -> None:
    evaluation = evaluated(**changed("roles", 0, role="direttrice", role_en=role))
    assert score(evaluation, "roles") == (1, 1, right)


def test_two_wordings_of_one_role_count_one_right_and_one_extra() -> None:
    evaluation = evaluated(**added("roles", role="ceo"))
    assert score(evaluation, "roles") == (1, 2, 1)


def test_a_quote_may_lack_a_word_but_not_most_of_itself() -> None:
    assert score(evaluated(**changed("quotes", 0, text="the sea is rising")), "quotes")[2] == 2
    other = evaluated(**changed("quotes", 0, text="the sea is our friend, not our enemy"))
    assert score(other, "quotes") == (2, 2, 1)


def test_what_is_reported_without_marks_is_no_quote_of_the_gold() -> None:
    evaluation = evaluated(**added("quotes", text="walls do not grow", kind="indirect"))
    assert score(evaluation, "quotes") == (2, 2, 2)


def test_quotes_are_matched_one_to_one() -> None:
    evaluation = evaluated(**added("quotes", text="is rising"))
    assert score(evaluation, "quotes") == (2, 3, 2)
    assert faults(evaluation, "quotes") == [("extra", "a", "“is rising”", None)]


def test_a_wrong_speaker_costs_the_speaker_not_the_quote() -> None:
    evaluation = evaluated(**changed("quotes", 1, speaker_entity_id=None, speaker_name=None))
    assert score(evaluation, "quotes") == (2, 2, 2)
    assert score(evaluation, "speakers") == (2, 2, 1)
    assert faults(evaluation, "speakers")[0][3] == "published as nobody"


def test_what_nobody_said_must_not_be_a_quote_but_may_stand_in_one() -> None:
    assert score(evaluated(**added("quotes", text="smart quay,")), "not_quotes") == (1, 1, 0)
    longer = evaluated(**added("quotes", text="we never wanted to call it a smart quay"))
    assert score(longer, "not_quotes") == (1, 1, 1)


def test_a_statement_is_one_only_if_all_its_articles_share_it() -> None:
    assert score(evaluated(**changed("quotes", 1, statement_id="stm_2")), "statements") == (1, 1, 0)


def test_a_quantity_needs_its_value_its_relation_and_its_subject() -> None:
    (claim,) = exact_rows()["claims"]
    accounts = [{"relation": ">=", "value": 20.0}, {"relation": ">", "value": 25.0}]
    assert score(evaluated(claims=[{**claim, "accounts": accounts}]), "quantities") == (2, 2, 1)
    of_oslo = {**claim, "subject_entity_id": "ent_2"}
    assert score(evaluated(claims=[of_oslo]), "quantities") == (2, 2, 0)


def test_a_quantity_nobody_published_costs_recall_only() -> None:
    only_a = {**exact_rows()["claims"][0], "evidence": evidence("a", "20 ports")}
    assert score(evaluated(claims=[only_a]), "quantities") == (2, 1, 1)


def test_a_quantity_beyond_the_gold_is_shown_and_does_not_count() -> None:
    beyond = added("claims", claim_id="claim_2", evidence=evidence("a", "Oslo"), verdict="single")
    evaluation = evaluated(**beyond)
    assert score(evaluation, "quantities") == (2, 2, 2)
    assert [fault[:2] for fault in faults(evaluation, "quantities")] == [("beyond", "a")]


def test_a_disagreement_needs_the_right_verdict() -> None:
    evaluation = evaluated(**changed("claims", 0, verdict="conflicting"))
    assert score(evaluation, "claims") == (1, 1, 0)
    assert faults(evaluation, "claims")[0][3] == "published as conflicting"
    assert score(evaluated(claims=[]), "claims") == (1, 0, 0)


def test_stories_torn_apart_or_mixed_up_are_neither_pairs_nor_exact() -> None:
    torn = evaluated(**changed("articles", 1, story_id="story_3"))
    assert score(torn, "stories") == (1, 0, 0)
    assert score(torn, "partition") == (2, 3, 1)
    mixed = evaluated(**changed("articles", 2, story_id="story_1"))
    assert score(mixed, "stories") == (1, 3, 1)
    assert score(mixed, "partition") == (2, 1, 0)


def test_a_translation_taken_for_an_original_is_a_missed_origin() -> None:
    alone = evaluated(**changed("articles", 1, origin_article_id="art_b"))
    assert score(alone, "origins") == (1, 0, 0)


def test_an_inferred_day_must_be_marked_as_inferred() -> None:
    assert score(evaluated(**changed("timeline", 0, inferred_from=None)), "dates") == (1, 1, 0)


def test_language_headline_and_date_are_judged_article_by_article() -> None:
    evaluation = evaluated(
        **changed("articles", 0, language="it", title=None, published_precision="day")
    )
    for kind in ("languages", "titles", "publication"):
        assert score(evaluation, kind) == (3, 3, 2)
    assert faults(evaluation, "languages") == [("miss", "a", "en", "published as it")]


def test_boilerplate_names_nobody_and_is_known_as_boilerplate() -> None:
    named = evaluated(**added("mentions", surface="Mars", start=63))
    assert faults(named, "boilerplate") == [("extra", "a", "Mars", "named in boilerplate")]
    assert score(evaluated(segments=[]), "boilerplate") == (1, 1, 0)


def test_an_article_that_is_not_published_is_missed_in_all_it_says() -> None:
    evaluation = evaluated(articles=exact_rows()["articles"][:2])
    assert evaluation.absent == ("c.txt",)
    assert score(evaluation, "entities") == (7, 6, 6)
    assert score(evaluation, "languages") == (3, 3, 2)


def test_of_a_file_that_was_edited_the_version_seen_last_is_judged() -> None:
    newer = added("articles", article_id="art_z", first_seen_at=datetime(2024, 5, 1), language="nl")
    assert faults(evaluated(**newer), "languages") == [("miss", "a", "en", "published as nl")]


def test_a_kind_without_truth_has_no_score_and_is_below_nothing() -> None:
    evaluation = evaluate(truth(evidence_of_same_statement=[]), told())
    assert score(evaluation, "statements") == (0, 0, 0)
    assert below(evaluation, 1.0).is_empty()


def test_what_is_below_a_floor_is_named() -> None:
    evaluation = evaluated(**changed("quotes", 1, speaker_entity_id=None, speaker_name=None))
    assert below(evaluation, 0.9)["kind"].to_list() == ["speakers"]


def test_empty_marts_miss_everything_and_invent_nothing() -> None:
    evaluation = evaluated(**{mart: [] for mart in exact_rows()})
    assert set(evaluation.faults["problem"]) == {"miss"}
    assert evaluation.scores["right"].sum() == len(TRUTH["not_quotes"])
