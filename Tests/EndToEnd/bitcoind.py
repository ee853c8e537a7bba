#!/usr/bin/env python3
"""Plays the demo's story on a real Bitcoin Core instead of the embedded chain, then lets a storm loose on it.

    BITCOIND=/path/to/bitcoind bitcoind.py BIN_DIR --form wsh|tr --folder FOLDER --port PORT [--rounds N] [--seed N]

Starts a regtest node of its own and `holdfast demo` on it. When the story is told and the exchange is up, comes
the storm of storm.py: deposits that race with their replacements, reorganisations, double spends, withdrawals in
between. Exit status 0 when every step of the story held and nothing was lost, doubled or invented.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Judges"))
from devnet_judge import Node, free_port

from storm import Customer, Storm, reserves


def wait_until_up(demo, folder, log):
    """Waits until the story is told and the exchange stays up."""
    end = time.monotonic() + 15 * 60
    while "Ctrl-C" not in log.read_text(errors="replace"):
        if demo.poll() is not None:
            raise SystemExit(f"the demo ended {demo.returncode}:\n{log.read_text(errors='replace')[-2000:]}")
        if time.monotonic() > end:
            raise SystemExit("the exchange is not up after 15 min")
        time.sleep(0.2)
    return json.loads((folder / "accounts.json").read_text())


def rage(node, options, accounts):
    """The storm; returns what is wrong afterwards, and what happened."""
    internal = f"http://127.0.0.1:{options.port + 1}"
    customers = [Customer(entry) for entry in accounts]
    storm = Storm(node, customers, internal, options.seed)
    problems = storm.rage(options.rounds)
    return problems + reserves(options.programs, options.folder / "holdfast.yaml"), storm.summary


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--form", choices=["wsh", "tr"], default="wsh")
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    bitcoind = os.environ.get("BITCOIND")
    if not bitcoind:
        raise SystemExit("set BITCOIND to the program")
    data = tempfile.mkdtemp(prefix="bitcoind-story-")
    port = free_port()
    # The exchange needs no transaction index; the storm asks for transactions by their id.
    demo = None
    node = Node("core", [
        bitcoind, "-regtest", f"-datadir={data}", f"-rpcport={port}", "-rpcuser=judge", "-rpcpassword=secret",
        "-txindex=1", "-listen=0", "-server", "-printtoconsole=0"], port)
    try:
        node.start()
        options.folder.parent.mkdir(parents=True, exist_ok=True)
        log = options.folder.with_name(options.folder.name + "-demo.log")
        with open(log, "wb") as output:
            demo = subprocess.Popen(
                [options.programs / "holdfast", "demo", "--form", options.form, "--folder", options.folder,
                 "--port", str(options.port), "--bitcoind", f"http://judge:secret@127.0.0.1:{port}"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        accounts = wait_until_up(demo, options.folder, log)
        # The demo mines a block now and then; from here on only the storm does. Its programs go on.
        demo.send_signal(signal.SIGSTOP)
        problems, happened = rage(node, options, accounts)
        demo.send_signal(signal.SIGCONT)
        demo.send_signal(signal.SIGINT)
        if demo.wait(120) != 0:
            problems.append(f"the demo ended {demo.returncode}")
        for problem in problems:
            print(f"FAIL  {problem}")
        if not problems:
            print(
                f"ok    the story on Bitcoin Core, and {options.rounds} rounds of storm (seed {options.seed}): "
                f"{happened}")
        return 1 if problems else 0
    finally:
        if demo and demo.poll() is None:
            demo.send_signal(signal.SIGCONT)
            demo.send_signal(signal.SIGINT)
            demo.wait(120)
        node.stop()
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
