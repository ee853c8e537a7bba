#!/usr/bin/env python3
"""Has the public referee for matching engines judge our book.

usage: matching_referee.py REFEREE [--library FILE] [--cores MATCHER,DRAINER] [--audit]

REFEREE is a checkout of github.com/flash1-dev/matching-engine-benchmark in which `make` was run, and in
which adapters of at least two other engines were built, whose agreement is the oracle of its edge
cases. See docs/matching-referee.md. Ends with 0 only when every scenario and every edge case passes.
"""
import argparse
import importlib.util
import os
import re
import subprocess
import sys

SCENARIOS = ["normal", "static", "swing-25", "swing-40", "flash-crash"]
# Engines the referee lists as conforming without a change to their matching, or after its own patch.
ORACLES = ["cpp_orderbook", "llc993", "hroptatyr_clob", "liquibook", "quantcup"]


def run_scenario(folder, library, scenario, cores, mode):
    """Returns whether the referee's verdict on one scenario is a pass, and its words."""
    command = ["./harness", "--engine", library, "--scenario", scenario, "--mode", mode,
               "--matcher-core", cores[0], "--drainer-core", cores[1]]
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    words = re.findall(r"(?:Status|State audit|Verdict):.*", answer.stdout)
    passed = "Status: PASS" in words and "Verdict: VALID" in words
    if mode == "audit":
        passed = passed and any(word.startswith("State audit: PASS") for word in words)
    return passed, "; ".join(words) or answer.stderr.strip()[-300:]


def run_edge_cases(folder, library):
    """Runs the referee's own gate, with the oracles that are built."""
    built = [name for name in ORACLES if os.path.exists(os.path.join(folder, name + "_adapter.so"))]
    if len(built) < 2:
        sys.exit(f"matching_referee: build at least two of these adapters first: {', '.join(ORACLES)}")
    os.chdir(folder)
    path = "scripts/conformance_check.py"
    specification = importlib.util.spec_from_file_location("conformance_check", path)
    gate = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(gate)
    gate.BASELINES = {name: f"./{name}_adapter.so" for name in built[:3]}
    print("edge cases, oracles:", ", ".join(gate.BASELINES), flush=True)
    sys.argv = [path, library]
    try:
        return gate.main() in (None, 0)
    except SystemExit as end:
        return end.code in (None, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("referee")
    parser.add_argument("--library", default=".build/release/libMatchingReferee.so")
    parser.add_argument("--cores", default="0,1")
    parser.add_argument("--audit", action="store_true", help="also compare the book itself at random points")
    options = parser.parse_args()
    library = os.path.abspath(options.library)
    if not os.path.exists(library):
        sys.exit(f"matching_referee: no {library}; run: swift build -c release --product MatchingReferee")
    if not os.path.exists(os.path.join(options.referee, "harness")):
        sys.exit(f"matching_referee: no harness in {options.referee}; run make there")
    passed = True
    for mode in ["perf", "audit"] if options.audit else ["perf"]:
        for scenario in SCENARIOS:
            good, words = run_scenario(options.referee, library, scenario, options.cores.split(","), mode)
            print(f"{scenario:12} {mode:6} {'PASS' if good else 'FAIL'}  {words}", flush=True)
            passed = passed and good
    passed = run_edge_cases(options.referee, library) and passed
    print("referee:", "PASS" if passed else "FAIL")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
