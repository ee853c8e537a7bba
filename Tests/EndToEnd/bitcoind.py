#!/usr/bin/env python3
"""Plays the demo's story on a real Bitcoin Core instead of the embedded chain.

    BITCOIND=/path/to/bitcoind bitcoind.py BIN_DIR --form wsh|tr --folder FOLDER --port PORT

Starts a regtest node of its own, lets `holdfast demo --once` play on it, and ends with the demo's last line.
Exit status 0 when every step held.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Judges"))
from devnet_judge import Node, free_port


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--form", choices=["wsh", "tr"], default="wsh")
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    bitcoind = os.environ.get("BITCOIND")
    if not bitcoind:
        raise SystemExit("set BITCOIND to the program")
    data = tempfile.mkdtemp(prefix="bitcoind-story-")
    port = free_port()
    # No transaction index and no wallet: what docs/operations/bitcoind.md says is needed.
    node = Node("core", [
        bitcoind, "-regtest", f"-datadir={data}", f"-rpcport={port}", "-rpcuser=judge", "-rpcpassword=secret",
        "-listen=0", "-server", "-printtoconsole=0"], port)
    try:
        node.start()
        return subprocess.run(
            [options.programs / "holdfast", "demo", "--once", "--form", options.form, "--folder", options.folder,
             "--port", str(options.port), "--bitcoind", f"http://judge:secret@127.0.0.1:{port}"],
            stdin=subprocess.DEVNULL).returncode
    finally:
        node.stop()
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
