import io

import pytest

from pipelines.intake.reader import RawFile, UnreadableError
from pipelines.intake.readers import READERS, VERSION, reader_of


@pytest.mark.parametrize("path", ["a.txt", "deep/er/A.TXT", "b.text"])
def test_a_reader_is_found_by_the_suffix(path: str) -> None:
    assert reader_of(path).name == "plain_text"


@pytest.mark.parametrize(("path", "shown"), [("a.docx", ".docx"), ("README", "without suffix")])
def test_an_unknown_suffix_is_named_with_those_that_are_read(path: str, shown: str) -> None:
    with pytest.raises(UnreadableError, match=rf"no reader for .*{shown}; read are: .*\.txt"):
        reader_of(path)


PAGE, RSS = b"<!DOCTYPE html><html>", b'<?xml version="1.0"?><rss version="2.0">'
MAIL, LINES = b"Received: by x\nMessage-ID: <1>\n\nNews.", b'{"text": "News."}\n{"text": "More."}\n'


@pytest.mark.parametrize(
    ("path", "head", "reader"),
    [
        # A text file may hold anything that is text.
        ("a.txt", b"News.", "plain_text"),
        ("a.txt", b"# News\n\nOf today.", "plain_text"),
        ("a.txt", b"<b>News</b> of today.", "plain_text"),
        ("a.txt", PAGE, "web_page"),
        ("a.txt", RSS, "feed"),
        ("a.txt", MAIL, "email_message"),
        ("a.txt", LINES, "json_lines"),
        ("a.txt", b"id\ttext\n1\tNews.", "csv_table"),
        # Markup may be a page or a feed.
        ("a.xml", PAGE, "web_page"),
        ("a.html", RSS, "feed"),
        ("a.html", b"<p>News.", "web_page"),
        ("a.xml", b"<opml>", "feed"),
        # What else a name says is believed.
        ("a.json", PAGE, "json_document"),
        ("a.md", PAGE, "markdown"),
        ("CC-NEWS-20231205.warc.gz", b"\x1f\x8b\x08", "web_archive"),
        # A name that says nothing.
        ("a", b"News.", "plain_text"),
        ("a", b"# News\n", "markdown"),
        ("a", LINES, "json_lines"),
        ("a", b"PAR1", "parquet"),
        ("a", b"WARC/1.0\r\n", "web_archive"),
        ("story.php", PAGE, "web_page"),
        ("story.aspx", RSS, "feed"),
        ("crawl.warc.wet", b"WARC/1.0\r\n", "web_archive"),
    ],
)
def test_where_a_name_is_vague_the_first_bytes_decide(path: str, head: bytes, reader: str) -> None:
    assert reader_of(path, head).name == reader


@pytest.mark.parametrize("path", ["a.log", "a.ipynb", "a.docx", "a.css"])
@pytest.mark.parametrize("head", [b"News.", LINES, b"# News\n", b""])
def test_a_name_that_nobody_knows_is_no_text(path: str, head: bytes) -> None:
    with pytest.raises(UnreadableError, match="no reader for"):
        reader_of(path, head)


def test_the_version_of_the_readers_names_each_of_them() -> None:
    assert all(f"{reader.name}/{reader.version}" in VERSION for reader in READERS)


def test_no_two_readers_have_a_name_or_a_suffix_in_common() -> None:
    names = [reader.name for reader in READERS]
    suffixes = [suffix for reader in READERS for suffix in reader.suffixes]
    assert len(names) == len(set(names))
    assert len(suffixes) == len(set(suffixes))


def test_a_file_larger_than_an_article_says_which_setting_to_raise() -> None:
    with pytest.raises(UnreadableError, match=r"2,000,000 bytes .*BABELWIRE_MAX_ARTICLE_BYTES"):
        RawFile("a.txt", io.BytesIO(b"x" * 2_000_001)).content()
