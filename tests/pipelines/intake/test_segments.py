import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.segments import core_segments
from pipelines.reference.tables import read_reference
from warehouse.contracts.core import CONTENT_KINDS, SEGMENT_CUES, SEGMENT_KINDS
from warehouse.contracts.frames import schema

HOUSE = Path(__file__).parents[3]
CUES = read_reference(
    HOUSE / "seeds" / "reference", ("de", "en", "es", "fr", "it", "nl", "pt")
).seed_cue_words.filter(pl.col("kind").is_in(SEGMENT_CUES))
READ = ("article_id", "body", "title", "marked")

Marked = tuple[str, int, int]


def articles(*bodies: str, title: str | None = None, marked: tuple[Marked, ...] = ()) -> Any:
    marks = [{"kind": kind, "start": start, "end": end} for kind, start, end in marked]
    return pl.DataFrame(
        {
            "article_id": [f"art{number}" for number in range(len(bodies))],
            "body": list(bodies),
            "title": [title] * len(bodies),
            "marked": [marks] * len(bodies),
        },
        schema={name: type_ for name, type_ in schema("core_articles").items() if name in READ},
    )


def segments(
    body: str, title: str | None = None, marked: tuple[Marked, ...] = ()
) -> list[dict[str, Any]]:
    return core_segments(articles(body, title=title, marked=marked), CUES).rows(named=True)


def told(
    body: str, title: str | None = None, marked: tuple[Marked, ...] = ()
) -> list[tuple[str, str]]:
    return [(segment["kind"], segment["text"]) for segment in segments(body, title, marked)]


def kinds(body: str, title: str | None = None) -> list[str]:
    return [kind for kind, _ in told(body, title)]


def sentences(body: str) -> list[str]:
    return [text for kind, text in told(body) if kind == "sentence"]


def quotations(body: str) -> list[int | None]:
    return [segment["quotation"] for segment in segments(body)]


