from pathlib import Path

import pytest
from texts import by_text, memory, texts

from pipelines.identity import digest, normalised
from pipelines.translation.engines.identity import Identity
from pipelines.translation.engines.memory import Memory
from pipelines.translation.memory import MemoryFiles, read_memory
from warehouse import contracts

TMX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="it"/><body>{units}</body></tmx>"""


def unit(**variants: str) -> str:
    inner = "".join(
        f'<tuv xml:lang="{language.replace("_", "-")}"><seg>{text}</seg></tuv>'
        for language, text in variants.items()
    )
    return f"<tu>{inner}</tu>"


def read(folder: Path, **files: str) -> MemoryFiles:
    for name, units in files.items():
        (folder / f"{name}.tmx").write_text(TMX.format(units=units), "utf-8")
    return read_memory(folder, "en")


def pairs(read: MemoryFiles) -> set[tuple[str, str, str]]:
    return set(read.seed_memory.select("language", "text", "translated").rows())


def test_every_variant_with_a_translation_is_an_entry(tmp_path: Path) -> None:
    made = read(tmp_path, a=unit(it="Ciao.", fr="Salut.", en="Hello."))
    assert pairs(made) == {("it", "Ciao.", "Hello."), ("fr", "Salut.", "Hello.")}
    assert set(made.seed_memory.columns) == set(contracts.table("seed_memory").column_names)
    assert made.problems == ()


def test_regional_variants_share_the_memory_of_their_language(tmp_path: Path) -> None:
    made = read(tmp_path, a=unit(pt_BR="Oi.", pt_PT="Olá.", en_US="Hello."))
    assert pairs(made) == {("pt", "Oi.", "Hello."), ("pt", "Olá.", "Hello.")}


def test_codes_are_read_in_any_case(tmp_path: Path) -> None:
    assert pairs(read(tmp_path, a=unit(IT="Ciao.", EN_GB="Hello."))) == {("it", "Ciao.", "Hello.")}


def test_the_old_lang_attribute_is_understood(tmp_path: Path) -> None:
    units = unit(it="Ciao.", en="Hello.").replace("xml:lang", "lang")
    assert pairs(read(tmp_path, a=units)) == {("it", "Ciao.", "Hello.")}


@pytest.mark.parametrize(
    "units",
    [unit(it="Ciao."), unit(it="", en="Hello."), unit(it="Ciao.", en=""), "<tu/>",
     '<tu><tuv xml:lang="it"/><tuv xml:lang="en"><seg>Hello.</seg></tuv></tu>'],
)  # fmt: skip
def test_a_unit_without_a_pair_is_no_entry(tmp_path: Path, units: str) -> None:
    made = read(tmp_path, a=units)
    assert made.seed_memory.is_empty()
    assert made.problems == ()


def test_formatting_codes_are_no_part_of_the_text(tmp_path: Path) -> None:
    bold = '<bpt i="1">&lt;b&gt;</bpt>{}<ept i="1">&lt;/b&gt;</ept><ph>&lt;br/&gt;</ph>, {}'
    made = read(tmp_path, a=unit(it=bold.format("Ciao", "a <hi>tutti</hi>."), en="Hello, all."))
    assert pairs(made) == {("it", "Ciao, a tutti.", "Hello, all.")}


def test_the_later_file_wins_by_name(tmp_path: Path) -> None:
    made = read(
        tmp_path, b=unit(it="Ciao.", en="Hello."), a=unit(it="Ciao.", en="Bye.")
    )
    assert pairs(made) == {("it", "Ciao.", "Hello.")}
    assert made.seed_memory["file"].to_list() == ["b.tmx"]


@pytest.mark.parametrize(
    "content",
    ["", "no XML", "<tmx><body><tu>", "<tmx>&nothing;</tmx>", "\x00"],
)
def test_a_broken_file_is_left_out_and_named_and_the_others_are_read(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "broken.tmx").write_text(content)
    made = read(tmp_path, good=unit(it="Ciao.", en="Hello."))
    assert pairs(made) == {("it", "Ciao.", "Hello.")}
    (problem,) = made.problems
    assert problem.startswith("broken.tmx, line 1, column ")
    assert "export it again as TMX 1.4" in problem


def test_a_folder_without_memories_is_an_empty_memory(tmp_path: Path) -> None:
    made = read_memory(tmp_path / "none", "en")
    assert made.seed_memory.is_empty()
    assert made.problems == ()


def test_a_remembered_text_is_found_whatever_its_spaces_and_apostrophes() -> None:
    asked = texts(("it", "L’IA  è qui."), ("fr", "L’IA  è qui."), ("it", "Altro."))
    (answer,) = Memory(memory(("it", "L'IA è qui.", "AI is here."))).translate(asked, "en")
    assert answer["translated"].to_list() == ["AI is here.", None, None]
    assert answer["reason"].to_list() == [None, "not in memory", "not in memory"]


def test_a_memory_into_another_language_is_not_used() -> None:
    asked = texts(("it", "Ciao."))
    (answer,) = Memory(memory(("it", "Ciao.", "Hello."))).translate(asked, "de")
    assert answer["translated"].to_list() == [None]


def test_a_text_in_the_target_language_is_its_own_translation() -> None:
    asked = texts(("en", "Hello."), ("it", "Ciao."))
    answers = by_text(asked, *Identity().translate(asked, "en"))
    assert answers["Hello."]["translated"] == "Hello."
    assert answers["Ciao."]["translated"] is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("L’IA è  qui", "L'IA è qui"), ("caffe\u0300", "caffè"), (" a\n b ", "a b"), ("`a", "'a")],
)
def test_texts_that_read_alike_are_normalised_alike(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


def test_a_digest_tells_its_parts_apart() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert len(digest("x")) == 16
