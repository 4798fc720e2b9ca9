"""The history of the tables; :meth:`storage.database.Database.migrate` runs it."""
