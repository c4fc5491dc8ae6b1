import io
import re
import socket
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.reader import FoundArticle, RawFile, ReadSettings, Reject, UnreadableError
from pipelines.intake.readers.feed import Feed

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in (
        ("content", "http://purl.org/rss/1.0/modules/content/"),
        ("dc", "http://purl.org/dc/elements/1.1/"),
        ("media", "http://search.yahoo.com/mrss/"),
        ("itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
        ("atom", "http://www.w3.org/2005/Atom"),
        ("feedburner", "http://rssnamespace.org/feedburner/ext/1.0"),
    )
)
HEAD = "<title>Il Corriere</title><link>https://corriere.example/</link><language>it</language>"


def rss(*items: str, head: str = HEAD) -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0" {NAMESPACES}><channel>{head}{inner}</channel></rss>'


def rdf(*items: str) -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f'xmlns="http://purl.org/rss/1.0/" {NAMESPACES}><channel>{HEAD}</channel>{inner}</rdf:RDF>'
    )


def atom(*entries: str, head: str = "<title>Il Corriere</title>", attributes: str = "") -> str:
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{head}{inner}</feed>'


def read(content: str | bytes, most_bytes: int = 100_000) -> list[FoundArticle | Reject]:
    raw = content.encode() if isinstance(content, str) else content
    return list(Feed().read(RawFile("a.xml", io.BytesIO(raw), ReadSettings(most_bytes))))


def only(content: str | bytes) -> FoundArticle:
    (found,) = read(content)
    assert isinstance(found, FoundArticle)
    return found


def body(content: str | bytes) -> str:
    article = only(content)
    return article.text[article.body_start : article.body_end]


def said(article: FoundArticle, field: str) -> list[tuple[str, str]]:
    return [(one.value, one.source) for one in article.declared if one.field == field]


def shapes(found: Sequence[FoundArticle | Reject]) -> list[str]:
    return [
        one.text if isinstance(one, FoundArticle) else f"{one.place}: {one.reason}" for one in found
    ]


# -- formats -------------------------------------------------------------------------------

TEXT = "<description>La notizia.</description>"


@pytest.mark.parametrize(
    "content",
    [
        rss(TEXT),
        rss(TEXT).replace("2.0", "0.91"),
        rss(TEXT).replace(' version="2.0"', ""),
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" '
        '"http://my.netscape.com/publish/formats/rss-0.91.dtd">' + rss(TEXT),
        rdf(TEXT),
        atom("<content>La notizia.</content>"),
        atom("<summary>La notizia.</summary>"),
        atom("<content>La notizia.</content>").replace("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"),
        '{"version": "https://jsonfeed.org/version/1.1", "title": "Il Corriere", "items": '
        '[{"id": "1", "url": "https://corriere.example/1", "content_html": "<p>La notizia.</p>"}]}',
    ],
)  # fmt: skip
def test_every_format_gives_its_article(content: str) -> None:
    assert body(content) == "La notizia."


@pytest.mark.parametrize("content", [rss(TEXT), rdf(TEXT), atom(TEXT)])
@pytest.mark.parametrize(
    "before", ["", '<?xml version="1.0"?>\n', "\ufeff", "<!-- by hand -->\n", "<?xml-stylesheet?>"]
)
def test_a_feed_is_recognised_by_how_it_begins(content: str, before: str) -> None:
    assert Feed().recognises((before + content).encode())


@pytest.mark.parametrize("content", ["<html>", "<?xml version='1.0'?><urlset>", "Rss", "", "{}"])
def test_nothing_else_is_recognised(content: str) -> None:
    assert not Feed().recognises(content.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "windows-1252", "utf-16"])
