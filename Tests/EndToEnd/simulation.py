#!/usr/bin/env python3
"""A thousand whole exchanges among failures, and a million commands beside the slow model.

    Tests/EndToEnd/simulation.py [--seeds 1000] [--commands 20000]

Builds holdfast-simulate (release) and runs it once on each core. What a failing seed prints, with the line
that shows it again, is printed. The long searches are `make simulate` and `make model`.
"""
import argparse
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL_SEEDS = 50


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1000, help="simulated exchanges")
    parser.add_argument("--commands", type=int, default=20_000,
                        help=f"commands for each of {MODEL_SEEDS} seeds of the model")
    arguments = parser.parse_args()
    build = ["swift", "build", "-c", "release"]
    if subprocess.run([*build, "--product", "holdfast-simulate"], cwd=ROOT).returncode != 0:
        sys.exit("holdfast-simulate does not build")
    folder = subprocess.run(
        [*build, "--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    program = pathlib.Path(folder.strip()) / "holdfast-simulate"
    cores = len(os.sched_getaffinity(0))

    def in_shares(mode, seeds, *options):
        """Runs the seeds from 1 on, a share on each core; ends the program when one fails."""
        bounds = [seeds * share // cores for share in range(cores + 1)]
        running = [
            subprocess.Popen([program, mode, "--seeds", f"{first + 1}-{last}", *options])
            for first, last in zip(bounds, bounds[1:]) if first < last]
        if any([process.wait() for process in running]):
            sys.exit(f"{mode}: a seed failed; see above")

    in_shares("world", arguments.seeds)
    in_shares("model", MODEL_SEEDS, "--commands", str(arguments.commands))
    print(f"{arguments.seeds} simulated exchanges, {MODEL_SEEDS * arguments.commands} commands beside "
          "the model: no differences")


if __name__ == "__main__":
    main()
