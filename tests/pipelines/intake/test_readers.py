import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.reader import FoundArticle, UnreadableError
from pipelines.intake.readers import READERS, VERSION, reader_of
from pipelines.intake.readers.plain_text import PlainText


def read(text: str) -> FoundArticle:
    (article,) = PlainText().read(text.encode()).articles
    return article


def body(article: FoundArticle) -> str:
    return article.text[article.body_start : article.body_end]


@pytest.mark.parametrize(
    ("header", "declared"),
    [
        (" date 2023-12 ", "2023-12"),
        (" date 2023-12-05 ", "2023-12-05"),
        ("date 2023\n", "2023"),
        ("Date: 2023-12-05\n\n", "2023-12-05"),
        ("DATE  2023-12-05T10:00:00Z\n", "2023-12-05T10:00:00Z"),
        ("date 2023-12-05T10:00+01:00 ", "2023-12-05T10:00+01:00"),
        ("date 2023-12-05 10:00:30-0530\n", "2023-12-05 10:00:30-0530"),
    ],
)
def test_a_date_header_is_metadata_and_no_part_of_the_body(header: str, declared: str) -> None:
    article = read(f"{header}Un nuovo gruppo.\n")
    assert article.declared_published == declared
    assert body(article) == "Un nuovo gruppo."


@pytest.mark.parametrize(
    "text",
    [
        "Un nuovo gruppo.",
        "Date of the launch: 2023-12-05.",
        "Update 2023-12-05 brings news.",
        "The date 2023-12-05 was kept.",
        "date 2023-12-5x is no date",
        "date 23-12 is no date",
    ],
)
def test_without_a_header_all_of_the_text_is_body(text: str) -> None:
    article = read(text)
    assert article.declared_published is None
    assert body(article) == text


def test_white_space_around_a_body_is_left_out_and_the_text_kept_whole() -> None:
    article = read("\n\t  Ciao.  \n Ancora. \n\n")
    assert article.text == "\n\t  Ciao.  \n Ancora. \n\n"
    assert body(article) == "Ciao.  \n Ancora."


def test_a_file_with_a_header_alone_has_an_empty_body() -> None:
    assert body(read("date 2023-12-05\n")) == ""


@settings(deadline=None)
@given(st.text(min_size=1), st.sampled_from(["", " date 2023-12 ", "date 2023\n"]))
def test_a_body_is_an_exact_span_of_the_text_without_blank_edges(text: str, header: str) -> None:
    try:
        article = read(header + text)
    except (UnreadableError, UnicodeEncodeError):
        return
    assert 0 <= article.body_start <= article.body_end <= len(article.text)
    assert body(article) == body(article).strip()


@pytest.mark.parametrize("path", ["a.txt", "deep/er/A.TXT", "b.text"])
def test_a_reader_is_found_by_the_suffix(path: str) -> None:
    assert reader_of(path).name == "plain_text"


@pytest.mark.parametrize(("path", "shown"), [("a.docx", ".docx"), ("README", "without suffix")])
def test_an_unknown_suffix_is_named_with_those_that_are_read(path: str, shown: str) -> None:
    with pytest.raises(UnreadableError, match=rf"no reader for .*{shown}; read are: .*\.txt"):
        reader_of(path)


def test_the_version_of_the_readers_names_each_of_them() -> None:
    assert all(f"{reader.name}/{reader.version}" in VERSION for reader in READERS)
