"""What the client tests share: the accounts file, and counting what held.

The clients are used as they come from PyPI. Only the base URL differs.
"""

import json
import sys
import traceback


def accounts(argv):
    """The accounts of the JSON file named on the command line, at least two."""
    if len(argv) != 2:
        sys.exit(f"usage: {argv[0]} ACCOUNTS.json")
    with open(argv[1]) as file:
        found = json.load(file)
    if len(found) < 2:
        sys.exit("the accounts file must list at least two customers")
    return found[0], found[1]


class Checks:
    """Runs checks one by one and counts them."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def note(self, name, error=None):
        if error is None:
            self.passed += 1
            print(f"ok    {name}")
        else:
            self.failed += 1
            print(f"FAIL  {name}: {error}")

    def check(self, name, body):
        try:
            body()
            self.note(name)
        except Exception as error:
            self.note(name, describe(error))

    async def check_async(self, name, body):
        try:
            await body()
            self.note(name)
        except Exception as error:
            self.note(name, describe(error))

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed or not self.passed else 0)


def describe(error):
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} (line {frame.lineno})"


def expect(condition, message="does not hold"):
    if not condition:
        raise AssertionError(message)


def equal(found, wanted):
    if found != wanted:
        raise AssertionError(f"found {found!r}, wanted {wanted!r}")
