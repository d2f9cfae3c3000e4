# The only task runner. Every target does its own set-up; `make` alone says what there is.

PYTHON ?= python3
BIN := .venv/bin
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Some images say that no bytecode is written: hundreds of short processes would each compile anew.
unexport PYTHONDONTWRITEBYTECODE

# Stamps carry the content of what they stand for: a change installs again, a checkout does not.
checksum = $(shell cat $(1) | cksum | tr ' ' '-')
# Three lists of Python packages, each on top of the one before: deployed, to run, to develop.
DEPLOYED := .venv/.deployed-$(call checksum,requirements.txt)
RUN := .venv/.run-$(call checksum,requirements.txt requirements-run.txt)
VENV := .venv/.dev-$(call checksum,requirements.txt requirements-run.txt requirements-dev.txt)
NODE_MODULES := web/node_modules/.installed-$(call checksum,web/package-lock.json)

# The version is in the folder's name: another one is installed anew.
CHECKOV_VERSION := 3.3.30
CHECKOV := .local/checkov-$(CHECKOV_VERSION)

# So is that of the peers; measure/bench/peers/gateways.py knows them as well.
LITELLM := .local/litellm-1.106.12
PORTKEY_VERSION := 1.15.2
PORTKEY := .local/portkey-$(PORTKEY_VERSION)
CLIENTS := .local/clients-$(call checksum,tests/clients/requirements.txt tests/clients/package-lock.json)
PLOTTING := .local/plotting-$(call checksum,measure/simulation/requirements.txt)

# Each root of Python code; `functions` is one on sys.path, not a package.
PYTHON_CODE := functions infra/release measure tests tools
CORE := $(addprefix functions/,fallback/core $(addprefix nexus/,fairness/core status/core \
	waiting_room/core))
CORE_TESTS := $(addprefix tests/nexus/,fairness status/core waiting_room) \
	$(wildcard tests/fallback/test_*.py) \
	$(addprefix tests/fallback/,core forecasting hedging limits windows)

# Keeps apart what parallel jobs print, where make can (not on macOS, whose make is of 2006).
together = $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
say = @echo "── $(1)"
npm = cd web && npm run --silent

.PHONY: help
help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The port comes first: nobody waits for an installation to hear that it is taken.
.PHONY: run run-firestore
run: preflight ## Serve everything at http://127.0.0.1:8080 (PORT=… moves it) until Ctrl-C
	@$(PYTHON) -m tools.serving.serve --check-port
	@$(MAKE) $(RUN) web-build
	$(call say,starting Nexus)
	@exec $(BIN)/python -m tools.serving.serve $(serve_options)
run-firestore: serve_options = --firestore
run-firestore: run ## The same, with state in the Firestore emulator

# Without a key they are for `make run` without one, whose functions have that of its emulator.
.PHONY: access-code revoke-code
access_codes = @GEMINI_API_KEY="$${GEMINI_API_KEY:-emulator}" $(BIN)/python -m tools.operate.access_codes
access-code: $(DEPLOYED) ## Issue an access code: GROUP=friends, for DAYS=30
	$(access_codes) issue "$(GROUP)" --days "$(or $(DAYS),30)"
revoke-code: $(DEPLOYED) ## Revoke one: CODE=…
	$(access_codes) revoke "$(CODE)"

# Everything that CI does. Pytest comes last, so that its summary, skips included, ends the output.
# Many of its tests wait for timeouts to pass, so there are more workers than cores.
TEST_PROCESSES := 4
pytest = $(BIN)/python -m pytest --quiet --numprocesses=$(TEST_PROCESSES) --dist=worksteal
.PHONY: test engines core-test
test: ## Run every check and test
	@$(MAKE) --jobs=3 $(together) engines web-build lint web-test core-test
	$(call say,browsers and pytest)
	@CHROMIUM=$$(tools/setup/chromium.sh) || true; export CHROMIUM; echo "$$CHROMIUM"; \
	exec $(pytest) $(addprefix --ignore=,$(CORE_TESTS))
# Like the packages of Python and of the page, it installs while there is little else to do.
engines:
	@tools/setup/engines.sh
# Apart from the rest, because counting lines makes a test take up to three times as long.
# These only compute, and each process imports all of them.
core-test: TEST_PROCESSES := 2
core-test: $(VENV) ## Test the decisions, which need each of their lines and branches to be tested
	$(call say,decisions)
	@exec $(pytest) $(CORE_TESTS) $(addprefix --cov=,$(CORE)) --cov-branch \
		--cov-report=term-missing:skip-covered --cov-fail-under=100

