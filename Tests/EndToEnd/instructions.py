#!/usr/bin/env python3
"""The gate on the core's speed: instructions, not time, so that a busy machine changes nothing.

    Tests/EndToEnd/instructions.py [--limit 585] [--commands 100000]

The core must not get slower: the limit is what it was when it was last made faster, and a little, below
the goal of 600.

Builds Benchmarks' order-flow (release), compares the bytes of the workloads that it generates with the
published MD5 sums, carries one out in the whole core and in the bare book, whose trades must be those of
the workload, and counts with callgrind what the core executes for each command.
"""
import argparse
import hashlib
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

# mix, options, MD5 of the file. The first two have the sums under which the workload is known.
WORKLOADS = [
    ("crypto", [], "b8e40448183739f0eb65a28c569a48fa"),
    ("ec", [], "a4569d2da8131f7b2c307152a46b3546"),
    ("full", [], "84d389714eb1bac2beba1592fb2bbdac"),
    ("book", [], "57b75b748afbcad16049df6b40568a96"),
    ("crypto", ["--symbols", "3", "--depth", "50", "--commands", "20000"],
     "7eb852586cfd01697f359386d8b20f9d"),
    ("crypto", ["--depth", "25000", "--commands", "20000"], "3582521cd3311b4fe869a8550e060a3c"),
    ("ec", ["--symbols", "2", "--depth", "100", "--commands", "20000", "--users", "64", "--seed", "7",
            "--stale"], "4d57592afbaa5bba7cdd85647255d63e"),
    ("full", ["--depth", "300", "--commands", "20000", "--users", "64", "--seed", "7", "--stale"],
     "1a66b35e152d524e5c8e0eb4762008b6"),
]
# Instructions for a command of the whole core that we are after, and those that it may not exceed.
GOAL, LIMIT = 600, 585
# Positions of words in a workload's header.
TRADES, ORDERED_SUM, RESTING = 10, 13, 15


def fail(message):
    print(message)
    sys.exit(1)


def run(command):
    result = subprocess.run(
        [str(part) for part in command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0:
        fail(f"{' '.join(str(part) for part in command)}\n{result.stdout[-3000:]}")
    return result.stdout


def verify_pass(output, workload):
    """The line of a pass must promise what the workload's header does."""
    words = struct.unpack("<24Q", workload.read_bytes()[:192])
    line = next((line for line in output.splitlines() if line.startswith("ns=")), "")
    values = dict(word.split("=") for word in line.split())
    for name, place in (("trades", TRADES), ("sum", ORDERED_SUM), ("resting", RESTING)):
        if int(values.get(name, -1)) != words[place]:
            fail(f"{name} is {values.get(name)}; the workload says {words[place]}")
    for name, wanted in (("refused", 0), ("conserved", 1)):
        if int(values.get(name, wanted)) != wanted:
            fail(f"{name} is {values[name]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--limit", type=float, default=LIMIT, help="instructions for a command")
    parser.add_argument("--commands", type=int, default=100_000)
    arguments = parser.parse_args()
    if not shutil.which("valgrind"):
        fail("valgrind is not installed: scripts/setup test installs it")
    package = ["--package-path", "Benchmarks", "-c", "release"]
    run(["swift", "build", *package, "--product", "order-flow"])
    program = pathlib.Path(run(["swift", "build", *package, "--show-bin-path"]).strip()) / "order-flow"
    with tempfile.TemporaryDirectory(prefix="holdfast-instructions-") as folder:
        workload = pathlib.Path(folder) / "workload.bin"
        for mix, options, wanted in WORKLOADS:
            run([program, "generate", mix, workload, *options])
            with open(workload, "rb") as file:
                found = hashlib.file_digest(file, "md5").hexdigest()
            if found != wanted:
                fail(f"workload {mix} {' '.join(options)}: MD5 {found}, not {wanted}")
        for mix in ("ec", "crypto"):
            run([program, "generate", mix, workload, "--commands", str(arguments.commands)])
            for engine in ("book", "core"):
                verify_pass(run([program, engine, workload, "--once"]), workload)
        output = run([
            "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
            "--toggle-collect=*timedRegion*", program, "core", workload, "--once"])
        verify_pass(output, workload)
    collected = re.search(r"Collected : (\d+)", output)
    if not collected:
        fail(f"callgrind said nothing:\n{output[-1000:]}")
    count = int(collected[1]) / arguments.commands
    if count > arguments.limit:
        fail(f"{count:.0f} instructions a command, above {arguments.limit:.0f}")
    print(f"{count:.0f} instructions a command, limit {arguments.limit:.0f}, goal {GOAL} "
          f"{'met' if count <= GOAL else 'missed'}; "
          f"{len(WORKLOADS)} workloads to the byte")


if __name__ == "__main__":
    main()
