"""Languages as people and systems write them, and their codes."""

from collections.abc import Mapping
from functools import cache

import polars as pl

_NO_LANGUAGES = frozenset(("mul", "und", "zxx", "root"))
#: Languages in whose words languages are named.
_NAMED_IN = ("de", "es", "fr", "it", "nl", "pt", "en")


def language_code(value: pl.Expr) -> pl.Expr:
    """Return the ISO 639-1 code of a language told by a tag (``pt-BR``) or by its name, else null.

    A language that has no code of two letters keeps that of three.
    """
    known = _codes()
    name = value.str.strip_chars().str.to_lowercase()
    return pl.coalesce(
        one.replace_strict(known, default=None, return_dtype=pl.String)
        for one in (name, name.str.extract(r"^([a-z]{2,3})[-_,;. ]"))
    )


@cache
def _codes() -> Mapping[str, str]:
    """Return codes of languages by their codes of two and three letters and their names (CLDR)."""
    from babel import Locale
    from babel.core import get_global

    locales = [Locale(code) for code in _NAMED_IN]
    codes = [code for code in map(str, locales[-1].languages) if "_" not in code]
    names = {
        str(locale.languages[code]).lower(): code
        for locale in locales
        for code in codes
        if code in locale.languages
    }
    shorter = {
        alias: code
        for alias, code in get_global("language_aliases").items()
        if len(alias) == 3 and len(code) == 2
    }
    known = names | shorter | {code: code for code in codes}
    return {name: code for name, code in known.items() if code not in _NO_LANGUAGES}
