from pathlib import Path

import polars as pl
import pytest
from texts import by_text, memory, texts

from pipelines.identity import digest, normalised
from pipelines.translation.engines.identity import Identity
from pipelines.translation.engines.memory import Memory
from pipelines.translation.glossary import read_glossary
from pipelines.translation.memory import (
    MemoryFileError,
    MemoryFiles,
    export_memory,
    import_memory,
    read_memory,
    suggestions,
)
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


def test_a_reviewed_entry_wins_over_one_nobody_looked_at(tmp_path: Path) -> None:
    looked = unit(it="Ciao.", en="Hello.")
    not_looked = unit(it="Ciao.", en="Bye.").replace(
        "<tu>", '<tu><prop type="reviewed">no</prop>'
    )
    made = read(tmp_path, a=looked, b=not_looked)
    assert pairs(made) == {("it", "Ciao.", "Hello.")}
    assert made.seed_memory["reviewed"].to_list() == [True]


def test_what_nobody_looked_at_is_worth_its_estimate() -> None:
    entries = memory(("it", "Costa 50 euro.", "It costs euros.")).with_columns(
        reviewed=pl.lit(False)
    )
    asked = texts(("it", "Costa 50 euro."))
    (answer,) = Memory(entries).translate(asked, "en")
    assert 0 < answer["quality"][0] <= 1


def test_an_entry_for_one_context_is_no_answer_for_all() -> None:
    entries = memory(("it", "Economia", "Business")).with_columns(context=pl.lit("title"))
    (answer,) = Memory(entries).translate(texts(("it", "Economia")), "en")
    assert answer["translated"].to_list() == [None]


TRICKY = "A & B <b>\u0007\n“c” \ud7ff"


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    entries = pl.concat(
        [
            memory(("it", "Ciao.", "Hello."), ("fr", "« A & B »", "“A & B” <i>")),
            memory(("it", "Economia", "Business")).with_columns(context=pl.lit("title")),
            memory(("it", "Sì.", "Yes.")).with_columns(reviewed=pl.lit(False)),
        ]
    ).with_columns(engine=pl.lit("google"), engine_version=pl.lit("1"), quality=pl.lit(0.5))
    assert export_memory(entries, tmp_path / "memory.tmx") == 4
    again = read_memory(tmp_path, "en").seed_memory
    compared = ["text_hash", "language", "text", "translated", "target", "context", "reviewed"]
    assert again.select(compared).sort("text").equals(entries.select(compared).sort("text"))
    assert 'type="x-engine">google<' in (tmp_path / "memory.tmx").read_text("utf-8")


def test_what_xml_cannot_write_is_left_out(tmp_path: Path) -> None:
    export_memory(memory(("it", TRICKY, "x")), tmp_path / "memory.tmx")
    made = read_memory(tmp_path, "en")
    assert made.problems == ()
    assert made.seed_memory["text"].to_list() == [TRICKY.replace("\u0007", "")]


def test_a_file_is_imported_once_and_under_its_name(tmp_path: Path) -> None:
    given, folder = tmp_path / "new.tmx", tmp_path / "memory"
    given.write_text(TMX.format(units=unit(it="Ciao.", en="Hello.")), "utf-8")
    for _ in range(2):
        assert import_memory(given, folder, "en")["text"].to_list() == ["Ciao."]
    assert pairs(read_memory(folder, "en")) == {("it", "Ciao.", "Hello.")}
    given.write_text(TMX.format(units=unit(it="Ciao.", en="Bye.")), "utf-8")
    with pytest.raises(MemoryFileError, match=r"has another new\.tmx; rename the file"):
        import_memory(given, folder, "en")


@pytest.mark.parametrize(
    ("content", "said"),
    [("no XML", "line 1, column"), (TMX.format(units=unit(it="Ciao.")), "no unit has a variant")],
)
def test_what_is_no_memory_is_not_imported(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "x.tmx").write_text(content)
    with pytest.raises(MemoryFileError, match=said):
        import_memory(tmp_path / "x.tmx", tmp_path / "memory", "en")
    assert not (tmp_path / "memory").exists()


def test_texts_like_a_text_are_suggested_the_likest_first() -> None:
    entries = memory(
        ("it", "Il governo ha approvato la legge.", "The government passed the law."),
        ("it", "Il governo ha approvato la nuova legge.", "The government passed the new law."),
        ("it", "Piove.", "It rains."),
        ("fr", "Il governo ha approvato la legge!", "Not Italian."),
    )
    found = suggestions("Il governo ha approvato la nuova legge!", "it", entries)
    assert [one.translated for one in found] == [
        "The government passed the new law.",
        "The government passed the law.",
    ]
    assert 70 <= found[1].likeness < found[0].likeness <= 100


def test_a_glossary_is_read_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "it-en.csv").write_text(
        "term,translation\ncodice aperto, open source\n,x\nlegge,law\nlegge,act\n", "utf-8"
    )
    (tmp_path / "it-de.csv").write_text("term,translation\nlegge,Gesetz\n", "utf-8")
    (tmp_path / "fr-en.csv").write_text("a,b\n", "utf-8")
    (tmp_path / "es-en.csv").write_bytes(b"term,translation\n\xff,x\n")
    made = read_glossary(tmp_path, "en")
    assert made.glossary.rows() == [("it", "codice aperto", "open source"), ("it", "legge", "act")]
    assert [problem.partition(":")[0] for problem in made.problems] == [
        "es-en.csv", "fr-en.csv, line 1", "it-en.csv, line 3",
    ]  # fmt: skip


def test_the_glossaries_that_come_along_are_whole() -> None:
    made = read_glossary(Path(__file__).resolve().parents[3] / "seeds" / "glossary", "en")
    assert made.problems == ()
    assert set(made.glossary["language"]) == {"de", "es", "fr", "it", "nl", "pt"}
