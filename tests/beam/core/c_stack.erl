%% SPDX-License-Identifier: Apache-2.0
%% Only our own functions above show/1, and what was called from them.
-module(c_stack).
-export([f/1, g/2, loop/2]).
-include("core.hrl").
start() ->
    show(fun() -> f(a) end), show(fun() -> f(1) end), show(fun() -> g(1, 2) end), show(fun() -> ?MODULE:nofun(x, y) end), show(fun() -> element(5, id({1})) end), show(fun() -> atom_to_list(id(1)) end), show(fun() -> id(1) + id(a) end), show(fun() -> hd(id([])) end), show(fun() -> throw(t) end), show(fun() -> exit(e) end), show(fun() -> error(r) end), show(fun() -> error(r, [a, b]) end), show(fun() -> error(r, none) end),
    show(fun() -> loop(3, x) end), show(fun() -> (id(fun(1) -> 1 end))(2) end), show(fun() -> (id(fun(A) -> A end))(1, 2) end), show(fun() -> (id(foo))(1) end), show(fun() -> apply(id(?MODULE), id(zork), [1, [2]]) end), show(fun() -> case id(1) of 2 -> x end end), show(fun() -> X = id(1), if X > 1 -> x end end), show(fun() -> {a, _} = id(b) end), show(fun() -> fc2(1, [x], {y}) end), show(fun() -> deep(3) end), show(fun() -> try f(a) catch C:R:S -> erlang:raise(C, {again, R}, S) end end),
    show(fun() -> try f(a) after put(x, 1) end end), show(fun() -> try id(3) of 4 -> x catch _:_ -> y end end), show(fun() -> list_to_integer(id("x")) end), show(fun() -> tail1(id(1)) end), show(fun() -> <<(id(a)):8>> end), show(fun() -> [X || X <- id(q)] end), show(fun() -> (id(#{}))#{a := 1} end), show(fun() -> (id(x))#{a => 1} end), show(fun() -> map_get(k, id(#{})) end), show(fun() -> binary_to_term(<<1>>) end), show(fun() -> spawn(id(x)) end), show(fun() -> maps:get(zz, id(#{})) end), show(fun() -> receive after id(x) -> ok end end), show(fun() -> id(true) andalso (id(3) and true) end),
    ?T(try f(a) catch _:_:S1 -> is_list(S1) end), ?T(try f(a) catch error:_ -> gone end), ?T(length(element(2, erlang:process_info(self(), current_stacktrace))) > 0), ?T(hd(element(2, erlang:process_info(self(), current_stacktrace)))), ?T(depth(100)).
show(F) -> try F() of V -> d({value, V}) catch C:R:S -> d({C, R}), d(own(S)) end.
own([{?MODULE, show, _, _} | _]) -> [];
own([{M, F, A, L} | T]) -> [{M, F, A, loc(L)} | own(T)];
own([]) -> [].
loc(L) -> [X || {K, _} = X <- L, K =:= line orelse K =:= file].
f(X) ->
    Y = X + 1,
    {y, Y}.
g(A, B) ->
    R = h(A, B),
    [R].
h(A, B) ->
    A = id(B),
    ok.
loop(0, X) ->
    id(X) * 2;
loop(N, X) ->
    loop(N - 1, X).
fc2(a, _, _) ->
    1;
fc2(_, b, _) ->
    2.
deep(0) ->
    error(deep);
deep(N) ->
    [deep(N - 1)].
tail1(X) ->
    tail2(X).
tail2(X) ->
    tail3({X}).
tail3(X) ->
    X ! hello.
depth(N) -> try dd(N) catch error:bot:S -> length([x || {?MODULE, dd, 1, _} <- S]) end.
dd(0) -> error(bot);
dd(N) -> 1 + dd(N - 1).
