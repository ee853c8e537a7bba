#!/usr/bin/env python3
"""Loses primaries in several ways, and checks each time that the standby goes on with everything.

    standby.py BIN_DIR [--rounds 1] [--seed N] [--folder DIR] [--keep] [--only NAME ...]

Real processes, real disks, customers who trade over many connections. In each story some process is killed
or stopped at a random moment under load, a standby is promoted and served, and then each acknowledged
request is there exactly once, what is owed is what came in, and the whole history adds up. Ends with
`N passed, N failed`, exit status 0 if none failed.
"""
import argparse
import asyncio
import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import aiohttp

from exchange import Installation, Program, wait_for
from kill_nine import Exchange, Load, Refused, Run

SYNCHRONOUS = "{answers: standby, patience: 5s}"


class Failure(Exception):
    pass


def expect(condition, problem):
    if not condition:
        raise Failure(problem)


class Standby:
    """A running `holdfast standby`."""

    def __init__(self, installation, name, source):
        self.folder = installation.folder / name
        self.program = Program(
            [installation.programs / "holdfast", "standby", "--from", source, "--data", self.folder,
             "--name", name, "--json"], installation.folder / f"{name}.log")
        self.program.start()

    @property
    def status(self):
        """What it says about itself, or nothing before the first word."""
        try:
            return json.loads((self.folder / "standby.json").read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    def wait_until_in_step(self, at_least=1):
        def look():
            if not self.program.is_running:
                raise Failure(f"the standby ended:\n{self.program.last_words()}")
            status = self.status
            return (status and status.get("state") == "in step"
                    and status["journal"]["batch"] >= at_least and status)
        return wait_for("the standby to be in step", look)

    def wait_for_end(self, seconds=20):
        self.program.process.wait(seconds)
        return self.program.process.returncode


def promote(installation, folder, *options):
    """Promotes a standby and returns what the command says."""
    answer = subprocess.run(
        [installation.programs / "holdfast", "promote", "--data", folder, "--json", *options],
        text=True, capture_output=True, timeout=60)
    expect(answer.returncode == 0, f"promote ended {answer.returncode}: {answer.stderr}")
    return json.loads(answer.stdout)


class Story:
    """One exchange with its customers, from its first batch on."""

    def __init__(self, installation, number, seed):
        self.installation = installation
        self.choices = random.Random(f"{seed}/{number}")
        self.run = Run(installation, number, seed)
        self.seed = seed
        self.cycle = 0
        self.number = number

    @property
    def primary(self):
        return self.installation.data

    def standby(self, name, source=None):
        return Standby(self.installation, f"{name}{self.number}", source or self.primary)

    def load(self, exchange):
        self.cycle += 1
        return Load(exchange, self.run.customers, f"{self.number}x{self.cycle}", self.seed)

    async def trade(self, until):
        """Trades until `until(load)` returns, then waits for every customer to notice the end."""
        async with Exchange(self.installation) as exchange:
            load = self.load(exchange)
            tasks = load.tasks()
            try:
                expect(await Run.is_loaded(load), f"nothing acknowledged: {dict(load.refusals)}")
                await until(load)
            finally:
                _, open_tasks = await asyncio.wait(tasks, timeout=25)
                for task in open_tasks:
                    task.cancel()
            expect(not open_tasks, "customers still wait for an answer")
        return load

    async def moment(self):
        await asyncio.sleep(self.choices.uniform(0.2, 0.8))

    async def serve_and_audit(self, folder):
        """Serves a promoted folder, and lets every customer look for everything he was told."""
        installation = self.installation
        installation.prepare_server(folder.name)
        report = installation.verify_journal()
        health = installation.start_server()
        problems = self.run.compare_state(report, health)
        async with Exchange(installation) as exchange:
            problems += await self.run.wait_for_deposits(exchange)
        problems += self.run.check_owed()
        problems += await self.run.audit()
        expect(not problems, "\n  ".join(problems[:10]))
        await self.trade_a_little()
        return health

    async def trade_a_little(self):
        """The exchange works: customers get answers."""
        async with Exchange(self.installation) as exchange:
            load = self.load(exchange)
            tasks = load.tasks()
            loaded = await Run.is_loaded(load)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            expect(loaded, f"the promoted server acknowledges nothing: {dict(load.refusals)}")

    def is_waiting_for_standby(self):
        health = self.installation.health()
        return health and health["replication"]["answers"] == "standby"


async def synchronous(story):
    """The machine is gone with its disk: answers waited for the standby, so it has them all."""
    story.installation.replication = SYNCHRONOUS
    await story.run.begin()
    standby = story.standby("sync")
    standby.wait_until_in_step()

    async def until(load):
        await asyncio.to_thread(wait_for, "answers to wait", story.is_waiting_for_standby)
        before = load.acknowledged
        await story.moment()
        story.installation.serve.kill()
        expect(load.acknowledged > before, "nothing was acknowledged while answers waited")

    await story.trade(until)
    story.primary.rename(story.primary.with_suffix(".lost"))
    promoted = promote(story.installation, standby.folder, "--without-old-disk")
    expect(standby.wait_for_end() == 0, "the standby did not make room in order")
    await story.serve_and_audit(standby.folder)
    return f"term {promoted['term']}, batch {promoted['batch']}, the old disk was gone"


async def asynchronous(story):
    """The standby was dead while the primary went on: the rest comes from the old primary's disk."""
    await story.run.begin()
    standby = story.standby("late")
    standby.wait_until_in_step()

    async def until(load):
        await story.moment()
        standby.program.kill()
        before = load.acknowledged
        await story.moment()
        story.installation.serve.kill()
        expect(load.acknowledged > before, "nothing was acknowledged without the standby")

    await story.trade(until)
    promoted = promote(story.installation, standby.folder)
    expect(promoted["fetchedBatches"] > 0, "nothing came from the old primary's disk")
    await story.serve_and_audit(standby.folder)
    return f"{promoted['fetchedBatches']} batches came from the old primary's disk"


async def stopped(story):
    """The primary sleeps through the promotion, wakes up, and must not answer anybody."""
    await story.run.begin()
    standby = story.standby("wake")
    standby.wait_until_in_step()
    installation = story.installation
    old, old_data, old_url = installation.serve, story.primary, installation.public_url
    counts = {}

    async def until(load):
        await story.moment()
        old.process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(0.3)  # what it had sent by then arrives
        counts["before"] = load.acknowledged
        counts["promoted"] = await asyncio.to_thread(promote, installation, standby.folder)
        old.process.send_signal(signal.SIGCONT)
        counts["status"] = await asyncio.to_thread(old.process.wait, 20)
        counts["after"] = load.acknowledged

    async with Exchange(installation) as exchange:
        load = story.load(exchange)
        tasks = load.tasks()
        expect(await Run.is_loaded(load), "nothing acknowledged")
        await until(load)
        await asyncio.wait(tasks, timeout=25)
    expect(counts["status"] not in (0, None), f"the old primary ended {counts['status']}")
    words = pathlib.Path(old.log).read_text(errors="replace")
    expect("another machine was promoted under term" in words, f"it does not say why:\n{words[-800:]}")
    # Back from the dead: it must not even begin.
    old.start()
    expect(old.process.wait(20) not in (0, None), "the old primary starts again")
    expect("another primary was promoted" in old.last_words(), f"it says:\n{old.last_words()}")
    installation.use_fresh_ports()
    expect(installation.public_url != old_url, "the new server needs ports of its own")
    await story.serve_and_audit(standby.folder)
    # What it wrote and told nobody may make it a past that did not go on; then it is told so.
    back = Standby(installation, old_data.name, standby.folder)
    try:
        back.wait_until_in_step()
        ending = "follows as a standby"
    except (Failure, TimeoutError):
        words = back.program.last_words()
        expect("did not go on" in words, f"the old primary cannot follow, and says:\n{words}")
        ending = "is refused as a past that did not go on"
    back.program.kill()
    return f"{counts['after'] - counts['before']} answers were under way; the old primary {ending}"


async def two_standbys(story):
    """One of two is killed and resumes; after the promotion the other, and the old primary, follow."""
    story.installation.replication = SYNCHRONOUS
    await story.run.begin()
    first, second = story.standby("one"), story.standby("two")
    first.wait_until_in_step()
    second.wait_until_in_step()

    async def until(load):
        await story.moment()
        second.program.kill()
        await story.moment()
        second.program.start()
        await asyncio.to_thread(second.wait_until_in_step)
        story.installation.serve.kill()

    await story.trade(until)
    old_data = story.primary
    promote(story.installation, first.folder)
    await story.serve_and_audit(first.folder)
    second.program.stop()
    followers = [
        Standby(story.installation, second.folder.name, story.primary),
        Standby(story.installation, old_data.name, story.primary)]
    for follower in followers:
        follower.wait_until_in_step()
    await story.trade_a_little()
    story.installation.serve.stop()
    head = story.installation.verify_journal()
    for follower in followers:
        wait_for("the last batch", lambda: (
            follower.status["journal"]["batch"] >= head["batches"]))
        follower.program.stop()
        copy = subprocess.run(
            [story.installation.programs / "holdfast", "journal", "verify", follower.folder, "--json"],
            text=True, capture_output=True)
        expect(json.loads(copy.stdout)["stateHash"] == head["stateHash"],
               f"{follower.folder.name} holds another exchange")
    return f"three folders hold the same {head['batches']} batches"


async def degraded(story):
    """Without a standby answers go on, and say so; with `withoutStandby: stop` the exchange stops."""
    installation = story.installation
    installation.replication = "{answers: standby, patience: 300ms}"
    await story.run.begin()
    standby = story.standby("gone")
    standby.wait_until_in_step()

    async def until(load):
        await asyncio.to_thread(wait_for, "answers to wait", story.is_waiting_for_standby)
        standby.program.kill()
        await asyncio.to_thread(wait_for, "answers not to wait", lambda: (
            installation.health()["replication"]["answers"] == "degraded"))
        before = load.acknowledged
        await asyncio.to_thread(wait_for, "an answer", lambda: load.acknowledged > before)
        standby.program.start()
        await asyncio.to_thread(wait_for, "answers to wait again", story.is_waiting_for_standby)
        installation.serve.kill()

    await story.trade(until)
    installation.replication = "{answers: standby, patience: 1s, withoutStandby: stop}"
    installation.prepare_server(story.primary.name)
    installation.start_server()
    standby.wait_until_in_step()

    async def until_stopped(load):
        await story.moment()
        standby.program.kill()
        status = await asyncio.to_thread(installation.serve.process.wait, 20)
        expect(status not in (0, None), f"the server ended {status}")

    await story.trade(until_stopped)
    words = pathlib.Path(installation.serve.log).read_text(errors="replace")
    expect("no standby confirmed batch" in words, f"it does not say why:\n{words[-800:]}")
    promote(installation, standby.folder)
    installation.replication = "{}"
    await story.serve_and_audit(standby.folder)
    return "degraded and back, then stopped as configured"


STORIES = [synchronous, asynchronous, stopped, two_standbys, degraded]


async def tell(installation, stories, rounds, seed):
    passed = failed = number = 0
    for _ in range(rounds):
        for story in stories:
            number += 1
            installation.replication = "{}"
            installation.use_fresh_ports()
            began = time.monotonic()
            try:
                word, detail = "ok", await story(Story(installation, number, seed))
                passed += 1
            except (Failure, RuntimeError, TimeoutError, Refused, aiohttp.ClientError, OSError,
                    subprocess.TimeoutExpired) as error:
                word, detail = "FAIL", f"{type(error).__name__}: {error}"
                failed += 1
            print(f"{word:<6}{story.__name__:<14}{time.monotonic() - began:6.1f} s  {detail}", flush=True)
            if installation.serve and installation.serve.is_running:
                installation.serve.kill()
    print(f"{passed} passed, {failed} failed")
    return failed == 0 and passed > 0


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(__doc__.splitlines()[4:]))
    parser.add_argument("programs", metavar="BIN_DIR", help="folder of the built programs")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=[s.__name__ for s in STORIES])
    parser.add_argument("--seed", type=int, help="default: a random one, which is printed")
    parser.add_argument("--folder", help="where the data goes; default: a temporary folder")
    parser.add_argument("--keep", action="store_true", help="keep the folder also when all is well")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(2**32)
    folder = pathlib.Path(arguments.folder or tempfile.mkdtemp(prefix="holdfast-standby-"))
    print(f"seed {seed}, folder {folder}", flush=True)
    installation = Installation(arguments.programs, folder)
    stories = [s for s in STORIES if not arguments.only or s.__name__ in arguments.only]
    good = False
    try:
        installation.hold_ceremony()
        installation.start_chain()
        good = asyncio.run(tell(installation, stories, arguments.rounds, seed))
    finally:
        installation.stop()
        if good and not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"kept {folder}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
