"""Builds the fuzzers: our modules and the targets, instrumented, into one program.

SwiftPM cannot instrument for libFuzzer, so each module is compiled here with swiftc, in the order that
Package.swift gives, and only when something in it or below it has changed. A module whose sources need a
package from elsewhere is built from those of its files that do not.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build" / "fuzzing"
PROGRAM = BUILD / "fuzzers"
TARGETS = ROOT / "Tests" / "Fuzzing"
YAMS = ROOT / ".build" / "checkouts" / "Yams" / "Sources"
# Files that need nothing from other packages, of modules that do.
PARTS = {
    "Nodes": ["Answer.swift", "NodeAnswers.swift", "NodeError.swift", "NodeReply.swift"],
    "Gateway": [
        "Catalog", "Endpoints/AlgoRequest.swift", "Endpoints/AlgoRequest+Amendment.swift",
        "Endpoints/OrderRequest.swift", "Errors/ErrorCode.swift", "Errors/Rejection.swift",
        "Requests", "Rows/OrderWords.swift",
    ],
}
# What only the files left out need.
ABSENT = {"MarketData", "Views"}


class BuildError(Exception):
    pass


def run(*command):
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise BuildError(f"{' '.join(map(str, command[:4]))} …\n{done.stdout}{done.stderr}")
    return done.stdout


def manifest():
    """Of each target of ours the modules that it may import and the features that it is built with; and
    the names of the C libraries."""
    targets, systems = {}, []
    for target in json.loads(run("swift", "package", "dump-package"))["targets"]:
        if target["type"] == "system":  # a module map alone, which says what to link
            systems.append(target["name"])
            continue
        needs = [next(iter(each.values()))[0] for each in target["dependencies"]]
        features = [
            setting["kind"]["enableUpcomingFeature"]["_0"] for setting in target["settings"]
            if "enableUpcomingFeature" in setting["kind"]]
        targets[target["name"]] = (needs, features)
    targets["Yams"] = ([], [])
    return targets, systems


class Builder:
    def __init__(self):
        self.targets, self.systems = manifest()
        self.futures = {}
        self.pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2)

    def order(self, name, seen):
        """The modules below `name` and itself, each after those that it needs."""
        if name in seen or name in ABSENT or name not in self.targets:
            return
        seen[name] = None
        for need in self.targets[name][0]:
            self.order(need, seen)
        seen[name] = seen.pop(name)

    def sources(self, name):
        folder = YAMS / "Yams" if name == "Yams" else ROOT / "Sources" / name
        places = [folder / part for part in PARTS.get(name, [""])]
        return sorted(
            source for place in places
            for source in (place.rglob("*.swift") if place.is_dir() else [place]))

    def compile_cxx(self, names):
        """Our own C++, and for each a module map such as SwiftPM makes."""
        objects = []
        for name in names:
            folder = ROOT / "Sources" / name
            objects.append(BUILD / f"{name}.o")
            header, = (folder / "include").glob("*.h")
            (BUILD / name).mkdir(exist_ok=True)
            (BUILD / name / "module.modulemap").write_text(
                f'module {name} {{ header "{header}" link "{name[1:]}" link "stdc++" export * }}\n')
            newest = max(each.stat().st_mtime for each in folder.rglob("*.*"))
            if not objects[-1].exists() or objects[-1].stat().st_mtime < newest:
                run("clang++", "-O2", "-std=c++17", "-fsanitize=fuzzer-no-link", f"-I{folder / 'include'}",
                    "-c", "-o", objects[-1], *folder.glob("*.cpp"))
        return objects

    def compile_c(self):
        """The parser below Yams."""
        objects = []
        for source in sorted((YAMS / "CYaml" / "src").glob("*.c")):
            objects.append(BUILD / f"CYaml-{source.stem}.o")
            if not objects[-1].exists():
                run("clang", "-O2", "-fsanitize=fuzzer-no-link", f"-I{YAMS / 'CYaml' / 'include'}", "-c",
                    "-o", objects[-1], source)
        return objects

    def compile(self, name, sources, needs, features, *extra):
        """Compiles one module when it has to be; returns what identifies the result."""
        stamps = [self.futures[need].result() for need in needs if need in self.futures]
        flags = [
            "-O", "-wmo", "-parse-as-library", "-package-name", "holdfast", "-enable-testing",
            *([] if "-swift-version" in extra else ["-swift-version", "6"]), "-suppress-warnings", "-sanitize=fuzzer", *extra]
        for feature in features:
            flags += ["-enable-upcoming-feature", feature]
        digest = hashlib.sha256(json.dumps([flags, stamps]).encode())
        for source in sources:
            digest.update(str(source.relative_to(ROOT)).encode() + b"\0" + source.read_bytes())
        stamp, note = digest.hexdigest(), BUILD / f"{name}.stamp"
        if note.exists() and note.read_text() == stamp:
            return stamp
        note.unlink(missing_ok=True)
        includes = [f"-I{BUILD}"] + [f"-I{ROOT / 'Sources' / each}" for each in self.systems]
        includes += [f"-I{BUILD / each}" for each in self.cxx]
        includes.append(f"-I{YAMS / 'CYaml' / 'include'}")
        run("swiftc", *flags, *includes, "-module-name", name, "-emit-module",
            "-emit-module-path", BUILD / f"{name}.swiftmodule", "-c", "-o", BUILD / f"{name}.o", *sources)
        note.write_text(stamp)
        return stamp

    def build(self):
        BUILD.mkdir(parents=True, exist_ok=True)
        wanted = {}
        for name in MODULES:
            self.order(name, wanted)
        self.cxx = [name for name in wanted if not self.sources(name)]
        cxx_objects = self.compile_cxx(self.cxx)
        wanted = [name for name in wanted if name not in self.cxx]
        # Each future waits for others before it in the list, so the pool never runs dry.
        for name in wanted:
            needs, features = self.targets[name]
            dialect = ["-D", "SWIFT_PACKAGE", "-swift-version", "5"] if name == "Yams" else []
            self.futures[name] = self.pool.submit(
                self.compile, name, self.sources(name), needs, features, *dialect)
        sources = sorted(TARGETS.rglob("*.swift"))
        self.futures["Fuzzing"] = self.pool.submit(
            self.compile, "Fuzzing", sources, list(wanted), self.targets["Wire"][1])
        for future in self.futures.values():
            future.result()
        objects = [BUILD / f"{name}.o" for name in [*wanted, "Fuzzing"]] + cxx_objects + self.compile_c()
        if not PROGRAM.exists() or any(each.stat().st_mtime > PROGRAM.stat().st_mtime for each in objects):
            run("swiftc", "-sanitize=fuzzer", "-o", PROGRAM, *objects)
        return PROGRAM


# What the fuzz targets import.
MODULES = [
    "Wire", "JSON", "Cryptography", "Bitcoin", "Descriptors", "PSBT", "Mnemonics", "Statements", "Link",
    "SignerProtocol", "Engine", "Journal", "Replication", "Nodes", "Gateway", "Settings", "Airgap",
    "WalletFiles", "ColdAddresses", "ColdStorage", "Signing", "KeyHolders", "Liveness",
]


if __name__ == "__main__":
    print(Builder().build())