# -- sentences -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Uno. Due! Tre? Quattro…", ["Uno.", "Due!", "Tre?", "Quattro…"]),
        ("Il sig. Rossi parla. Poi tace.", ["Il sig. Rossi parla.", "Poi tace."]),
        ("J. Howard fonda Fast.ai. Bene.", ["J. Howard fonda Fast.ai.", "Bene."]),
        ("Ha detto “Basta.” Poi è uscito.", ["Ha detto “Basta.”", "Poi è uscito."]),
        ("Dice: « Assez. » Il part.", ["Dice: « Assez. »", "Il part."]),
        ("Costa 3.5 miliardi. Troppo.", ["Costa 3.5 miliardi.", "Troppo."]),
        ("Ma... forse. No.", ["Ma... forse.", "No."]),
        ("Attende... Poi parte.", ["Attende...", "Poi parte."]),
        ("Prima. «Seconda», dice.", ["Prima.", "«Seconda», dice."]),
        ("Erano in 50. 20 sono qui con la sua gente.",
         ["Erano in 50.", "20 sono qui con la sua gente."]),
        ('Ha vinto. "Bene", dice.', ["Ha vinto.", '"Bene", dice.']),
        ("Senza fine", ["Senza fine"]),
        ("Text.[3] Next.", ["Text.[3]", "Next."]),
        ("(He left.) She stayed.", ["(He left.)", "She stayed."]),
        ("“He said ‘no.’” She left.", ["“He said ‘no.’”", "She left."]),
        ("See https://example.org/a.html?b=1.2 for more. It helps.",
         ["See https://example.org/a.html?b=1.2 for more.", "It helps."]),
        ("He sold it. iPhone sales rose. eBay fell.",
         ["He sold it.", "iPhone sales rose.", "eBay fell."]),
        ("The mayor said nothing. de Blasio left.", ["The mayor said nothing.", "de Blasio left."]),
        ("He likes Yahoo! and Jeopardy! every day.", ["He likes Yahoo! and Jeopardy! every day."]),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_would_end_them(body: str, expected: list[str]) -> None:
    assert sentences(body) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        # en
        "The U.S. Senate and Mr. Smith met Dr. Jones at No. 5 on Dec. 3 in the city of St. Louis.",
        "It was Sen. John F. Kennedy who said so, i.e. he was the one that they had asked.",
        "The shop of J. K. Rowling and of Acme Inc. in Washington is at 5 p.m. EST still open.",
        '"Why is that so?" Mr. Trump asked. ',
        "“Is it so?” she asked, and there was no answer to it.",
        # it
        "Il dott. Bianchi e l’on. Verdi (art. 5, p. 12) sono con la S.p.A. Rossi di Roma.",
        "Nel sec. XX il prof. Neri ha scritto che «non è così!» e che la gente è con lui.",
        # fr
        "M. Dupont et Mme. Durand sont chez le Dr. Blanc, av. Foch, avec MM. Petit et Grand.",
        "« C’est non ! » a dit le ministre, qui est dans la salle avec les autres.",
        # de
        "Am 12. März hat die 3. Liga im 21. Jahrhundert z. B. mit Dr. Müller und 2,5 Mrd. Euro "
        "begonnen.",
        "Das ist u. a. die Meinung von Prof. Dr. Schmidt und der Firma Meyer, d. h. von allen.",
        "„Wirklich?“ fragte sie, und es war die Frage, die er nicht hören wollte.",
        # es
        "El Sr. García y la Dra. López viven en EE. UU. desde que se fueron, según el n.º 5.",
        "¿Qué pasa con la gente que no quiere ir?",
        # pt
        "O Sr. Silva e a Sra. Costa estão na Av. Paulista, n.º 5, com o Dr. Souza e não saem.",
        # nl
        "Dhr. Jansen en mevr. De Vries zijn bijv. op 5 jan. 2023 met drs. Bakker naar huis gegaan.",
        "‘Waarom is dat?’ vroeg hij aan de man die er niet was.",
    ],
)
def test_abbreviations_initials_and_ordinals_end_no_sentence(sentence: str) -> None:
    assert sentences(sentence) == [sentence.strip()]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("They met at 5 p.m.", "The vote of the house failed."),
        ("He was born in the U.S.", "The rest is history, and it was not for him."),
        ("Il a quitté la ville à 20 h.", "Mme Durand est restée avec les autres."),
        ("Es waren Äpfel, Birnen usw.", "Danach ging er und war nicht mehr da."),
        ("Es war das Jahr 2015.", "Dann kam der Winter, und der war kalt."),
        ("Ci sono mele, pere, ecc.", "Tutti sono con lui e non con la gente."),
        ("Se fue a vivir a EE. UU.", "En la ciudad no hay más gente que la suya."),
        ("Dat is van de Korea's.", "China is er niet en het is niet van de man."),
        ("«Sí.»", "Él se fue de la casa y no quiso volver."),
        ("„Ja!“", "Dann ging er und war nicht mehr da."),
        ("¡Nada!", "¿Qué pasa con la gente de la ciudad?"),
        ("Hij ging weg.", "'s Avonds was het koud in de stad en er was niemand."),
    ],
)
def test_a_stop_that_ends_a_sentence_ends_it(first: str, second: str) -> None:
    assert sentences(f"{first} {second}") == [first, second]


def test_a_paragraph_wrapped_at_a_column_is_cut_at_its_stops() -> None:
    body = (
        "The council of the city has voted for the new budget, which is larger\n"
        "than the one before by a third. The mayor said that it was needed for\n"
        "schools and roads. Nobody voted against."
    )
    assert [text.replace("\n", " ") for text in sentences(body)] == [
        "The council of the city has voted for the new budget, which is larger than the one "
        "before by a third.",
        "The mayor said that it was needed for schools and roads.",
        "Nobody voted against.",
    ]


def test_lines_that_are_not_wrapped_are_apart() -> None:
    assert sentences("Una riga\nun’altra riga") == ["Una riga", "un’altra riga"]


# -- headline, headings, lists -------------------------------------------------------------


def test_the_headline_is_a_segment_of_its_own() -> None:
    body = "Il titolo\nIl testo."
    assert told(body, title="Il titolo") == [("title", "Il titolo"), ("sentence", "Il testo.")]


def test_the_headline_is_known_though_it_is_written_otherwise() -> None:
    assert kinds("POLITICA\nIl “titolo” lungo\nIl testo è qui.", title='Il "Titolo" lungo') == [
        "heading", "title", "sentence",
    ]  # fmt: skip