.PHONY: test-clients
test-clients: $(VENV) $(CLIENTS) ## Let real clients of the OpenAI format talk to the service (installs 450 MB)
	@CLIENTS_PYTHON=$(CURDIR)/$(CLIENTS)/bin/python CLIENTS_NODE=$(CURDIR)/$(CLIENTS) \
		exec $(BIN)/python -m pytest --quiet tests/clients

.PHONY: lint python-lint web-lint
lint: python-lint web-lint ## Check format, style and types; change nothing
python-lint: $(VENV)
	$(call say,ruff and mypy)
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted; run: make format"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary $(PYTHON_CODE)
web-lint: $(NODE_MODULES)
	$(call say,page: lint and types)
	@$(npm) lint
	@$(npm) types

.PHONY: format
format: $(VENV) $(NODE_MODULES) ## Format, and fix what can be fixed
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .
	@$(npm) --if-present format

.PHONY: web-test web-build
web-test: $(NODE_MODULES)
	$(call say,page: tests)
	@$(npm) test
web-build: $(NODE_MODULES)
	$(call say,page: build)
	@$(npm) build >/dev/null

.PHONY: infra-test checkov
infra-test: $(VENV) web-build ## Check the Terraform and the release scripts (a part of `make test`)
	$(call say,infra: Terraform and release)
	@exec $(pytest) tests/infra
# Not in `make test`, for its size; cloudbuild.yaml runs it.
checkov: $(CHECKOV) ## Look for known weaknesses of the Terraform (installs 291 MB)
	@$(CHECKOV)/bin/checkov --directory infra --framework terraform --quiet --compact --skip-download
# They need gcloud and terraform, and of Python the standard library alone.
.PHONY: deploy destroy
release = @exec $(PYTHON) -m infra.release.$@ --project="$(PROJECT)" --environment="$(or $(ENVIRONMENT),production)"
deploy: python-preflight ## Deploy, or go on where it stopped: PROJECT=… [ENVIRONMENT=…] [ALERT_EMAIL=…]
	$(release) --alert-email="$(ALERT_EMAIL)"
destroy: python-preflight ## Destroy what it made: PROJECT=… [ENVIRONMENT=…]
	$(release)

.PHONY: windows
windows: $(DEPLOYED) ## Say why chats are refused; stop chats or set models aside: ARGS="stop --for 1h"
	@exec $(BIN)/python -m tools.operate.windows $(ARGS)
.PHONY: waiting-room
waiting-room: $(DEPLOYED) ## Show who waits in line; ACTION=start, stop, drain or auto changes that
	@exec $(BIN)/python -m tools.operate.waiting_room $(ACTION)
.PHONY: models
models: $(DEPLOYED) ## List the models that the key can use beside the hierarchy
	@exec $(BIN)/python -m tools.operate.models $(ARGS)

.PHONY: lighthouse
lighthouse: $(VENV) web-build ## Measure the page with Lighthouse, as on a phone and on a desktop (about 40 s)
	@CHROME_PATH=$$(tools/setup/chromium.sh) && export CHROME_PATH && exec $(BIN)/python -m tools.page.lighthouse

.PHONY: fault-matrix
fault-matrix: $(VENV) ## Play every fault against every condition of the store, and write docs/fault-matrix.md
	@PYTHONPATH=functions $(BIN)/python -m measure.fault_matrix.matrix

# TRIALS=200 SEED=1; they take about 6 s each.
.PHONY: trials
trials: $(VENV) web-build ## Break off answers at random instants, and see whether the page makes them whole
	@CHROMIUM=$$(tools/setup/chromium.sh) && export CHROMIUM && exec $(BIN)/python -m measure.trials

.PHONY: drills soak
drills: $(VENV) ## Put the service under load and faults, for about 5 minutes (DRILL="…" for some)
	@PYTHONPATH=functions $(BIN)/python -m measure.drills $(DRILL)
soak: $(VENV) ## The same for MINUTES=30, and look whether anything grows
	@PYTHONPATH=functions MINUTES=$(or $(MINUTES),30) $(BIN)/python -m measure.drills soak

# The figures of docs/performance.md. ROWS="cold-start memory" measures some of it again.
.PHONY: bench bench-peers bench-quick
bench: $(VENV) ## Measure what Nexus costs, and write docs/performance.md (about 10 min; ROWS="…" for some)
	@PYTHONPATH=functions $(BIN)/python -m measure.bench $(ROWS)
bench-peers: $(VENV) $(LITELLM) $(PORTKEY) ## The same beside the seed, google-genai alone, LiteLLM and Portkey (about 20 min)
	@PYTHONPATH=functions $(BIN)/python -m measure.bench --peers $(ROWS)
