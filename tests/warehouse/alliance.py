"""The news of the tests: an alliance told in Rome, translated, told again in Paris; and ATOM."""

from datetime import date, datetime

from newsroom import Newsroom, Told

DECEMBER = (datetime(2023, 12, 1), datetime(2023, 12, 31), "month")

ROME = [
    Told("Nasce l’AI Alliance", "The AI Alliance is born", "title"),
    Told("Oltre 40 aziende, tra cui IBM, si sono unite 🚀.", "Over 40 companies joined."),
    Told("IBM parla di “un momento fondamentale”.", "IBM speaks of “a pivotal moment”."),
    Told("Il 5 dicembre 2023 è nato il gruppo.", None),
    Told("Leggi anche: nonne", None, "boilerplate", "und"),
]
ROME_BODY = (
    "Nasce l’AI Alliance\n\nOltre 40 aziende, tra cui IBM, si sono unite 🚀.  IBM parla di “un "
    "momento fondamentale”. Il 5 dicembre 2023 è nato il gruppo.\nLeggi anche: nonne\n"
)
LONDON = [
    Told("More than 40 companies, IBM among them, joined.", language="en"),
    Told("IBM calls it “a pivotal moment”.", language="en"),
    Told("The group was born on December 5, 2023.", language="en"),
]
PARIS = [
    Told("Mardi, IBM a annoncé une alliance de plus de 50 membres.",
         "On Tuesday, IBM announced an alliance of over 50 members.", language="fr", engine="opus"),
    Told("Stanford n’en fait pas partie.", "Stanford is not part of it.", language="fr",
         engine="memory", origin="memory"),
]
ATOM = [
    Told("ATOM è guidato da Nathan Lambert, leader.", "ATOM is led by Nathan Lambert, leader."),
    Told("Il capo di ATOM, Nathan Lambert, chiede fondi.", "The head of ATOM, Nathan Lambert, …"),
]


def tell_of_the_alliance(news: Newsroom) -> None:
    news.article("rome", ROME, body=ROME_BODY, outlet="Corriere", published=DECEMBER)
    news.article("london", LONDON, origin="rome", copy_kind="translation")
    news.article("paris", PARIS, outlet="Le Soir")
    news.article("atom", ATOM, story="story_atom", published=DECEMBER)
    ibm = {article: news.mention(article, "IBM") for article in ("rome", "london", "paris")}
    alliance = {
        "rome": news.mention("rome", "AI Alliance"),
        "london": news.mention("london", "companies", "AI Alliance"),
        "paris": news.mention("paris", "alliance", "AI Alliance"),
    }
    for article, member in ibm.items():
        news.member(article, "IBM", alliance[article], member, "member")
    news.quantity("rome", "Oltre 40", alliance["rome"], ">", 40)
    news.quantity("london", "More than 40", alliance["london"], ">", 40)
    news.quantity("paris", "plus de 50", alliance["paris"], ">", 50)
    moment = "a pivotal moment"
    news.quote("rome", "un momento fondamentale", "moment", moment, speaker=ibm["rome"])
    news.quote("london", moment, "moment", moment, language="en")
    fifth = date(2023, 12, 5), date(2023, 12, 5)
    news.happening("rome", "5 dicembre 2023", fifth)
    news.happening("london", "December 5, 2023", fifth)
    news.happening(
        "paris", "Mardi", fifth, offset="weekday:2", anchor="rome",
        inferred_from="the last Tuesday told in rome",
    )
    atom = news.mention("atom", "ATOM", kind="EVENT")
    lambert = news.mention("atom", "Nathan Lambert", kind="PERSON")
    again = news.mention("atom", "Nathan Lambert", kind="PERSON", after=40)
    news.role("atom", "leader", lambert, atom, role="leader", role_en="leader")
    news.role("atom", "capo", again, atom, role="capo", role_en="leader")