def test_an_encoding_is_the_declared_one(encoding: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    content = declaration + rss("<title>Perché</title><description>Città e perché.</description>")
    article = only(content.encode(encoding))
    assert article.text == "Città e perché."
    assert said(article, "title") == [("Perché", "feed_entry")]


def test_text_that_looks_decoded_wrongly_stays_as_it_is() -> None:
    """It is repaired behind, where the repair is recorded."""
    assert body(rss("<description>CittÃ\xa0 e perchÃ©.</description>")) == "CittÃ\xa0 e perchÃ©."


# -- which text ----------------------------------------------------------------------------

FULL = "<content:encoded><![CDATA[<p>Uno &amp; due.</p><p>Tre.</p>]]></content:encoded>"


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (FULL + TEXT, "Uno & due.\nTre."),
        (TEXT + FULL, "Uno & due.\nTre."),
        ("<content:encoded> </content:encoded>" + TEXT, "La notizia."),
        ('<content:encoded><![CDATA[<img src="a.jpg"/>]]></content:encoded>' + TEXT, "La notizia."),
        ("<description>5 &lt; 6 &amp;amp; 7\n\nUn altro.</description>", "5 < 6 & 7\n\nUn altro."),
        ("<description>&lt;b&gt;Uno&lt;/b&gt; e&#160;due</description>", "Uno e\xa0due"),
        ("<description><p>Uno</p><p>due</p></description>", "Uno\ndue"),
        ("<dc:description>La notizia.</dc:description>", "La notizia."),
        # what the pictures of an article, or a player, are called is no text of it
        (TEXT + "<media:description>La foto.</media:description>", "La notizia."),
        ("<media:description>La foto.</media:description>" + TEXT, "La notizia."),
        (
            "<media:group><media:content url='a'><media:description>La foto."
            "</media:description></media:content></media:group>" + TEXT,
            "La notizia.",
        ),
        (TEXT + "<itunes:summary>Il programma.</itunes:summary>", "La notizia."),
    ],
)
def test_the_text_of_an_item_is_the_fullest_it_has(item: str, text: str) -> None:
    assert body(rss(item)) == text


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("<summary>Breve.</summary><content>Lungo.</content>", "Lungo."),
        ('<content type="text">a &lt;b&gt; &amp;amp;</content>', "a <b> &amp;"),
        ('<content type="html">&lt;p&gt;a &amp;amp; b&lt;/p&gt;</content>', "a & b"),
        (
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a</p>'
            "<p>b &lt; c</p></div></content>",
            "a\nb < c",
        ),
        ('<content type="image/png">aGVsbG8=</content><summary>Breve.</summary>', "Breve."),
        ('<content src="https://x.org/1" type="text/html"/><summary>Breve.</summary>', "Breve."),
    ],
)
def test_the_text_of_an_entry_is_its_content_as_it_is_typed(entry: str, text: str) -> None:
    assert body(atom(entry)) == text


def test_what_the_markup_marks_is_marked() -> None:
    article = only(rss("<description><![CDATA[<h2>Capo</h2><p>Uno.</p>]]></description>"))
    assert [(one.kind, article.text[one.start : one.end]) for one in article.marked] == [
        ("heading", "Capo")
    ]


@pytest.mark.parametrize(
    ("item", "remedy"),
    [
        ("<title>Solo</title><link>https://x.org/1</link>", "save the page at https://x.org/1"),
        ("<title>Solo</title><description></description>", "nothing to read until"),
        ("<description>&lt;img src='a'&gt;</description>", "nothing to read until"),
    ],
)
def test_an_item_without_text_is_a_reject_and_stops_no_other(item: str, remedy: str) -> None:
    reject, article = read(rss(item, TEXT))
    assert isinstance(reject, Reject)
    assert reject.place == "entry 1"
    assert remedy in reject.reason
    assert isinstance(article, FoundArticle)
    assert article.place == "entry 2"


def test_an_item_longer_than_an_article_may_be_is_a_reject() -> None:
    reject, article = read(rss(f"<description>{'è' * 60}</description>", TEXT), most_bytes=100)
    assert isinstance(reject, Reject)
    assert "BABELWIRE_MAX_ARTICLE_BYTES" in reject.reason
    assert isinstance(article, FoundArticle)


