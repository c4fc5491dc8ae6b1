from pathlib import Path

import polars as pl

from warehouse.answers import ExtractorAnswers
from warehouse.store import open_store


def told(hashed: str, names: str, version: str = "tiny 1") -> pl.DataFrame:
    return pl.DataFrame(
        {"text_hash": [hashed], "extractor": ["llm"], "extractor_version": [version],
         "names": [names]}
    )  # fmt: skip


def test_answers_outlive_a_process_and_are_told_apart_by_version(tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    with open_store(path) as store:
        shelf = ExtractorAnswers(store)
        shelf.remember(told("one", '[["Meta", "ORG"]]'))
        shelf.remember(told("one", "[]", "larger 1"))
        shelf.remember(told("two", "[]"))
        shelf.remember(told("two", '[["IBM", "ORG"]]'))
    with open_store(path) as store:
        shelf = ExtractorAnswers(store)
        asked = pl.Series(["one", "two", "three"])
        found = dict(shelf.recall(asked, "llm", "tiny 1").select("text_hash", "names").rows())
        assert found == {"one": '[["Meta", "ORG"]]', "two": '[["IBM", "ORG"]]'}
        assert shelf.recall(asked, "llm", "larger 1")["names"].to_list() == ["[]"]
        assert shelf.recall(asked, "other", "tiny 1").is_empty()
        assert shelf.recall(pl.Series([], dtype=pl.String), "llm", "tiny 1").is_empty()
