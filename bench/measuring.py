# SPDX-License-Identifier: Apache-2.0
"""What bench/run and bench/scale.py share: the programs, running them, medians with spread, CSV."""
import csv
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BEAMS = os.path.join(ROOT, "build", "bench")
LIMIT_S = 600
TIME = "/usr/bin/time"


class Failed(Exception):
    pass


def programs():
    """{name: path}; go is there when its compiler is"""
    os.makedirs(BEAMS, exist_ok=True)
    folder = os.path.join(ROOT, "bench", "erl")
    # both VMs run the same files, made by the installed compiler
    subprocess.run(["erlc", "-o", BEAMS] + sorted(os.path.join(folder, f) for f in os.listdir(folder)), check=True)
    found = {"mica": os.path.join(os.path.abspath(os.environ.get("MICA_BIN", os.path.join(ROOT, "build/bin"))), "erl"),
             "erl": os.environ.get("OTP_ERL", "erl")}
    if shutil.which("go"):
        subprocess.run(["go", "build", "-o", os.path.join(BEAMS, "bench_go"), os.path.join(ROOT, "bench/go/bench.go")],
                       check=True)
        found["go"] = os.path.join(BEAMS, "bench_go")
    return found


def execute(command, limit_s=LIMIT_S, by_time=False):
    """(output, wall ms, peak KiB) of a command that must succeed"""
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=BEAMS, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=by_time)
    whom = -process.pid if by_time else process.pid  # its group, which holds what time(1) has started
    killer = subprocess.Popen(["sh", "-c", "sleep %d; kill -9 %d 2>/dev/null" % (limit_s, whom)], start_new_session=True)
    output = process.stdout.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    wall = (time.monotonic() - started) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    os.killpg(killer.pid, 9)
    killer.wait()
    if process.returncode != 0:
        raise Failed("exit code %d: %s" % (process.returncode, output.strip()[-400:]))
    return output, wall, usage.ru_maxrss


def peak_kib(command):
    """(output, peak KiB) of a command that must succeed. It is started by time(1): the kernel counts to a program's peak what
    the one that started it had, and this one is bigger than some that it measures."""
    if not os.path.exists(TIME):
        raise Failed("%s is not there (package `time`)" % TIME)
    with tempfile.NamedTemporaryFile() as f:
        output, _, _ = execute([TIME, "-q", "-f", "%M", "-o", f.name] + command, by_time=True)
        return output, int(f.read().decode().split()[-1])


def number(pattern, output):
    m = re.search(pattern, output, re.M)
    if not m:
        raise Failed("printed: %s" % output.strip()[-400:])
    return m


def processes_work(erl, work, size=None, flags=()):
    """(output, peak KiB) of a work of bench_processes.erl"""
    command = [erl, "+P", "16000000", *flags, "-noshell", "-pa", BEAMS, "-run", "bench_processes", "main", work]
    output, _, peak = execute(command + ([str(size)] if size is not None else []))
    return output, peak


def bench_ms(output):
    """(milliseconds, check) from `bench Name Microseconds Check`"""
    m = number(r"^bench \S+ (\d+) (\d+)$", output)
    return int(m[1]) / 1000, m[2]


def ratios(ours, theirs):
    """(ratio of the medians, least and greatest ratio of a round)"""
    each = [a / b for a, b in zip(ours, theirs)]
    return statistics.median(ours) / statistics.median(theirs), min(each), max(each)


def alternating(names, rounds, measure):
    """{name: [value of each round]}: measure(name) in turn, every second round backwards"""
    values = {name: [] for name in names}
    for i in range(rounds):
        for name in names if i % 2 == 0 else reversed(names):
            values[name].append(measure(name))
    return values


def write_csv(path, header, rows):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(header)
        writer.writerows(rows)
