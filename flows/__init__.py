"""The order of work: steps, the Prefect flows over them, and the command line."""
