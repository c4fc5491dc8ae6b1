from dataclasses import fields, replace
from pathlib import Path

import pytest

from assets.resources import ROOT, SettingError, Settings
from pipelines.translation.register import ENGINES


def test_without_variables_every_setting_has_a_default_that_works_here() -> None:
    settings = Settings.from_environment({})
    assert settings == Settings()
    assert all(Path(folder).is_dir() for folder in settings.articles)
    assert settings.reference.is_dir()
    assert settings.memory.is_dir()
    assert settings.home.is_relative_to(ROOT)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("articles", "/landing", ("/landing",)),
        ("articles", "a/*.html, s3://b ,https://c/rss,", ("a/*.html", "s3://b", "https://c/rss")),
        ("columns", "text=content.body, title=h", {"text": "content.body", "title": "h"}),
        ("home", "/data/babelwire", Path("/data/babelwire")),
        ("reference", "seeds/reference", Path.cwd() / "seeds" / "reference"),
        ("memory", "~/memory", Path.home() / "memory"),
        ("engines", "identity, memory", ("identity", "memory")),
        ("engines", "deepl,apertium", ("deepl", "apertium")),
        ("retranslate", "ctranslate2", ("ctranslate2",)),
        ("extractors", "spacy, rules", ("spacy", "rules")),
        ("llm_url", " http://127.0.0.1:8000/v1 ", "http://127.0.0.1:8000/v1"),
        ("llm_model", "qwen", "qwen"),
        ("llm_key", "k", "k"),
        ("llm_characters", "9000", 9_000),
        ("glossary", "/terms", Path("/terms")),
        ("models", "/models", Path("/models")),
        ("embeddings", "no", False),
        ("translation_characters", "9000", 9_000),
        ("libretranslate_url", "http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("libretranslate_key", "k", "k"),
        ("deepl_key", " k:fx ", "k:fx"),
        ("microsoft_key", "k", "k"),
        ("microsoft_region", "westeurope", "westeurope"),
        ("chatgpt_key", "k", "k"),
        ("chatgpt_model", "some-model", "some-model"),
        ("chatgpt_url", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("target_language", "de", "de"),
        ("languages", "it,en,", ("it", "en")),
        ("declared_language", "override", "override"),
        ("max_article_bytes", "1000", 1000),
        ("allow_private", "yes", True),
        ("allow_private", "no", False),
        ("workers", "3", 3),
        ("keep_versions", "9", 9),
        ("timezone", "Europe/Rome", "Europe/Rome"),
    ],
)
def test_each_variable_sets_its_setting(name: str, text: str, value: object) -> None:
    settings = Settings.from_environment({f"BABELWIRE_{name.upper()}": text})
    assert getattr(settings, name) == value


def test_this_table_knows_every_setting() -> None:
    (mark,) = test_each_variable_sets_its_setting.pytestmark  # type: ignore[attr-defined]
    assert {row[0] for row in mark.args[1]} == {one.name for one in fields(Settings)}


@pytest.mark.parametrize("name", [one.name for one in fields(Settings)])
def test_an_empty_variable_is_as_if_it_were_not_there(name: str) -> None:
    assert Settings.from_environment({f"BABELWIRE_{name.upper()}": ""}) == Settings()


def test_variables_of_others_are_none_of_its_business() -> None:
    assert Settings.from_environment({"HOME": "/nowhere", "BABELWIRE_OTHER": "x"}) == Settings()


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("engines", "memory,bing", "there are: " + ", ".join(ENGINES)),
        ("engines", ",", "there are: "),
        ("retranslate", "bing", "there are: "),
        ("extractors", "rules,stanza", "there are: rules, spacy, gliner, llm"),
        ("extractors", "rules,llm", "set BABELWIRE_LLM_URL"),
        ("llm_characters", "0", "give a whole number above 0"),
        ("translation_characters", "-1", "give a whole number above 0"),
        ("languages", "it,xx", "there are: de, en"),
        ("max_article_bytes", "many", "give a whole number above 0"),
        ("max_article_bytes", "0", "give a whole number above 0"),
        ("max_article_bytes", "-5", "give a whole number above 0"),
        ("max_article_bytes", "²", "give a whole number above 0"),
        ("workers", "0", "give a whole number above 0"),
        ("allow_private", "true", "there are: yes, no"),
        ("declared_language", "always", "there are: prior, override, ignore"),
        ("columns", "text", "give pairs such as text=content"),
        ("columns", "=content", "give pairs such as text=content"),
        ("keep_versions", "2.5", "give a whole number above 0"),
        ("timezone", "Mars/Olympus", "give a name such as Europe/Rome"),
        ("timezone", "/etc/passwd", "give a name such as Europe/Rome"),
        ("timezone", "Europe", "give a name such as Europe/Rome"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_named_with_what_can(
    name: str, text: str, allowed: str
) -> None:
    with pytest.raises(SettingError) as raised:
        Settings.from_environment({f"BABELWIRE_{name.upper()}": text})
    assert f"BABELWIRE_{name.upper()}" in str(raised.value)
    assert allowed in str(raised.value)


@pytest.mark.parametrize("text", ["english", "xx", "EN"])
def test_a_target_language_nobody_knows_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="BABELWIRE_TARGET_LANGUAGE"):
        Settings.from_environment({"BABELWIRE_TARGET_LANGUAGE": text})


def test_settings_that_shape_a_table_are_part_of_its_version() -> None:
    few = Settings(languages=("it", "en"))
    assert few.parameters["core_languages"] != Settings().parameters["core_languages"]
    other = Settings(languages=tuple(reversed(Settings().languages)))
    assert other.parameters == Settings().parameters
    with_model = Settings(extractors=("rules", "llm"), llm_url="http://127.0.0.1:9", llm_model="x")
    larger = replace(with_model, llm_model="y")
    assert with_model.parameters["core_mentions"] != larger.parameters["core_mentions"]
    assert Settings(embeddings=False).parameters["core_embeddings"] == ""
    believing = Settings(declared_language="override")
    assert believing.parameters["core_languages"] != Settings().parameters["core_languages"]


def test_keys_are_never_shown() -> None:
    keys = [one.name for one in fields(Settings) if one.name.endswith("_key")]
    given = {f"BABELWIRE_{name.upper()}": "secret-0815" for name in keys}
    assert len(keys) == 5
    assert "secret-0815" not in repr(Settings.from_environment(given))
