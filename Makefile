# What a person who changes Rigbus types. Everything else is Maven's business.

MVN := mvn -B
VENV := system-tests/.venv
PYTHON := $(VENV)/bin/python
REPORTS := system-tests/target/reports
PROBE := system-tests/target/probe-tests.jar
PEERS := stock rigbus
# Processes that live for seconds are not worth what the second compiler costs, of which two cores have a sixth of all that tests take.
BRIEF := RIGBUS_JAVA_OPTS=-XX:TieredStopAtLevel=1
# On the JDK that is the oldest to run on.
export JAVA_HOME := $(shell system-tests/setup.sh java)

.DEFAULT_GOAL := help
.PHONY: help build fast check strict contract $(PEERS:%=contract-%) lab slow fault partition soak bench benchlab benchrouter benchclient benchspread spread docs format clean

help: ## lists the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

build: ## the command, without any check
	./rigbus build

fast: ## compiles, and runs the unit tests
	$(MVN) -q test

check: strict contract spread lab slow docs ## everything before a push but what `make partition` does
	@echo "make check: all passed"

strict:
	$(MVN) -T 2 -Pstrict verify

contract: $(PEERS:%=contract-%) ## the same tests against the stock exporter and ours

$(PEERS:%=contract-%): contract-%: $(VENV)/ready
	mkdir -p $(REPORTS)
	cd system-tests/contract && $(BRIEF) RIGBUS_PEER=$* RIGBUS_EXTRA_CLASSPATH=$(CURDIR)/$(PROBE) $(CURDIR)/$(PYTHON) -m pytest -q -n 2 --dist loadscope \
	    --ignore=lab --junit-xml=$(CURDIR)/$(REPORTS)/contract-$*.xml

# The first start after a build makes the archive of classes, which is no business of a test.
contract-rigbus: $(PROBE) archive

lab: app/target/rigbus.jar $(PROBE) archive $(VENV)/ready ## a lab of ours with stock clients and stock exporters
	mkdir -p $(REPORTS)
	cd system-tests/contract && $(BRIEF) RIGBUS_EXTRA_CLASSPATH=$(CURDIR)/$(PROBE) $(CURDIR)/$(PYTHON) -m pytest -q lab -n 2 --dist loadscope \
	    $(SLOW:%=--ignore=%) --junit-xml=$(CURDIR)/$(REPORTS)/lab.xml

# What runs on other nodes is asked what runs here is asked; of the tests of drivers, storage.py, shell.py and flasher.py pass too.
SPREAD := $(addprefix interop/test_,power.py tree.py network.py serial.py)

spread: app/target/rigbus.jar $(PROBE) archive $(VENV)/ready ## the tests of the drivers, with one exporter over three nodes
	mkdir -p $(REPORTS)
	cd system-tests/contract && $(BRIEF) RIGBUS_EXTRA_CLASSPATH=$(CURDIR)/$(PROBE) $(CURDIR)/$(PYTHON) -m pytest -q --peer spread $(SPREAD) \
	    -n 2 --dist loadscope --junit-xml=$(CURDIR)/$(REPORTS)/spread.xml

SLOW := lab/test_crowd.py lab/test_survive.py lab/test_slow.py lab/test_releases.py lab/test_soak.py

slow: app/target/rigbus.jar $(PROBE) archive $(VENV)/ready ## a crowd in a lab, two releases, half a minute of soak, what stock peers wait a minute for
	mkdir -p $(REPORTS)
	cd system-tests/contract && $(BRIEF) RIGBUS_EXTRA_CLASSPATH=$(CURDIR)/$(PROBE) $(CURDIR)/$(PYTHON) -m pytest -q $(SLOW) \
	    -n 2 --dist loadscope --junit-xml=$(CURDIR)/$(REPORTS)/slow.xml

.PHONY: archive
archive: app/target/rigbus.jar
	./rigbus version

fault: app/target/rigbus.jar $(PROBE) $(VENV)/ready ## hostile input, against ours alone
	cd system-tests/contract && RIGBUS_PEER=rigbus RIGBUS_EXTRA_CLASSPATH=$(CURDIR)/$(PROBE) $(CURDIR)/$(PYTHON) -m pytest -q wire/test_bad_input.py

# How long the faults or the soak go on; SEED repeats the faults.
SECONDS := 45

soak: app/target/rigbus.jar archive $(VENV)/ready ## a lab in use, whose memory, threads and descriptors stay flat; SECONDS=86400
	cd system-tests/contract && RIGBUS_SOAK_SECONDS=$(SECONDS) $(CURDIR)/$(PYTHON) -m pytest -q -s lab/test_soak.py

partition: app/target/rigbus.jar $(PROBE) $(VENV)/ready archive ## a lab whose hosts lose each other; SECONDS=60, SEED=; as root
	cd system-tests/partition && $(CURDIR)/$(PYTHON) partition.py --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))
	cd system-tests/partition && $(CURDIR)/$(PYTHON) partition.py --unfenced --seconds 60 $(if $(SEED),--seed $(SEED))

bench: app/target/rigbus.jar $(VENV)/ready ## time from the start to the first answered call, stock beside ours
	$(PYTHON) system-tests/bench/start.py

benchlab: app/target/rigbus.jar archive $(VENV)/ready ## a lab with a thousand exporters and ten thousand leases
	$(PYTHON) system-tests/bench/crowd.py

benchrouter: app/target/rigbus.jar archive $(VENV)/ready ## the router beside a bare grpc-go one; BENCH=the folder of the neutral load generator
	$(PYTHON) system-tests/bench/router.py $(BENCH)

benchclient: app/target/rigbus.jar archive $(VENV)/ready ## our client and j beside the stock ones, on the same exporter
	$(PYTHON) system-tests/bench/client.py

benchspread: app/target/rigbus.jar archive $(VENV)/ready ## drivers on another node beside drivers here; BENCH=the folder of the neutral load generator
	$(PYTHON) system-tests/bench/spread.py $(BENCH)

docs: app/target/rigbus.jar $(VENV)/ready ## runs every command of the documentation
	mkdir -p $(REPORTS)
	cd system-tests/docs && $(CURDIR)/$(PYTHON) -m pytest -q -n 2 --dist worksteal --junit-xml=$(CURDIR)/$(REPORTS)/docs.xml

format: ## formats the Java sources
	$(MVN) -q -Pstrict -Dspotless.goal=apply process-sources

clean: ## removes what was built
	$(MVN) -q clean
	rm -rf .rigbus $(VENV)

$(PROBE):
	$(MVN) -q -DskipTests package

app/target/rigbus.jar:
	./rigbus build

$(VENV)/ready: system-tests/setup.sh system-tests/contract/requirements.txt system-tests/contract/constraints.txt
	system-tests/setup.sh venv
