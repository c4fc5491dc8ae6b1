"""The language of each segment, and `und` where the text does not tell.

Each distinct word is judged once, by lingua restricted to the languages configured; a segment's
evidence is that of its words, as in a naive Bayes classifier (Manning et al., Introduction to
Information Retrieval, chapter 13). That is right more often than lingua on whole sentences, because
names have little say, and many times faster, because news repeats its words. What a segment's
neighbours and article are in, and what is declared of the article, is the prior: it settles what
is short or doubtful, and yields to a segment that is plainly in another language.
"""

from collections.abc import Sequence
from functools import lru_cache

import polars as pl

from pipelines.language_codes import language_code
from warehouse.contracts.core import CONTENT_KINDS, LANGUAGES
from warehouse.contracts.frames import made_by

#: Added to lingua's probability of a word in a language, so that no word rules a language out.
#: From 0.001 to 0.01 the figures are the same.
_FLOOR = 0.005
#: What a name says beside other words, and what all names of a segment say together: they are
#: written alike in all languages, and yet German capitalises its nouns, and English its headlines.
_NAME_WEIGHT, _NAMES_WEIGHT = 0.3, 1.0
#: What a first word says, whose capital does not tell whether it is a name.
_FIRST_WEIGHT = 0.7
#: Capitals without a small letter are a headline from so many words on, an acronym below.
_FEWEST_SHOUTED = 4
#: Letters of the longest words; runs of letters beyond are no words.
_LONGEST_WORD = 30
#: Words of a segment that are judged: a sentence is told by half of them, a list of all the
#: members of a parliament is not told better by all.
_WORDS_JUDGED = 60
#: Up to this probability a segment is doubtful: of first six words of sentences half are wrong
#: below it, a hundredth above.
_SURE = 0.5
#: What a segment's context can say at most: of first six words judged this surely none was wrong.
_CONTEXT = 0.93
#: Words of a segment that count for its neighbours and article: one long segment is not the rest.
_WORDS_COUNTED = 20
#: How much nearer the two segments beside it are to a segment than the rest of its article.
_BESIDE = 5
#: Words that a declaration counts for, times how often such a declaration is right.
_DECLARED_WORDS = 40
#: How far the words of a text agree on its language: chance gives them 1/7 with seven languages,
#: texts in any of these reach 0.42 at least (with two languages 0.67), and texts in another stay
#: below mostly: Polish 0.27, Romanian 0.20. Words vary by 0.3, and fewer than 8 tell nothing.
_AGREEMENT, _DEVIATION, _FEWEST_WORDS = 0.27, 0.3, 8
#: Words remembered from batch to batch: about 100 MB with seven languages.
_REMEMBERED = 1_000_000


def core_languages(
    core_segments: pl.DataFrame,
    core_metadata: pl.DataFrame,
    languages: Sequence[str],
    declared_language: str = "prior",
) -> pl.DataFrame:
    """Return the rows of ``core_languages`` for whole articles' segments.

    ``languages`` are ISO 639-1 codes to choose from. ``declared_language`` says what the language
    that is believed of an article is worth: ``prior`` settles what the text leaves in doubt,
    ``override`` is taken for every segment, and ``ignore`` for none. Boilerplate and names have no
    say in their article's language.
    """
    codes = _told_apart(languages)
    declared = _declared(core_metadata, languages, declared_language)
    segments = (
        core_segments.select("segment_id", "article_id", "ordinal", "kind", "text")
        .join(_evidence(core_segments["text"].unique(), tuple(codes)), on="text")
        .join(declared, on="article_id", how="left")
        .sort("article_id", "ordinal")
        .with_columns(content=pl.col("kind").is_in(CONTENT_KINDS))
    )
    settled = _settled(segments, codes)
    told = (
        pl.col("certain")
        & (pl.col("probability") > _SURE)
        & pl.col("likeliest").is_in(list(languages))
    )
    overridden = pl.col("declared").is_not_null() & (declared_language == "override")
    configured = pl.col("declared").is_in(list(languages))
    return settled.select(
        "segment_id",
        "article_id",
        language=pl.when(overridden & configured)
        .then("declared")
        .when(~overridden & told)
        .then("likeliest")
        .otherwise(pl.lit("und")),
        confidence=pl.when(overridden & configured)
        .then("declared_confidence")
        .when(~overridden & told)
        .then("probability")
        .otherwise(0.0)
        .round(4),
        **made_by("core_languages", "detector"),
    )


