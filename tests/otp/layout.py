# SPDX-License-Identifier: Apache-2.0
"""Lays OTP's own test suites out in a work folder, as OTP's test release has them, and compiles what is asked for.

The suites come from the distribution's source package (scripts/otp-source) and stay unmodified; the variants which the
Makefiles of OTP's tests generate (the same source compiled with other options) are generated here as they do it. The
compiler is the installed erl's, so the .beam files do not depend on the program under test.

  <work>/ebin/{emulator,stdlib,kernel,compiler}_test/   sources, .beam files, data folders (with what C there is, built)
  <work>/ebin/mini/                                     the runner: tests/otp/runner

One process at a time lays out or compiles: a lock file. Everything is remade when the version of the source package or this
file changes; working copies of the project that agree in both share what is laid out.
"""
import fcntl
import glob
import hashlib
import os
import re
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
APPS = {"emulator": "erts/emulator", "stdlib": "lib/stdlib", "kernel": "lib/kernel", "compiler": "lib/compiler"}
NO_OPT = ("andor apply beam_block beam_except beam_jump beam_reorder beam_ssa beam_type beam_utils bif bs_construct bs_bincomp "
          "bs_match bs_size_expr bs_utf core_fold float fun guard lc map match maybe misc overridden_bif receive record trycatch")
INLINE = ("andor apply beam_block beam_ssa beam_utils bif bs_bincomp bs_bit_binaries bs_construct bs_match bs_size_expr bs_utf "
          "core_fold float fun guard lc map match maybe misc overridden_bif receive record")
VARIANTS = [("emulator", "no_opt", "bs_bincomp bs_bit_binaries bs_construct bs_match_bin bs_match_int bs_match_tail bs_match_misc "
             "bs_utf guard map")]
VARIANTS += [("compiler", v, NO_OPT) for v in ("no_opt", "no_ssa_opt", "post_opt", "no_copt", "no_module_opt", "no_type_opt")]
VARIANTS += [("compiler", "inline", INLINE), ("compiler", "r23", "fun"), ("compiler", "r24", "bs_construct bs_utf bs_bincomp"),
             ("compiler", "dialyzer", "bs_match")]
# files that a suite takes from elsewhere in OTP's sources: (from, to)
BORROWED = [("lib/kernel/examples/gen_tcp_dist/src/gen_tcp_dist.erl", "emulator_test"),
            ("lib/kernel/examples/gen_tcp_dist/src/gen_tcp_dist.erl", "kernel_test"),
            ("lib/kernel/examples/erl_uds_dist/src/erl_uds_dist.erl", "kernel_test"),
            ("erts/emulator/test/erts_test_utils.erl", "stdlib_test"),
            ("lib/stdlib/test/error_info_lib.erl", "kernel_test"),
            ("make/otp_version_tickets", "kernel_test/kernel_SUITE_data"),
            ("make/otp_version_tickets", "stdlib_test/stdlib_SUITE_data")]
BORROWED += [(f, app) for app in ("kernel_test", "stdlib_test") for f in ("lib/sasl/test/otp_vsns.erl", "otp_versions.table")]
# what the configure script of OTP's test server finds on a glibc system
DEFINES = ("-DHAVE_STRERROR=1 -DHAVE_VSNPRINTF=1 -DHAVE_USLEEP=1 -DHAVE_ISFINITE=1 -DHAVE_FINITE=1 -DHAVE_POLL_H=1 "
           "-DHAVE_UNISTD_H=1 -DHAVE_LINUX_TCP_H=1")
# suites that are Core Erlang; the source is there for `module` only
CORE = ("lfe_andor_SUITE", "lfe_guard_SUITE")


class Missing(Exception):
    """what the suites need is not there"""


