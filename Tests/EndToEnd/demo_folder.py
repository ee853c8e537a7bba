#!/usr/bin/env python3
"""The demonstration empties its throw-away folder, and must never empty anybody else's.

    demo_folder.py BIN_DIR
"""
import pathlib
import subprocess
import sys
import tempfile


def demo(programs, folder):
    return subprocess.run(
        [programs / "holdfast", "demo", "--once", "--folder", folder], capture_output=True, text=True,
        timeout=60)


def main():
    programs = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="holdfast-folder-") as temporary:
        precious = pathlib.Path(temporary) / "precious"
        (precious / "keys").mkdir(parents=True)
        (precious / "keys" / "holder-1.key").write_text("a key")
        (precious / "holdfast.yaml").write_text("a configuration")
        before = sorted(precious.rglob("*"))
        ended = demo(programs, precious)
        said = ended.stdout + ended.stderr
        assert ended.returncode != 0, f"the demonstration took a folder that is not its own: {said}"
        assert sorted(precious.rglob("*")) == before, f"files are gone or new: {said}"
        assert (precious / "keys" / "holder-1.key").read_text() == "a key"
        assert "Nothing was removed" in said and str(precious) in said, said

        file = pathlib.Path(temporary) / "file"
        file.write_text("a file")
        ended = demo(programs, file)
        assert ended.returncode != 0 and "is not a folder" in ended.stdout + ended.stderr
        assert file.read_text() == "a file"
    print("a folder with other files, and a file, are left as they were")


if __name__ == "__main__":
    main()
