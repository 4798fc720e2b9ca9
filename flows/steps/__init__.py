"""The steps of the pipeline as plain functions: each reads what the step before stored and adds rows of its own.

Running a step again changes nothing. The Prefect flows and the command line both call these.
"""