# -- what is declared ----------------------------------------------------------------------


def test_an_item_declares_what_it_says_and_its_feed_the_rest() -> None:
    article = only(
        rss(
            "<title>AT&amp;amp;T &lt;b&gt;vince&lt;/b&gt;</title><link>https://x.org/1</link>"
            "<guid isPermaLink='false'>g1</guid><author>anna@x.org (Anna Bo)</author>"
            "<dc:creator>Carlo Du</dc:creator><pubDate>Tue, 05 Dec 2023 10:00:00 GMT</pubDate>"
            "<atom:updated>2023-12-06T10:00:00Z</atom:updated><dc:language>fr</dc:language>"
            f"<source url='https://s.org/rss'>Le Monde</source>{TEXT}"
        )
    )
    assert article.key == "g1"
    assert [(one.field, one.value, one.source) for one in article.declared] == [
        ("title", "AT&T vince", "feed_entry"),
        ("author", "Anna Bo", "feed_entry"),
        ("author", "Carlo Du", "feed_entry"),
        ("address", "https://x.org/1", "feed_entry"),
        ("published", "Tue, 05 Dec 2023 10:00:00 GMT", "feed_entry"),
        ("modified", "2023-12-06T10:00:00Z", "feed_entry"),
        ("language", "fr", "feed_entry"),
        ("language", "it", "feed"),
        ("outlet", "Le Monde", "feed_entry"),
        ("outlet", "Il Corriere", "feed"),
    ]


def test_a_picture_has_no_say_in_the_title() -> None:
    titles = "<media:title>Foto</media:title><title>Vero</title><media:title>Foto</media:title>"
    assert said(only(rss(titles + TEXT)), "title") == [("Vero", "feed_entry")]


@pytest.mark.parametrize(
    ("content", "published", "modified"),
    [
        (rdf(f"<dc:date>2023-12-05</dc:date>{TEXT}"), ["2023-12-05"], []),
        (atom("<updated>2023-12-05</updated><summary>a</summary>"), [], ["2023-12-05"]),
        (
            atom("<published>2023</published><updated>2024</updated><summary>a</summary>"),
            ["2023"],
            ["2024"],
        ),
        (rss(TEXT, head=HEAD + "<pubDate>2023-12-05</pubDate>"), [], []),
        (rss(TEXT), [], []),
    ],
)
def test_a_date_is_of_what_it_says_and_never_of_the_feed(
    content: str, published: list[str], modified: list[str]
) -> None:
    article = only(content)
    assert [value for value, _ in said(article, "published")] == published
    assert [value for value, _ in said(article, "modified")] == modified


def test_a_language_is_that_of_the_entry_else_that_of_the_feed() -> None:
    own, none = '<summary xml:lang="de">a</summary>', "<summary>b</summary>"
    content = atom(own, none, attributes='xml:lang="it"')
    first, second = (one for one in read(content) if isinstance(one, FoundArticle))
    assert said(first, "language") == [("de", "feed_entry"), ("it", "feed")]
    assert said(second, "language") == [("it", "feed")]


def test_the_author_of_an_atom_feed_is_that_of_entries_without() -> None:
    head = "<author><name>Anna</name></author>"
    own = "<summary>b</summary><author><name>Bo</name></author>"
    content = atom("<summary>a</summary>", own, head=head)
    first, second = (one for one in read(content) if isinstance(one, FoundArticle))
    assert said(first, "author") == [("Anna", "feed")]
    assert said(second, "author") == [("Bo", "feed_entry")]


def test_who_answers_for_a_feed_has_not_written_its_articles() -> None:
    head = HEAD + "<managingEditor>direttore@x.org</managingEditor>"
    assert said(only(rss(TEXT, head=head)), "author") == []