def test_a_headline_that_runs_into_the_text_is_parted_from_it() -> None:
    assert told("Il titolo lungo Il testo è qui.", title="Il titolo lungo") == [
        ("title", "Il titolo lungo"),
        ("sentence", "Il testo è qui."),
    ]


def test_a_declared_title_that_is_not_in_the_body_makes_no_segment() -> None:
    assert told("Il testo.", title="Altro") == [("sentence", "Il testo.")]


@pytest.mark.parametrize("heading", ["Perché conta", "## Perché conta", "Warum das so ist"])
def test_a_short_line_above_prose_is_a_heading(heading: str) -> None:
    assert kinds(f"Il primo testo è qui.\n\n{heading}\nIl secondo testo è qui.") == [
        "sentence", "heading", "sentence",
    ]  # fmt: skip


def test_a_line_with_a_rule_below_is_a_heading() -> None:
    assert kinds("Uno.\nUn capo\n-------\nDue.") == [
        "sentence", "heading", "boilerplate", "sentence",
    ]  # fmt: skip


def test_lines_without_stops_are_no_headings_where_no_prose_follows() -> None:
    assert kinds("Una riga\nUn’altra riga\nLa terza") == ["sentence"] * 3


def test_a_list_item_is_one_segment_with_its_bullet() -> None:
    assert told("I membri:\n- IBM. E altri.\n2) Meta\n• Intel\n12. März ist es.") == [
        ("sentence", "I membri:"),
        ("list_item", "- IBM. E altri."),
        ("list_item", "2) Meta"),
        ("list_item", "• Intel"),
        ("sentence", "12. März ist es."),
    ]


def test_a_list_item_as_long_as_paragraphs_is_cut() -> None:
    item = "- " + " ".join(["Questa è una frase di un elenco, come ce ne sono tante."] * 8)
    assert kinds(item) == ["list_item"] * 8


# -- what is not the article ---------------------------------------------------------------


def test_a_tail_of_links_is_no_part_of_the_article() -> None:
    body = "Il testo.\nLeggi anche:\n- Tre donne anziane.\n- WinZO entra\nUn altro titolo\nFine."
    assert told(body) == [
        ("sentence", "Il testo."),
        ("boilerplate", "Leggi anche:"),
        ("boilerplate", "- Tre donne anziane."),
        ("boilerplate", "- WinZO entra"),
        ("boilerplate", "Un altro titolo"),
        ("sentence", "Fine."),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "LEGGI ANCHE", "read also: this", "  Leggi anche :", "À lire aussi : La crise continue",
        "Lesen Sie auch: Neuer Streit", "Te puede interesar | Una noticia",
        "Leia também – Uma notícia", "Lees ook: Nieuw nieuws", "» Lire aussi › Un titre",
        "Share this article", "Kommentare (12)",
        "12 Comments", "Iscriviti alla newsletter per ricevere le notizie ogni giorno.",
        "Abonnieren Sie unseren Newsletter und bleiben Sie informiert.", "Síguenos en Facebook",
        "Siga-nos no Instagram", "Volg ons op Twitter", "Suivez-nous sur Facebook", "Facebook",
        "© RIPRODUZIONE RISERVATA", "Copyright 2023 Acme. All rights reserved.",
        "Tous droits réservés",
        "Alle Rechte vorbehalten.", "Todos los derechos reservados",
        "Todos os direitos reservados.",
        "Alle rechten voorbehouden", "© dpa-infocom, dpa:231205-99-186/3", "(ANSA)", "EFE",
        "(Reuters)",
        "* * *",
    ],
)  # fmt: skip
def test_notices_in_seven_languages_are_no_part_of_the_article(line: str) -> None:
    body = "Il testo è qui.\n" * 12 + line
    assert told(body)[-1] == ("boilerplate", line.strip())


