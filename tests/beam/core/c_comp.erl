%% SPDX-License-Identifier: Apache-2.0
-module(c_comp).
-include("core.hrl").
start() ->
    L = id([1, 2, 3, 4, 5, 6]), B = id(<<1, 2, 3, 4>>), ?T([X * 2 || X <- L]), ?T([X || X <- L, X rem 2 =:= 0]), ?T([{X, Y} || X <- [1, 2], Y <- [a, b]]), ?T([{X, Y} || X <- L, Y <- L, X + Y =:= 7, X < Y]), ?T([X || {ok, X} <- [{ok, 1}, err, {ok, 2}, {error, 3}]]), ?T([X || [X | _] <- [[1], [], [2, 3], x]]),
    ?T([X || <<X>> <= B]), ?T([X || <<X:4>> <= B]), ?T([{X, Y} || <<X:3, Y:5>> <= B]), ?T(<< <<X:16>> || X <- L >>), ?T(<< <<X>> || <<X>> <= B, X > 2 >>), ?T(<< <<X:3>> || X <- L >>), ?T([X || <<X:16/little>> <= B]), ?T([X || <<X:24>> <= B]), ?T([X || <<X:5>> <= <<255, 0>>]), ?T([S || <<N, S:N/binary>> <= <<1, "a", 2, "bc", 5, "x">>]), ?T([C || <<C/utf8>> <= <<"åäx"/utf8>>]), ?T(<< <<C/utf8>> || C <- [229, 26085, $x] >>),
    ?T([X || X <- id(notalist)]), ?T([X || X <- id([1 | 2])]), ?T([X || <<X>> <= id(notabin)]), ?T(<< <<X>> || X <- id([1, a]) >>), ?T([X || X <- L, id(X)]), ?T([X || X <- L, is_atom(X)]), ?T([X || X <- L, hd(X) =:= 1]), ?T([[Y || Y <- L, Y < X] || X <- [2, 4]]), ?T([X || X <- L, begin Y = X * 2, Y > 6 end]), ?T([F(X) || F <- [fun(A) -> A + 1 end, fun(A) -> A * A end], X <- [1, 2, 3]]), ?T([X || true <- [true, false, true], X <- [1, 2]]), ?T([{A, B1, C} || C <- seq(1, 20), B1 <- seq(1, C), A <- seq(1, B1), A * A + B1 * B1 =:= C * C]), ?T([a || _ <- seq(1, 3)]), ?T([] =:= [x || x <- []]), ?T([catch 10 div X || X <- [1, 2], X /= 0]), ?T(length([1 || _ <- seq(1, 10000)])), ?T(byte_size(<< <<0>> || _ <- seq(1, 10000) >>)), ?T([X || X <- L, X > 2, X < 5]), ?T([X || X <- L, X < 2 orelse X > 5]), ?T([begin put(last, X), X end || X <- L] =:= L), ?T(get(last)), ?T([K || #{k := K} <- [#{k => 1}, #{}, #{k => 2}]]), ?T(transpose([[1, 2, 3], [4, 5, 6]])), ?T(sieve(seq(2, 50))), ?T([[I * J || J <- seq(1, 5)] || I <- seq(1, 5)]), ?T(<< (<<X>>) || X <- [1, 2] >>), ?T(<< <<X:(X)>> || X <- [1, 2, 3, 4] >>), ?T([X || X <- L, not (X rem 3 =:= 0)]), ?T([X + Y || {X, Y} <- zip(L, L)]).
seq(A, B) when A > B -> [];
seq(A, B) -> [A | seq(A + 1, B)].
zip([], []) -> [];
zip([A | As], [B | Bs]) -> [{A, B} | zip(As, Bs)].
transpose([[] | _]) -> [];
transpose(M) -> [[H || [H | _] <- M] | transpose([T || [_ | T] <- M])].
sieve([]) -> [];
sieve([P | T]) -> [P | sieve([X || X <- T, X rem P /= 0])].
