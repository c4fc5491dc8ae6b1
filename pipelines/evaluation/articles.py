"""Articles: what each is, which belong together, and what does not belong to them."""

import polars as pl

from pipelines.evaluation.gold import Gold
from pipelines.evaluation.published import Published
from pipelines.evaluation.tally import Fault, Tally, same_pairs, share


def stories(gold: Gold, published: Published) -> Tally:
    """Pairs of articles that tell one story."""
    told = gold.stories.select(thing="article", group="story")
    made = published.articles.select(thing="article", group="story")
    return same_pairs(told, made.join(told, on="thing", how="semi"))


def partition(gold: Gold, published: Published) -> Tally:
    """Stories that hold exactly the gold's articles, of those the gold knows."""
    told, made = (
        set(
            grouped.group_by("story")
            .agg(pl.col("article").unique().sort())["article"]
            .map_elements(", ".join, return_dtype=pl.String)
        )
        for grouped in (
            gold.stories,
            published.articles.join(gold.stories, on="article", how="semi"),
        )
    )
    faults: list[Fault] = [
        *(("miss", None, story, None) for story in sorted(told - made)),
        *(("extra", None, story, None) for story in sorted(made - told)),
    ]
    return Tally(len(told), len(made), len(told & made), faults)


def origins(gold: Gold, published: Published) -> Tally:
    """Pairs of articles that are copies or translations of one origin."""
    return same_pairs(
        gold.origins.select(thing="article", group="origin"),
        published.articles.select(thing="article", group="origin"),
    )


def languages(gold: Gold, published: Published) -> Tally:
    """Articles: share whose language is the gold's."""
    return _same_answers(gold, published, pl.col("language"))


def titles(gold: Gold, published: Published) -> Tally:
    """Articles: share whose headline is the gold's, or rightly none."""
    return _same_answers(gold, published, pl.col("title").fill_null("no headline"))


def publication(gold: Gold, published: Published) -> Tally:
    """Articles: share whose declared date is the gold's in its precision, or rightly none."""
    # A date that was inferred is published too, with the precision "unknown".
    moment = pl.col("published").dt.to_string("%Y-%m-%d %H:%M:%S")
    declared = pl.format("{}, to the {}", moment, "precision")
    is_declared = pl.col("precision") != "unknown"
    return _same_answers(
        gold, published, pl.when(is_declared).then(declared).otherwise(pl.lit("no date"))
    )


def _same_answers(gold: Gold, published: Published, answer: pl.Expr) -> Tally:
    told = gold.articles.select("article", told=answer)
    made = published.articles.select("article", made=answer)
    wrong = told.join(made, on="article", how="left").filter(
        pl.col("told").ne_missing(pl.col("made"))
    )
    faults: list[Fault] = [
        ("miss", article, truth, f"published as {answer}" if answer else "not published")
        for article, truth, answer in wrong.iter_rows()
    ]
    return share(told.height, faults)


def dates(gold: Gold, published: Published) -> Tally:
    """Days the gold infers: share on the timeline, marked as inferred, by the article itself."""
    told = gold.articles.filter(pl.col("inferred_event_date").is_not_null())
    faults: list[Fault] = []
    for article, day in told.select("article", "inferred_event_date").iter_rows():
        inferred = published.happenings.filter(
            pl.col("article") == article, pl.col("inferred_from").is_not_null()
        )
        days = inferred.filter(pl.col("date_from") == pl.col("date_to"))["date_from"]
        if day not in days:
            note = f"inferred: {', '.join(map(str, days.unique().sort()))}" if len(days) else None
            faults.append(("miss", article, str(day), note))
    return share(told.height, faults)


def boilerplate(gold: Gold, published: Published) -> Tally:
    """Articles that have boilerplate: share where it is known as such, and names nobody."""
    told = gold.articles.filter("has_boilerplate")["article"].to_list()
    inside = published.mentions.join(published.boilerplate, on="article", suffix="_b").filter(
        pl.col("start_b") <= pl.col("start"), pl.col("start") < pl.col("end")
    )
    faults: list[Fault] = []
    for article in told:
        names = inside.filter(pl.col("article") == article)["surface"].unique().sort().to_list()
        if names:
            faults.append(("extra", article, ", ".join(names), "named in boilerplate"))
        elif published.boilerplate.filter(pl.col("article") == article).is_empty():
            faults.append(("miss", article, "boilerplate", "no segment is known as such"))
    return share(len(told), faults)
