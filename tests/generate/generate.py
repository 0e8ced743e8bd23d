#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random valid Erlang programs: functions without arguments that compute on all types and print what they gave or raised.

    tests/generate/generate.py SEED COUNT MODULE > MODULE.erl

Program N of a seed is the same text wherever it stands: p(N) is seeded with SEED and N. start/0 runs all programs
FIRST.. and prints a line each: the number, a hash of the outcome, and the outcome itself, cut short.
"""
import random, sys

ATOMS = ["a", "b", "ok", "error", "true", "false", "undefined", "'odd atom'"]
VARS = ["A", "B", "C", "D"]


class Gen:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.fresh = 0

    def pick(self, *choices):
        return self.r.choice(choices)

    def name(self, prefix="V"):
        self.fresh += 1
        return "%s%d" % (prefix, self.fresh)

    def integer(self):
        r = self.r
        kind = r.randrange(8)
        if kind < 4:
            return r.randrange(-5, 12)
        if kind == 4:
            return self.pick(255, 256, -128, 1023, 65536)
        if kind == 5:
            return self.pick(1, -1) * ((1 << self.pick(28, 31, 59, 60, 61, 62, 63, 64)) + r.randrange(-2, 3))
        if kind == 6:
            return r.randrange(-(1 << 40), 1 << 40)
        return r.randrange(-(1 << 200), 1 << 200)

    def number(self):
        n = self.integer()
        if self.r.random() < 0.25:
            return self.pick("0.0", "1.5", "-2.25", "1.0e20", "3.0", "1.0e-7", "123456.789")
        return "(%d)" % n if n < 0 else str(n)

    # ---- expressions; v: variables in scope
    def leaf(self, v):
        k = self.r.randrange(12)
        if v and k < 6:
            return self.r.choice(v)
        if k < 8:
            return self.number()
        return self.pick(self.r.choice(ATOMS), "[]", "{}", "#{}", "<<>>", '"str"', '<<"bin">>', "<<5:3>>", "fun lists:reverse/1")

    def expr(self, v, d):
        if d <= 0:
            return self.leaf(v)
        forms = [self.arith, self.compare, self.boolean, self.list_, self.tuple_, self.map_, self.binary_, self.case_, self.if_,
                 self.comprehension, self.try_, self.fun_, self.bif, self.match, self.catch_, self.bitcase, self.call, self.receive_,
                 self.raise_, self.record, self.stdlib, self.block, self.leafy, self.floats, self.bigs, self.mapcase, self.after_]
        return self.r.choice(forms)(v, d - 1)

    def leafy(self, v, d): return self.leaf(v)

    def arith(self, v, d):
        op = self.pick("+", "-", "*", "div", "rem", "band", "bor", "bxor", "/", "+", "-", "bsl", "bsr")
        if op in ("bsl", "bsr"):
            return "(%s %s %d)" % (self.num(v, d), op, self.r.randrange(-3, 70))
        return "(%s %s %s)" % (self.num(v, d), op, self.num(v, d))

    def num(self, v, d):
        return self.number() if self.r.random() < 0.4 else self.pick("num(%s)", "%s", "num(%s)") % self.expr(v, d)

    def floats(self, v, d):
        x, y = self.name("F"), self.name("F")
        return "begin %s = float(num(%s)), %s = float(num(%s)), %s * %s + %s - %s / (%s + 1.0) end" % (
            x, self.expr(v, d), y, self.expr(v, d), x, y, x, y, self.pick(x, y))

    def bigs(self, v, d):
        return "(num(%s) * %d %s num(%s) * %d)" % (self.expr(v, d), 1 << self.r.randrange(40, 130), self.pick("+", "-", "bxor", "div", "rem"),
                                                   self.expr(v, d), 3 ** self.r.randrange(20, 60))

    def compare(self, v, d):
        return "(%s %s %s)" % (self.expr(v, d), self.pick("==", "=:=", "/=", "=/=", "<", ">", "=<", ">="), self.expr(v, d))

    def boolean(self, v, d):
        a, b = self.compare(v, d), self.compare(v, d)
        return self.pick("(%s andalso %s)", "(%s orelse %s)", "(%s and %s)", "(%s xor %s)", "(not %s or %s)") % (a, b)

    def list_(self, v, d):
        items = ", ".join(self.expr(v, d) for _ in range(self.r.randrange(4)))
        return "[%s%s]" % (items, " | " + self.expr(v, d) if items and self.r.random() < 0.2 else "")

    def tuple_(self, v, d):
        return "{%s}" % ", ".join(self.expr(v, d) for _ in range(self.r.randrange(4)))

    def map_(self, v, d):
        pairs = ", ".join("%s => %s" % (self.expr(v, 0), self.expr(v, d)) for _ in range(self.r.randrange(4)))
        if self.r.random() < 0.4:
            return "(%s)#{%s}" % (self.expr(v, d), pairs)
        if self.r.random() < 0.2:
            return "(map(%s))#{k := %s}" % (self.expr(v, d), self.expr(v, d))
        return "#{%s}" % pairs

    def segment(self, v, d):
        return self.pick("(num(%s)):%s" % (self.expr(v, d), self.pick("8", "16", "3", "13", "32/little", "64/signed", "70", "24/float", "64/float", "32/float-little", "16/float")),
                         "(bits(%s))/bitstring" % self.expr(v, d), "(bits(%s))/binary" % self.expr(v, d), '"txt"',
                         "(%s)/utf8" % self.pick("1234", "65", "num(%s)" % self.expr(v, d)), "(%s)/utf16" % self.pick("66666", "65"),
                         "(num(%s)):(num(%s))" % (self.expr(v, d), self.pick("7", "B", "3") if False else self.pick("7", "3", "9")))

    def binary_(self, v, d):
        return "<<%s>>" % ", ".join(self.segment(v, d - 1) for _ in range(self.r.randrange(1, 4)))

    # ---- patterns: text and the variables that they bind
    def pattern(self, v, d):
        k = self.r.randrange(9)
        if d <= 0 or k < 2:
            n = self.name()
            return n, [n]
        if k == 2:
            return self.pick("_", "[]", "{}", "a", "ok", "0", "1.5", "true", '"str"'), []
        if k == 3:
            (a, x), (b, y) = self.pattern(v, d - 1), self.pattern(v, d - 1)
            return "[%s | %s]" % (a, b), x + y
        if k == 4:
            parts = [self.pattern(v, d - 1) for _ in range(self.r.randrange(4))]
            return "{%s}" % ", ".join(p for p, _ in parts), [x for _, b in parts for x in b]
        if k == 5:
            p, b = self.pattern(v, d - 1)
            return "#{%s := %s}" % (self.pick("a", "k", "1", "ok"), p), b
        if k == 6:
            return self.bits_pattern()
        if k == 7 and v:
            return self.r.choice(v), []
        p, b = self.pattern(v, d - 1)
        n = self.name()
        return "%s = %s" % (n, p), b + [n]

    def bits_pattern(self):
        a, b, s = self.name(), self.name(), self.name()
        return self.r.choice([("<<%s:8, %s/bitstring>>" % (a, b), [a, b]), ("<<%s:3, _:5, %s/binary>>" % (a, b), [a, b]),
                              ("<<%s:4, %s:%s/bitstring, %s/bitstring>>" % (s, a, s, b), [s, a, b]),
                              ("<<%s:16/little-signed, %s/bitstring>>" % (a, b), [a, b]), ("<<%s/utf8, %s/bitstring>>" % (a, b), [a, b]),
                              ('<<"b", %s/binary>>' % a, [a]), ("<<%s:64/float, _/bitstring>>" % a, [a]), ("<<%s:7/bitstring, %s/bitstring>>" % (a, b), [a, b]),
                              ("<<5:3, %s/bitstring>>" % a, [a]), ("<<%s:70, _/bitstring>>" % a, [a])])

    def guard(self, v):
        if not v:
            return "true"
        x, y = self.r.choice(v), self.r.choice(v)
        one = lambda: self.pick("is_integer(%s)" % x, "is_list(%s)" % x, "is_map(%s)" % x, "is_tuple(%s)" % x, "is_binary(%s)" % x, "is_float(%s)" % x,
                                "is_function(%s, 1)" % x, "%s > %s" % (x, y), "%s =:= %s" % (x, y), "%s == 1" % x, "length(%s) > 1" % x, "hd(%s) == 1" % x,
                                "tuple_size(%s) =< 2" % x, "element(1, %s) =:= a" % x, "map_size(%s) > 0" % x, "is_map_key(a, %s)" % x, "byte_size(%s) < 9" % x,
                                "%s + 1 > %s" % (x, y), "abs(%s) > 2" % x, "is_atom(%s)" % x, "%s * 2 < 100" % x, "not is_boolean(%s)" % x,
                                "is_record(%s, rec)" % x, "%s#rec.x == 1" % x, "bit_size(%s) rem 8 =:= 0" % x, "max(%s, %s) == %s" % (x, y, y))
        return one() + self.pick("", "", ", " + one(), "; " + one(), " andalso " + one(), " orelse " + one())

    def clause(self, v, d):
        p, b = self.pattern(v, 2)
        scope = v + b
        return "%s%s -> %s" % (p, " when " + self.guard(scope) if self.r.random() < 0.5 else "", self.body(scope, d))

    def clauses(self, v, d, last=0.7):
        c = [self.clause(v, d) for _ in range(self.r.randrange(1, 4))]
        if self.r.random() < last:
            c.append("_ -> %s" % self.expr(v, d))
        return "; ".join(c)

    def body(self, v, d):
        if self.r.random() < 0.3:
            n = self.name()
            return "%s = %s, %s" % (n, self.expr(v, d), self.expr(v + [n], d))
        return self.expr(v, d)

    def case_(self, v, d): return "case %s of %s end" % (self.expr(v, d), self.clauses(v, d))

    def bitcase(self, v, d):
        p, b = self.bits_pattern()
        q, c = self.bits_pattern()
        return "case bits(%s) of %s -> %s; %s -> %s; _ -> %s end" % (self.expr(v, d), p, self.expr(v + b, d), q, self.expr(v + c, d), self.expr(v, d))

    def mapcase(self, v, d):
        n = self.name()
        return "case map(%s) of #{k := %s} -> %s; #{a := %s} = M%s -> M%s#{a := %s} ; _ -> none end" % (
            self.expr(v, d), n, self.expr(v + [n], d), n + "x", n, n, self.expr(v, d))

    def if_(self, v, d):
        return "if %s -> %s; true -> %s end" % (self.guard(v), self.expr(v, d), self.expr(v, d))

    def block(self, v, d): return "begin %s end" % self.body(v, d)

    def match(self, v, d):
        p, b = self.pattern(v, 1)
        return "begin %s = %s, %s end" % (p, self.expr(v, d), self.expr(v + b, d))

    def comprehension(self, v, d):
        p, b = self.pattern(v, 1)
        kind = self.r.randrange(4)
        if kind == 0:
            n = self.name()
            return "[%s || <<%s:%d>> <= bits(%s)]" % (self.expr(v + [n], d), n, self.pick(3, 8, 12), self.expr(v, d))
        if kind == 1:
            return "<< <<(num(%s)):%d>> || %s <- list(%s) >>" % (self.expr(v + b, d), self.pick(5, 8, 16), p, self.expr(v, d))
        return "[%s || %s <- list(%s)%s]" % (self.expr(v + b, d), p, self.expr(v, d), ", " + self.compare(v + b, d) if self.r.random() < 0.4 else "")

    def try_(self, v, d):
        c, e, s = self.name("K"), self.name("E"), self.name("S")
        of = " of %s" % self.clauses(v, d) if self.r.random() < 0.4 else ""
        after = " after put(after_, %s)" % self.expr(v, 0) if self.r.random() < 0.3 else ""
        shape = self.pick("%s:%s -> {%s, %s}" % (c, e, c, e), "%s:%s:%s -> {%s, %s, trace(%s)}" % (c, e, s, c, e, s), "throw:%s -> %s" % (e, self.expr(v + [e], d)),
                          "error:%s when is_atom(%s) -> %s; %s:%s -> {%s, %s}" % (e, e, e, c, e + "x", c, e + "x"), "error:{badmatch, %s} -> {matched, %s}" % (e, e))
        return "try %s%s catch %s%s end" % (self.expr(v, d), of, shape, after)

    def after_(self, v, d): return "try %s after put(x, %s) end" % (self.expr(v, d), self.expr(v, 0))

    def catch_(self, v, d): return "(catch cut(%s))" % self.expr(v, d) if self.r.random() < 0.3 else "cut(catch %s)" % self.expr(v, d)

    def raise_(self, v, d):
        if self.r.random() < 0.5:
            return self.expr(v, d)
        return self.pick("error(%s)", "throw(%s)", "exit(%s)", "erlang:error(%s, [1, 2])") % self.expr(v, d)

    def fun_(self, v, d):
        x, y = self.name(), self.name()
        k = self.r.randrange(4)
        if k == 0:
            return "(fun(%s) -> %s end)(%s)" % (x, self.expr(v + [x], d), self.expr(v, d))
        if k == 1:
            return "lists:map(fun(%s) -> %s end, list(%s))" % (x, self.expr(v + [x], d), self.expr(v, d))
        if k == 2:
            return "lists:foldl(fun(%s, %s) -> %s end, %s, list(%s))" % (x, y, self.expr(v + [x, y], d), self.expr(v, d), self.expr(v, d))
        f = self.name("Fun")
        return "(fun %s(0, %s) -> %s; %s(%s, _) -> %s(%s - 1, %s) end)(%d, %s)" % (f, y, self.expr(v + [y], d), f, x, f, x, self.expr(v + [x], 0), self.r.randrange(4), self.expr(v, d))

    def bif(self, v, d):
        one = self.pick("hd", "tl", "length", "tuple_size", "map_size", "byte_size", "bit_size", "abs", "round", "trunc", "float", "is_atom", "is_list", "not",
                        "list_to_tuple", "tuple_to_list", "atom_to_list", "integer_to_list", "list_to_binary", "binary_to_list", "-", "bnot", "ceil", "floor",
                        "iolist_size", "integer_to_binary", "float_to_list", "list_to_atom", "bitstring_to_list", "list_to_integer", "size", "term_to_binary")
        if self.r.random() < 0.6:
            return "%s(%s)" % (one, self.expr(v, d))
        return self.pick("element(%s, %s)", "setelement(%s, {1, 2, 3}, %s)", "max(%s, %s)", "min(%s, %s)", "(%s ++ %s)", "(%s -- %s)", "map_get(%s, %s)", "is_map_key(%s, %s)",
                         "is_function(%s, %s)", "split_binary(bits(%s), num(%s) rem 3)", "lists:member(%s, %s)", "apply(lists, append, [%s, %s])", "(%s =:= %s)",
                         "binary:part(bits(%s), {0, num(%s)})", "erlang:append_element({%s}, %s)") % (self.expr(v, d), self.expr(v, d))

    def stdlib(self, v, d):
        return self.pick("lists:sort(list(%s))", "lists:reverse(list(%s))", "lists:usort(list(%s))", "maps:to_list(map(%s))", "erlang:phash2(%s)", "lists:sum([num(X_) || X_ <- list(%s)])",
                         "lists:flatten(list(%s))", "binary_to_term(term_to_binary(%s))", "maps:keys(map(%s))", "lists:zip([1, 2], list(%s))", "unicode:characters_to_binary(list(%s))",
                         "lists:flatten(io_lib:format(\"~w\", [%s]))", "lists:keysort(1, [{1, x}, {0, %s}])", "lists:seq(1, num(%s) rem 7)", "erlang:md5(term_to_binary(%s))") % self.expr(v, d)

    def record(self, v, d):
        r = "#rec{x = %s, y = %s}" % (self.expr(v, d), self.expr(v, d))
        return self.pick(r, "(%s)#rec.x" % r, "(%s)#rec{z = %s}" % (r, self.expr(v, d)), "(%s)#rec.y" % self.expr(v, d), "(%s)#rec{x = 1, y = %s}" % (self.expr(v, d), self.expr(v, d)))

    def call(self, v, d): return self.pick("h1(%s, %s)", "h2(%s, %s)", "h3(%s, %s)", "h4(%s, %s)") % (self.expr(v, d), self.expr(v, d))

    def receive_(self, v, d):
        p, b = self.pattern(v, 2)
        k = self.r.randrange(3)
        sends = "self() ! {m, %s}, self() ! %s" % (self.expr(v, d), self.expr(v, d))
        if k == 0:
            n = self.name()
            return "begin %s, receive {m, %s} -> receive %s -> %s after 0 -> {none, %s} end after 0 -> gone end end" % (sends, n, p, self.expr(v + b, d), n)
        if k == 1:
            return "begin %s, receive %s -> %s after 0 -> %s end end" % (sends, p, self.expr(v + b, d), self.expr(v, d))
        return "other(fun() -> %s end)" % self.expr(v, d)


HEAD = """%% seed %d
-module(%s).
-compile([nowarn_unused_vars, nowarn_unused_function, nowarn_unused_record, nowarn_shadow_vars]).
-export([start/0]).
-record(rec, {x, y = 1, z}).

