"""Makes the seed corpora from the published vectors that the tests carry: small, and each seed once."""
import base64
import hashlib
import json
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
VECTORS = ROOT / "Tests"
LIMIT = 4096  # bytes of a seed; longer ones slow every mutation down
EACH = 150  # seeds of a target

AIRGAP, BITCOIN, CRYPTOGRAPHY, DESCRIPTORS, PASSKEYS, PSBT, MNEMONICS, WALLET_FILES = (
    VECTORS / f"{name}Tests" / "Vectors" for name in (
        "Airgap", "Bitcoin", "Cryptography", "Descriptors", "Passkeys", "PSBT", "Mnemonics", "WalletFiles"))
KEY = re.compile(r"(?:\[[0-9a-f]{8}[^\]]*\])?(?:[xt](?:pub|prv)[A-Za-z0-9]{80,}|[0-9a-f]{64,66})[^,(){}#]*")


def texts(value):
    """All texts in a JSON value, in its order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


def read(*files):
    for file in files:
        yield from texts(json.loads(file.read_text()))


def unhexed(strings):
    return [bytes.fromhex(text) for text in strings if re.fullmatch(r"(?:[0-9a-f]{2}){2,}", text)]


def encoded(strings):
    return [text.encode() for text in strings]


def from_base64(text):
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def musig2():
    """How many signers, their keys, nonces and partial signatures, the tweak and what is signed, as
    MuSig2Target reads them."""
    files = {
        name: json.loads((CRYPTOGRAPHY / f"bip327_{name}.json").read_text())
        for name in ("sign_verify", "sig_agg", "tweak", "nonce_agg")}
    seeds = []
    for name in ("sign_verify", "tweak"):
        data = files[name]
        for case in data["valid_test_cases"]:
            keys = [data["pubkeys"][index] for index in case["key_indices"]]
            nonces = [data["pnonces"][index] for index in case["nonce_indices"]]
            if len(keys) != len(nonces):
                continue
            tweak = data.get("tweaks", ["00" * 32])[0]
            message = data["msgs"][case["msg_index"]] if "msgs" in data else data["msg"]
            parts = [case["expected"]] * len(keys)
            seeds.append(f"{len(keys) - 1:02x}{''.join(keys + nonces + parts)}{tweak}00{message}")
    return [bytes.fromhex(text) for text in seeds]


def wallet_policies():
    """A template and its keys, a line each."""
    return encoded(
        "\n".join([row["template"], *row.get("keys", [])])
        for kind, rows in json.loads((DESCRIPTORS / "bip388.json").read_text()).items() if isinstance(rows, list)
        for row in rows if "template" in row)


def labels():
    """The records of BIP-329, each by itself and all in one file."""
    records = [
        json.dumps(row, ensure_ascii=False) for row in json.loads(
            (WALLET_FILES / "bip329.json").read_text())["records"]]
    return encoded([*records, "\n".join(records)])


def filters():
    """The basic filters of real blocks."""
    rows = json.loads((BITCOIN / "bip158_testnet_19.json").read_text())[1:]
    return [bytes.fromhex(row[5]) for row in rows]


def headers():
    """The first blocks of the test network, and two that follow each other."""
    rows = json.loads((BITCOIN / "bip158_testnet_19.json").read_text())[1:]
    found = [(row[0], row[2][:160]) for row in rows]
    texts = [f"# first height: {height}\n{header}\n" for height, header in found]
    pairs = [
        f"# first height: {a[0]}\n{a[1]}\n{b[1]}\n" for a, b in zip(found, found[1:]) if b[0] == a[0] + 1]
    return encoded(texts + pairs)


def collect():
    """The seeds of each target that has any in the vectors."""
    transactions = unhexed(read(*(
        BITCOIN / f"{name}.json" for name in ("tx_valid", "tx_invalid", "sighash", "bip143"))))
    addresses = encoded(
        row[0] for name in ("key_io_valid", "key_io_invalid")
        for row in json.loads((BITCOIN / f"{name}.json").read_text()))
    base58 = encoded(row[1] for row in json.loads((BITCOIN / "base58_encode_decode.json").read_text()))
    bech32 = encoded(
        text for text in read(BITCOIN / "bech32.json", BITCOIN / "bech32m.json") if " " not in text)
    extended = encoded(
        text for text in read(BITCOIN / "bip32.json")
        if text.startswith(("x", "t", "m/", "M")) and " " not in text)
    descriptors = [
        text for text in read(*sorted(DESCRIPTORS.glob("bip3[89]*.json")))
        if "(" in text and " " not in text and text.isascii()]
    keys = [key for text in descriptors for key in KEY.findall(text)]
    keys += [text for text in read(DESCRIPTORS / "bip380.json") if KEY.fullmatch(text)]
    miniscripts = encoded(
        row["miniscript"] for row in json.loads((DESCRIPTORS / "core_miniscript.json").read_text())["vectors"])
    psbts = unhexed(read(*(PSBT / f"{name}.json" for name in ("bip174", "bip370", "bip371", "bip373"))))
    psbts += [from_base64(text) for text in read(PSBT / "core_rpc_psbt.json")]
    return {
        "address": addresses + bech32,
        "base58": base58 + addresses,
        "base64": encoded(read(PSBT / "core_rpc_psbt.json")),
        "bbqr": (AIRGAP / "real-scan.txt").read_bytes().split()[:4],
        "bech32": bech32,
        "block-filter": filters(),
        "cold-review": [psbt for psbt in psbts if psbt.startswith(b"psbt")][:60],
        "codex32": encoded(
            text for text in read(MNEMONICS / "codex32.json") if text.lower().startswith("ms1")),
        "descriptor": encoded(descriptors),
        "extended-key": extended + addresses,
        "header-chain": headers(),
        "key-expression": encoded(keys),
        "label-file": labels(),
        "message-signature": encoded(
            text for text in read(PSBT / "bip322_basic.json", PSBT / "bip322_generated.json")
            if text.startswith(("smp", "ful", "pof"))),
        "miniscript": miniscripts,
        "mnemonic": encoded(
            text for text in read(MNEMONICS / "bip39.json") if text.count(" ") > 10)[:40],
        "musig2": musig2(),
        "passkey": unhexed(read(PASSKEYS / "webauthn_level3.json")),
        "psbt": [psbt for psbt in psbts if psbt.startswith(b"psbt")],
        "script": [script for script in transactions if len(script) < 200],
        "setup-record": encoded(
            text for text in read(WALLET_FILES / "bip129.json")
            if text.startswith("BSMS") or re.fullmatch(r"(?:[0-9a-f]{2}){33,}", text)),
        "slip39": encoded(text for text in read(MNEMONICS / "slip39.json") if text.count(" ") > 18),
        "transaction": transactions,
        "uniform-resource": encoded(
            text for text in read(AIRGAP / "bcur.json", AIRGAP / "ur_psbt.json")
            if text.startswith("ur:") or re.fullmatch(r"(?:[a-z]{4}[ -])+[a-z]{4}|(?:[a-z]{2}){5,}", text)),
        "wallet-policy": wallet_policies(),
    }


def write(program, folder, environment):
    """Writes the seeds below `folder`, one folder for each target; returns how many there are, and what an
    input of each target costs."""
    listed = subprocess.run(
        [program], env={**environment, "FUZZ_LIST": "1"}, capture_output=True, text=True, check=True)
    costs = {name: int(cost) for name, cost in map(str.split, listed.stdout.splitlines())}
    names = list(costs)
    for name in names:
        (folder / name).mkdir(parents=True, exist_ok=True)
    subprocess.run([program], env={**environment, "FUZZ_SEEDS": str(folder)}, check=True)
    for name, seeds in collect().items():
        chosen = sorted({seed for seed in seeds if 0 < len(seed) <= LIMIT}, key=len)
        if len(chosen) > EACH:  # evenly from short to long
            chosen = [chosen[index * len(chosen) // EACH] for index in range(EACH)]
        for seed in chosen:
            (folder / name / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    return {name: len(os.listdir(folder / name)) for name in names}, costs
