import io
from email.message import EmailMessage as Message
from pathlib import Path

import pytest

from pipelines.intake.reader import FoundArticle, RawFile, Reader, Reject, UnreadableError
from pipelines.intake.readers.email_message import EmailMessage
from pipelines.intake.readers.markdown import Markdown
from pipelines.intake.readers.plain_text import PlainText

SEEDS = Path(__file__).parents[3] / "seeds" / "articles"


def found(reader: Reader, content: str | bytes) -> tuple[FoundArticle, list[Reject]]:
    content = content if isinstance(content, bytes) else content.encode()
    parts = list(reader.read(RawFile("a", io.BytesIO(content))))
    (article,) = (part for part in parts if isinstance(part, FoundArticle))
    return article, [part for part in parts if isinstance(part, Reject)]


def body(article: FoundArticle) -> str:
    return article.text[article.body_start : article.body_end]


def declared(article: FoundArticle) -> list[tuple[str, str]]:
    return [(one.field, one.value) for one in article.declared]


def marked(article: FoundArticle, kind: str) -> list[str]:
    return [article.text[one.start : one.end] for one in article.marked if one.kind == kind]


# -- plain text --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (" date 2023-12 ", "2023-12"),
        (" date 2023-12-05 ", "2023-12-05"),
        ("date 2023\n", "2023"),
        ("Date: 2023-12-05\n\n", "2023-12-05"),
        ("DATE  2023-12-05T10:00:00Z\n", "2023-12-05T10:00:00Z"),
        ("date 2023-12-05T10:00+01:00 ", "2023-12-05T10:00+01:00"),
        ("date 2023-12-05 10:00:30-0530\n", "2023-12-05 10:00:30-0530"),
        ("Data: 5 dicembre 2023\n\n", "5 dicembre 2023"),
        ("Data di pubblicazione: martedì 5 dicembre 2023, ore 10.30\r\n\r\n",
         "martedì 5 dicembre 2023, ore 10.30"),
        ("Publié le : mardi 5 décembre 2023 à 10h30\n\n", "mardi 5 décembre 2023 à 10h30"),
        ("Published: December 5, 2023\n", "December 5, 2023"),
        ("Date: Tue, 05 Dec 2023 10:00:00 +0100\n\n", "Tue, 05 Dec 2023 10:00:00 +0100"),
        ("Datum: 5. Dezember 2023\n\n", "5. Dezember 2023"),
        ("Fecha: 5 de diciembre de 2023\n\n", "5 de diciembre de 2023"),
        ("Data: 05/12/2023\n\n", "05/12/2023"),
    ],
)  # fmt: skip
def test_a_date_header_is_metadata_and_no_part_of_the_body(header: str, said: str) -> None:
    article, _ = found(PlainText(), f"{header}Un nuovo gruppo.\n")
    assert declared(article) == [("published", said)]
    assert body(article) == "Un nuovo gruppo."
    assert article.declared[0].source == "header"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (
            "Title: A new group\nBy: Ada Bo\nSource: The Post\nDate: 2023-12-05\n"
            "URL: https://post.example/1\nLanguage: en\n",
            [("title", "A new group"), ("author", "Ada Bo"), ("outlet", "The Post"),
             ("published", "2023-12-05"), ("address", "https://post.example/1"),
             ("language", "en")],
        ),
        (
            "\n  Titolo: Un gruppo: nuovo\n  Di: Ada Bo\n  Fonte: La Posta\n  Lingua: italiano\n",
            [("title", "Un gruppo: nuovo"), ("author", "Ada Bo"), ("outlet", "La Posta"),
             ("language", "italiano")],
        ),
        ("Titre : Un groupe\nPar : Ada Bo\n", [("title", "Un groupe"), ("author", "Ada Bo")]),
        ("Von: Ada Bo\nQuelle: Die Post\n", [("author", "Ada Bo"), ("outlet", "Die Post")]),
        ("Título: Um grupo\nAutor: Ada Bo\n", [("title", "Um grupo"), ("author", "Ada Bo")]),
        ("Kop: Een groep\nDoor: Ada Bo\n", [("title", "Een groep"), ("author", "Ada Bo")]),
        ("Title: A group\nSection: World\nDate: 2023\n",
         [("title", "A group"), ("published", "2023")]),
        ("Headline: A group\n", [("title", "A group")]),
        ("date 2023-12-05\nTitle: A group\n", [("published", "2023-12-05"), ("title", "A group")]),
    ],
)  # fmt: skip
def test_a_block_of_entries_is_the_header(header: str, said: list[tuple[str, str]]) -> None:
    article, _ = found(PlainText(), f"{header}\nThe text: it begins.\n")
    assert declared(article) == said
    assert body(article) == "The text: it begins."