@pytest.mark.parametrize(
    "line",
    [
        "Leggi anche tu questo libro.", "Share prices fell on Monday.", "Copyright law is old.",
        "Read more books, she said.", "Teilen ist gut.", "Follow the money.", "Comments were few.",
        "Anzeige erstattete der Mann nicht.", "Photo albums are gone.", "Foto e video sono qui.",
        "Reporting by the Times has shown it.", "Update: 3 people died in the fire.",
        "Bild - die Zeitung - hat es gemeldet.", "By then it was over.", "Von dort kam er nicht.",
        "Per approfondire serve tempo.",
    ],
)  # fmt: skip
def test_a_sentence_that_only_begins_like_a_notice_is_a_sentence(line: str) -> None:
    assert told(line) == [("sentence", line)]


def test_a_link_within_the_text_is_parted_from_it() -> None:
    body = "Il testo. LEGGI ANCHE: Un altro titolo\nAncora (leggi anche: Un libro) testo."
    assert told(body) == [
        ("sentence", "Il testo."),
        ("boilerplate", "LEGGI ANCHE: Un altro titolo"),
        ("sentence", "Ancora"),
        ("boilerplate", "(leggi anche: Un libro)"),
        ("sentence", "testo."),
    ]


def test_a_link_does_not_swallow_the_heading_after_it() -> None:
    body = "Il testo.\n\nLeggi anche: Un titolo\n\nPerché conta\nIl testo continua qui."
    assert kinds(body) == ["sentence", "boilerplate", "heading", "sentence"]


@pytest.mark.parametrize(
    "line",
    [
        "By Ann Roe", "By ANN ROE and BOB LEE", "di Mario Rossi", "Par Jean Dupont, avec AFP",
        "Von Max Müller und Anna Schmidt", "Por Juan García", "Por João da Silva",
        "Door Jan de Vries", "(Reporting by Ann Roe in Rome; Editing by Bob Lee)",
        "Dal nostro inviato", "Van onze redactie",
    ],
)
def test_who_wrote_is_a_byline(line: str) -> None:
    assert told(f"Titolo\n{line}\nIl testo è qui.", title="Titolo")[1] == ("byline", line)


@pytest.mark.parametrize(
    "line",
    [
        "Foto: ANSA/Angelo Carconi", "Photo: AP", "FILE PHOTO: The president speaks in Rome.",
        "FILE - In this photo of June 5, 2020, the president speaks in Rome.",
        "Photo by Ann Roe", "Crédit photo : AFP", "Bild: Michael Kappeler/dpa", "Fotografía: EFE",
        "Imagem: Divulgação", "Beeld: ANP", "Der Kanzler im Bundestag. (Foto: dpa)",
        "People walk in the rain. REUTERS/Ann Roe", "The mayor © Getty Images",
    ],
)
def test_what_tells_of_a_picture_is_a_caption(line: str) -> None:
    assert told(f"Il testo è qui.\n\n{line}\n\nIl testo continua.")[1] == ("caption", line)


@pytest.mark.parametrize(
    "dateline",
    [
        "ROME, Dec 5 (Reuters) -", "NEW YORK (AP) —", "ROMA (ANSA) - ROMA, 05 DIC -",
        "Roma, 5 dic. (askanews) -", "(Adnkronos) -", "Berlin (dpa) -", "Berlin/Paris (dpa/AFP) –",
        "PARIS, 5 déc 2023 (AFP) -", "Madrid, 5 dic (EFE).-", "MADRID 5 Dic. (EUROPA PRESS) -",
        "Lisboa, 05 dez 2023 (Lusa) –", "AMSTERDAM (ANP) -", "Brussel, 5 dec (Belga) -",
        "LONDON —", "WASHINGTON, D.C. –",
    ],
)
def test_place_day_and_agency_before_the_news_are_a_dateline(dateline: str) -> None:
    assert told(f"{dateline} The vote is over. It is.") == [
        ("dateline", dateline),
        ("sentence", "The vote is over."),
        ("sentence", "It is."),
    ]


@pytest.mark.parametrize(
    "line", ["5 dicembre 2023", "Publié le 5 décembre 2023 à 10h30", "December 5, 2023 at 10:30 AM",
             "Aktualisiert am 05.12.2023, 10:30 Uhr", "Roma, 5 dicembre 2023",
             "Updated: 3 hours ago"],
)  # fmt: skip
def test_a_line_that_tells_the_day_is_a_dateline(line: str) -> None:
    assert told(f"Titolo\n{line}\nIl testo è qui.", title="Titolo")[1] == ("dateline", line)


