# SPDX-License-Identifier: Apache-2.0
"""bench/run --scale: how cases grow, and what a single time does not tell. Each is a name:

    processes     N spawned at once, each sends a message: N from 10^2 to 10^7 (erl to 10^6), on 1 and on 2 schedulers
    messages      an acknowledged message of 1 to 10^6 words, on 1 and on 2 schedulers
    schedulers    two schedulers against one: independent work, ring, ping-pong; Mica only
    latency       wake-up times while every scheduler computes: percentiles, and a histogram as a picture
    alive         ten million processes alive at once, each answers a message: time and peak memory; Mica only
    idle          processor time and wake-ups in a second of a VM that has nothing to do

CSV and SVG files of each go to build/bench.
"""
import os
import re
import statistics
import subprocess
import sys
import time

import measuring
import picture
from measuring import BEAMS, Failed

SCHEDULERS = (1, 2)
ERL_PROCESSES_MAX = 1000000  # more of its processes need more memory than most machines have
PERCENTILES = (50, 90, 99, 99.9, 99.99)
IDLE_S = 10


def save_curves(name, title, x_name, y_name, series):
    rows = [(label, x, "%.3f" % y) for label, points in series.items() for x, y in points]
    measuring.write_csv(os.path.join(BEAMS, name + ".csv"), ["series", x_name, y_name], rows)
    with open(os.path.join(BEAMS, name + ".svg"), "w") as f:
        f.write(picture.curves(title, x_name, y_name, series))
    print("%s: build/bench/%s.csv, build/bench/%s.svg" % (name, name, name), flush=True)


def grow(found, sizes, rounds, once):
    """{"vm" or "vm 2 schedulers": [(size, median)]}"""
    series = {}
    for size in sizes:
        for schedulers in SCHEDULERS:
            vms = [vm for vm in ("mica", "erl") if vm == "mica" or size <= ERL_PROCESSES_MAX]
            flags = ["+S", "%d:%d" % (schedulers, schedulers)]
            values = measuring.alternating(vms, rounds, lambda vm: once(found[vm], size, flags))
            for vm in vms:
                label = vm if schedulers == 1 else "%s %d schedulers" % (vm, schedulers)
                series.setdefault(label, []).append((size, statistics.median(values[vm])))
        print("  %9d  %s" % (size, "  ".join("%s %.3f" % (k, v[-1][1]) for k, v in series.items() if v[-1][0] == size)),
              flush=True)
    return series


def processes(found, rounds):
    def once(erl, size, flags):
        return measuring.bench_ms(measuring.processes_work(erl, "spawn_all", size, flags)[0])[0] * 1000 / size
    print("processes: microseconds for each of N spawned at once")
    save_curves("scale_processes", "Spawned at once, each sends a message: microseconds a process", "processes",
                "us each", grow(found, [10 ** e for e in range(2, 8)], rounds, once))


def messages(found, rounds):
    def once(erl, size, flags):
        output, _ = measuring.processes_work(erl, "message_words", size, flags)
        # the first is the warm-up's
        return int(re.findall(r"^each (\d+)$", output, re.M)[-1]) / 1000
    print("messages: microseconds for one of N words and its acknowledgement")
    save_curves("scale_messages", "A message of N words, acknowledged: microseconds", "words", "us each",
                grow(found, [10 ** e for e in range(0, 7)], rounds, once))


def schedulers(found, rounds):
    print("schedulers: throughput of two against one")
    rows = []
    for work in ("independent_spawn", "independent_compute", "ring", "ping_pong"):
        def once(flag):
            output, _ = measuring.processes_work(found["mica"], work, None, ["+S", flag])
            return measuring.bench_ms(output)[0]
        values = measuring.alternating(["1:1", "2:2"], rounds, once)
        ratio, least, greatest = measuring.ratios(values["1:1"], values["2:2"])
        rows.append((work, "%.3f" % ratio, "%.3f" % least, "%.3f" % greatest))
        print("  %-20s %5.2f  (%.2f..%.2f)" % (work, ratio, least, greatest), flush=True)
    measuring.write_csv(os.path.join(BEAMS, "scale_schedulers.csv"), ["work", "two to one", "least", "greatest"], rows)


