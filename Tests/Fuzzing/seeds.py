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

BITCOIN, DESCRIPTORS, PSBT, MNEMONICS = (
    VECTORS / name / "Vectors" for name in ("BitcoinTests", "DescriptorsTests", "PSBTTests", "MnemonicsTests"))
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
        text for text in read(*sorted(DESCRIPTORS.glob("bip38*.json")))
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
        "bech32": bech32,
        "codex32": encoded(
            text for text in read(MNEMONICS / "codex32.json") if text.lower().startswith("ms1")),
        "descriptor": encoded(descriptors),
        "extended-key": extended + addresses,
        "key-expression": encoded(keys),
        "miniscript": miniscripts,
        "mnemonic": encoded(
            text for text in read(MNEMONICS / "bip39.json") if text.count(" ") > 10)[:40],
        "psbt": [psbt for psbt in psbts if psbt.startswith(b"psbt")],
        "script": [script for script in transactions if len(script) < 200],
        "slip39": encoded(text for text in read(MNEMONICS / "slip39.json") if text.count(" ") > 18),
        "transaction": transactions,
    }


def write(program, folder, environment):
    """Writes the seeds below `folder`, one folder for each target; returns how many there are."""
    listed = subprocess.run(
        [program], env={**environment, "FUZZ_LIST": "1"}, capture_output=True, text=True, check=True)
    names = listed.stdout.split()
    for name in names:
        (folder / name).mkdir(parents=True, exist_ok=True)
    subprocess.run([program], env={**environment, "FUZZ_SEEDS": str(folder)}, check=True)
    for name, seeds in collect().items():
        chosen = sorted({seed for seed in seeds if 0 < len(seed) <= LIMIT}, key=len)
        if len(chosen) > EACH:  # evenly from short to long
            chosen = [chosen[index * len(chosen) // EACH] for index in range(EACH)]
        for seed in chosen:
            (folder / name / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    return {name: len(os.listdir(folder / name)) for name in names}
