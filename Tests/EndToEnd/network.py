"""The rest of the network, as one regtest node sees it: it mines, reorganises, prefers other versions, remembers.

A node that is killed may come back without its last blocks, as after a power cut. From its peers it would get
them again; here it gets them from this.
"""
import collections
import http.client
import threading
import time

from exchange import fresh_address, wait_for
from whole_exchange import RPCFailure

PATIENCE = 600
# Errors of a node that is not there, is going away, or comes back.
GONE = (OSError, http.client.HTTPException, ValueError)
WARMING_UP = -28


class Miner(threading.Thread):
    """Makes blocks until it is told to end. All choices come from the seed; what they meet depends on the machine."""

    def __init__(self, exchange, choices, depth, pace):
        super().__init__(daemon=True)
        self.exchange, self.choices, self.depth = exchange, choices, depth
        self.pace = pace  # seconds between two blocks, on average
        self.call = exchange.rpc
        self.blocks = []  # (hash, raw block) by height: the branch with the most work that was ever seen
        self.counts = collections.Counter()
        self.transactions = {}  # id: raw, of all that waited in the mempool
        self.spenders = collections.defaultdict(list)  # outpoint: ids, in the order in which they were seen
        self.node_starts = 0  # raised by whoever starts the node again
        self.seen_starts = 0
        self.may_end = threading.Event()
        self.failure = None

    # Blocks

    def learn(self):
        """Takes the node's branch for the right one."""
        height = self.call("getblockcount")
        del self.blocks[height + 1:]
        while self.blocks and self.call("getblockhash", len(self.blocks) - 1) != self.blocks[-1][0]:
            self.blocks.pop()
        for at in range(len(self.blocks), height + 1):
            name = self.call("getblockhash", at)
            self.blocks.append((name, self.call("getblock", name, 0)))

    def restore(self):
        """Hands a node that was started again the blocks that it has lost."""
        starts = self.node_starts
        wait_for("the node to answer", self.exchange.node_answers, PATIENCE, 0.05)
        have = min(self.call("getblockcount"), len(self.blocks) - 1)
        while have > 0 and self.call("getblockhash", have) != self.blocks[have][0]:
            have -= 1
        lost = self.blocks[have + 1:]
        if lost:
            self.counts["blocks lost by the node"] += len(lost)
            try:
                self.call("reconsiderblock", lost[0][0])
            except RPCFailure:
                pass  # it does not even know it
            for _, raw in lost:
                self.call("submitblock", raw)
        self.learn()
        self.seen_starts = starts

    def mine(self, count=1):
        # To somebody else each time, so that no block equals one that was taken back.
        for _ in range(count):
            self.call("generatetoaddress", 1, fresh_address())
        self.learn()

    def mine_only(self, transactions):
        """A block with nothing but these; whether it is valid."""
        try:
            self.call("generateblock", fresh_address(), transactions)
        except RPCFailure as failure:
            if failure.code == WARMING_UP:
                raise
            return False
        self.learn()
        return True

    def reorganise(self):
        depth = self.choices.randint(1, self.depth)
        self.call("invalidateblock", self.blocks[-depth][0])
        self.counts["reorganisations"] += 1
        left = depth + 1
        if self.choices.random() < 0.5 and self.mine_other_version():
            left -= 1
        self.mine(left)

    # Versions of one payment

    def look(self):
        """Notes what waits in the mempool; returns how many waiting transactions replace another one."""
        replacing = 0
        for name in self.call("getrawmempool"):
            if name not in self.transactions:
                try:
                    found = self.call("getrawtransaction", name, 1)
                except RPCFailure:
                    continue  # gone already
                self.transactions[name] = found["hex"]
                for spent in found["vin"]:
                    self.spenders[spent["txid"], spent["vout"]].append(name)
                first = found["vin"][0]
                if len(self.spenders[first["txid"], first["vout"]]) > 1:
                    self.counts["payouts replaced"] += 1
            replacing += any(len(names) > 1 and name in names for names in self.spenders.values())
        return replacing

    def mine_other_version(self):
        """A block with a version that was replaced before; whether there was one that still could be mined."""
        races = [names for names in self.spenders.values() if len(names) > 1]
        self.choices.shuffle(races)
        for names in races[:5]:
            if self.mine_only([self.transactions[self.choices.choice(names[:-1])]]):
                self.counts["replaced versions mined"] += 1
                return True
        return False

    def bid_up(self):
        """No block takes a payout for a while, and fees rise until one of them is replaced."""
        if not self.hold_back(lambda: self.call("getrawmempool"), 15):
            return
        self.exchange.market.rate = self.choices.randint(20, 60)
        self.counts["fee spikes"] += 1
        before = self.look()
        self.hold_back(lambda: self.look() > before, 40)
        if self.choices.random() < 0.5:
            self.mine_other_version()
        self.exchange.market.rate = 5

    def hold_back(self, condition, seconds):
        """Blocks with nothing in them, until the condition holds or the time is over; whether it holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.may_end.is_set():
            if condition():
                return True
            self.pause(0.5)
            if self.choices.random() < 0.2:
                self.mine_only([])
        return False

    # Life

    def pause(self, longest):
        self.may_end.wait(self.choices.uniform(0.1, longest))

    def step(self):
        if self.seen_starts != self.node_starts:
            self.restore()
        self.look()
        kind = self.choices.random()
        if kind < 0.10:
            self.mine_only([])
            self.counts["blocks without a payout"] += 1
        elif kind < 0.22:
            self.reorganise()
        elif kind < 0.34:
            self.bid_up()
        else:
            self.mine()

    def run(self):
        try:
            while not self.may_end.is_set():
                try:
                    self.step()
                except GONE:
                    self.exchange.market.rate = 5
                    # Killed in the middle; the next step hands it what it has lost.
                    time.sleep(0.1)
                except RPCFailure as failure:
                    if failure.code != WARMING_UP:
                        raise
                self.pause(2 * self.pace)
            self.exchange.market.rate = 5
            self.restore()
        except BaseException as failure:
            self.failure = failure
            raise
