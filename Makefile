# What people do with Rollcall's checkout. `make demo` and `make test` work from a fresh clone.
# Needs Python 3.11, and Node 20 with npm for the dashboards; uv comes by pip when it is missing.

SHELL := /bin/bash
.DEFAULT_GOAL := help
TRUST ?= demo-trust
BENCH ?= --record
RUN := .ci/with-uv run --no-sync

# No tool calls home.
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DAGSTER_DISABLE_TELEMETRY := yes
export GX_ANALYTICS_ENABLED := false
export EVIDENCE_TELEMETRY_DISABLED := true

.PHONY: help setup chromium demo test test-full bench lint format serve dagster clean

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## Install what the lock files name, and build the dashboards' shell
	@.ci/setup

chromium: setup
	@.ci/setup chromium

demo: setup ## A synthetic trust, from extracts to dashboards, in ./demo-trust
	$(RUN) rollcall demo $(TRUST) --fresh

test: chromium ## Every test but the slow ones; ends in pytest's own summary
	$(RUN) pytest -n 2 --dist loadfile -m "not slow"

test-full: chromium ## Every test
	$(RUN) pytest -n 2 --dist loadfile

bench: setup ## What everything costs, beside floors and scripts: hours; `make bench BENCH=--small` takes minutes
	$(RUN) python -m bench.run $(BENCH)

lint: setup ## ruff, mypy, sqlfluff, import-linter
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) sqlfluff lint --processes 2 dbt_project
	$(RUN) lint-imports

format: setup ## Let ruff write the code its way
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

serve: setup ## The dashboards of $(TRUST) in a browser
	$(RUN) rollcall serve --trust $(TRUST)

dagster: setup ## Dagster's pages for $(TRUST), kept in the trust's runs folder
	@mkdir -p $(TRUST)/runs/dagster && cat dagster.yaml orchestration/event_log.yaml > $(TRUST)/runs/dagster/dagster.yaml
	DAGSTER_HOME=$(abspath $(TRUST))/runs/dagster ROLLCALL_TRUST=$(abspath $(TRUST)) $(RUN) dagster dev

clean: ## Delete what was made here, but no trust folder other than the demo
	rm -rf demo-trust .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache dbt_project/target dbt_project/logs \
	  dashboards/site/node_modules dashboards/site/build dashboards/site/.evidence