@pytest.mark.parametrize(
    "body", ["John said – and it was so – that he left.", "IBM - The company has said so.",
             "Rossi (Pd) - Il senatore ha detto di no.", "Fire - The house is gone."],
)  # fmt: skip
def test_a_dash_alone_makes_no_dateline(body: str) -> None:
    assert told(body) == [("sentence", body)]


def test_an_agency_that_signs_is_parted_from_the_last_sentence() -> None:
    assert told("Il testo è qui. È tutto. (ANSA).")[-2:] == [
        ("sentence", "È tutto."),
        ("boilerplate", "(ANSA)."),
    ]


def test_a_doubled_last_word_is_set_apart() -> None:
    assert told("An open sharing of knowledge. knowledge.") == [
        ("sentence", "An open sharing of knowledge."),
        ("boilerplate", "knowledge."),
    ]


def test_a_last_word_that_differs_is_kept() -> None:
    assert told("He said no. Yes.") == [("sentence", "He said no."), ("sentence", "Yes.")]


def test_without_cues_nothing_is_a_tail() -> None:
    made = core_segments(articles("Testo.\nLeggi anche:"), CUES.clear())
    assert made["kind"].to_list() == ["sentence", "sentence"]


# -- marked stretches ----------------------------------------------------------------------


def test_what_the_format_tells_is_kept() -> None:
    body = "Menu Sport\nIl titolo\nUn testo (qui) lungo. Fine.\n- Uno\nDue parole\nAltro"
    marked: tuple[Marked, ...] = tuple(
        (kind, body.index(text), body.index(text) + len(text))
        for kind, text in [
            ("boilerplate", "Menu Sport"), ("title", "Il titolo"), ("boilerplate", "(qui)"),
            ("list_item", "- Uno"), ("caption", "Due parole"), ("boilerplate", "Altro"),
        ]
    )  # fmt: skip
    assert told(body, title="Altro", marked=marked) == [
        ("boilerplate", "Menu Sport"),
        ("title", "Il titolo"),
        ("sentence", "Un testo"),
        ("boilerplate", "(qui)"),
        ("sentence", "lungo."),
        ("sentence", "Fine."),
        ("list_item", "- Uno"),
        ("caption", "Due parole"),
        ("boilerplate", "Altro"),
    ]


def test_an_article_has_one_headline_and_marks_may_overlap() -> None:
    body = "Il titolo lungo e il resto"
    marked = (("title", 0, 9), ("caption", 3, 15), ("title", 12, 26))
    assert told(body, marked=marked) == [
        ("title", "Il titolo"),
        ("caption", "lungo"),
        ("heading", "e il resto"),
    ]


# -- quotations ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Dice “Uno. Due.” Poi va.", [0, 0, None]),
        ("„Eins. Zwei.“ Er geht. „Drei.“", [0, 0, None, 1]),
        ("« Un. Deux. » Il part.", [0, 0, None]),
        ("»Eins. Zwei«, sagt er. Dann geht er.", [0, 0, None]),
        ('"One. Two." He left.', [0, 0, None]),
        ("‘One. It’s two,’ he said. The workers’ rights.", [0, 0, None]),
        ("„Er sagte: ‚Nein. Nie.‘ Gut.“ Ende.", [0, 0, 0, None]),
        ("“One,” she said. “Two. Three.” End.", [0, 1, 1, None]),
        ("“One. Two,” she said, “three. Four.” End.", [0, 0, 0, None]),
        ("L’IA è dell’uomo. It’s the ’90s. ’t Is goed.", [None, None, None]),
    ],
)
def test_the_sentences_of_a_quotation_share_its_number(
    body: str, expected: list[int | None]
) -> None:
    assert quotations(body) == expected


@pytest.mark.parametrize("again", ["“", "", "”"][:2])
def test_a_quotation_runs_over_paragraphs(again: str) -> None:
    assert quotations(f"“One is here. Two.\n\n{again}Three is here,” she said.\nEnd of it.") == [
        0, 0, 0, None,
    ]  # fmt: skip


