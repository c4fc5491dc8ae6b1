import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.pages import decoded, fragment, page
from pipelines.intake.reader import FoundArticle, Mark, UnreadableError
from warehouse.contracts.core import METADATA_FIELDS, SEGMENT_KINDS

PAGES = Path(__file__).parents[3] / "benchmarks" / "pages"
SOURCES = {
    "json_ld", "opengraph", "meta", "time", "heading", "title_element", "link", "html_lang",
    "address", "page_text",
}  # fmt: skip
PROSE = (
    "Il ponte ha riaperto ieri mattina al traffico leggero, con quattordici mesi di ritardo sulla "
    "data annunciata dalla Provincia."
)
MORE = (
    "L'opera è costata undici milioni di euro, contro gli otto previsti dalla gara, e il collaudo "
    "è atteso per giugno."
)


def kinds(article: FoundArticle) -> dict[str, str]:
    """Each line of an article, and what it is marked."""
    marks = {mark.start: mark for mark in article.marked}
    found, start = {}, 0
    for line in article.text.split("\n"):
        mark = marks.get(start)
        assert mark is None or mark.end == start + len(line)
        found[line] = mark.kind if mark else "prose"
        start += len(line) + 1
    return found


def said(article: FoundArticle, field: str) -> list[tuple[str, str]]:
    return [(one.value, one.source) for one in article.declared if one.field == field]


def whole(body: str, head: str = "") -> FoundArticle:
    return page(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>")


# -- what a reader sees --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Uno</p><p>Due</p>", "Uno\nDue"),
        ("Uno<br>Due<br/><br>Tre", "Uno\nDue\nTre"),
        ("<p>Un\n  <b>nuovo</b>\t gruppo </p>", "Un nuovo gruppo"),
        ("<p>Un<b>a</b> p<i>aro</i>la</p>", "Una parola"),
        ("<p>A&nbsp;B &amp;amp; C &#8220;D&rdquo;</p>", "A\N{NO-BREAK SPACE}B &amp; C “D”"),
        ("<p>so\N{SOFT HYPHEN}lo</p>", "so\N{SOFT HYPHEN}lo"),
        ("<pre>uno  due\n  tre</pre>", "uno  due\ntre"),
        ("<ul><li>Uno<li>Due</ul>", "Uno\nDue"),
        ("<table><tr><th>A<td>1</tr><tr><td>B<td>2</table>", "A\t1\nB\t2"),
        ("<table><tr><td>Menu<br>Voce</td><td><p>Testo</p></td></table>", "Menu\nVoce\nTesto"),
        ("<a href=x>Uno</a><a href=y>Due</a>", "Uno Due"),
        ("<div>Uno<div>Due</div>Tre</div>", "Uno\nDue\nTre"),
        ("Solo testo, senza marcatura", "Solo testo, senza marcatura"),
        ("a < b e c > d", "a < b e c > d"),
        ("<p>Vero<!-- falso --> <?php falso ?>e vero</p>", "Vero e vero"),
        ("", ""),
        ("<img src=x>", ""),
    ],
)
def test_a_fragment_reads_as_in_a_browser(markup: str, text: str) -> None:
    assert fragment(markup)[0] == text


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>falso</script>",
        "<style>falso</style>",
        "<noscript>falso</noscript>",
        "<template>falso</template>",
        "<iframe>falso</iframe>",
        "<svg><title>falso</title></svg>",
        "<div hidden>falso</div>",
        "<div aria-hidden=true>falso</div>",
        '<div style="color:red; display : none">falso</div>',
        '<span style="VISIBILITY:hidden">falso</span>',
        "<dialog>falso</dialog>",
    ],
)
def test_what_is_hidden_is_no_text_and_what_follows_it_is(hidden: str) -> None:
    assert fragment(f"<div>prima {hidden} dopo</div>")[0].split() == ["prima", "dopo"]


def test_a_page_hidden_until_its_script_has_run_is_read() -> None:
    assert page(f'<body style="display:none"><p>{PROSE}</p></body>').text == PROSE


