"""The only place where Dagster is spoken: assets name a table and the verb that makes it."""
