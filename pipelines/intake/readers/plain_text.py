"""Plain text: one article a file, with or without a header."""

import re
from collections.abc import Iterator

from pipelines.intake.decoding import decode, without_edges
from pipelines.intake.reader import Declaration, FoundArticle, RawFile, Reject, UnreadableError

#: ``date 2023-12``, ``Date: 2023-12-05``, ``2023-12-05T10:00:00Z`` after the word, before the text.
_DATE_WORD = re.compile(
    r"\A\s*date\s*:?\s+"
    r"(?P<date>\d{4}(?:-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?)?)?)"
    r"(?=\s)",
    re.IGNORECASE,
)
_KEYS = {
    "title": "title headline titolo titre titel título titulo titular überschrift schlagzeile kop",
    "published": (
        "date published pubdate data datum fecha pubblicato publié veröffentlicht publicado "
        "gepubliceerd publication_date date_published published_on published_at pubblicato_il "
        "data_di_pubblicazione publié_le date_de_publication veröffentlicht_am "
        "erscheinungsdatum fecha_de_publicación publicado_el publicado_em data_de_publicação "
        "gepubliceerd_op publicatiedatum"
    ),
    "modified": (
        "updated modified last_updated last_modified aggiornato aggiornato_il mis_à_jour "
        "mis_à_jour_le mise_à_jour aktualisiert aktualisiert_am actualizado actualizado_el "
        "atualizado atualizado_em bijgewerkt bijgewerkt_op"
    ),
    "author": (
        "by author authors byline written_by di autore autori par auteur auteurs von autor "
        "autorin autoren autores autora por door"
    ),
    "outlet": (
        "source outlet publisher publication newspaper fonte testata giornale journal média "
        "quelle zeitung fuente medio periódico jornal veículo bron krant"
    ),
    "address": "url link permalink lien enlace source_url",
    "language": "language lang lingua langue sprache idioma língua taal",
}
_FIELD_OF = {
    key.replace("_", " "): of for of, keys in _KEYS.items() for key in keys.split()
}
#: A line of a header. ``date 2023-12-05`` goes without the colon; no key is longer than
#: ``fecha de publicación``, and no other entry's (``Press office``) than three words.
_ENTRY = re.compile(
    r"[ \t]*(?:(?P<key>[^\W\d_]+(?:[ _-][^\W\d_]+){0,2})[ \t]*:|(?P<bare>date)(?=[ \t]+\d{4}))"
    r"[ \t]*(?P<value>[^\r\n]*?)[ \t]*(?:\r?\n|\r|\Z)",
    re.IGNORECASE,
)
_BLANK = re.compile(r"[ \t]*(?:\r?\n|\r|\Z)")
_TIME = r"(?:[T,\s–-]*\(?(?:at|alle|ore|à|um|om|a las|às|h)?\s*\d{1,2}[:.hH]\d{0,2}.{0,20})?"
_DAY_WORD = r"(?:[^\W\d]{2,}\.?,?\s+)?"
_MONTH = r"[^\W\d]{3,}\.?"
#: What a date looks like in the languages read: in figures, ``Mardi 5 décembre 2023``,
#: ``Tuesday, December 5, 2023``, ``dicembre 2023``; a clock time may follow.
_DATE = re.compile(
    r"(?:\d{4}(?:[-/.]\d{1,2}(?:[-/.]\d{1,2})?)?"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
    rf"|{_DAY_WORD}(?:le |il |den )?\d{{1,2}}(?:\.|º|°|er|st|nd|rd|th)?\s+"
    rf"(?:de |of )?{_MONTH},?\s+(?:de |del )?\d{{4}}"
    rf"|{_DAY_WORD}{_MONTH}\s+(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s+|de )?\d{{4}})" + _TIME,
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"[^\W\d_]{2,20}(?:[-_][^\W\d_]{2,4})?", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
#: Words beyond which a line is prose that happens to have a colon: the longest headlines have
#: some thirty, names of authors and outlets some ten.
_MOST_WORDS = {"title": 40, "author": 15, "outlet": 10}
#: Bytes with which no prose begins, but the other formats do.
_OTHER_FORMATS = (b"{", b"[", b"<", b"---", b"+++", b"%PDF")


class PlainText:
    """Reads text files; the header, if any, is metadata and not part of the body."""

    name = "plain_text"
    version = "2"
    suffixes = (".txt", ".text")
    media_type = "text/plain"

    def recognises(self, head: bytes) -> bool:
        """Say whether bytes are text that begins like no other format; asked last of all."""
        try:
            # The last character may be cut: of UTF-8 it lacks three bytes at most.
            decode(head if head.isascii() else head[:-3])
        except UnreadableError:
            return False
        return not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_OTHER_FORMATS)

    def read(self, file: RawFile) -> Iterator[FoundArticle | Reject]:
        """Yield the one article of the file."""
        text, encoding = decode(file.content())
        declared, behind = header(text)
        start, end = without_edges(text, behind)
        yield FoundArticle(text, start, end, declared, encoding=encoding)


def header(text: str) -> tuple[tuple[Declaration, ...], int]:
    """Return what a header at the top of a text declares, and where it ends (0: there is none).

    A header is a date in figures behind the word ``date``, or a block of lines such as ``Title:``,
    ``Datum:``, ``Di:``. The block counts if a blank line follows it, or it says two things at
    least, or says a date: so a text that begins with a sentence with a colon keeps it.
    """
    declared: list[Declaration] = []
    others, at = 0, without_edges(text)[0]
    while at < len(text) and (entry := _ENTRY.match(text, at)):
        key = (entry["key"] or entry["bare"]).lower().replace("_", " ")
        of = _FIELD_OF.get(key)
        if of and _is_plausible(of, entry["value"]):
            declared.append(Declaration(of, entry["value"], "header"))
        elif of or not declared or len(entry["value"].split()) > _MOST_WORDS["outlet"]:
            break
        else:
            others += 1
        at = entry.end()
    fields = {one.field for one in declared}
    is_apart = at < len(text) and _BLANK.match(text, at) is not None
    if (
        (len(fields) > 1 and (is_apart or not others))
        or (len(fields) == 1 and not others and (is_apart or "published" in fields))
    ):
        return tuple(declared), at
    if found := _DATE_WORD.match(text):
        return (Declaration("published", found["date"], "header"),), found.end()
    return (), 0


def _is_plausible(of: str, value: str) -> bool:
    if of in ("published", "modified"):
        return bool(_DATE.fullmatch(value))
    if of == "address":
        return bool(_ADDRESS.fullmatch(value))
    if of == "language":
        return bool(_LANGUAGE.fullmatch(value))
    return 0 < len(value.split()) <= _MOST_WORDS[of]