def test_stretches_of_a_fragment_are_marked() -> None:
    text, marks = fragment(
        "<h2>Titolo</h2><p>Testo.</p><ul><li>Voce</ul><figure><figcaption>Foto</figcaption>"
        "</figure><p class=byline>di Anna</p><div class='related-posts'>Altro</div>"
    )
    assert [(text[mark.start : mark.end], mark.kind) for mark in marks] == [
        ("Titolo", "heading"),
        ("Voce", "list_item"),
        ("Foto", "caption"),
        ("di Anna", "byline"),
        ("Altro", "boilerplate"),
    ]


# -- what is the article -------------------------------------------------------------------


def test_a_page_keeps_all_it_shows_and_marks_what_is_not_its_prose() -> None:
    markup, encoding = decoded((PAGES / "it_wordpress.html").read_bytes())
    article = page(markup, encoding)
    assert (article.body_start, article.body_end) == (0, len(article.text))
    lines = kinds(article)
    assert lines["Riapre il ponte di Castelverde dopo tre anni di lavori"] == "title"
    assert [kind for line, kind in lines.items() if "Marta Olivieri" in line] == ["dateline"]
    caption = "Il ponte di Castelverde visto dalla riva sinistra (foto Alberto Nerli)"
    assert lines[caption] == "caption"
    gold = json.loads((PAGES / "it_wordpress.json").read_text("utf-8"))
    assert [line for line, kind in lines.items() if kind == "prose"] == gold["content"].split("\n")
    assert lines["Condividi:"] == lines["Correlati"] == lines["2 commenti"] == "boilerplate"


@pytest.mark.parametrize("file", sorted(PAGES.glob("*.html")), ids=lambda file: file.stem)
def test_the_text_of_every_page_is_found_and_the_rest_marked(file: Path) -> None:
    gold = json.loads(file.with_suffix(".json").read_text("utf-8"))
    lines = kinds(page(*decoded(file.read_bytes()), address=gold["address"]))
    within = "\n".join(
        line
        for line, kind in lines.items()
        if kind in ("prose", "heading", "list_item") and line != gold["title"]
    )
    wanted = re.findall(r"\w+", gold["content"])
    assert [word for word in wanted if word not in within] == []
    assert len(re.findall(r"\w+", within)) <= 1.05 * len(wanted)


def test_links_within_the_text_that_lead_elsewhere_are_boilerplate() -> None:
    lead = "Leggi anche: Quel litigio con il chitarrista durante le prove"
    article = whole(
        f"<article><h1>Rinvia il tour</h1><p>{PROSE}</p>"
        f"<p>Leggi anche: <a href=x>{lead[13:]}</a></p><p>{MORE}</p></article>"
    )
    assert kinds(article)[lead] == "boilerplate"
    assert kinds(article)[MORE] == "prose"


def test_names_of_classes_do_not_outvote_the_page() -> None:
    article = whole(
        f'<div class="single-post social menu"><p>{PROSE}</p><p>{MORE}</p></div>'
        "<p>Questo sito usa cookie tecnici e di profilazione, per saperne di più leggi qui.</p>"
    )
    assert kinds(article)[PROSE] == kinds(article)[MORE] == "prose"


def test_where_nothing_is_extracted_the_densest_text_is_the_article() -> None:
    menu = "".join(f"<span>{'<i>' * 450}<a href={n}>Voce {n}</a></span><br>" for n in range(3))
    article = whole(f"{menu}<p>{PROSE}</p><p>{MORE}</p>")
    assert [line for line, kind in kinds(article).items() if kind == "prose"] == [PROSE, MORE]


def test_a_body_that_scripts_draw_follows_the_visible_text() -> None:
    node = {"@type": "NewsArticle", "headline": "Titolo", "articleBody": f"{PROSE}\n{MORE}\n" * 2}
    article = whole(
        '<div id="app"></div><footer>Privacy</footer>',
        f'<script type="application/ld+json">{json.dumps(node)}</script>',
    )
    assert article.text.split("\n") == ["Privacy", PROSE, MORE, PROSE, MORE]
    assert [mark.kind for mark in article.marked] == ["boilerplate"]


