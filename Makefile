# Anneal's daily commands. The two that need nothing set up are scripts: ./quickstart and ./test.
#
#   make build              the release binary: .build/release/anneal
#   make check              what ./test does: set-up, format lint, build check, all tests
#   make test               the tests alone; make test FILTER=CleanTests for some of them
#   make test-kernels       the numerical kernels alone: natively, under sanitizers, and for Arm
#   make format             puts all Swift files in the one format
#   make bench              speed of single parts; make bench ONLY=textkit for some of them
#   make bench-train        training steps in turns with PyTorch; PYTHON=… has torch, TASK=… picks
#   make bench-qlora        LoRA on 1.1 billion weights in 4 bits in turns with PyTorch; PYTHON=… has torch
#   make bench-methods      methods of fine-tuning a classifier with transformers, peft and adapters on the
#                           same splits; PYTHON=…, DATA=table.tsv, MODEL=folder, OUT=folder, OPTIONS=…
#   make bench-generate     generation in turns with transformers and CTranslate2; PYTHON=…, TASK=…
#   make bench-tokenize     encoding in turns with tokenizers, tiktoken and sentencepiece; PYTHON=…,
#                           CORPUS=… has a document a line, MODEL=… picks
#   make bench-data         cleaning in turns with datatrove and datasets; PYTHON=…, PYTHON_DATASETS=…,
#                           RECORDS=… holds instructions as JSON lines
#   make bench-ledger       what the ledger costs a cleaning run, in instructions; RECORDS=… likewise
#   make bench-duplicates   near duplicates in turns with datatrove; PYTHON=… has datatrove, CORPUS=…
#                           has a document a line
#   make bench-evaluate     metrics in turns with sacrebleu, rouge_score and scikit-learn, and paired
#                           tests; PYTHON=…, SENTENCES=… has a sentence a line, METRIC, TASK pick
#   make bench-quality      the quality stages in turns with datatrove; PYTHON=…, CORPUS=…
#   make bench-pipelines    every pipeline but toxicity in full, timed; DATA=folder has the corpora that
#                           some need
#   make install            the binary, the pipelines and shell completions under PREFIX
#   make uninstall          takes them away again
#   make clean              removes what was built; runs/ and the model cache stay
#
# The installed binary runs without the Swift toolchain. PREFIX=/usr/local unless set; DESTDIR is
# put before it, for packagers.

PREFIX ?= /usr/local
SWIFT ?= swift

bindir = $(DESTDIR)$(PREFIX)/bin
datadir = $(DESTDIR)$(PREFIX)/share
pipelines = $(datadir)/anneal/pipelines
bash_completion = $(datadir)/bash-completion/completions/anneal
zsh_completion = $(datadir)/zsh/site-functions/_anneal
fish_completion = $(datadir)/fish/vendor_completions.d/anneal.fish

# A binary with Swift's libraries inside, built beside the usual one so that neither rebuilds the
# other.
static = .build-static/release/anneal

.PHONY: help build check test test-kernels format bench bench-train bench-qlora bench-methods bench-generate bench-tokenize bench-data bench-ledger bench-duplicates bench-evaluate bench-quality bench-pipelines static install uninstall clean

help:
	@sed -n 's/^#   //p' Makefile

build:
	$(SWIFT) build -c release --product anneal

check:
	./test

test:
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build $(if $(FILTER),--filter $(FILTER))

test-kernels:
	Scripts/kernels_test.sh -sanitize
	Scripts/kernels_test_arm.sh

format:
	$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks

bench:
	$(SWIFT) build -c release --package-path Benchmarks --scratch-path .build-bench
	.build-bench/release/benchmarks $(ONLY)

bench-train:
	for product in training machine; do \
	  $(SWIFT) build -c release --package-path Benchmarks --scratch-path .build-bench --product $$product || exit; \
	done
	Scripts/train_bench.sh $(TASK)

bench-qlora: build
	$${PYTHON:-python3} Scripts/qlora_bench.py .build/release/anneal

bench-methods: build
	$${PYTHON:-python3} Scripts/methods_bench.py .build/release/anneal $(DATA) --model $(MODEL) --out $(OUT) $(OPTIONS)

bench-generate:
	for product in generation machine; do \
	  $(SWIFT) build -c release --package-path Benchmarks --scratch-path .build-bench --product $$product || exit; \
	done
	Scripts/generate_bench.sh $(TASK)

bench-tokenize:
	$(SWIFT) build -c release --package-path Benchmarks --scratch-path .build-bench --product tokenization
	Scripts/tokenize_bench.sh $(MODEL)

bench-data: build
	Scripts/data_bench.sh $(RECORDS)

bench-ledger: build
	Scripts/ledger_bench.sh $(RECORDS)

bench-duplicates: build
	Scripts/duplicates_bench.sh $(CORPUS)

bench-evaluate:
	for product in scoring evaluation; do \
	  $(SWIFT) build -c release --package-path Benchmarks --scratch-path .build-bench --product $$product || exit; \
	done
	Scripts/evaluate_bench.sh $(METRIC)
	$${PYTHON:-python3} Scripts/significance_bench.py .build-bench/release/evaluation $(TASK)

bench-quality: build
	Scripts/quality_bench.sh $(CORPUS)

bench-pipelines: build
	Scripts/pipelines_bench.sh $(DATA)

# Foundation's static library of networking leaves curl to be linked.
static:
	Scripts/setup_system.sh libcurl4-openssl-dev
	$(SWIFT) build -c release --static-swift-stdlib --product anneal --scratch-path .build-static \
	  -Xlinker -lcurl

install: static
	install -D -m 755 $(static) $(bindir)/anneal
	install -d $(pipelines)/data
	install -m 644 pipelines/*.yaml $(pipelines)
	install -m 644 pipelines/data/* $(pipelines)/data
	install -d $(pipelines)/judges
	install -m 644 pipelines/judges/* $(pipelines)/judges
	for model in $(wildcard share/models/*); do \
	  install -d $(datadir)/anneal/models/$$(basename $$model) && \
	  install -m 644 $$model/* $(datadir)/anneal/models/$$(basename $$model) || exit 1; \
	done
	install -d $(dir $(bash_completion) $(zsh_completion) $(fish_completion))
	$(static) --generate-completion-script bash > $(bash_completion)
	$(static) --generate-completion-script zsh > $(zsh_completion)
	$(static) --generate-completion-script fish > $(fish_completion)
	install -D -m 644 LICENSE $(datadir)/doc/anneal/LICENSE
	install -m 644 NOTICE $(datadir)/doc/anneal/NOTICE

uninstall:
	rm -f $(bindir)/anneal $(bash_completion) $(zsh_completion) $(fish_completion)
	rm -rf $(datadir)/anneal $(datadir)/doc/anneal

clean:
	rm -rf .build .build-static .build-bench Benchmarks/.build
