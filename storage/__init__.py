"""The one place that knows SQL: tables, migrations, queries, and the readers of files."""
