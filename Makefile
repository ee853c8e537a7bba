# make run    set up, build, and watch the exchange do its job (make run ARGS=--once ends after it)
# make test   set up, build, and prove it
# make test-bitcoind BITCOIND=/path/to/bitcoind  let Bitcoin Core judge the chain, the policies and the story
#             (WITHDRAWALS=10000 is how many are paid while everything is killed)
# make bench  set up, build, and measure it (PEERS=folder compares with the engines checked out there)
# make kill-test KILLS=1000  kill a loaded exchange so often, and look each time for what is lost
# make drill  play 16 October 2020: key holders vanish, and customers are paid all the same
# make attack play the published thefts against real processes, and print what each would have cost (ONLY="S3 M1")
# make model  compare the exchange with the slow model (SEEDS=1-50 COMMANDS=200000)
# make simulate   run whole exchanges among failures (SEEDS=1-1000 STEPS=500)
# make judge  compare random descriptors and PSBTs with BDK and embit (DESCRIPTORS=10000 PSBTS=10000 SEED=1);
#             with BITCOIND=/path/to/bitcoind Bitcoin Core decides what they differ about
# make fuzz   search for inputs that break a parser (SECONDS=60 for each; ONLY="psbt json")
# make format make every file look the same

BUILD = swift build --explicit-target-dependency-import-check error
ARGS ?=
KILLS ?= 1000
LANES ?= 4

.PHONY: run test test-bitcoind bench drill attack model simulate kill-test judge fuzz format lint clean

run:
	@scripts/setup
	$(BUILD) -c release
	.build/release/holdfast demo $(ARGS)

test:
	@scripts/setup test
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks
	$(BUILD) --build-tests
	scripts/unit-tests
	Tests/EndToEnd/run .build/debug

# What takes a real node. Without one it is skipped, and says so.
BITCOIND_PARTS = devnet_judge policy_judge recovery_drill bitcoind_wsh bitcoind_tr bitcoind_nodes bitcoind_hsm bitcoind_withdrawals

test-bitcoind:
ifeq ($(strip $(BITCOIND)),)
	@echo "skipped: no node; make test-bitcoind BITCOIND=/path/to/bitcoind runs $(BITCOIND_PARTS)"
else
	@test -x "$(BITCOIND)" || { echo "BITCOIND: $(BITCOIND) is no program"; exit 1; }
	@scripts/setup test
	$(BUILD) -c release
	BITCOIND="$(abspath $(BITCOIND))" WITHDRAWALS=$(or $(WITHDRAWALS),10000) Tests/EndToEnd/run .build/release --only $(BITCOIND_PARTS)
endif

bench:
	@scripts/setup bench
	swift build --package-path Benchmarks -c release
	Benchmarks/.build/release/holdfast-bench $(if $(PEERS),--peers $(PEERS)) $(ARGS)

kill-test:
	@scripts/setup test
	$(BUILD) -c release
	.holdfast/venv/bin/python Tests/EndToEnd/kill_nine.py .build/release --kills $(KILLS) --lanes $(LANES)

drill:
	@scripts/setup test
	$(BUILD)
	.holdfast/venv/bin/python Tests/EndToEnd/drill.py .build/debug --folder .holdfast/drill

attack:
	@scripts/setup test
	$(BUILD)
	.holdfast/venv/bin/python Tests/Attack/run .build/debug $(if $(ONLY),--only $(ONLY)) $(ARGS)

# Both take SEEDS=first-last; model takes COMMANDS, simulate STEPS; COVERAGE=--coverage counts what happened.
SIMULATE = swift run -c release holdfast-simulate
COVERAGE ?=

model:
	@scripts/setup
	$(SIMULATE) model --seeds $(or $(SEEDS),1-50) --commands $(or $(COMMANDS),200000) $(COVERAGE)

simulate:
	@scripts/setup
	$(SIMULATE) world --seeds $(or $(SEEDS),1-1000) --steps $(or $(STEPS),500) $(COVERAGE)

judge:
	@scripts/setup test
	$(BUILD) --product bitcoin-under-judgement
	$(if $(BITCOIND),BITCOIND="$(abspath $(BITCOIND))") .holdfast/venv/bin/python Tests/Judges/bitcoin_judge.py \
	  .build/debug/bitcoin-under-judgement --seed $(or $(SEED),1) \
	  --descriptors $(or $(DESCRIPTORS),10000) --psbts $(or $(PSBTS),10000)

fuzz:
	@scripts/setup test
	Tests/Fuzzing/run --seconds $(or $(SECONDS),60) $(if $(ONLY),--only $(ONLY))

format:
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks

lint:
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks

clean:
	rm -rf .build Benchmarks/.build .holdfast
