"""One module for each version of the tables; the file's name begins with the version."""
