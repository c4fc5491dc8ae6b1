"""Jobs: what is run together."""

import dagster as dg

everything = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all(),
    description="From landed files to the published marts; does only what is new",
)