def test_guillemets_are_repeated_at_each_paragraph_either_way() -> None:
    assert quotations("«Uno. Dos.\n»Tres.\n»Cuatro», dijo. Fin.") == [0, 0, 0, 0, None]
    assert quotations("« Un.\n« Deux.\n« Trois », dit-il. Fin.") == [0, 0, 0, None]


def test_a_mark_that_is_never_closed_quotes_nothing() -> None:
    assert quotations("He said “no. He left.\nShe said “yes” today.\nEnd.") == [
        None, None, 0, None,
    ]  # fmt: skip
    assert quotations("He said “no.\n" + "A line of it.\n" * 20 + "And” so.") == [None] * 22


def test_what_stands_between_is_no_part_of_a_quotation() -> None:
    body = "“One is here.\n\nRead also: Another title\n\n“Two is here,” she said."
    assert [(one["kind"], one["quotation"]) for one in segments(body)] == [
        ("sentence", 0), ("boilerplate", None), ("sentence", 0),
    ]  # fmt: skip


# -- laws ----------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["", " \n\t\n "])
def test_an_empty_body_has_no_segments(body: str) -> None:
    assert told(body) == []


PIECES = st.sampled_from(
    ["Uno", "due", "Sig. ", "sig. ", ". ", ".", "! ", "?”", "… ", "\n", "\n- ", "\n1) ", "“", "”",
     " « ", " » ", "Leggi anche:\n", "Read also", "3.5", "A. ", "\u2028", "\r\n", "\u00a0", "é",
     "knowledge. knowledge.", "(", ") ", "\t", "\v", "\x85", "¿Qué?", "*", "\n\n", "ROMA (ANSA) - ",
     "Foto: ", "di Mario Rossi\n", "(ANSA)", "5 dicembre 2023\n", "[read also: x] ", "„", "‘",
     "’s ", "'", '"', "İ", "\u200b", "# ", "-----\n", "word " * 14 + "\n", "© ", "—"]
)  # fmt: skip
BODIES = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=80))
MARKS = st.lists(
    st.tuples(st.sampled_from(SEGMENT_KINDS), st.integers(0, 60), st.integers(1, 30)), max_size=4
)


@settings(deadline=None, max_examples=150)
@given(BODIES, MARKS)
def test_segments_are_exact_ordered_disjoint_spans_that_cover_all_text(
    body: str, marks: list[tuple[str, int, int]]
) -> None:
    marked = tuple(
        (kind, start, min(start + size, len(body)))
        for kind, start, size in sorted(marks, key=lambda one: one[1:])
        if start < len(body)
    )
    made = segments(body, title=body.partition("\n")[0], marked=marked)
    covered = set()
    before = 0
    for ordinal, segment in enumerate(made):
        start, end = segment["start"], segment["end"]
        assert body[start:end] == segment["text"] != ""
        assert segment["ordinal"] == ordinal
        assert before <= start < end
        assert segment["text"] == segment["text"].strip()
        assert segment["quotation"] is None or segment["kind"] in CONTENT_KINDS
        before = end
        covered.update(range(start, end))
    assert all(position in covered for position, letter in enumerate(body) if not letter.isspace())
    assert [segment["kind"] for segment in made].count("title") <= 1


@settings(deadline=None, max_examples=40)
@given(st.lists(BODIES, max_size=4))
def test_segments_of_an_article_do_not_depend_on_its_neighbours(bodies: list[str]) -> None:
    together = core_segments(articles(*bodies), CUES)
    for number, body in enumerate(bodies):
        own = together.filter(article_id=f"art{number}")["text"].to_list()
        assert own == [segment["text"] for segment in segments(body)]
    assert together["segment_id"].is_unique().all()


@pytest.mark.parametrize(
    "piece",
    [".", '"', "“", "«", "(", "x", "- ", "a. ", "a\n", "’s ", "Leggi anche:\n", "© ", "A", "x."],
)
def test_no_text_takes_more_than_its_length_in_time(piece: str) -> None:
    body = piece * (40_000 // len(piece))
    started = time.process_time()
    made = core_segments(articles(body), CUES)
    # A text whose time grows with its square takes half a minute.
    assert time.process_time() - started < 10
    assert made["text"].str.len_chars().sum() > 0
