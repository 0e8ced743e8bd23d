# SPDX-License-Identifier: Apache-2.0
"""Elixir's standard library, compiled from the distribution's source package by Elixir itself: on the real VM and on Mica.

Both are built in the same folder one after the other (paths stand in what is compiled) and put aside: OUT/erl, OUT/mica.
What has been built of the same VM stays. Then scripts and `mix test` run on each VM with its own Elixir.
"""
import os, shutil, subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
APPS = ("elixir", "eex", "ex_unit", "iex", "logger", "mix")
MIX_TEST = "mix new plain --sup >/dev/null && cd plain && mix test --seed 0"


class Missing(Exception):
    """the source package is not to be had"""


def environment(folder, work, more):
    """where `erl`, and what the build calls besides, is the one of this folder"""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ERL", "MICA_", "ELIXIR", "MIX", "ESCRIPT", "MAKE", "MFLAGS"))}
    env.update({"PATH": folder + ":/usr/bin:/bin", "HOME": work, "LC_ALL": "C.UTF-8", "TZ": "UTC", "ERLC_EMULATOR": folder + "/erl",
                "ESCRIPT_EMULATOR": folder + "/erl", "ERLC_USE_SERVER": "no", "SOURCE_DATE_EPOCH": "1700000000",
                "ERL_COMPILER_OPTIONS": "deterministic", "ERL_CRASH_DUMP": "/dev/null"})
    env.update(more)
    return env


def source(suite):
    """the folder of the sources, of this machine's release or of the named one"""
    where = os.path.join(ROOT, "build", "elixir-source" + ("-" + suite if suite else ""))
    p = subprocess.run([os.path.join(ROOT, "scripts", "debian-source"), "elixir", where] + ([suite] if suite else []), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if p.returncode != 0:
        raise Missing((p.stderr.strip().split("\n") or [""])[-1])
    return p.stdout.strip().split("\n")[-1]


def build(sources, out, name, folder, more, stamp, limit_s):
    """the tree built on the VM of this folder; the lines of what went wrong"""
    tree, marker = os.path.join(out, name), os.path.join(out, name + ".stamp")
    if os.path.exists(marker) and open(marker).read() == stamp:
        return tree, []
    work = os.path.join(out, "tree")
    for old in (work, tree):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(sources, work, symlinks=True)
    try:
        p = subprocess.run(["make", "compile"], cwd=work, env=environment(folder, out, more), stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=limit_s)
    except subprocess.TimeoutExpired:
        return tree, ["  %s: not built in %d s" % (name, limit_s)]
    if p.returncode != 0:
        return tree, ["  %s: make exits with %d" % (name, p.returncode)] + ["  " + line for line in p.stdout.split("\n")[-15:]]
    os.rename(work, tree)
    with open(marker, "w") as f:
        f.write(stamp)
    return tree, []


def modules(tree):
    return {"%s/%s" % (app, name) for app in APPS for name in os.listdir(os.path.join(tree, "lib", app, "ebin"))}


def run(tree, folder, command, work, more):
    """what a command prints with the tree's programs, on the VM of this folder"""
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    env = environment(tree + "/bin:" + folder, work, more)
    env.update({"ERLC_EMULATOR": folder + "/erl", "ESCRIPT_EMULATOR": folder + "/erl", "MIX_HOME": os.path.join(work, ".mix")})
    try:
        p = subprocess.run(["bash", "-c", command], cwd=work, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, errors="replace", timeout=300)
        return p.stdout + "exit %d\n" % p.returncode
    except subprocess.TimeoutExpired:
        return "timeout"


def check(reference, mica, normalise, suite="", mica_env=None, scripts=(), limit_s=1800):
    """(how many comparisons, lines of what differs); reference and mica: folders with `erl`"""
    sources = source(suite)
    out = os.path.join(ROOT, "build", "tests", "elixir" + ("-" + suite if suite else ""))
    os.makedirs(out, exist_ok=True)
    mica_env = mica_env or {}
    binary = os.path.realpath(os.path.join(mica, "erl"))
    stamps = (sources, "%s %d" % (sources, os.stat(binary).st_mtime_ns))
    want, bad = build(sources, out, "erl", reference, {}, stamps[0], limit_s)
    got, worse = build(sources, out, "mica", mica, mica_env, stamps[1], limit_s)
    if bad or worse:
        return 1, bad + worse
    bad = ["  only one has %s" % name for name in sorted(modules(want) ^ modules(got))]
    work = os.path.join(out, "work")
    commands = [MIX_TEST] + ["elixir %s" % path for path in scripts]
    for command in commands:
        texts = [normalise(run(t, f, command, work, e).replace(t, "TREE"), work) for t, f, e in
                 ((want, reference, {}), (got, mica, mica_env))]
        if texts[0] != texts[1] or "timeout" == texts[0]:
            lines = [(a, b) for a, b in zip(texts[0].split("\n"), texts[1].split("\n")) if a != b][:5]
            bad += ["  %s: differs, %s" % (command, lines)]
    return 1 + len(commands), bad
