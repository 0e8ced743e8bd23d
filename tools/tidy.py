#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the house rules that a compiler does not see.

    tidy.py [--build DIR] [--update] [--list]

Layers      an include goes down only (LAYERS below is the same picture as ARCHITECTURE.md's); rooms that build on
            each other (TOGETHER) are one layer
Budgets     1,000 lines a file, 70 a function, 100 columns, 25 assertions per 1,000 lines in a room, function-like
            macros and #if only where they have a reason to be
Globals     the library has no writable symbol outside tools/tidy_globals.txt
World       only src/world/ talks to the operating system: undefined symbols of every other object against DENIED, outside
            tools/tidy_oscalls.txt
Text        no unfinished-work marks, no folder of somebody's machine, a licence line in every source

What stood when a budget was made may stay: tools/tidy_ratchet.txt holds it, by number. A number may fall, not grow;
--update writes the present (lower or new) numbers, and its diff is reviewed like any other. Each check counts as one
test; the last line is "N passed, N failed".
"""
import argparse
import collections
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LAYERS = {"base": 0, "world": 1, "term": 2, "heap": 2, "code": 3, "proc": 4, "vm": 4.5, "exec": 5, "jit": 5,
          "bif": 6, "ets": 6, "io": 6, "dist": 6, "nif": 6.25, "trace": 6.5, "api": 7, "cmd": 8, "sim": 8}
# rooms that build on each other are one layer
TOGETHER = [{"term", "heap"}, {"proc", "vm"}]
# (header, reason): may be included from any room
EVERYWHERE = {
    "version.gen.h": "a generated constant",
    "mica.h": "the public API's types and codes, which stand above no room",
    "bif/bif.h": "the contract of a built-in function: a room may define those that are its own",
}
LINES_MAX, FUNCTION_MAX, COLUMNS_MAX, ASSERTS_PER_1000 = 1000, 70, 100, 25
# the libraries' C functions that reach the operating system, or keep state of the whole OS process
DENIED = set("""
open open64 openat openat64 creat creat64 close read write readv writev pread pread64 pwrite pwrite64 lseek lseek64
ftruncate ftruncate64 fsync fdatasync dup dup2 dup3 pipe pipe2 fcntl fcntl64 ioctl poll ppoll select pselect epoll_create1
epoll_ctl epoll_wait epoll_pwait eventfd timerfd_create timerfd_settime signalfd
socket bind listen accept accept4 connect send sendto sendmsg recv recvfrom recvmsg shutdown getsockopt setsockopt
getsockname getpeername getaddrinfo getnameinfo gethostbyname gethostname sethostname if_nametoindex getifaddrs
stat stat64 lstat lstat64 fstat fstat64 fstatat fstatat64 access unlink unlinkat rename mkdir rmdir link symlink readlink chmod chown
opendir readdir readdir64 closedir chdir getcwd realpath utime utimes utimensat futimens umask
clock_gettime clock_getres clock_nanosleep gettimeofday time times clock nanosleep usleep sleep localtime localtime_r
gmtime gmtime_r mktime timegm tzset strftime
getrandom getentropy rand srand random srandom drand48 rand_r arc4random
pthread_create pthread_join pthread_detach pthread_mutex_lock pthread_mutex_unlock pthread_mutex_init pthread_cond_wait
pthread_cond_timedwait pthread_cond_signal pthread_cond_broadcast pthread_rwlock_rdlock pthread_rwlock_wrlock
pthread_key_create pthread_setspecific pthread_getspecific pthread_once pthread_self pthread_kill pthread_sigmask
pthread_setaffinity_np sched_yield sched_getaffinity sched_setaffinity sem_wait sem_post syscall prctl
fork vfork execve execv execvp execvpe execl execlp execle posix_spawn posix_spawnp system popen pclose wait waitpid wait4 kill
raise signal sigaction sigprocmask sigaltstack getpid getppid getuid geteuid setsid setpgid setuid exit _exit _Exit atexit
quick_exit getrusage getrlimit setrlimit sysconf uname getpagesize
mmap mmap64 munmap mprotect madvise mremap mlock shm_open brk sbrk
malloc calloc realloc free posix_memalign aligned_alloc memalign reallocarray strdup strndup malloc_usable_size malloc_trim
getenv secure_getenv setenv unsetenv putenv clearenv setlocale
dlopen dlsym dlclose dlerror dladdr
printf fprintf vprintf vfprintf puts fputs putc fputc putchar fwrite fread fopen fopen64 fdopen freopen fclose fflush fgets
fgetc getc getchar getline getdelim fseek ftell perror scanf fscanf stdin stdout stderr tmpfile tmpnam mkstemp setvbuf
dprintf vdprintf syslog isatty tcgetattr tcsetattr
""".split())
CODE_ENDINGS = (".c", ".h", ".def", ".inc", ".S")


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def tracked():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    if out.returncode == 0:
        return sorted(p for p in out.stdout.splitlines() if os.path.isfile(os.path.join(ROOT, p)))
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(d for d in folders if d not in (".git", "build"))
        found += [os.path.relpath(os.path.join(folder, n), ROOT) for n in names]
    return sorted(found)


def allowlist(name):
    """{key: reason}; a line is `KEY  # reason`"""
    entries = {}
    path = os.path.join(ROOT, "tools", name)
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                if line.strip() and not line.startswith("#"):
                    key, _, reason = line.partition("#")
                    if not reason.strip():
                        sys.exit("tools/%s:%d: an entry needs a reason" % (name, number))
                    entries[key.strip()] = reason.strip()
    return entries


def room_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def check_layers(files):
    include = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
    for path in files:
        room = room_of(path)
        if room is None or not path.endswith(CODE_ENDINGS):
            continue
        if room not in LAYERS:
            yield "%s: the room %s has no layer" % (path, room)
            continue
        for name in include.findall(read(path)):
            if name in EVERYWHERE:
                continue
            other = name.split("/")[0] if "/" in name else None
            if other is None:
                yield '%s: #include "%s" names no room' % (path, name)
            elif other not in LAYERS:
                yield '%s: #include "%s": no such room' % (path, name)
            elif other != room and LAYERS[other] >= LAYERS[room] and {other, room} not in TOGETHER:
                yield '%s: #include "%s" does not go down' % (path, name)


def strip_c(text):
    """the text without comments and the insides of string literals, lines kept"""
    def blank(m):
        s = m[0]
        if s[0] in "\"'":
            return s[0] + s[0]
        return re.sub(r"[^\n]+", " ", s)
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'', blank, text, flags=re.S)


def functions(text):
    """(name, line, lines) of each top-level function body: { in column 0 or at the end of a line in column 0"""
    lines = text.split("\n")
    i = 0
    while i < len(lines):
        line = lines[i]
        # a body follows a parameter list: `...) {` or `{` alone after `...)`
        opens = (line.startswith("{") and i > 0 and lines[i - 1].rstrip().endswith(")")) or \
                (re.match(r"^\w.*\)\s*(?:\w+\s*)?\{\s*$", line) is not None)
        if line.startswith((" ", "\t")) and re.match(r"^\s+\S.*\)\s*\{\s*$", line) and i > 0 and \
                re.match(r"^\w", lines[i - 1]) and not lines[i - 1].rstrip().endswith((";", "{", "}")):
            opens = True
        if not opens:
            i += 1
            continue
        j = i + 1
        while j < len(lines) and not lines[j].startswith("}"):
            j += 1
        head = i if not line.startswith("{") else i - 1
        while head > 0 and lines[head][:1] in (" ", "\t"):
            head -= 1
        m = re.search(r"(\w+)\s*\(([^()]*)", lines[head])
        name = m[1] if m else lines[head].strip()
        if m and name.isupper():
            name += "(" + re.sub(r"\s+", "", m[2]) + ")"
        yield name, head + 1, j - head + 1
        i = j + 1


def budgets(files):
    """{key: number} of everything over a budget"""
    over = {}
    asserts, lines_of = collections.Counter(), collections.Counter()
    for path in files:
        if not path.startswith(("src/", "include/", "tests/unit/", "tests/embed/", "tests/nif/")) or \
                not path.endswith(CODE_ENDINGS):
            continue
        text = read(path)
        code = strip_c(text)
        lines = text.split("\n")
        bodies = path.endswith((".def", ".inc"))
        if len(lines) - 1 > LINES_MAX:
            over["lines " + path] = len(lines) - 1
        wide = sum(1 for line in lines if len(line) > COLUMNS_MAX)
        if wide:
            over["columns " + path] = wide
        if path.endswith(".c") and not bodies:
            for name, _, length in functions(code):
                if length > FUNCTION_MAX:
                    key = "function %s:%s" % (path, name)
                    over[key] = max(length, over.get(key, 0))
        room = room_of(path)
        if room is None:
            continue
        if room not in ("exec", "base", "jit") and not path.endswith(".def"):
            # a macro that is undefined again reads a table (*.def)
            macros = len([m for m in re.findall(r"^\s*#\s*define\s+(\w+)\(", code, re.M)
                          if not re.search(r"^\s*#\s*undef\s+%s\b" % m, code, re.M)])
            if macros:
                over["macros " + path] = macros
        if room not in ("world", "jit") and path not in ("src/base/base.h", "src/exec/machine.h"):
            ifs = len(re.findall(r"^\s*#\s*if(?!ndef MICA_\w+_H$)", code, re.M))
            if ifs:
                over["if " + path] = ifs
        if path.endswith((".c", ".h")):
            lines_of[room] += len(lines)
            asserts[room] += len(re.findall(r"\b(?:DEBUG_|STATIC_)?ASSERT\(|\b_Static_assert\(|\bstatic_assert\(", code))
    for room, count in lines_of.items():
        wanted = count * ASSERTS_PER_1000 // 1000
        if asserts[room] < wanted:
            over["asserts-missing src/" + room] = wanted - asserts[room]
    return over


def ratchet(files, update):
    path = os.path.join(ROOT, "tools", "tidy_ratchet.txt")
    allowed = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            for line in f:
                if line.strip() and not line.startswith("#"):
                    key, _, number = line.strip().rpartition(" ")
                    allowed[key] = int(number)
    now = budgets(files)
    if update:
        with open(path, "w", encoding="utf-8") as f:
            f.write("# What stood over a budget when it was last counted (tools/tidy.py --update). A number may fall, not grow.\n")
            f.writelines("%s %d\n" % (key, now[key]) for key in sorted(now))
        return
    for key in sorted(now):
        if now[key] > allowed.get(key, 0):
            yield "%s: %d, allowed %s" % (key, now[key], allowed.get(key, "none"))


def objects(build):
    """(room, file, path of the object) for each object of the library and of the programs"""
    top = os.path.join(build, "src")
    for folder in ("libmica.a.p", "libmica_cmd.a.p", "mica.p", "erl.p"):
        full = os.path.join(top, folder)
        for name in sorted(os.listdir(full)) if os.path.isdir(full) else []:
            if name.endswith(".o"):
                room, _, rest = name[:-2].partition("_")
                yield ("gen" if ".gen." in name else room), rest, os.path.join(full, name)


def symbols(path):
    out = subprocess.run(["llvm-objdump-19", "--syms", path], capture_output=True, text=True, check=True).stdout
    # 0000000000000000 l     O .bss	0000000000000004 name
    for line in out.splitlines():
        m = re.match(r"^[0-9a-f]{16} (.{7}) (\S+)\s+([0-9a-f]+)(?: \.hidden| 0x\w+)* (\S+)$", line)
        if m:
            yield m[1], m[2], int(m[3], 16), m[4]


def check_globals(build):
    allowed, seen = allowlist("tidy_globals.txt"), set()
    for room, name, path in objects(build):
        if "libmica.a.p" not in path:
            continue
        for flags, section, size, symbol in symbols(path):
            if size == 0 or "F" in flags or section.startswith(".data.rel.ro"):
                continue
            if section.startswith((".data", ".bss", ".tbss", ".tdata", "*COM*")):
                seen.add(symbol)
                if symbol not in allowed:
                    yield "src/%s/%s: writable symbol %s in %s" % (room, name, symbol, section)
    for symbol in sorted(set(allowed) - seen):
        yield "tools/tidy_globals.txt: %s is not there any more" % symbol


def check_world(build):
    allowed, seen = allowlist("tidy_oscalls.txt"), set()
    for room, name, path in objects(build):
        if room == "world":
            continue
        for _, section, _, symbol in symbols(path):
            if section != "*UND*":
                continue
            plain = re.sub(r"^(__isoc\d+_|__)(?=[a-z])|_chk$", "", symbol)
            if plain in DENIED or symbol in DENIED:
                key = "src/%s/%s %s" % (room, name, symbol)
                seen.add(key)
                if key not in allowed:
                    yield "%s: only src/world/ calls the operating system" % key
    for key in sorted(set(allowed) - seen):
        yield "tools/tidy_oscalls.txt: %s is not there any more" % key


def check_text(files):
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
    homes = re.compile(r"(?<![\w.])/(?:home/\w+|root/|work/)")
    for path in files:
        if path.startswith(("LICENSE", "docs/otp25")) or path.endswith((".png", ".beam", ".bin", ".gz", ".etf")):
            continue
        try:
            text = read(path)
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if marks.search(line):
                yield "%s:%d: unfinished by its own word" % (path, number)
            if homes.search(line) and path != "tools/tidy.py":
                yield "%s:%d: a folder of somebody's machine" % (path, number)
        if path.startswith(("src/", "include/", "tools/", "scripts/")) and not path.endswith((".txt", ".md")) and \
                "SPDX-License-Identifier: Apache-2.0" not in text[:400]:
            yield "%s: no licence line" % path


def check_picture(files):
    """every room of src/ stands in ARCHITECTURE.md, and every src/ room named there exists or is said to come later"""
    if "ARCHITECTURE.md" not in files:
        yield "ARCHITECTURE.md is not there"
        return
    text = read("ARCHITECTURE.md")
    rooms = {room_of(f) for f in files if room_of(f)}
    for room in sorted(rooms):
        if "src/%s/" % room not in text:
            yield "ARCHITECTURE.md does not name src/%s/" % room
    for line in text.split("\n"):
        m = re.match(r"^\|?\s*`?src/(\w+)/`?", line)
        if m and m[1] not in rooms and "later" not in line:
            yield "ARCHITECTURE.md names src/%s/, which is not there" % m[1]


def check_missing(files):
    names, doc = sorted(f for f in files if re.match(r"docs/otp\d+_bifs\.txt$", f)), "docs/missing.md"
    if names:
        out = subprocess.run([sys.executable, "tools/gen_bifs.py", "--check-missing", "src", doc] + names, cwd=ROOT,
                             capture_output=True, text=True)
        if out.returncode != 0:
            yield out.stderr.strip().splitlines()[-1]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--build", default=os.path.join(ROOT, "build/release"))
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    files = tracked()
    if options.update:
        for _ in ratchet(files, True):
            pass
    checks = [("layers", check_layers(files)), ("budgets", ratchet(files, False)), ("text", check_text(files)),
              ("picture", check_picture(files)), ("missing", check_missing(files)),
              ("globals", check_globals(options.build)), ("world", check_world(options.build))]
    failed = 0
    for name, breaches in checks:
        breaches = list(breaches)
        for breach in breaches[:200]:
            print("tidy: %s: %s" % (name, breach))
        failed += bool(breaches)
    print("%d passed, %d failed" % (len(checks) - failed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
