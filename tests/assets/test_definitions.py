import dagster as dg
import pytest

from assets.checks import CHECK
from assets.definitions import defs
from warehouse import contracts
from warehouse.marts.making import sources
from warehouse.suites import suite

GRAPH = defs.resolve_asset_graph()
TABLES = [table.name for table in contracts.TABLES]


def test_every_table_of_the_contracts_is_an_asset_and_only_publication_besides() -> None:
    names = {key.to_user_string() for key in GRAPH.get_all_asset_keys()}
    assert names == {*TABLES, "publication"}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_one_check_and_it_blocks(table: str) -> None:
    checks = GRAPH.get(dg.AssetKey(table)).check_keys
    assert [key.name for key in checks] == [CHECK]
    (node,) = [GRAPH.get(key) for key in checks]
    assert node.blocking
    assert str(len(suite(contracts.table(table)))) in str(node.description)


@pytest.mark.parametrize(
    "table", [table.name for table in contracts.TABLES if table.derivation is not None]
)
def test_an_asset_depends_on_what_its_contract_says_it_is_derived_from(table: str) -> None:
    derivation = contracts.table(table).derivation
    assert derivation is not None
    source = {name for name in TABLES if name in derivation.source.split()}
    inputs = {name for name, _ in derivation.inputs}
    assert parents(table) == source | inputs


@pytest.mark.parametrize(
    "table", [table for table in contracts.TABLES if table.layer == "mart"], ids=lambda t: t.name
)
def test_a_mart_depends_on_the_tables_its_sql_reads(table: contracts.Table) -> None:
    assert parents(table.name) == set(sources(table))


def test_publication_waits_for_every_mart() -> None:
    assert parents("publication") == {name for name in TABLES if name.startswith("mart_")}


@pytest.mark.parametrize("layer", ["raw", "seed"])
def test_what_is_given_depends_on_nothing(layer: str) -> None:
    assert not any(parents(name) for name in TABLES if name.startswith(layer))


@pytest.mark.parametrize("table", TABLES)
def test_an_asset_says_its_grain_and_every_column(table: str) -> None:
    contract, node = contracts.table(table), GRAPH.get(dg.AssetKey(table))
    assert contract.grain in node.description
    assert node.group_name != "default"
    schema = node.metadata["dagster/column_schema"]
    shown = {column.name: column.description for column in schema.columns}
    assert shown == {column.name: column.meaning for column in contract.columns}


def test_everything_that_writes_waits_in_one_pool() -> None:
    pools = {
        op.pool for node in defs.resolve_job_def("everything").nodes for op in [node.definition]
    }
    assert pools == {"warehouse"}


def test_the_one_job_makes_every_asset() -> None:
    job = defs.resolve_job_def("everything")
    assert set(job.asset_layer.executable_asset_keys) == set(GRAPH.get_all_asset_keys())


def parents(name: str) -> set[str]:
    return {key.to_user_string() for key in GRAPH.get(dg.AssetKey(name)).parent_keys}