def test_a_short_line_with_a_day_under_the_headline_is_a_dateline_and_tells_the_day() -> None:
    article = whole(
        f"<h1>Riapre il ponte di Castelverde</h1><p>Pubblicato il 12 marzo 2004 - Ripa</p>"
        f"<p>{PROSE}</p><p>Il 5 maggio 2004 si vota.</p>"
    )
    assert kinds(article)["Pubblicato il 12 marzo 2004 - Ripa"] == "dateline"
    assert ("12 marzo 2004", "page_text") in said(article, "published")


# -- what a page declares ------------------------------------------------------------------


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


GRAPH = json.dumps(
    {
        "@graph": [
            {"@type": "WebSite", "name": "Sito"},
            {"@type": "Person", "@id": "#anna", "name": "Anna Verdi"},
            {
                "@type": ["ReportageNewsArticle"],
                "headline": "Titolo",
                "datePublished": "2024-03-18T08:12:44+01:00",
                "dateModified": "2024-03-19",
                "author": [{"@id": "#anna"}, {"name": ["Bo", "Cy"]}, "Dana", {"url": "x"}],
                "publisher": {"name": "Gazzetta"},
                "inLanguage": "it-IT",
                "mainEntityOfPage": {"@id": "https://g.example/a"},
            },
        ]
    }
)


def test_json_ld_of_a_graph_is_declared_as_it_stands() -> None:
    article = whole(f"<p>{PROSE}</p>", ld(GRAPH))
    assert said(article, "title")[0] == ("Titolo", "json_ld")
    assert said(article, "published")[0] == ("2024-03-18T08:12:44+01:00", "json_ld")
    assert said(article, "modified") == [("2024-03-19", "json_ld")]
    assert [value for value, _ in said(article, "author")] == ["Anna Verdi", "Bo", "Cy", "Dana"]
    assert said(article, "outlet")[0] == ("Gazzetta", "json_ld")
    assert said(article, "language") == [("it-IT", "json_ld")]
    assert said(article, "address") == [("https://g.example/a", "json_ld")]


@pytest.mark.parametrize(
    "script",
    [
        '{"@type":"NewsArticle","headline":"Titolo","datePublished":"2024-03-18",}',
        '[{"@type":"NewsArticle","headline":"Titolo","datePublished":"2024-03-18",},]',
        '//<![CDATA[\n{"@type":"NewsArticle","headline":"Titolo","datePublished":"2024-03-18"}\n//]]>',
        '{"@type":"NewsArticle","headline":"Titolo","datePublished":"2024-03-18"};',
        '{"@type":"NewsArticle","headline":"Titolo","datePublished":"2024-03-18","body":"a"b"}',
        '{"@type":"NewsArticle","headline":"Titolo","datePublished":"2024-03-18","text":"cut of',
        '{"@type":"NewsArticle","headline":"Titolo","description":"a\nb","datePublished":"2024-03-18"}',
    ],
)
def test_json_ld_that_is_broken_still_tells_title_and_date(script: str) -> None:
    article = whole(f"<p>{PROSE}</p>", ld(script))
    assert said(article, "title")[0] == ("Titolo", "json_ld")
    assert said(article, "published")[0] == ("2024-03-18", "json_ld")


def test_half_a_character_in_json_does_not_reach_the_tables() -> None:
    node = r'{"@type":"NewsArticle","headline":"Ti\u0000to\ud83dlo","articleBody":"Cor\ud83dpo"}'
    article = page(f"<html><head>{ld(node)}</head><body></body></html>")
    assert said(article, "title") == [("Tito?lo", "json_ld")]
    assert article.text == "Cor?po"


def test_microdata_names_the_author() -> None:
    article = whole(f'<p>Por <span itemprop="author">Lola Benítez</span></p><p>{PROSE}</p>')
    assert said(article, "author") == [("Lola Benítez", "meta")]
    assert kinds(article)["Por Lola Benítez"] == "byline"


