# make demo   bản trình diễn tại http://127.0.0.1:8000 (đổi cổng: make demo PORT=8080)
# make test   toàn bộ kiểm thử trên SQLite (trên PostgreSQL: make test DATABASE=postgresql)
# Chạy "make" để xem các lệnh khác.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PORT ?= 8000
DATABASE ?= sqlite
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PIP_TOOLS := pip-tools==7.6.2
# Bản trình diễn có tệp dữ liệu riêng; không đụng tới dữ liệu thật.
DEMO_ENV := DEMO=1 DEBUG=0 HTTPS=0 DATABASE_URL=sqlite:///$(CURDIR)/var/demo.sqlite3 ALLOWED_HOSTS=127.0.0.1,localhost

.PHONY: help
help: ## Các lệnh
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | awk -F'|' '{printf "%-18s%s\n", $$1, $$2}'

# --- môi trường -----------------------------------------------------------------------------------------------------

$(VENV)/bin/python:
	@found=""; \
	for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found="$$python"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Cần Python từ 3.11 trở lên; máy này có: $$(python3 --version 2>&1 || true)."; \
	  echo "Debian 12, Ubuntu 24.04: apt-get install python3 python3-venv. Nếu Python ở chỗ khác: make PYTHON=/đường/dẫn/python3.11 …"; \
	  exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "Python của máy này thiếu mô-đun venv. Cài đặt: apt-get install python3-venv"; \
	  exit 1; \
	fi; \
	"$$found" -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	@echo "Cài đặt các thư viện (lần đầu mất khoảng một phút) …"
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/bin/python
	@echo "Cài đặt các thư viện để phát triển và kiểm thử …"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $(VENV)/.run $@

.PHONY: env
env: $(VENV)/.dev ## Cài môi trường phát triển vào .venv

# --- chạy thử -------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.run ## Bản trình diễn: dữ liệu mẫu, máy chủ và tiến trình nền; Ctrl-C để dừng
	@mkdir -p var staticfiles
	@$(DEMO_ENV) $(BIN)/python manage.py serve --port $(PORT) --only-check-port
	@$(DEMO_ENV) $(BIN)/python manage.py migrate --verbosity 0
	@$(DEMO_ENV) $(BIN)/python manage.py demo
	@exec env $(DEMO_ENV) $(BIN)/python manage.py serve --port $(PORT)

.PHONY: demo-clean
demo-clean: ## Xóa dữ liệu trình diễn
	rm -f var/demo.sqlite3 var/demo.sqlite3-wal var/demo.sqlite3-shm

# --- kiểm thử -------------------------------------------------------------------------------------------------------

.PHONY: test
test: $(VENV)/.dev ## Kiểm thử (DATABASE=sqlite hoặc postgresql; ARGS="-k …")
	TEST_DATABASE=$(DATABASE) $(BIN)/pytest -n 2 -rsfE $(ARGS)

.PHONY: test-long
test-long: $(VENV)/.dev ## Kiểm thử đầy đủ, kể cả các phép thử lâu
	TEST_DATABASE=$(DATABASE) $(BIN)/pytest -n 2 -rsfE -m "long or not long" $(ARGS)

.PHONY: lint
lint: $(VENV)/.dev ## Kiểm tra cách viết mã và các thay đổi mô hình chưa có migration
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DEMO=1 $(BIN)/python manage.py makemigrations --check --dry-run

.PHONY: format
format: $(VENV)/.dev ## Sắp xếp lại mã theo quy ước
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# --- thư viện -------------------------------------------------------------------------------------------------------

COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(VENV)-lock/bin/pip-compile --quiet --generate-hashes --strip-extras \
	--allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links $(ARGS)

.PHONY: lock
lock: | $(VENV)/bin/python ## Khóa phiên bản thư viện (nâng cấp: ARGS=--upgrade)
	@test -x $(VENV)-lock/bin/pip-compile || { $(VENV)/bin/python -m venv $(VENV)-lock && $(VENV)-lock/bin/python -m pip install --quiet "$(PIP_TOOLS)"; }
	$(COMPILE) --output-file requirements.txt requirements.in
	$(COMPILE) --output-file requirements-dev.txt requirements-dev.in
	@if [ -f bench/requirements.in ]; then $(COMPILE) --output-file bench/requirements.txt bench/requirements.in; fi

.PHONY: wheels
wheels: $(VENV)/bin/python ## Tải mọi thư viện về thư mục wheels/ để cài nơi không có internet
	@mkdir -p wheels
	$(PIP) download --require-hashes --only-binary :all: --dest wheels -r requirements.txt
	@echo "Đã có $$(ls wheels | wc -l) tệp trong wheels/. Cách cài: docs/operations.md, mục “Cài đặt không có internet”."

# --- đo tốc độ ------------------------------------------------------------------------------------------------------

$(VENV)-bench/.installed: bench/requirements.txt | $(VENV)/bin/python
	@$(VENV)/bin/python -m venv $(VENV)-bench
	@$(VENV)-bench/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r bench/requirements.txt
	@touch $@

.PHONY: bench
bench: $(VENV)-bench/.installed ## Đo tốc độ trên một thành phố lớn (bench/README.md)
	DEMO=1 $(VENV)-bench/bin/python -m bench $(ARGS)
