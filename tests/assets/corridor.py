"""The whole corridor over two tiny articles, run through Dagster in this process."""

import shutil
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from assets.definitions import defs
from assets.instance import PROCESS_TAG, prepare, process_name
from assets.resources import ROOT, Settings
from warehouse.publisher import Home, Manifest, current, published

ARTICLES = {
    "it/alliance.txt": (
        " date 2023-12-05 IBM e Meta hanno lanciato oggi la AI Alliance con oltre 50 membri. "
        "“Vogliamo un futuro aperto per tutti”, ha detto Nick Clegg."
    ),
    "alliance.txt": (
        "IBM and Meta launched the AI Alliance on Tuesday.\n"
        "More than 50 organizations joined, among them NASA and Intel."
    ),
    "empty.txt": "",
}
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Corridor:
    """A home with its settings, and the first run that filled it."""

    settings: Settings
    first: dg.ExecuteInProcessResult | None = None

    @property
    def home(self) -> Home:
        return Home(self.settings.home)

    @property
    def environment(self) -> dict[str, str]:
        """The same settings, for a process of its own."""
        paths = ("home", "reference", "memory")
        return {
            **{f"BABELWIRE_{name.upper()}": str(getattr(self.settings, name)) for name in paths},
            "BABELWIRE_ARTICLES": ",".join(self.settings.articles),
            "BABELWIRE_ENGINES": ",".join(self.settings.engines),
        }

    @cached_property
    def instance(self) -> dg.DagsterInstance:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DAGSTER_HOME", "")  # put back at the end
            prepare(self.home.dagster)
            return dg.DagsterInstance.get()

    def run(self, *tables: str) -> dg.ExecuteInProcessResult:
        """Run everything, or some assets alone, as a click in the UI does."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            return defs.resolve_job_def("everything").execute_in_process(
                instance=self.instance,
                asset_selection=[dg.AssetKey(name) for name in tables] or None,
                raise_on_error=False,
                run_config=QUIET,
                tags={PROCESS_TAG: process_name()},
            )

    def copied_to(self, folder: Path) -> "Corridor":
        shutil.copytree(self.home.path, folder, symlinks=True)
        return Corridor(replace(self.settings, home=folder))

    def published(self) -> Manifest:
        manifest = current(self.home)
        assert manifest is not None
        return manifest

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of the published marts."""
        with published(self.home) as marts:
            found: list[tuple[object, ...]] = marts.sql(sql).fetchall()
            return found

    def change_store(self, sql: str) -> None:
        with duckdb.connect(str(self.home.store)) as store:
            store.execute(sql)


def told(folder: Path) -> Corridor:
    """Articles, reference and settings in a folder; nothing has run yet."""
    for name, text in ARTICLES.items():
        path = folder / "articles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    shutil.copytree(ROOT / "seeds" / "reference", folder / "reference")
    (folder / "memory").mkdir()
    return Corridor(
        Settings(
            articles=(str(folder / "articles"),),
            home=folder / "home",
            reference=folder / "reference",
            memory=folder / "memory",
            engines=("memory", "identity"),
        )
    )


def first_run(folder: Path) -> Corridor:
    corridor = told(folder)
    return Corridor(corridor.settings, corridor.run())