@pytest.mark.parametrize(
    "text",
    [
        "Un nuovo gruppo.",
        "Date of the launch: 2023-12-05.",
        "Update 2023-12-05 brings news.",
        "The date 2023-12-05 was kept.",
        "date 2023-12-5x is no date",
        "date 23-12 is no date",
        "Date: the launch was put off again.\n\nNobody knows why.",
        "Data: 2023 figures show growth\n\nThat is all.",
        "Source: nobody wants to say who it was, but everyone in the town seems to know.\n\nSo.",
        "Paris: the talks go on.\n\nNo end is in sight.",
        "Title: a word of many meanings\nIt also means a book.",
        "By: a preposition\nof: another one",
        "URL: what is it?\n\nAn address.",
        "Title: X\nVerdict: guilty\n\nThe court has spoken.",
    ],
)
def test_without_a_header_all_of_the_text_is_body(text: str) -> None:
    article, _ = found(PlainText(), text)
    assert not article.declared
    assert body(article) == text


def test_white_space_around_a_body_is_left_out_and_the_text_kept_whole() -> None:
    article, _ = found(PlainText(), "\n\t  Ciao.  \n Ancora. \n\n")
    assert article.text == "\n\t  Ciao.  \n Ancora. \n\n"
    assert body(article) == "Ciao.  \n Ancora."


def test_a_file_with_a_header_alone_has_an_empty_body() -> None:
    assert body(found(PlainText(), "date 2023-12-05\n")[0]) == ""


@pytest.mark.parametrize(
    ("seed", "said", "begins"),
    [
        ("000", [("published", "2023-12")], "Un nuovo gruppo industriale"),
        ("001", [("published", "2023-12-05")], "A new industry group"),
        ("002", [], "Mardi, IBM et Meta"),
        ("003", [], "Gli Stati Uniti lottano"),
        ("004", [], "Meta and IBM have joined forces"),
    ],
)
def test_the_seed_articles_are_read_as_they_are(
    seed: str, said: list[tuple[str, str]], begins: str
) -> None:
    (path,) = SEEDS.glob(f"{seed}_*.txt")
    article, _ = found(PlainText(), path.read_bytes())
    assert declared(article) == said
    assert body(article).startswith(begins)
    assert path.read_text().endswith(body(article) + article.text[article.body_end :])


@pytest.mark.parametrize(
    ("head", "recognised"),
    [
        (b"Plain words, and more of them", True),
        ("è già così".encode()[:-1], True),
        (b"", False),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", False),
        (b'{"text": "x"}', False),
        (b"<html>", False),
    ],
)
def test_text_is_told_from_what_is_none(head: bytes, recognised: bool) -> None:
    assert PlainText().recognises(head) is recognised


# -- Markdown ----------------------------------------------------------------------------------

PAGE = """# Un *nuovo* gruppo

Il gruppo ha **50 membri**, [dice IBM](https://ibm.example "IBM");
lo conferma `Meta` &amp; altri.  
Fine.

![La sede di Meta](sede.png)

## I membri

- AMD
- Intel
  1. ricerca
  2. sviluppo

> «Un passo avanti»,
> dice.

| nome | anno |
|------|------|
| CERN | 1954 |

<p>Un <b>blocco</b> HTML</p>

```
codice *così com'è*
```
"""  # noqa: W291, a line break of Markdown
SEEN = """Un nuovo gruppo

Il gruppo ha 50 membri, dice IBM; lo conferma Meta & altri.
Fine.

La sede di Meta

I membri

- AMD
- Intel
  1. ricerca
  2. sviluppo

«Un passo avanti», dice.

nome\tanno
CERN\t1954

Un blocco HTML

codice *così com'è*"""