num(X) when is_number(X) -> X;
num([X | _]) -> num(X);
num(X) when is_tuple(X) -> tuple_size(X);
num(X) when is_binary(X) -> byte_size(X);
num(X) when is_map(X) -> map_size(X);
num(a) -> 1;
num(_) -> 7.

list(X) when is_list(X), length(X) < 30 -> X;
list(X) when is_tuple(X) -> tuple_to_list(X);
list(X) when is_map(X) -> maps:to_list(X);
list(X) -> [X, 1, {X}].

bits(X) when is_bitstring(X) -> X;
bits(X) when is_integer(X) -> <<X:77>>;
bits(X) when is_float(X) -> <<X/float>>;
bits(X) when is_atom(X) -> atom_to_binary(X);
bits(X) -> try iolist_to_binary(X) catch _:_ -> <<1, 2, 3:4>> end.

map(X) when is_map(X) -> X;
map(X) -> #{k => X, a => 1, X => X}.

h1(X, [Y | Z]) when X > Y -> {X, Z};
h1(X, {Y}) -> [X, Y];
h1(#{a := X}, Y) -> h2(X, Y);
h1(X, X) -> same.
h2(<<A:8, R/bitstring>>, N) when is_integer(N), N > 0 -> [A | h2(R, N - 1)];
h2(<<>>, _) -> [];
h2(X, Y) when is_list(X); is_tuple(Y) -> {h2, num(X), Y};
h2(_, Y) -> Y.
h3(X, Y) when is_integer(X), X > 0, X < 20 -> h3(X - 1, [X | Y]);
h3(0, Y) -> Y;
h3(#rec{x = X}, Y) -> h3(X, Y);
h3(X, _) -> {h3, X}.
h4(X, Y) -> {A, B} = pair(X, Y), [B | A].
pair(X, Y) when X < Y -> {X, Y};
pair(X, Y) -> {Y, X}.

trace(S) -> [case E of {M, F, A, L} -> {M, F, cut(A), proplists:get_value(line, L)}; _ -> E end || E <- lists:sublist(S, 2)].

%% traces end in the function that runs all programs
cut({'EXIT', {R, [{_, _, _, _} | _] = S}}) -> {'EXIT', {R, trace(S)}};
cut(X) -> X.

other(F) ->
    {P, R} = spawn_monitor(fun() -> exit({done, F()}) end),
    receive {'DOWN', R, process, P, {done, V}} -> V;
            {'DOWN', R, process, P, {E, S}} when is_list(S) -> {died, E, trace(S)};
            {'DOWN', R, process, P, E} -> {died, E} end.

%% funs, pids and the like print as they are made: their kinds are enough
plain(X) when is_function(X) -> {'fun', element(2, erlang:fun_info(X, arity))};
plain(X) when is_pid(X) -> pid;
plain(X) when is_reference(X) -> ref;
plain([X | Y]) -> [plain(X) | plain(Y)];
plain(X) when is_tuple(X) -> list_to_tuple(plain(tuple_to_list(X)));
plain(X) when is_map(X) -> {map, plain(lists:sort(maps:to_list(X)))};
plain(X) -> X.

run(N) ->
    erase(),
    R = try {value, p(N)} catch C:E:S -> {C, E, trace(S)} end,
    T = lists:flatten(io_lib:format("~w ~w", [plain(R), plain(lists:sort(get()))])),
    io:format("~b ~b ~ts~n", [N, erlang:phash2(T), lists:sublist(T, 400)]),
    flush().
flush() -> receive _ -> flush() after 0 -> ok end.

one(N) ->
    {P, R} = spawn_opt(fun() -> run(N) end, [monitor, {max_heap_size, #{size => 20000000, kill => true, error_logger => false}}]),
    receive {'DOWN', R, process, P, normal} -> ok;
            {'DOWN', R, process, P, Why} -> io:format("~b ended ~p~n", [N, Why])
    after 20000 -> exit(P, kill), io:format("~b too long~n", [N]) end.

start() -> logger:set_primary_config(level, none), [one(N) || N <- lists:seq(%d, %d)], halt(0).
"""


def program(seed, n):
    g = Gen("%d/%d" % (seed, n))
    return g.body([], g.r.randrange(2, 5))


def module(seed, first, count, name):
    clauses = ";\n".join("p(%d) -> %s" % (n, "q%d()" % n) for n in range(first, first + count))
    bodies = "\n".join("q%d() ->\n    %s." % (n, program(seed, n)) for n in range(first, first + count))
    return HEAD % (seed, name, first, first + count - 1) + "\n" + clauses + ".\n\n" + bodies + "\n"


if __name__ == "__main__":
    print(module(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
