# make demo    the sample data through the whole pipeline into ./koe-demo
# make test    everything the tests need, then all tests
# make checks  format, lint, types, directions between folders
# make crash   kills senders of replies 200 times
# make api-cases  2,000 made-up requests against the document of the API
# make bench   the benchmarks; with files of your own: .venv/bin/python -m bench --help
# make clean   everything that make made
PYTHON ?= python3
VENV := .venv
KOE := $(VENV)/bin/koe

.PHONY: help demo test checks crash api-cases bench clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# make/make/p' Makefile

# The stamp lies inside the environment, so that a new one is installed into anew.
$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

demo: $(VENV)/installed
	$(KOE) demo

test: $(VENV)/installed-dev
	scripts/with-postgres $(VENV)/bin/python -m pytest

checks: $(VENV)/installed-dev
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" scripts/check

crash: $(VENV)/installed-dev
	KOE_CRASHES=200 $(VENV)/bin/python -m pytest -s tests/desk/test_outbox_crash.py

api-cases: $(VENV)/installed-dev
	KOE_API_CASES=2000 $(VENV)/bin/python -m pytest -s tests/desk/api/test_cases.py

bench: $(VENV)/installed-dev
	$(VENV)/bin/python -m bench

clean:
	rm -rf $(VENV) koe-demo build dist *.egg-info
