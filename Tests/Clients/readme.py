#!/usr/bin/env python3
"""Runs the Python of README.md as a reader would, against a running demonstration.

    readme.py ACCOUNTS_JSON
"""
import contextlib
import io
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    text = (ROOT / "README.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1, f"README.md has {len(blocks)} blocks of Python; expected 1"
    path = '".holdfast/demo/accounts.json"'
    assert path in blocks[0], f"README.md does not read {path}"
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(blocks[0].replace(path, repr(sys.argv[1])), "README.md", "exec"), {})
    lines = printed.getvalue().splitlines()
    assert len(lines) == 4, lines
    assert lines[2] == "0", f"the cancel answered {lines[2]}"
    assert "'id': '" in lines[3], f"the withdrawal answered {lines[3]}"
    print(f"{len(blocks[0].splitlines())} lines of README.md ran")


if __name__ == "__main__":
    main()
