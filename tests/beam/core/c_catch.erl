%% SPDX-License-Identifier: Apache-2.0
-module(c_catch).
-include("core.hrl").
start() ->
    ?T(catch throw(a)), ?T(catch exit(a)), ?T(strip(catch error(a))), ?T(strip(catch id(a) + 1)), ?T(strip(catch hd([]))), ?T(catch id(1)), ?T(strip(catch id({}) ! x)), ?T(strip(catch no_such:f(1))),
    ?T([catch throw(N) || N <- [1, 2, 3]]), ?T(begin X = (catch throw(x)), Y = (catch id(y)), {X, Y} end), ?T(begin (catch throw(1)), (catch throw(2)) end), ?T(catch (catch throw(inner))), ?T(strip(catch begin (catch error(e1)), error(e2) end)),
    ?T({catch exit({a, b}), id(z)}), ?T(case catch throw({ok, 1}) of {ok, N1} -> N1; _ -> no end), ?T(case catch id(5) of {'EXIT', _} -> bad; V -> V end), ?T(strip(catch lp(5))), ?T(catch deepthrow(500)), ?T(acc(50, [])),
    ?T(strip(catch erlang:raise(error, r, []))), ?T(catch erlang:raise(exit, r, [])), ?T(catch erlang:raise(throw, r, [])), ?T(strip(catch error(badarg, [a]))), ?T(strip(catch apply(id(q), id(r), []))), ?T(strip(catch binary_to_atom(<<255>>, utf8))),
    ?T(begin A = id(1), B = (catch id(A) + id(2)), C = (catch throw(B)), [A, B, C] end).
strip({'EXIT', {R, S}}) when is_list(S) -> {'EXIT', R, is_list(S)};
strip(X) -> X.
lp(0) -> error(bottom);
lp(N) -> 1 + lp(N - 1).
deepthrow(0) -> throw(here);
deepthrow(N) -> [deepthrow(N - 1)].
acc(0, A) -> A;
acc(N, A) -> acc(N - 1, [catch (if N rem 2 =:= 0 -> throw({even, N}); true -> N end) | A]).
