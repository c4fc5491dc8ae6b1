import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.resolution.grouping import alike_groups, groups

LETTERS = "abcdefgh"
PAIRS = st.lists(st.tuples(st.sampled_from(LETTERS), st.sampled_from(LETTERS)), max_size=12)


def grouped(items: list[str], pairs: list[tuple[str, str]]) -> dict[str, str]:
    frame = pl.DataFrame(pairs, schema={"left": pl.String, "right": pl.String}, orient="row")
    made = groups(pl.Series(items, dtype=pl.String), frame)
    return dict(zip(items, made, strict=True))


def test_what_any_chain_joins_is_one_group_named_by_its_smallest() -> None:
    assert grouped(list("dcba"), [("d", "c"), ("b", "c")]) == {
        "a": "a", "b": "b", "c": "b", "d": "b",
    }  # fmt: skip


def test_without_pairs_everything_stands_alone() -> None:
    assert grouped(["a", "b"], []) == {"a": "a", "b": "b"}
    assert grouped([], []) == {}


@settings(deadline=None)
@given(PAIRS, st.permutations(LETTERS), st.randoms())
def test_groups_do_not_depend_on_any_order(
    pairs: list[tuple[str, str]], items: list[str], random: object
) -> None:
    shuffled = [pair[::-1] for pair in pairs]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert grouped(list(LETTERS), pairs) == grouped(items, shuffled)


@settings(deadline=None)
@given(PAIRS, st.dictionaries(st.sampled_from(LETTERS), st.integers(1, 5)))
def test_items_that_do_not_count_go_along_and_change_nothing(
    pairs: list[tuple[str, str]], copies: dict[str, int]
) -> None:
    scored = [
        (*sorted(pair), 0.1 + at % 9 / 10) for at, pair in enumerate(pairs) if len(set(pair)) == 2
    ]
    alike = pl.DataFrame(
        scored, schema={"left": pl.String, "right": pl.String, "score": pl.Float64},
        orient="row",
    ).unique(["left", "right"], keep="first", maintain_order=True)  # fmt: skip
    copied = [(one, f"{one}{at}") for one, times in copies.items() for at in range(times)]
    joined = pl.DataFrame(copied, schema={"left": pl.String, "right": pl.String}, orient="row")
    plain = alike_groups(pl.Series(list(LETTERS)), alike, 0.3)
    items = pl.Series([*LETTERS, *joined["right"]])
    made = alike_groups(items, alike, 0.3, joined=joined, uncounted=joined["right"])
    assert made.head(len(LETTERS)).equals(plain)
    along = dict(zip(items, made, strict=True))
    assert all(along[one] == along[copy] for one, copy in copied)