def percentile(ordered, p):
    return ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))]


def histogram(numbers):
    """[(upper end, count)]: slots of an eighth of their power of two, as HdrHistogram's with three bits"""
    slots = {}
    for n in numbers:
        shift = max(n.bit_length() - 4, 0)
        end = ((n >> shift) + 1) << shift
        slots[end] = slots.get(end, 0) + 1
    return sorted(slots.items())


def latency(found, rounds):
    print("latency: microseconds to wake up while every scheduler computes")
    samples = {}
    seconds = 5

    def once(vm):
        path = os.path.join(BEAMS, "wakeups_%s.txt" % vm)
        measuring.execute([found[vm], "-noshell", "-pa", BEAMS, "-run", "wakeups", "main", str(seconds), path])
        with open(path) as f:
            for row in f:
                kind, value = row.split()
                samples.setdefault((kind, vm), []).append(max(int(value), 1))
        return 0

    measuring.alternating(["mica", "erl"], rounds, once)
    rows = []
    for (kind, vm), numbers in sorted(samples.items()):
        numbers.sort()
        values = [percentile(numbers, p) / 1000 for p in PERCENTILES]
        rows += [(kind, vm, p, "%.3f" % v) for p, v in zip(PERCENTILES, values)]
        print("  %-8s %-5s %s  (%d)" % (kind, vm, "  ".join("p%g %.1f" % pv for pv in zip(PERCENTILES, values)),
                                       len(numbers)), flush=True)
    measuring.write_csv(os.path.join(BEAMS, "latency.csv"), ["kind", "vm", "percentile", "us"], rows)
    for kind in ("message", "timer"):
        series = {vm: [(end / 1000, n) for end, n in histogram(samples[kind, vm])] for vm in ("mica", "erl")}
        save_curves("latency_" + kind, "Wake-ups under load (%s): how many took so long" % kind, "us", "wake-ups", series)


def alive(found, rounds):
    output, peak = measuring.processes_work(found["mica"], "alive")
    ms, _ = measuring.bench_ms(output)
    print("alive: 10,000,000 processes, each answered: %.1f s, peak %.2f GB" % (ms / 1000, peak * 1024 / 1e9), flush=True)
    measuring.write_csv(os.path.join(BEAMS, "alive.csv"), ["ms", "peak KiB"], [("%.1f" % ms, peak)])


def thread_switches(pid):
    """how often threads of the process gave up the processor by themselves: each is a wake-up later"""
    total = 0
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/status" % (pid, task)) as f:
            total += sum(int(row.split()[1]) for row in f if row.startswith("voluntary_ctxt_switches"))
    return total


def processor_s(pid):
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle(found, rounds):
    rows = []
    for vm in ("mica", "erl"):
        process = subprocess.Popen([found[vm], "-noshell"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            time.sleep(3)
            switches, used = thread_switches(process.pid), processor_s(process.pid)
            time.sleep(IDLE_S)
            switches, used = thread_switches(process.pid) - switches, processor_s(process.pid) - used
        finally:
            process.kill()
            process.wait()
        rows.append((vm, "%.3f" % (100 * used / IDLE_S), "%.1f" % (switches / IDLE_S)))
        print("idle: %-5s %s %% of a core, %s wake-ups a second" % rows[-1], flush=True)
    measuring.write_csv(os.path.join(BEAMS, "idle.csv"), ["vm", "percent", "wake-ups a second"], rows)


CASES = {f.__name__: f for f in (processes, messages, schedulers, latency, alive, idle)}


def run(names, rounds, only_list):
    if only_list:
        print("\n".join(CASES))
        return
    for name in names:
        if name not in CASES:
            sys.exit("no such case: %s (--scale --list)" % name)
    found = measuring.programs()
    failed = False
    for name in names or CASES:
        try:
            CASES[name](found, rounds)
        except Failed as e:
            failed = True
            print("%s failed: %s" % (name, e), flush=True)
    sys.exit(1 if failed else 0)
