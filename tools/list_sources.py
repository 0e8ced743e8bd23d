#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lists sources for the build, one path per line, relative to the project's root, sorted.

    list_sources.py library        the C files of libmica: every room of src/ but cmd/
    list_sources.py cmd            what both programs share: src/cmd/ but the *_main.c files
    list_sources.py bodies         the instructions' bodies
    list_sources.py scanned        what the generators read (atoms, built-ins)
    list_sources.py unit           tests/unit/test_*.c
    list_sources.py --changed DIR  exit 0 when the listing differs from the one that DIR was configured with, and
                                   store the present one in DIR; exit 1 when it is the same

Meson asks for the lists when it configures. The Makefile asks --changed before each build, so an added or removed
file leads to one reconfiguration and nobody edits a build file.
"""
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def walk(top, endings):
    found = []
    for folder, folders, names in os.walk(os.path.join(ROOT, top)):
        folders.sort()
        for name in names:
            if name.endswith(endings) and not name.startswith("."):
                found.append(os.path.relpath(os.path.join(folder, name), ROOT))
    return sorted(found)


def listing(kind):
    if kind == "library":
        return [f for f in walk("src", (".c", ".S")) if not f.startswith("src/cmd/")]
    if kind == "bodies":
        return walk("src/exec/bodies", (".def",))
    if kind == "cmd":
        return [f for f in walk("src/cmd", (".c",)) if not f.endswith("_main.c")]
    if kind == "scanned":
        return walk("src", (".c", ".h", ".def", ".inc"))
    if kind == "unit":
        return [f for f in walk("tests/unit", (".c",)) if os.path.basename(f).startswith("test_")]
    sys.exit(__doc__)


def changed(folder):
    now = "\n".join("%s: %s" % (k, f) for k in ("library", "cmd", "bodies", "scanned", "unit") for f in listing(k))
    now += "\nbif.h\n" if os.path.exists(os.path.join(ROOT, "src/bif/bif.h")) else "\n"
    stored = os.path.join(folder, "sources.list")
    try:
        with open(stored) as f:
            before = f.read()
    except FileNotFoundError:
        before = None
    if before == now:
        return False
    os.makedirs(folder, exist_ok=True)
    with open(stored, "w") as f:
        f.write(now)
    return True


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--changed":
        sys.exit(0 if changed(sys.argv[2]) else 1)
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print("\n".join(listing(sys.argv[1])))