def test_markdown_is_read_as_it_is_seen() -> None:
    article, _ = found(Markdown(), PAGE)
    assert article.text == body(article) == SEEN
    assert marked(article, "heading") == ["Un nuovo gruppo", "I membri"]
    assert marked(article, "caption") == ["La sede di Meta"]
    assert marked(article, "list_item") == ["- AMD", "- Intel", "1. ricerca", "2. sviluppo"]


def test_the_first_heading_is_the_title_where_front_matter_has_none() -> None:
    article, _ = found(Markdown(), "---\ndate: 2023\n---\nAh.\n\n# Uno\n\n# Due\n")
    assert declared(article) == [("published", "2023"), ("title", "Uno")]
    assert [one.source for one in article.declared] == ["front_matter", "heading"]
    article, _ = found(Markdown(), "---\ntitle: Il titolo\n---\n# Uno\n\nAh.\n")
    assert declared(article) == [("title", "Il titolo")]


@pytest.mark.parametrize(
    ("front", "said"),
    [
        (
            "---\ntitle: 'A: B'\ndate: 2023-12-05 10:00:00 +0100\nauthor: {name: Ada Bo}\n"
            "lang: no\npublished: true\ntags: [a, b]\ncanonical_url: https://a.example/1\n---\n",
            [("title", "A: B"), ("published", "2023-12-05 10:00:00 +0100"), ("author", "Ada Bo"),
             ("address", "https://a.example/1"), ("language", "no")],
        ),
        ("---\r\nauthors:\r\n  - Ada Bo\r\n  - name: Cy Du\r\n---\r\n",
         [("author", "Ada Bo"), ("author", "Cy Du")]),
        ('+++\ntitle = "A"\ndate = 2023-12-05T10:00:00+01:00\n+++\n',
         [("title", "A"), ("published", "2023-12-05T10:00:00+01:00")]),
        ("Title: A\nDate: 2023-12-05 10:20\nCategory: X\n\n",
         [("title", "A"), ("published", "2023-12-05 10:20")]),
        ("---\n---\n", []),
        ("---\nA rule, some prose.\n\n---\n", []),
    ],
)  # fmt: skip
def test_front_matter_declares_as_it_is_written(front: str, said: list[tuple[str, str]]) -> None:
    article, rejects = found(Markdown(), front + "Ecco *il* testo.\n")
    assert declared(article) == said
    assert body(article).endswith("Ecco il testo.")
    assert not rejects


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("---\ntitle: A: B\n---\n", "it is not YAML"),
        ("---\nn: !!int x\n---\n", "it is not YAML"),
        ("---\na: [1, 2\n---\n", "it is not YAML"),
        ("+++\ntitle = A\n+++\n", "it is not TOML"),
    ],
)
def test_front_matter_that_cannot_be_read_costs_its_declarations_alone(
    front: str, reason: str
) -> None:
    article, (reject,) = found(Markdown(), front + "Ecco.\n")
    assert (body(article), article.declared) == ("Ecco.", ())
    assert reject.place == "front matter"
    assert reason in reject.reason


def test_markdown_too_deep_to_be_read_is_refused_rather_than_cut() -> None:
    with pytest.raises(UnreadableError, match="deep in each other"):
        found(Markdown(), "> " * 50 + "Ecco.")


# -- mail --------------------------------------------------------------------------------------


def mail(**headers: str) -> Message:
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return message


