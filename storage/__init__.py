"""The one place that knows SQL: tables, migrations, queries, and the readers of files.

- :func:`storage.database.open_database` gives a Database; ``database.work()`` a unit of work over the stores.
- :mod:`storage.ingest` takes files in, :mod:`storage.sources.read` reads them without a database.
- :mod:`storage.models` holds the tables, :mod:`storage.migrations` their history.

Importing this package loads none of them.
"""