@pytest.mark.parametrize(
    ("content", "address"),
    [
        (rss(f"<link>/1</link>{TEXT}"), "https://corriere.example/1"),
        (
            rss(
                f"<link>1?a=2&amp;b=3</link>{TEXT}",
                head='<atom:link rel="self" href="https://x.org/rss/all.xml"/>' + HEAD,
            ),
            "https://x.org/rss/1?a=2&b=3",
        ),
        (atom('<link href="../1"/><summary>a</summary>', attributes='xml:base="https://x.org/a/b/"'),
         "https://x.org/a/1"),
        (atom('<link rel="self" href="/x"/><link href="/1"/><summary>a</summary>',
              head='<link rel="self" href="https://x.org/atom"/>'), "https://x.org/1"),
        (rss(f"<guid>https://x.org/1</guid>{TEXT}"), "https://x.org/1"),
        (rss(f"<link>https://proxy.org/1</link><feedburner:origLink>https://x.org/1"
             f"</feedburner:origLink>{TEXT}"), "https://x.org/1"),
        (rss(f"<link>/1</link>{TEXT}", head=""), "/1"),
        # an id is no address
        (rss(f"<guid>17</guid>{TEXT}"), None),
        (rss(f"<guid isPermaLink='false'>https://x.org/1</guid>{TEXT}"), None),
        (atom("<id>https://x.org/1</id><summary>a</summary>"), None),
    ],
)  # fmt: skip
def test_an_address_is_the_link_resolved(content: str, address: str | None) -> None:
    assert [value for value, _ in said(only(content), "address")] == ([address] if address else [])


def test_an_entry_is_known_by_its_id_else_by_its_address() -> None:
    assert only(rss(f"<guid>g</guid><link>https://x.org/1</link>{TEXT}")).key == "g"
    assert only(rss(f"<link>https://x.org/1</link>{TEXT}")).key == "https://x.org/1"
    assert only(rss(TEXT)).key is None


# -- broken ones ---------------------------------------------------------------------------

ONE, TWO, THREE = (f"<title>{n}</title><description>Notizia {n}.</description>" for n in "123")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        # nothing is lost: no reject
        (rss(ONE, f"<title>Q & A</title>{TEXT}", TWO), ["Notizia 1.", "La notizia.", "Notizia 2."]),
        (rss(ONE, "<description>caffè&eacute;</description>"), ["Notizia 1.", "caffèé"]),
        (rss(ONE, TWO).replace("</channel>", ""), ["Notizia 1.", "Notizia 2."]),
        (rss(ONE, f"<media2:x/>{TEXT}"), ["Notizia 1.", "La notizia."]),
        ("\n\n" + '<?xml version="1.0"?>' + rss(ONE), ["Notizia 1."]),
        (rss(ONE) + "<!-- trailing --> junk", ["Notizia 1."]),
        (rss(ONE, "<description>a\x0bb</description>"), ["Notizia 1.", "a\x0bb"]),
        # an entry that is cut is none
        (rss(ONE, TWO, THREE)[:-40], ["Notizia 1.", "Notizia 2.", "the rest .* 1 of 3 entries"]),
        (rss(ONE, TWO).partition("<title>2")[0], ["Notizia 1.", "the rest .* 1 of 2 entries"]),
        (rss(ONE, TWO).replace("</item>", "", 1), ["Notizia 1.", "Notizia 2."]),
    ],
)
def test_of_a_feed_that_is_not_well_formed_all_is_read_that_is_whole(
    content: str, found: list[str]
) -> None:
    got = shapes(read(content))
    assert len(got) == len(found)
    assert all(re.search(wanted, one) for wanted, one in zip(found, got, strict=True)), got