def test_every_place_of_a_page_is_heard_and_conflicts_are_kept() -> None:
    article = page(
        """<html lang="de-AT"><head><title>T - Bote</title>
        <link rel="canonical" href="https://b.example/2024/2/9/t">
        <meta property="og:title" content="OG"><meta property="og:site_name" content="Bote">
        <meta property="og:locale" content="de_AT">
        <meta property="og:url" content="https://b.example/og">
        <meta property="article:published_time" content="2024-02-09T10:00:00Z">
        <meta property="article:author" content="https://social.example/anna">
        <meta property="article:modified_time" content="2024-02-11">
        <meta name="DC.date" content="09.02.2024"><meta name="author" content="Anna Verdi">
        <meta name="parsely-title" content="P"><meta name="date" content=""></head>
        <body><h1>H <em>eins</em></h1>
        <article><time datetime="2024-02-09T11:00">9. Februar</time>
        <p>Ein ganzer Satz über eine Brücke, die nach Jahren wieder offen ist.</p></article></body>
        </html>"""
    )
    assert said(article, "title") == [
        ("OG", "opengraph"), ("P", "meta"), ("H eins", "heading"), ("T - Bote", "title_element"),
    ]  # fmt: skip
    assert said(article, "published") == [
        ("2024-02-09T10:00:00Z", "opengraph"), ("09.02.2024", "meta"),
        ("2024-02-09T11:00", "time"), ("2024-02-09", "address"),
    ]  # fmt: skip
    assert said(article, "modified") == [("2024-02-11", "opengraph")]
    assert said(article, "author") == [("Anna Verdi", "meta")]
    assert said(article, "outlet") == [("Bote", "opengraph")]
    assert said(article, "language") == [("de_AT", "opengraph"), ("de-AT", "html_lang")]
    assert said(article, "address") == [
        ("https://b.example/og", "opengraph"), ("https://b.example/2024/2/9/t", "link"),
    ]  # fmt: skip


def test_the_time_of_a_comment_is_not_the_time_of_the_article() -> None:
    article = whole(
        '<div class="ticker-related"><time datetime="2024-05-05">5 maggio</time></div>'
        f"<p>{PROSE}</p>"
        '<div class="comments"><time datetime="2024-06-06">6 giugno</time></div>'
    )
    assert said(article, "published") == []


@pytest.mark.parametrize(
    ("address", "day"),
    [
        ("https://g.example/2024/03/18/ponte", "2024-03-18"),
        ("https://g.example/2024/3/8/ponte", "2024-03-08"),
        ("https://g.example/20240318/ponte", "2024-03-18"),
        ("https://g.example/cronaca-2024-03-18.html", "2024-03-18"),
        ("https://g.example/2024/13/18/ponte", None),
        ("https://g.example/id/120240318", None),
        ("https://g.example/2024/03/ponte", None),
    ],
)
def test_a_day_in_the_path_of_the_address_is_declared(address: str, day: str | None) -> None:
    article = page(f"<p>{PROSE}</p>", address=address)
    assert article.key == address
    assert [value for value, source in said(article, "published") if source == "address"] == (
        [day] if day else []
    )


