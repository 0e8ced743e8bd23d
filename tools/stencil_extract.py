#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that instruction bodies, compiled as stencils, can be cut out of their object file and joined.

    stencil_extract.py OBJECT --library LIB.a [--list] [--expect N]

OBJECT is compiled from the same bodies as the interpreter, in stencil mode (MICA_STENCIL): operands are the addresses of
external symbols, and what follows an instruction is a tail call of an external symbol. The code that is joined from stencils is
the bodies one after another with those symbols resolved, so each body must hold to this:

ST-1  It is one section of its own, .text.<PREFIX><name>; every function in the object is a body.
ST-2  It leaves by a jump: to a continuation (mica_next, mica_slow, mica_label_N), to a function of the library that it
      tail-calls, or to an address that it computed (a dynamic call or return); or by a `ret`, which ends the run of the
      joined code. It does not fall off its end.
ST-3  The stack pointer stands at each leaving jump or `ret` where it stood at the entry: a frame is taken and given back inside one body.
      At each call it is aligned as the C convention asks.
ST-4  It calls only functions that the library defines, or the few of the C library in LIBC: through holes, never inside the object.
ST-5  Its holes are relocations of kinds that can be patched: 64 and 32 bits absolute, 32 bits relative to the place.
ST-6  It reads no data of the object but constants, and has no table of jumps (a table holds addresses of this object).

