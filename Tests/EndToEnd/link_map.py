#!/usr/bin/env python3
"""What is in the programs that must not reach a network, as the linker left them.

    link_map.py BIN_DIR

The arrows of Package.swift say that holdfast-signer and holdfast-vault link no network library
(architecture.py). This looks at the result: no module of the HTTP and TLS libraries is in them, they ask
the system for no name look-up and no TLS, none of the libraries that are loaded with them does HTTP or TLS,
and of our own modules only Link ever connects a socket. The same look at `holdfast` must find all of
that, or it is blind.
"""
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
AIR_GAPPED = ["holdfast-signer", "holdfast-vault"]
# Swift puts a module's name into each of its symbols, with its length before it.
MODULES = [
    "NIOCore", "NIOPosix", "NIOHTTP1", "NIOHTTP2", "NIOSSL", "NIOTLS", "NIOWebSocket", "NIOTransportServices",
    "AsyncHTTPClient", "Hummingbird", "HummingbirdCore", "FoundationNetworking", "Nodes", "Gateway", "Operations"]
IN_A_SYMBOL = re.compile("|".join(f"(?<![0-9]){len(name)}{name}" for name in MODULES))
CALLS = re.compile(
    r"^(getaddrinfo|getnameinfo|gethostby\w+|res_\w*query|getifaddrs|SSL_\w+|TLS_\w+|gnutls_\w+|curl_\w+|nghttp2_\w+"
    r"|CNIO\w+|c_nio\w+|accept4|sendmmsg|recvmmsg)$")
LIBRARIES = re.compile(r"lib(curl|p11-kit|softhsm2|ssl|gnutls|nghttp|FoundationNetworking|mbedtls|nss3|resolv|nsl)\b")


def output(*command):
    return subprocess.run([str(each) for each in command], check=True, capture_output=True, text=True).stdout


def symbols(program, *options):
    """Names without the version that the linker writes behind an @."""
    return {line.split()[-1].split("@")[0] for line in output("nm", *options, program).splitlines() if line.strip()}


def findings(program):
    """What of a network is in a program."""
    matches = [IN_A_SYMBOL.search(name) for name in symbols(program)]
    modules = {match[0].lstrip("0123456789") for match in matches if match}
    found = [f"symbols of {module}" for module in sorted(modules)]
    found += sorted(f"calls {name}" for name in symbols(program, "-D", "--undefined-only") if CALLS.match(name))
    found += sorted(f"contains {name}" for name in symbols(program, "--defined-only") if CALLS.match(name))
    found += sorted({f"loads {match[0]}" for match in LIBRARIES.finditer(output("ldd", program))})
    return found


def connecting_modules(programs, text):
    """The modules in a program, whose symbols `text` has, of which an object asks for connect(2)."""
    found = set()
    for build in sorted(programs.glob("*.build")):
        module = build.name.removesuffix(".build")
        if not re.search(rf"\$s{len(module)}{module}", text):
            continue
        parts = [str(part) for part in build.rglob("*.o")]
        if parts and re.search(r"^\s+U connect\b", output("nm", "--undefined-only", *parts), re.MULTILINE):
            found.add(module)
    return found


def main():
    programs = pathlib.Path(sys.argv[1]).resolve()
    problems = []
    seen = findings(programs / "holdfast")
    for needed in ("symbols of NIOPosix", "symbols of AsyncHTTPClient", "calls getaddrinfo"):
        if needed not in seen:
            problems.append(f"holdfast: no {needed} are seen, so this test would not see them anywhere")
    count = 0
    for name in AIR_GAPPED:
        program = programs / name
        problems += [f"{name}: {found}" for found in findings(program)]
        names = symbols(program)
        count += len(names)
        connecting = connecting_modules(programs, "\n".join(names))
        if "Link" not in connecting:
            problems.append(f"{name}: Link is not seen to connect, so nothing else would be")
        problems += [f"{name}: {module} connects sockets" for module in sorted(connecting - {"Link"})]
    for problem in problems:
        print(f"FAIL  {problem}")
    if not problems:
        print(f"ok    {count} symbols of {' and '.join(AIR_GAPPED)}: no HTTP, no TLS, no name look-up; only Link "
              f"connects, and holdfast shows what would be seen ({len(seen)} findings)")
    return 1 if problems else 0


sys.exit(main())