# -- broken pages --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("", "no elements"),
        (" \n ", "no"),
        ("<!-- nulla -->", "no"),
        ("<html><body></body></html>", "no text"),
        ("<html><body><img src=x></body></html>", "no text"),
        ("<html><body><div id=app></div><script src=a.js></script></body></html>", "scripts"),
        ("<html><frameset><frame src=a.html></frameset></html>", "frameset"),
        ("<div hidden>nascosto</div>", "no text"),
        (
            '<script type="application/ld+json">{"@type":"Article","articleBody":"<p> </p>"}'
            "</script>",
            "scripts",
        ),
    ],
)
def test_a_page_without_text_says_what_to_do(markup: str, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        page(markup)


DEEP = 50_000


@pytest.mark.parametrize(
    "markup",
    [
        f"<html><head><title>T</title></head><body><p>{PROSE}",
        f"<html><body><p>{PROSE}</p><div class='",
        f"<html><body>{'<div>' * DEEP}{PROSE}{'</div>' * DEEP}</body></html>",
        f"{'<span>' * DEEP}{PROSE}",
        f"<ul>{'<li><ul>' * 5_000}<li>{PROSE}",
        f"<script>{'var a = 1;' * 300_000}</script><p>{PROSE}</p>",
        f"<p>{PROSE[:9]}\x00{PROSE[9:]}</p>",
        f"<nav></nav>\x1b<p>{PROSE[:9]}\x1b{PROSE[9:]}</p>",
        f"<p>{PROSE}</p></body></html></div></p></table>",
        f"<table><tr><table><td><p>{PROSE}",
        f"<p>{PROSE}</p><script type='application/ld+json'>{'[' * 100_000}</script>",
        f"<p>{PROSE}</p>" + ld('{"@type":["NewsArticle",3],"headline":{"a":[1]},"author":[[1]]}'),
        f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><p>{PROSE}</p></html>',
        f"<html><body><p>{PROSE}</p></body></html><html><body></body></html>",
    ],
    ids=[
        "cut", "cut in a tag", "deep", "deep spans", "deep lists", "script", "nul", "escape",
        "ends too much", "tables", "json of brackets", "json of odd types", "xml", "twice",
    ],
)  # fmt: skip
def test_a_broken_page_is_read_as_far_as_it_shows(markup: str) -> None:
    assert kinds(page(markup)) == {PROSE: "prose"}


def test_a_control_character_written_as_an_entity_does_not_stop_the_page() -> None:
    assert kinds(whole(f"<nav>Voce</nav>&#27;<p>{PROSE}</p>"))[PROSE] == "prose"


# -- laws ----------------------------------------------------------------------------------

NAMES = ["div", "p", "span", "a", "li", "td", "h1", "nav", "pre", "figcaption", "time", "script"]
MARKUP = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from([f"<{name}>" for name in NAMES] + [f"</{name}>" for name in NAMES]),
        st.sampled_from(
            ["<br>", "<!--", "-->", "&amp;", "&#0;", "<table>", "</table>", PROSE, "<p hidden>",
             '<div class="related">', '<time datetime="x">', "<![CDATA[", '<a href="', ">"]
        ),
    ),
    max_size=30,
).map("".join)  # fmt: skip


def lawful(text: str, marks: tuple[Mark, ...]) -> bool:
    edges = [edge for mark in marks for edge in (mark.start, mark.end)]
    return (
        edges == sorted(edges)
        and all(0 <= mark.start < mark.end <= len(text) for mark in marks)
        and all(mark.kind in SEGMENT_KINDS for mark in marks)
    )


@settings(deadline=None, max_examples=150)
@given(MARKUP)
def test_whatever_the_markup_marks_lie_in_order_within_the_text(markup: str) -> None:
    assert lawful(*fragment(markup))
    try:
        article = page(markup)
    except UnreadableError:
        return
    assert lawful(article.text, article.marked)
    assert article.text.strip()
    assert all(
        one.field in METADATA_FIELDS and one.source in SOURCES and one.value
        for one in article.declared
    )


TREES = st.recursive(
    st.lists(st.integers(0, 9_999).map("w{}".format), min_size=1, max_size=6).map(" ".join),
    lambda inner: st.tuples(
        st.sampled_from(["div", "section", "span", "b", "blockquote", "article", "nav", "td"]),
        st.lists(inner, max_size=4),
    ).map(lambda made: f" <{made[0]}> {' '.join(made[1])} </{made[0]}> "),
    max_leaves=25,
)


@settings(deadline=None, max_examples=60)
@given(TREES)
def test_every_visible_word_of_a_page_is_in_its_text_in_order(body: str) -> None:
    words = re.findall(r"w\d+", body)
    try:
        article = whole(body)
    except UnreadableError:
        assert not words
        return
    assert article.text.split() == words