def test_a_mail_is_an_article_with_what_its_header_declares() -> None:
    message = mail(
        Subject="Nasce l’AI Alliance: è ufficiale",
        From="Ada Bò <ada@posta.example>",
        Date="Tue, 05 Dec 2023 10:00:00 +0100",
        Message_ID="<1@posta.example>",
        Organization="La Posta",
    )
    message.set_content("Un nuovo gruppo è emerso.\n\n-- \nAda Bò\nLa Posta\n")
    message["Content-Language"] = "it"
    article, rejects = found(EmailMessage(), bytes(message))
    assert not rejects
    assert declared(article) == [
        ("title", "Nasce l’AI Alliance: è ufficiale"),
        ("outlet", "La Posta"),
        ("published", "Tue, 05 Dec 2023 10:00:00 +0100"),
        ("language", "it"),
        ("author", "Ada Bò"),
    ]
    assert {one.source for one in article.declared} == {"email"}
    assert article.key == "<1@posta.example>"
    assert body(article).startswith("Un nuovo gruppo è emerso.")
    assert marked(article, "boilerplate") == ["-- \nAda Bò\nLa Posta"]


def test_of_two_versions_the_plain_one_is_read_unless_it_is_but_a_note() -> None:
    html = "<h1>Il fatto</h1><p>" + "È successo oggi. " * 9 + "</p>"
    for plain, begins in [("È successo oggi. " * 9, "È successo"), ("No HTML?", "Il fatto\n")]:
        message = mail(Subject="x")
        message.set_content(plain)
        message.add_alternative(html, subtype="html")
        article, rejects = found(EmailMessage(), bytes(message))
        assert body(article).startswith(begins)
        assert not rejects


@pytest.mark.parametrize(
    ("charset", "payload"),
    [
        ("iso-8859-1", "Perché così?".encode("latin-1")),
        ("utf-8", "Perché così? È già tardi, però.".encode("cp1252")),
        ("x-unknown", "Perché così?".encode()),
        ("us-ascii", "Perché così?".encode()),
        ("base64", "Perché così?".encode()),
    ],
)
def test_a_charset_that_is_wrong_or_unknown_is_found_out(charset: str, payload: bytes) -> None:
    head = f"Subject: x\nContent-Type: text/plain; charset={charset}\n\n".encode()
    article, _ = found(EmailMessage(), head + payload)
    assert body(article).startswith("Perché così?")


def test_a_header_in_bare_bytes_is_read() -> None:
    article, _ = found(EmailMessage(), "Subject: Perché così?\nFrom: Zoë\n\nEcco.".encode())
    assert declared(article) == [("title", "Perché così?"), ("author", "Zoë")]


def test_lines_broken_for_sending_are_joined() -> None:
    head = "Subject: x\nContent-Type: text/plain; format=flowed\n\n"
    article, _ = found(EmailMessage(), head + "Un nuovo \ngruppo.\n> citato \n> ancora\n-- \nAda\n")
    assert body(article).startswith("Un nuovo gruppo.\n> citato \n> ancora\n-- \nAda")


def test_documents_attached_are_named_and_pictures_passed_over() -> None:
    message = mail(Subject="x")
    message.set_content("Ecco.")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="è.pdf")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    message.add_attachment("Altro testo", filename="altro.txt")
    inner = mail(Subject="y")
    inner.set_content("Un altro articolo.")
    message.add_attachment(inner)
    article, rejects = found(EmailMessage(), bytes(message))
    assert body(article) == "Ecco."
    assert [one.place for one in rejects] == [
        "attachment è.pdf",
        "attachment altro.txt",
        "attachment message/rfc822",
    ]
    assert all("save it beside the mail" in one.reason for one in rejects)


def test_texts_of_one_mail_follow_each_other_with_their_marks() -> None:
    head = "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
    parts = (
        "--b\n\nUno.\n--b\nContent-Type: text/html\n\n<h2>Due</h2><p>Tre.</p>\n--b--\n"
    )
    article, _ = found(EmailMessage(), head + parts)
    assert body(article) == "Uno.\n\nDue\nTre."
    assert marked(article, "heading") == ["Due"]


@pytest.mark.parametrize(
    ("head", "recognised"),
    [
        (b"Received: from a\r\nSubject: x\r\n\r\nText", True),
        (b"From: a\nMessage-ID: <1>\n\nText", True),
        (b"Title: x\nDate: 2023\n\nText", False),
        (b"Text\n\nMessage-ID: <1>", False),
    ],
)
def test_mail_is_told_from_text_with_a_header(head: bytes, recognised: bool) -> None:
    assert EmailMessage().recognises(head) is recognised