def test_what_is_sound_is_read_the_same_way_when_the_feed_breaks_behind_it() -> None:
    """Else the same article would come again, as if it had been edited."""
    item = "<title>1</title><description>&lt;p&gt;5 &amp;lt; 6 &amp;amp; 7&lt;/p&gt;</description>"
    sound = only(rss(item))
    broken = read(rss(item, "<title>2 & 3"))[0]
    assert broken == sound


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "the file is empty"),
        ("\x00\x01\x02\x03" * 50, "binary"),
        ("<html><body>Accedi</body></html>", "it is a web page, not a feed"),
        (
            '<!DOCTYPE html><html><head><link rel="alternate" type="application/rss+xml" '
            'href="/rss?a=1&amp;b=2"></head></html>',
            "it names as its feed: /rss?a=1&b=2",
        ),
        ("<urlset><url/></urlset>", "no feed (its root is <urlset>)"),
        ("<catalog><item><title>x</title></item></catalog>", "no feed (its root is <catalog>)"),
        ("<urlset><url>", "not well-formed XML (no element found in line 1), and no feed"),
        ("Just text.", "no feed"),
        (rss(), "the feed has no entries"),
        (rss()[:-20], "no entry in it can be read"),
        ('{"error": "not found"}', "no column of it is known to hold the text"),
    ],
)
def test_what_is_no_feed_is_refused_with_what_it_is(content: str, reason: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        read(content)
    assert reason in str(raised.value)


def test_a_feed_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.intake.readers.feed.MOST_BYTES", 100)
    with pytest.raises(UnreadableError, match="more than the 100 bytes a feed may have"):
        read(rss(ONE))


# -- hostile ones --------------------------------------------------------------------------

NESTED = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
LONG = f'<!ENTITY a "{"a" * 50_000}">'


@pytest.mark.parametrize(
    "content",
    [
        f'<!DOCTYPE rss [<!ENTITY l0 "ha">{NESTED}]>' + rss("<description>x &l11;</description>"),
        f"<!DOCTYPE rss [{LONG}]>" + rss(f"<description>x {'&a;' * 5_000}</description>"),
        "<!DOCTYPE rss [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/'> %p;]>" + rss(ONE),
        '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        + rss("<description>x &f;</description>"),
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">' + rss(ONE),
        rss("<description>" + "<b>" * 20_000 + "x</description>"),
        rss("<description>x" + "&" * 20_000 + "</description>"),
        "<rss><channel>" + "<item>" * 20_000,
        "<rss><channel><item><description>" + "<![CDATA[" * 20_000,
        "<rss " + "a='" * 20_000,
        "<?xml " * 20_000 + "<rss>",
        "<!--" * 20_000 + "<rss>",
        "<!DOCTYPE " + "[<!ENTITY " * 20_000,
        "<html>" + "<link type=" * 20_000,
        rss(ONE)[:-10] + "</rss " * 20_000,
        rss("<title>&#99999999999;</title>" + TEXT),
        rss("<title>&#xD800;</title>" + TEXT),
        rss("<link>http://[::1</link>" + TEXT),
    ],
)
def test_no_feed_costs_more_than_its_size_or_reaches_out(
    content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: object, **__: object) -> None:
        raise AssertionError("the reader asks the network")

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    monkeypatch.setattr(socket.socket, "connect", asked)
    started = time.process_time()
    try:
        found = read(content)
    except UnreadableError:
        found = []
    texts = "".join(one.text for one in found if isinstance(one, FoundArticle))
    assert len(texts) < 200_000
    assert "root:" not in texts
    assert time.process_time() - started < 5


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_however_a_feed_is_cut_or_damaged_it_is_articles_or_reasons(data: st.DataObject) -> None:
    content = rss(ONE, FULL, THREE)
    at = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(at, min(len(content), at + 40)))
    content = content[:at] + data.draw(st.text(max_size=10)) + content[end:]
    try:
        found = read(content.encode("utf-8", "replace"))
    except UnreadableError as error:
        assert str(error)
        return
    assert found
    for one in found:
        if isinstance(one, FoundArticle):
            assert one.text[one.body_start : one.body_end].strip()
        else:
            assert one.reason