def otp_source():
    """the folder of OTP's sources"""
    p = subprocess.run([os.path.join(ROOT, "scripts", "otp-source")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if p.returncode != 0 or not p.stdout.strip():
        raise Missing("OTP's source package cannot be had: " + (p.stderr.strip().split("\n") or [""])[-1])
    return p.stdout.strip().split("\n")[-1]


def c_compiler():
    for cc in ("gcc", "clang-19", "cc"):
        if shutil.which(cc):
            return cc
    raise Missing("no C compiler")


class Layout:
    """the laid-out suites in the folder `work`, made with the program `erl`; own(path) gives a tree to the tests' user"""

    def __init__(self, work, erl, own):
        self.work, self.erl, self.own = work, erl, own
        self.ebin = os.path.join(work, "ebin")
        self.source = otp_source()
        with open(os.path.join(work, "lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._lay_out()
            self._runner()

    def folder(self, app):
        return os.path.join(self.ebin, app + "_test")

    def _lay_out(self):
        with open(__file__, "rb") as f:
            stamp = os.path.basename(self.source) + " " + hashlib.sha256(f.read()).hexdigest()
        marker = os.path.join(self.work, "stamp")
        if os.path.exists(marker) and open(marker).read() == stamp:
            return
        shutil.rmtree(self.ebin, ignore_errors=True)
        for app, path in APPS.items():
            shutil.copytree(os.path.join(self.source, path, "test"), self.folder(app), symlinks=True)
        for path, to in BORROWED:
            target = os.path.join(self.ebin, to)
            if not os.path.isdir(target):
                os.makedirs(target)
            shutil.copy2(os.path.join(self.source, path), target)
        for app, variant, names in VARIANTS:
            for name in names.split():
                old, new = name + "_SUITE", "%s_%s_SUITE" % (name, variant)
                with open(os.path.join(self.folder(app), old + ".erl"), "rb") as f:
                    text = f.read().replace(b"-module(%s)." % old.encode(), b"-module(%s)." % new.encode())
                with open(os.path.join(self.folder(app), new + ".erl"), "wb") as f:
                    f.write(text)
        for name in CORE:
            with open(os.path.join(self.folder("compiler"), name + ".erl"), "w") as f:
                f.write("-module(%s). %%%% dummy .erl file\n" % name)
        self.own(self.ebin)
        with open(marker, "w") as f:
            f.write(stamp)

    def _runner(self):
        mini = os.path.join(self.ebin, "mini")
        os.makedirs(mini, exist_ok=True)
        for path in glob.glob(os.path.join(HERE, "runner", "*.erl")):
            copy = os.path.join(mini, os.path.basename(path))
            if os.path.exists(copy[:-4] + ".beam") and open(copy).read() == open(path).read():
                continue
            shutil.copy(path, copy)  # filelib_SUITE wants the sources, too
            subprocess.run([os.path.join(os.path.dirname(self.erl), "erlc"), "+debug_info", "-o", mini, copy], check=True)
        with open(os.path.join(mini, "variables"), "w") as f:  # port_SUITE asks which compiler there is
            f.write('{\'CC\',"%s"}. {make_command,"make"}.\n' % c_compiler())

    def _modules(self, suites):
        """what to compile for these app/suite: helpers of their folders, the suites, and other suites they speak of"""
        found, todo = set(), list(suites)
        for app in {s.split("/")[0] for s in suites}:
            todo += [app + "/" + os.path.basename(f)[:-4] for f in glob.glob(self.folder(app) + "/*.erl")
                     if not f.endswith("_SUITE.erl")]
        while todo:
            name = todo.pop()
            app, module = name.split("/")
            path = os.path.join(self.folder(app), module + ".erl")
            # code_SUITE compiles code_a_test itself
            if name in found or module == "code_a_test" or not os.path.exists(path):
                continue
            found.add(name)
            with open(path, encoding="latin-1") as f:
                todo += [app + "/" + other for other in re.findall(r"\b(\w+_SUITE)\b", f.read())]
        return sorted("%s_test %s" % tuple(name.split("/")) for name in found)

    def compile(self, suites, jobs):
        """compiles what these suites need; returns the lines of what does not compile"""
        with open(os.path.join(self.work, "lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            modules = [m for m in self._modules(suites) if self._stale(m)]
            parts, running = [modules[i::jobs] for i in range(jobs)], []
            for part in filter(None, parts):
                with tempfile.NamedTemporaryFile("w", delete=False) as f:
                    f.write("".join(m + "\n" for m in part))
                running.append((f.name, subprocess.Popen(
                    [self.erl, "+S", "1:1", "-noshell", "-pa", os.path.join(self.ebin, "mini"), "-run", "conf_build", "main",
                     self.ebin, self.source, f.name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                    text=True, errors="replace")))
            bad = []
            for name, process in running:
                out, _ = process.communicate()
                os.unlink(name)
                if process.returncode != 0:
                    bad += out.strip().split("\n")
            for suite in suites:
                bad += self._build_c(*suite.split("/"))
            if modules:
                self.own(self.ebin)
            return bad

    def _stale(self, line):
        path = os.path.join(self.ebin, *line.split(" "))
        return not os.path.exists(path + ".beam") or os.path.getmtime(path + ".beam") <= os.path.getmtime(path + ".erl")

    def _build_c(self, app, suite):
        """the C programs, drivers and native libraries in the suite's data folder, from its Makefile.src"""
        data = os.path.join(self.folder(app), suite + "_data")
        made = os.path.join(data, ".made")
        if not os.path.exists(os.path.join(data, "Makefile.src")) or os.path.exists(made):
            return []
        cc = c_compiler()
        code = 'io:put_chars([code:root_dir(), "\\n", erlang:system_info(version)]), halt().'
        root, version = subprocess.run([self.erl, "-noshell", "-eval", code], stdout=subprocess.PIPE, text=True,
                                       check=True).stdout.split("\n")
        erts = os.path.join(root, "erts-" + version)
        ei = (glob.glob(root + "/lib/erl_interface-*") or [""])[0]
        rules = (".SUFFIXES:\n.SUFFIXES: .so .o .c\n\n.c.so:\n"
                 "\t%s -c -O2 -fPIC -w $(SHLIB_EXTRA_CFLAGS) -I%s/usr/include %s $<\n"
                 "\t%s -shared $(SHLIB_EXTRA_LDFLAGS) -o $@ $*.o -lc $(SHLIB_EXTRA_LDLIBS)\n" % (cc, root, DEFINES, cc))
        internal = erts + "/include/internal"
        values = {"SHLIB_RULES": rules, "CC": cc, "LD": cc, "CFLAGS": "-O2 -w -fPIC", "EI_CFLAGS": "-O2 -w -D_REENTRANT",
                  "CROSSLDFLAGS": "", "DEFS": DEFINES, "SHLIB_CFLAGS": "-O2 -fPIC -w", "LIBS": "-ldl -lm -lpthread",
                  "ERTS_LIBS": "", "WSL": "", "EMULATOR": "beam", "dll": ".so", "obj": ".o", "exe": "",
                  "erl_include": root + "/usr/include", "erl_name": self.erl, "erl_interface_eilib": ei + "/lib/libei.a",
                  "erl_interface_include": ei + "/include", "erl_interface_mk_include": ei + "/src/eidefs.mk",
                  "erl_interface_sock_libs": "", "erl_interface_threadlib": "-lpthread",
                  "erts_lib_include_internal": internal, "erts_lib_include_internal_generated": internal,
                  "erts_lib_make_ethread": internal + "/ethread.mk", "erts_lib_make_internal": internal + "/erts_internal.mk"}
        with open(os.path.join(data, "Makefile.src"), encoding="latin-1") as f:
            text = re.sub(r"@(\w+)@", lambda m: values.get(m[1], m[0]), f.read())
        with open(os.path.join(data, "Makefile"), "w", encoding="latin-1") as f:
            f.write(text)
        p = subprocess.run(["make", "-B", "-k"], cwd=data, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, errors="replace",
                           env={k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "CC", "CC_LD")})
        with open(os.path.join(data, ".made"), "w") as f:
            f.write(p.stdout)
        self.own(data)
        return [] if p.returncode == 0 else ["%s/%s: not all of its C builds (%s)" % (app, suite, made)]
