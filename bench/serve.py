# SPDX-License-Identifier: Apache-2.0
"""bench/run --serve [--requests N] [--seconds S] [--connections C] [NAME...]: HTTP servers on Mica and on the installed erl under load.

For each server of bench/erl/bench_http.erl both VMs run it; `wrk` keeps 256 (C) connections over the loopback busy, S seconds at one,
then S at the other, until each has answered N requests (200,000 unless told). A row tells the requests answered, the median of
requests a second, Mica's as a ratio of erl's with the least and greatest of a round (above 1: Mica is ahead), the aim, and what
went wrong: connections refused or lost, answers late or other than 200. CSV: all single runs. Exit: 1 when something failed or is
below the aim.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys

import measuring
from measuring import BEAMS, Failed

THREADS = 2
CONNECTIONS, REQUESTS, SECONDS = 256, 200000, 5
AIM = 0.6
# what is asked of which server
WORK = {"httpd-file": ("httpd", "/index.html"), "httpd-esi": ("httpd", "/esi/bench_http:page?x=1"), "gen_tcp": ("gen_tcp", "/"),
        "socket": ("socket", "/")}


class Server:
    def __init__(self, program, kind):
        self.process = subprocess.Popen([program, "-noshell", "-pa", BEAMS, "-run", "bench_http", "main", kind], cwd=BEAMS,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = self.process.stdout.readline().decode()
        self.port = int(measuring.number(r"^port (\d+)$", line)[1])

    def stop(self):
        """it must live until then"""
        died = self.process.poll()
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if died is not None:
            raise Failed("the server ended with exit code %d" % died)


def load(port, path, connections, seconds):
    """(requests answered, requests a second, what went wrong)"""
    got = subprocess.run(["wrk", "-t", str(THREADS), "-c", str(connections), "-d", "%ds" % seconds, "--timeout", "20s",
                          "http://127.0.0.1:%d%s" % (port, path)], capture_output=True, text=True)
    if got.returncode != 0:
        raise Failed("wrk: " + (got.stderr + got.stdout).strip()[-400:])
    answered = int(measuring.number(r"^ *(\d+) requests in", got.stdout)[1])
    rate = float(measuring.number(r"^Requests/sec: +([\d.]+)", got.stdout)[1])
    wrong = re.findall(r"(?:Socket errors|Non-2xx or 3xx responses): *(.*)", got.stdout)
    return answered, rate, wrong


def measure(name, found, options, single_runs):
    """({vm: rates}, {vm: answered}, what went wrong)"""
    kind, path = WORK[name]
    servers = {}
    rates, answered, failures = {"mica": [], "erl": []}, {"mica": 0, "erl": 0}, []
    try:
        for vm in rates:
            servers[vm] = Server(found[vm], kind)
            load(servers[vm].port, path, options.connections, 1)
        while min(answered.values()) < options.requests:
            for vm in rates if len(rates["erl"]) % 2 == 0 else reversed(rates):
                count, rate, wrong = load(servers[vm].port, path, options.connections, options.seconds)
                answered[vm] += count
                rates[vm].append(rate)
                failures += ["%s: %s" % (vm, w) for w in wrong]
                single_runs.append((name, vm, "%.1f" % rate, count))
                if count == 0:
                    raise Failed("%s answers nothing" % vm)
    finally:
        for server in servers.values():
            server.stop()
    return rates, answered, failures


def run(options, csv_path):
    options.requests, options.seconds = options.requests or REQUESTS, options.seconds or SECONDS
    options.connections = options.connections or CONNECTIONS
    for name in options.names:
        if name not in WORK:
            sys.exit("no such work: %s (%s)" % (name, " ".join(WORK)))
    if not shutil.which("wrk"):
        sys.exit("no wrk, which makes the load (scripts/deps --bench)")
    found, failed, single_runs = measuring.programs(), False, []
    print("%-12s %10s %9s %10s %9s %6s  %12s %5s" % ("server", "mica", "a second", "erl", "a second", "ratio", "rounds", "aim"))
    for name in options.names or WORK:
        try:
            rates, answered, failures = measure(name, found, options, single_runs)
        except Failed as e:
            failed = True
            print("%-12s failed: %s" % (name, e), flush=True)
            continue
        ratio, least, greatest = measuring.ratios(rates["mica"], rates["erl"])
        print("%-12s %10d %9.0f %10d %9.0f %6.2f  %5.2f..%-5.2f %5.2f %s" % (
            name, answered["mica"], statistics.median(rates["mica"]), answered["erl"], statistics.median(rates["erl"]), ratio, least,
            greatest, AIM, "; ".join(failures) or "no failure"), flush=True)
        failed |= ratio < AIM or any(f.startswith("mica") for f in failures)
    measuring.write_csv(csv_path, ["server", "vm", "requests a second", "requests"], single_runs)
    print("single runs: %s" % os.path.relpath(csv_path))
    sys.exit(1 if failed else 0)