def _told_apart(languages: Sequence[str]) -> list[str]:
    """Return the languages words are judged by: a single one is told from all that are known."""
    if len(languages) > 1:
        return list(languages)
    return [code for code in LANGUAGES if code != "und"]


def _declared(
    core_metadata: pl.DataFrame, languages: Sequence[str], declared_language: str
) -> pl.DataFrame:
    """Return article_id, declared, declared_confidence: what is believed of articles' languages.

    Where a declaration is but a prior, one of a language that is not configured says nothing.
    """
    believed = core_metadata.filter((pl.col("field") == "language") & pl.col("chosen")).select(
        "article_id", declared=language_code(pl.col("value")), declared_confidence="confidence"
    )
    taken = {
        "prior": pl.col("declared").is_in(list(languages)),
        "override": pl.col("declared").is_not_null(),
        "ignore": pl.lit(False),
    }
    return believed.filter(taken[declared_language]).unique("article_id", keep="first")


# -- what the words say --------------------------------------------------------------------


def _evidence(texts: pl.Series, codes: tuple[str, ...]) -> pl.DataFrame:
    """Return text, words, agreement, and for each language the log-likelihood of the text.

    ``words`` is the number of those that are no names; ``agreement`` is the sum of their
    probabilities in the language that is likeliest.
    """
    found = _weighted_words(texts)
    lexicon = _lexicon(codes)
    known = lexicon.judge(found["word"].unique())
    counted = ~pl.col("name")
    sums = (
        found.join(known, on="word", maintain_order="left")
        .group_by("number", maintain_order=True)
        .agg(
            counted.sum().alias("words"),
            *((pl.col(code).log() * pl.col("weight")).sum().alias(code) for code in codes),
            *((pl.col(code) - _FLOOR).filter(counted).sum().alias(f"{code}_sum") for code in codes),
        )
    )
    likeliest = pl.concat_list(codes).list.arg_max()
    agreement = pl.concat_list(f"{code}_sum" for code in codes).list.get(likeliest)
    return (
        texts.to_frame("text")
        .with_row_index("number")
        .join(sums, on="number", how="left")
        .with_columns(pl.col("words", *codes).fill_null(0))
        .select("text", "words", *codes, agreement=agreement.fill_null(0.0))
    )


def _weighted_words(texts: pl.Series) -> pl.DataFrame:
    """Return number (of the text), word in small letters, name (whether it may be one), weight."""
    words = (
        texts.to_frame("text")
        .with_row_index("number")
        .select(
            "number",
            word=pl.col("text").str.extract_all(r"\p{L}+").list.head(_WORDS_JUDGED),
            has_small=pl.col("text").str.contains(r"\p{Ll}"),
        )
        .with_columns(shouted=~pl.col("has_small") & (pl.col("word").list.len() >= _FEWEST_SHOUTED))
        .explode("word", empty_as_null=False)
    )
    first = (pl.col("number") != pl.col("number").shift(1)).fill_null(True)
    # A first word has a capital whatever it is; an acronym has several.
    opening = first & pl.col("word").str.contains(r"^\p{Lu}\p{Ll}*$")
    in_full = ~pl.col("word").str.contains(r"\p{Lu}") | pl.col("shouted")
    return (
        words.with_columns(
            name=~(in_full | opening),
            weight=pl.when(in_full).then(1.0).when(opening).then(_FIRST_WEIGHT),
        )
        .filter(pl.col("word").str.len_chars() <= _LONGEST_WORD)
        .select(
            "number",
            "name",
            word=pl.col("word").str.to_lowercase(),
            weight=pl.col("weight").fill_null(
                (_NAMES_WEIGHT / pl.col("name").sum().over("number")).clip(upper_bound=_NAME_WEIGHT)
            ),
        )
    )