bench-quick: $(VENV) ## Look for a regression of what a chat, a poll and a start cost (about 30 s)
	@PYTHONPATH=functions $(BIN)/python -m measure.bench.quick

# Plays the peers that are installed; the page keeps what was played before of the others.
.PHONY: failover failover-peers
failover: $(VENV) ## Play the sixteen faults of a public benchmark, and write docs/failover.md (about 2 min)
	@PYTHONPATH=functions $(BIN)/python -m measure.failover $(SUBJECTS)
failover-peers: $(LITELLM) $(PORTKEY) failover ## The same with LiteLLM and Portkey installed (about 15 min)

.PHONY: simulate
simulate: $(VENV) $(PLOTTING) ## Play fleets of up to 500 instances, and write docs/simulation.md with its report and plots
	@PYTHONPATH=functions $(BIN)/python -m measure.simulation.report
	@PYTHONPATH=functions $(BIN)/python -m measure.simulation
	@PYTHONPATH=functions $(PLOTTING)/bin/python -m measure.simulation.plots

UV := .local/uv-0.13.9
.PHONY: requirements
requirements: $(UV) ## Pin what is deployed, with all that it needs and hashes: requirements.in to requirements.txt
	@$(UV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
		--custom-compile-command "make requirements" requirements.in -o requirements.txt
$(UV): | python-preflight
	@$(PYTHON) -m venv $@
	@$@/bin/pip install --quiet --disable-pip-version-check uv==$(UV:.local/uv-%=%) || { rm -rf $@; exit 1; }

.PHONY: clean
clean: ## Remove all that make has made, local state included
	rm -rf .venv .local .cache .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache htmlcov
	rm -rf web/node_modules web/dist
	find functions infra measure tests tools -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

.PHONY: preflight python-preflight
preflight:
	@tools/setup/preflight.sh $(PYTHON)
python-preflight:
	@tools/setup/preflight.sh --python-only $(PYTHON)

# Leaves the stamps of the lists that it has installed, and no others.
define install_python_packages
	$(call say,Python packages of $(1) into .venv)
	@$(PYTHON) -m venv .venv
	@for list in $(1); do $(BIN)/pip install --quiet --disable-pip-version-check -r $$list || exit 1; done
	@rm -f .venv/.deployed-* .venv/.run-* .venv/.dev-*; touch $(2)
endef
$(DEPLOYED): | python-preflight
	$(call install_python_packages,requirements.txt,$(DEPLOYED))
$(RUN): | python-preflight
	$(call install_python_packages,requirements.txt requirements-run.txt,$(DEPLOYED) $(RUN))
$(VENV): | python-preflight
	$(call install_python_packages,requirements.txt requirements-dev.txt,$(DEPLOYED) $(RUN) $(VENV))

$(CHECKOV): | preflight
	$(call say,checkov into $(CHECKOV))
	@$(PYTHON) -m venv $@
	@$@/bin/pip install --quiet --disable-pip-version-check checkov==$(CHECKOV_VERSION) || { rm -rf $@; exit 1; }

# Peers are measured where they can be had; the table says of the others that they could not.
$(LITELLM): | preflight
	$(call say,LiteLLM into $(LITELLM))
	@$(PYTHON) -m venv $@
	@$@/bin/pip install --quiet --disable-pip-version-check -r measure/bench/peers/litellm.txt || rm -rf $@
$(PORTKEY): | preflight
	$(call say,Portkey into $(PORTKEY))
	@npm install --prefix $@ --no-audit --no-fund --loglevel=error \
		@portkey-ai/gateway@$(PORTKEY_VERSION) || rm -rf $@

$(CLIENTS): | preflight
	$(call say,clients of the OpenAI format into $(CLIENTS))
	@$(PYTHON) -m venv $@
	@$@/bin/pip install --quiet --disable-pip-version-check -r tests/clients/requirements.txt || { rm -rf $@; exit 1; }
	@cp tests/clients/package.json tests/clients/package-lock.json $@
	@cd $@ && npm ci --no-audit --no-fund --loglevel=error || { rm -rf $(CURDIR)/$@; exit 1; }

$(PLOTTING): | preflight
	$(call say,matplotlib into $(PLOTTING))
	@$(PYTHON) -m venv $@
	@$@/bin/pip install --quiet --disable-pip-version-check -r measure/simulation/requirements.txt || { rm -rf $@; exit 1; }

$(NODE_MODULES): | preflight
	$(call say,page: packages into web/node_modules)
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@
