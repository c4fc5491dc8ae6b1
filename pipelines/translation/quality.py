"""What a translation is worth, from checks that cost little."""

import re

#: Marks of a server's error page that came back as if it were a translation.
_ERROR_PAGE = re.compile(
    r"<\s*(?:html|body|div)\b|Error \d{3} \(|That’s an error|unusual traffic", re.IGNORECASE
)
_FIGURES = re.compile(r"\d+(?:[.,  ]\d+)*")
#: Between two languages of Europe a translated sentence has 0.6 to 1.7 times the characters of
#: its source; beyond these wider bounds something is missing or made up.
_SHORTEST, _LONGEST = 0.35, 3.0
#: A shorter text (a word, a name) may rightly stay as it is, or change its length freely.
_TELLING_LENGTH = 25


def rejection(source: str, translated: str | None) -> str | None:
    """Return why an answer cannot be a translation of the source, or None."""
    if not translated or not translated.strip():
        return "empty answer"
    if is_error_page(translated):
        return "an error page instead of a translation"
    if len(source) < _TELLING_LENGTH:
        return None
    if translated.strip() == source.strip():
        return "the source came back untranslated"
    ratio = len(translated) / len(source)
    if not _SHORTEST <= ratio <= _LONGEST:
        return f"implausible length ({ratio:.1f} times the source)"
    return None


def is_error_page(text: str) -> bool:
    """Say whether a text is what a server shows instead of an answer."""
    return bool(_ERROR_PAGE.search(text))


def estimated_quality(source: str, translated: str) -> float:
    """Return an estimate from 0 to 1: figures kept, and a length near the source's."""
    figures = _digits(source)
    kept = len(figures & _digits(translated)) / len(figures) if figures else 1.0
    ratio = len(translated) / max(len(source), 1)
    likely_length = min(ratio, 1 / ratio) if ratio else 0.0
    return round(0.6 * kept + 0.4 * min(1.0, likely_length / 0.6), 3)


def _digits(text: str) -> set[str]:
    return {re.sub(r"\D", "", figure) for figure in _FIGURES.findall(text)}