With --list: name, bytes, holes of each. --expect N: fail unless there are at least N bodies. Exit: 0 every body accepted. The last
line is "N passed, N failed".
"""
import argparse
import collections
import re
import subprocess
import sys

PREFIX = "op_"
CONTINUATIONS = re.compile(r"^mica_(next|slow|label_\d+)$")
OPERANDS = re.compile(r"^mica_hole_\w+$")
PATCHABLE = {"R_X86_64_64", "R_X86_64_32", "R_X86_64_32S", "R_X86_64_PC32", "R_X86_64_PLT32"}
LIBC = {"memcpy", "memmove", "memset", "memcmp", "bcmp", "fmod", "floor", "ceil", "trunc", "round"}
CONSTANTS = re.compile(r"^\.(l?rodata)")
CONDITIONAL = re.compile(r"^j(?!mp)\w+$")


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def disassemble(path):
    """{section: [[address, text, [(relocation kind, symbol, addend)]]]} of the sections with code"""
    sections, section = collections.OrderedDict(), None
    for line in output("llvm-objdump-19", "-dr", "--no-show-raw-insn", "--section-headers", path).splitlines():
        m = re.match(r"^Disassembly of section (\S+):$", line)
        if m:
            section = sections.setdefault(m[1], [])
            continue
        m = re.match(r"^\s+([0-9a-f]+):\s+(\S.*)$", line)
        if m and section is not None and "R_X86_64_" not in line:
            section.append([int(m[1], 16), m[2].strip(), []])
            continue
        m = re.match(r"^\s+[0-9a-f]+:\s+(R_X86_64_\w+)\s+(\S+?)((?:[+-]0x[0-9a-f]+)?)$", line)
        if m:
            section[-1][2].append((m[1], m[2], int(m[3] or "0", 16)))
    return sections


def symbols(path):
    """(defined functions [(name, section, address, size)], undefined names, {name of data: its section})"""
    defined, undefined, data = [], set(), {}
    for line in output("llvm-objdump-19", "--syms", path).splitlines():
        m = re.match(r"^([0-9a-f]{16}) (.{7}) (\S+)\s+([0-9a-f]+)(?: \.hidden)? (\S+)$", line)
        if m and m[3] == "*UND*":
            undefined.add(m[5])
        elif m and "F" in m[2]:
            defined.append((m[5], m[3], int(m[1], 16), int(m[4], 16)))
        elif m:
            data[m[5]] = m[3]
    return defined, undefined, data


def library_symbols(path):
    names = set()
    for line in output("llvm-nm-19", "--defined-only", "--format=posix", path).splitlines():
        parts = line.split()
        if len(parts) >= 2 and parts[1] in "TtWw":
            names.add(parts[0])
    return names


def local_target(text):
    """the address that a jump inside the section names"""
    m = re.search(r"\s0x([0-9a-f]+)", text)
    return int(m[1], 16) if m else None


def check_body(name, code, size, library, data):
    """yields the breaches of one body"""
    by_address = {row[0]: i for i, row in enumerate(code)}
    if not code or code[0][0] != 0:
        yield "ST-1: does not start its section"
        return
    for _, text, relocations in code:
        for kind, symbol, _ in relocations:
            if kind not in PATCHABLE:
                yield "ST-5: %s against %s" % (kind, symbol)
                continue
            section = symbol if symbol.startswith((".text", ".data", ".ldata", ".bss", ".lbss", ".rodata", ".lrodata")) \
                else data.get(symbol)
            if section is not None and not CONSTANTS.match(section) and section != ".text." + name:
                yield "ST-6: reads %s in %s" % (symbol, section)
    seen, work = {}, [(0, 0)]
    while work:
        address, depth = work.pop()
        if address in seen:
            if seen[address] != depth:
                yield "ST-3: the stack differs by path at +0x%x" % address
            continue
        seen[address] = depth
        index = by_address.get(address)
        if index is None:
            yield "ST-2: falls off its end, or jumps to +0x%x" % address
            continue
        _, text, relocations = code[index]
        following = code[index + 1][0] if index + 1 < len(code) else size
        operation, _, operands = text.partition("\t") if "\t" in text else text.partition(" ")
        operands = operands.strip()
        target = relocations[0][1] if relocations else None
        if operation.startswith("ret"):
            if depth != 0:
                yield "ST-3: returns with %d bytes on the stack at +0x%x" % (depth, address)
            continue
        if operation.startswith("ud2"):
            continue
        if operation.startswith("jmp"):
            if target is not None or operands.startswith("*"):
                if depth != 0:
                    yield "ST-3: leaves with %d bytes on the stack at +0x%x" % (depth, address)
                if target is not None and not operands.startswith("*") and not CONTINUATIONS.match(target) \
                        and target not in library:
                    yield "ST-2: leaves to %s at +0x%x" % (target, address)
            else:
                work.append((local_target(text), depth))
            continue
        if CONDITIONAL.match(operation):
            if target is not None:
                if depth != 0:
                    yield "ST-3: leaves with %d bytes on the stack at +0x%x" % (depth, address)
                if not CONTINUATIONS.match(target) and target not in library:
                    yield "ST-2: leaves to %s at +0x%x" % (target, address)
            else:
                work.append((local_target(text), depth))
        elif operation.startswith("call"):
            if depth % 16 != 8:
                yield "ST-3: calls with a misaligned stack at +0x%x" % address
            if target is None and not operands.startswith("*"):
                yield "ST-4: calls inside the object at +0x%x" % address
            elif target is not None and target not in library and target not in LIBC:
                yield "ST-4: calls %s, which the library does not define" % target
            if target == "base_assert_failed":
                continue
        elif operation.startswith("push"):
            depth += 8
        elif operation.startswith("pop"):
            depth -= 8
        elif operands.endswith("%rsp") and not operation.startswith(("cmp", "test")):
            m = re.match(r"^(sub|add)q?$", operation)
            amount = re.match(r"^\$(-?0x[0-9a-f]+|-?\d+), %rsp$", operands)
            if m and amount:
                depth += int(amount[1], 0) * (1 if m[1] == "sub" else -1)
            elif operation.startswith("lea") and re.match(r"^(-?0x[0-9a-f]+)\(%rsp\), %rsp$", operands):
                depth -= int(operands.split("(")[0], 16)
            else:
                yield "ST-3: moves the stack pointer at +0x%x: %s" % (address, text)
        if depth < 0:
            yield "ST-3: takes from its caller's frame at +0x%x" % address
            continue
        work.append((following, depth))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("object")
    parser.add_argument("--library", required=True)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--expect", type=int, default=1)
    options = parser.parse_args()
    code = disassemble(options.object)
    functions, undefined, data = symbols(options.object)
    library = library_symbols(options.library)
    passed = failed = 0
    for name, section, _, size in sorted(functions):
        breaches = []
        if not name.startswith(PREFIX):
            breaches.append("ST-1: not a body (make it always_inline, or a runtime function of the library)")
        elif section != ".text." + name:
            breaches.append("ST-1: stands in %s" % section)
        else:
            breaches += check_body(name, code.get(section, []), size, library, data)
        for breach in sorted(set(breaches)):
            print("stencil: %s: %s" % (name, breach))
        failed += bool(breaches)
        passed += not breaches
        if options.list:
            holes = collections.Counter()
            for _, _, relocations in code.get(section, []):
                for kind, symbol, _ in relocations:
                    holes[symbol] += 1
            print("%-40s %5d bytes  %s" % (name, size, " ".join("%s:%d" % h for h in sorted(holes.items()))))
    for symbol in sorted(undefined):
        if not OPERANDS.match(symbol) and not CONTINUATIONS.match(symbol) and symbol not in library and symbol not in LIBC:
            print("stencil: ST-4: %s is neither a hole nor defined by the library" % symbol)
            failed += 1
    if passed + failed < options.expect:
        print("stencil: only %d bodies, expected %d" % (passed + failed, options.expect))
        failed += 1
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