class _Lexicon:
    """The words judged so far: word, and a column a language with lingua's probability."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        from lingua import IsoCode639_1, LanguageDetectorBuilder

        builder = LanguageDetectorBuilder.from_iso_codes_639_1(
            *(getattr(IsoCode639_1, code.upper()) for code in codes)
        )
        self._detector = builder.build()
        self._codes = codes
        self._known = pl.DataFrame(schema={"word": pl.String, **dict.fromkeys(codes, pl.Float64)})

    def judge(self, words: pl.Series) -> pl.DataFrame:
        """Return the probabilities of each word, raised by the floor."""
        asked = words.to_frame("word")
        known = asked.join(self._known, on="word")
        new = asked.join(known, on="word", how="anti")["word"].to_list()
        ranked = self._detector.compute_language_confidence_values_in_parallel(new)
        # A word of another alphabet has no probability in any language: it is of all alike.
        total = pl.sum_horizontal(self._codes)
        judged = pl.DataFrame(
            [
                {value.language.iso_code_639_1.name.lower(): value.value for value in values}
                for values in ranked
            ],
            schema=dict.fromkeys(self._codes, pl.Float64),
        ).select(
            pl.Series("word", new, dtype=pl.String),
            *(
                pl.when(total > 0).then(code).otherwise(1 / len(self._codes)) + _FLOOR
                for code in self._codes
            ),
        )
        whole = self._known if self._known.height < _REMEMBERED else known
        self._known = pl.concat([whole, judged])
        return pl.concat([known, judged])


@lru_cache(maxsize=1)
def _lexicon(codes: tuple[str, ...]) -> _Lexicon:
    return _Lexicon(codes)


# -- what stands around it says ------------------------------------------------------------


def _settled(segments: pl.DataFrame, codes: list[str]) -> pl.DataFrame:
    """Add likeliest and probability, given the context, and certain: whether it is told at all."""
    alone = [(pl.col(code) - pl.max_horizontal(codes)).exp() for code in codes]
    mass = pl.col("words").clip(upper_bound=_WORDS_COUNTED) * pl.col("content")
    weighed = segments.with_columns(
        (one / pl.sum_horizontal(alone) * mass).alias(f"{code}_mass")
        for code, one in zip(codes, alone, strict=True)
    ).with_columns(_around(code).alias(f"{code}_around") for code in codes)
    around = pl.sum_horizontal(f"{code}_around" for code in codes)
    smoothed = [
        _CONTEXT * (pl.col(f"{code}_around") + 1 / len(codes)) / (around + 1)
        + (1 - _CONTEXT) / len(codes)
        for code in codes
    ]
    scores = [pl.col(code) + prior.log() for code, prior in zip(codes, smoothed, strict=True)]
    best = pl.max_horizontal(scores)
    return weighed.with_columns(
        likeliest=pl.lit(pl.Series(codes)).gather(pl.concat_list(scores).list.arg_max()),
        probability=1 / pl.sum_horizontal((score - best).exp() for score in scores),
    ).with_columns(certain=_certain(around, len(codes)))


def _around(code: str) -> pl.Expr:
    """Return the words in one language around a segment: its article's, and what is declared."""
    own = pl.col(f"{code}_mass")
    beside = own.shift(1).fill_null(0) + own.shift(-1).fill_null(0)
    within = own.sum().over("article_id") - own + (_BESIDE - 1) * beside.over("article_id")
    declared = (pl.col("declared") == code).fill_null(False)
    stated = pl.when(declared).then(_DECLARED_WORDS * pl.col("declared_confidence"))
    return within + stated.otherwise(0)


def _certain(around: pl.Expr, languages: int) -> pl.Expr:
    """Say whether there is anything to tell by, and the words agree as those of a language do.

    In an article whose words do not, only a segment whose own words do is told.
    """
    words, agreement, content = pl.col("words"), pl.col("agreement"), pl.col("content")
    others, others_agreement = (
        (one * content).sum().over("article_id") - one * content for one in (words, agreement)
    )
    least = 1 / languages + _AGREEMENT * (1 - 1 / languages)
    could_be, others_could_be = (
        (number == 0) | (total / number + 2 * _DEVIATION / number.sqrt() >= least)
        for number, total in ((words, agreement), (others, others_agreement))
    )
    plainly = (words >= _FEWEST_WORDS) & (agreement / words >= least)
    as_declared = (pl.col("declared") == pl.col("likeliest")).fill_null(False)
    return ((words > 0) | (around > 0)) & (could_be & (others_could_be | plainly) | as_declared)
