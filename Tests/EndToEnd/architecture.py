#!/usr/bin/env python3
"""Compares the picture of the targets in docs/architecture.md with Package.swift.

    architecture.py            say whether they agree; exit 1 when not
    architecture.py --write    put Package.swift's picture into the page

It also checks two promises that no compiler checks: no target depends on one of a higher layer, and the
signer and the vault reach no network library.
"""
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "architecture.md"
LAYERS = [
    ("Programs", ["holdfast", "holdfast-guard", "holdfast-signer", "holdfast-vault", "holdfast-verify", "holdfast-devnet", "holdfast-simulate"]),
    ("Edges", ["Demo", "Operations", "Gateway", "Views", "MarketData", "Nodes", "Devnet", "KeyOptions", "Settings"]),
    ("Custody", ["Guard", "Reserves", "Liveness", "KeyHolders", "Custody", "ColdStorage", "PKCS11", "Signing", "SignerProtocol"]),
    ("Durability", ["Simulation", "Replication", "Journal", "Logbook"]),
    ("Core", ["MatchingReferee", "Engine", "Algos", "Risk", "Ledger", "Matching"]),
    ("Protocols", ["Link", "ColdAddresses", "Policies", "Statements", "Passkeys", "WalletFiles", "Airgap", "Mnemonics", "PSBT", "Descriptors", "Bitcoin", "Cryptography"]),
    ("Foundations", ["JSON", "Wire", "Structures", "Money"]),
    ("System", ["CSecp256k1", "CSodium", "CNettle", "CLinux", "CPKCS11", "CPrefetch", "CReferee", "CQREncode", "CZXing", "CPNG", "CZlib"]),
]
NETWORK = {"AsyncHTTPClient", "Hummingbird", "HummingbirdCore", "NIOCore", "NIOPosix", "NIOHTTP1"}
AIR_GAPPED = ["holdfast-signer", "holdfast-vault"]


def manifest():
    """Returns {target: (our targets it may import, products it may import)}."""
    text = subprocess.run(
        ["swift", "package", "dump-package"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    kinds = {"regular", "executable", "system"}
    targets = [
        t for t in json.loads(text)["targets"]
        if t["type"] in kinds and not (t.get("path") or "").startswith("Tests/")]
    ours = {t["name"] for t in targets}
    arrows = {}
    for target in targets:
        names = [next(iter(d.values()))[0] for d in target["dependencies"]]
        arrows[target["name"]] = (
            [n for n in names if n in ours], [n for n in names if n not in ours])
    return arrows


def picture(arrows):
    lines = []
    for layer, names in LAYERS:
        lines.append(layer)
        for name in names:
            ours, products = arrows[name]
            tail = " ".join(sorted(ours)) or "-"
            if products:
                tail += "  + " + " ".join(sorted(products))
            lines.append(f"  {name:<16} {tail}")
    return "\n".join(lines)


def reach(arrows, start):
    seen, stack, products = set(), [start], set()
    while stack:
        name = stack.pop()
        if name in seen:
            continue
        seen.add(name)
        products.update(arrows[name][1])
        stack.extend(arrows[name][0])
    return products


def main():
    arrows = manifest()
    missing = [n for _, names in LAYERS for n in names if n not in arrows]
    if missing:
        print(f"FAIL  in the layers but not in Package.swift: {' '.join(missing)}")
        return 1
    rank = {name: level for level, (_, names) in enumerate(LAYERS) for name in names}
    problems = [f"{n} has no place in the layers" for n in arrows if n not in rank]
    for name, (ours, _) in arrows.items():
        for other in ours:
            if name in rank and other in rank and rank[other] < rank[name]:
                problems.append(f"{name} points up to {other}")
    for name in AIR_GAPPED:
        for product in sorted(reach(arrows, name) & NETWORK):
            problems.append(f"{name} reaches the network library {product}")
    before = PAGE.read_text()
    head, _, rest = before.partition("<!-- targets:")
    comment, _, rest = rest.partition("```text\n")
    old, _, tail = rest.partition("\n```")
    new = picture(arrows)
    if "--write" in sys.argv[1:]:
        PAGE.write_text(head + "<!-- targets:" + comment + "```text\n" + new + "\n```" + tail)
    elif old != new:
        problems.append("docs/architecture.md differs from Package.swift; run Tests/EndToEnd/architecture.py --write")
    for problem in problems:
        print(f"FAIL  {problem}")
    if not problems:
        print(f"ok    {len(arrows)} targets: arrows point down, the page agrees, signer and vault reach no network library")
    return 1 if problems else 0


sys.exit(main())
