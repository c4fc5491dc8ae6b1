import io
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from pipelines.intake.pages import decoded
from pipelines.intake.reader import FoundArticle, RawFile, ReadSettings, UnreadableError
from pipelines.intake.readers.web_page import WebPage

SENTENCE = "Perché l'opera è costata più del previsto: «Così non va», dice la sindaca."
PAGE = f"<html><head><title>Città</title></head><body><p>{SENTENCE}</p></body></html>"


def read(content: bytes, name: str = "a.html") -> FoundArticle:
    (article,) = WebPage().read(RawFile(name, io.BytesIO(content)))
    assert isinstance(article, FoundArticle)
    return article


def declaring(encoding: str) -> str:
    return PAGE.replace("<head>", f'<head><meta charset="{encoding}">')


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (PAGE.encode(), "utf-8"),
        (declaring("utf-8").encode(), "utf-8"),
        (declaring("windows-1252").encode("cp1252"), "cp1252"),
        (declaring("iso-8859-1").encode("cp1252"), "cp1252"),
        (declaring("iso-8859-15").encode("iso-8859-15"), "iso8859-15"),
        (declaring("macintosh").encode("mac_roman"), "mac-roman"),
        (
            PAGE.replace("<head>", "<head><META http-equiv='Content-Type' content='text/html; "
                         "charset=ISO-8859-1'>").encode("latin-1"),
            "cp1252",
        ),
        (f'<?xml version="1.0" encoding="iso-8859-1"?>{PAGE}'.encode("latin-1"), "cp1252"),
        # what is declared is wrong
        (declaring("iso-8859-1").encode(), "utf-8"),
        (declaring("no-such-encoding").encode(), "utf-8"),
    ],
)  # fmt: skip
def test_an_encoding_is_the_declared_one_where_the_bytes_fit(content: bytes, encoding: str) -> None:
    article = read(content)
    assert article.text == SENTENCE
    assert article.encoding == encoding


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_believed_before_any_declaration(mark: str) -> None:
    assert read(declaring("iso-8859-1").encode(mark)).text == SENTENCE


def test_an_encoding_that_is_declared_wrongly_is_found_out() -> None:
    content = declaring("utf-8").replace("</p>", f"</p><p>{SENTENCE}").encode("cp1252")
    assert read(content).text == f"{SENTENCE}\n{SENTENCE}"


def test_one_broken_letter_does_not_make_the_others_wrong() -> None:
    content = declaring("utf-8").replace("</p>", f" {SENTENCE * 3}Citt?</p>").encode()
    article = read(content.replace(b"Citt?", b"Citt\xe0"))
    assert article.encoding == "utf-8"
    assert article.text == f"{SENTENCE} {SENTENCE * 3}Citt\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_stray_nul_is_let_go(encoding: str) -> None:
    content = declaring(encoding).encode(encoding).replace(b"previsto", b"pre\x00visto")
    assert read(content).text == SENTENCE


def test_a_page_cut_within_a_letter_is_read_up_to_it() -> None:
    assert read(PAGE.encode()[: PAGE.encode().index("ù".encode()) + 1]).text.endswith("costata pi")


def test_what_a_server_says_of_the_encoding_is_believed_before_the_page() -> None:
    content = declaring("macintosh").encode("cp1252")
    assert decoded(content, "windows-1252") == (declaring("macintosh"), "cp1252")


def test_an_empty_tag_of_xhtml_does_not_swallow_the_page() -> None:
    head = '<?xml version="1.0"?><html><head><script src="a.js" /><title/></head><body>'
    assert read(f"{head}<p>{SENTENCE}</p></body></html>".encode(), "a.xhtml").text == SENTENCE


@pytest.mark.parametrize(
    "note",
    [
        "<!-- saved from url=(0031)https://g.example/2024/03/18/a -->",
        "<!--\n Page saved with SingleFile \n url: https://g.example/2024/03/18/a \n-->",
    ],
)
def test_the_address_a_page_was_saved_from_is_kept(note: str) -> None:
    article = read(f"<!DOCTYPE html>\n{note}\n{PAGE}".encode())
    assert article.key == "https://g.example/2024/03/18/a"
    assert [one.value for one in article.declared if one.source == "address"] == ["2024-03-18"]


def archive(*parts: MIMEText) -> bytes:
    made = MIMEMultipart("related")
    made["Snapshot-Content-Location"] = "https://g.example/a"
    for part in parts:
        made.attach(part)
    return made.as_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
def test_an_archive_of_a_page_is_read(encoding: str) -> None:
    content = archive(
        MIMEText("p {}", "css"), MIMEText(PAGE, "html", encoding), MIMEText("<p>Annuncio", "html")
    )
    article = read(content, "a.mhtml")
    assert article.text == SENTENCE
    assert article.key == "https://g.example/a"


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.html", "empty"),
        (b"<html><body><div id=app></div><script src=a></script>", "a.html", "scripts"),
        (b"<frameset><frame src=a.htm></frameset>", "a.htm", "frameset"),
        (b"\x00\x01\xff\xfe" * 99, "a.html", "binary"),
        (b"x" * 101, "a.html", "BABELWIRE_MAX_ARTICLE_BYTES"),
        (archive(MIMEText("p {}", "css")), "a.mht", "no page"),
        (b"no archive at all", "a.mhtml", "no page"),
        (EmailMessage().as_bytes(), "a.mhtml", "no page"),
    ],
)
def test_what_is_no_page_says_why_and_what_to_do(content: bytes, name: str, reason: str) -> None:
    limits = ReadSettings(most_bytes=100 if "MAX" in reason else 1_000_000)
    with pytest.raises(UnreadableError, match=reason):
        list(WebPage().read(RawFile(name, io.BytesIO(content), limits)))


@pytest.mark.parametrize(
    ("head", "is_page"),
    [
        (b"<!DOCTYPE html>\n<html>", True),
        (b"\xef\xbb\xbf  <HTML lang=it>", True),
        (b'<?xml version="1.0"?>\n<!-- a --><!DOCTYPE html PUBLIC', True),
        (b"<!-- a page --><html>", True),
        (b'<?xml version="1.0"?><rss>', False),
        (b"Un testo con <html> dentro", False),
        (b"", False),
    ],
)
def test_a_page_is_recognised_by_its_first_bytes(head: bytes, is_page: bool) -> None:
    assert WebPage().recognises(head) == is_page
