#!/usr/bin/env python3
"""A guard that compares its node with a second one: while the two show different chains, nothing leaves.

    guard_nodes.py BIN_DIR --folder FOLDER [--bitcoind PATH]

The second node is a holdfast-devnet; the first one too, or Bitcoin Core with --bitcoind: two programs by two makers.
Blocks go from the first to the second, until for a while each has blocks of its own. Exit status 0 when a
withdrawal is paid before, held with a public reason meanwhile, and paid after.
"""
import asyncio
import sys

from exchange import BTC, Program, fresh_address, free_ports, wait_for
from kill_nine import Exchange
from whole_exchange import PATIENCE, Node, WholeExchange, tell
from withdrawals import Customer

ALARM = "the guard's nodes do not show the same chain"
AMOUNT = 200_000


class TwoNodes(WholeExchange):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        port, = free_ports(1)
        (self.folder / "second").mkdir(exist_ok=True)
        self.second = Program(
            [self.programs / "holdfast-devnet", "--datadir", self.folder / "second", "--rpcport", port, "--rpcuser",
             "judge", "--rpcpassword", "secret"], self.folder / "second.log")
        self.other = Node("second", [], port)
        self.guard_extra = (
            f"secondNode: {{url: http://127.0.0.1:{port}, user: judge, passwordFile: node-password}}\n"
            "nodesTolerance: 1h\n")

    def start_chain(self):
        self.second.start()
        super().start_chain()
        wait_for("the second node to answer", self.second_answers, PATIENCE, 0.05)

    def second_answers(self):
        try:
            return self.other.call("getblockcount") is not None
        except (OSError, ValueError):
            return False

    def share(self):
        """Hands the second node what the first one has; it follows when that is more work."""
        height = self.rpc("getblockcount")
        start = min(height, self.other.call("getblockcount"))
        while self.rpc("getblockhash", start) != self.other.call("getblockhash", start):
            start -= 1
        for at in range(start + 1, height + 1):
            self.other.call("submitblock", self.rpc("getblock", self.rpc("getblockhash", at), 0))
        if self.rpc("getbestblockhash") != self.other.call("getbestblockhash"):
            raise RuntimeError("the second node does not follow")

    def mine(self, count=1):
        for _ in range(count):
            self.rpc("generatetoaddress", 1, fresh_address())

    def is_suspended(self):
        return any('holdfast_suspended{' in line and 'reason="guardHalted"' in line for line in self.metrics())

    def stop(self):
        super().stop()
        self.second.stop()


async def withdraw(door, customer):
    rows = await door.call(customer, "POST", "/api/v5/asset/withdrawal", {
        "ccy": "BTC", "amt": f"{AMOUNT / BTC:.8f}", "dest": "4", "toAddr": customer.withdraw_to,
        "chain": "BTC-Bitcoin"})
    return rows[0]["wdId"]


async def until(what, condition):
    end = asyncio.get_running_loop().time() + PATIENCE
    while not await condition():
        if asyncio.get_running_loop().time() > end:
            raise TimeoutError(f"waited {PATIENCE} s for {what}")
        await asyncio.sleep(0.2)


async def story(exchange):
    exchange.start()
    exchange.share()
    async with Exchange(exchange) as door:
        alice = await Customer.opened("alice", exchange, door)

        async def row(withdrawal):
            return (await door.call(alice, "GET", f"/api/v5/holdfast/withdrawal?wdId={withdrawal}"))[0]

        async def is_paid(withdrawal):
            if (await row(withdrawal))["state"] == "2":
                return True
            exchange.mine()
            exchange.share()
            return False

        exchange.wallet.pay({alice.deposit_address: 1_000_000})
        exchange.mine(exchange.confirmations)
        exchange.share()
        await until("the deposit", lambda: asyncio.to_thread(lambda: exchange.owed()["BTC"] == 1_000_000))
        first = await withdraw(door, alice)
        await until("the first withdrawal", lambda: is_paid(first))
        print("ok    a withdrawal is paid while the guard's nodes agree", flush=True)

        # Two blocks on one branch, three on the other: no tolerance is long enough for that.
        exchange.other.call("generatetoaddress", 3, fresh_address())
        exchange.mine(2)
        second = await withdraw(door, alice)

        async def is_held():
            return ALARM in str(await row(second)) and await asyncio.to_thread(exchange.is_suspended)

        await until("the alarm", is_held)
        print("ok    two branches: an alarm in public, and the withdrawal is held with the reason", flush=True)
        exchange.mine(4)
        if (await row(second))["state"] == "2" or exchange.rpc("getrawmempool"):
            raise RuntimeError("something left while the nodes differed")

        exchange.share()
        await until("the end of the alarm", lambda: asyncio.to_thread(lambda: not exchange.is_suspended()))
        await until("the second withdrawal", lambda: is_paid(second))
    print("ok    the second node follows: the alarm ends by itself, and the withdrawal is paid", flush=True)


def main():
    tell(story, TwoNodes, __doc__)
    print("two nodes of the guard: 2 withdrawals paid, 1 alarm in between")
    return 0


if __name__ == "__main__":
    sys.exit(main())
