%% SPDX-License-Identifier: Apache-2.0
-module(c_ext).
-include("core.hrl").
start() ->
    Ts = [0, 1, 255, 256, -1, 2147483647, 2147483648, -2147483648, -2147483649, 1 bsl 64, -(1 bsl 64), 1 bsl 2100, 1.5, -0.0, a, 'åä', '日本', true, [], [1], "abc", "abc" ++ [300], [a | b], lists(300), {}, {a}, {1, {2, [3]}}, erlang:make_tuple(300, x), #{}, #{a => 1}, #{a => 1, 2 => "x"}, <<>>, <<1, 2, 3>>, <<5:3>>, <<255, 1:1>>, fun erlang:abs/1, list_to_binary(lists(200)), {ok, [{k, <<"v">>}, {k2, 2.0}]}],
    [begin B = term_to_binary(T), d(byte_size(B)), if byte_size(B) < 100 -> d(B); true -> d(erlang:crc32(B)) end, d(binary_to_term(B) =:= T) end || T <- Ts],
    [begin B = term_to_binary(T, [{minor_version, 0}]), d(erlang:crc32(B)), d(binary_to_term(B) == T) end || T <- Ts], [d(erlang:external_size(T) =:= byte_size(term_to_binary(T))) || T <- Ts],
    Self = self(), R = make_ref(), F = fun(X) -> {X, Self} end, ?T(binary_to_term(term_to_binary(Self)) =:= Self), ?T(binary_to_term(term_to_binary(R)) =:= R), ?T((binary_to_term(term_to_binary(F)))(1) =:= {1, Self}), ?T(binary_to_term(term_to_binary(F)) =:= F),
    Big = lists(5000), C = term_to_binary(Big, [compressed]), ?T(byte_size(C) < byte_size(term_to_binary(Big))), ?T(binary_to_term(C) =:= Big), ?T(binary_part(C, 0, 2)), ?T(binary_to_term(term_to_binary(Big, [{compressed, 9}])) =:= Big), ?T(term_to_binary(a, [compressed])), ?T(term_to_binary(a, [bad])),
    ?T(binary_to_term(<<131, 97, 5, 99>>, [used])), ?T(binary_to_term(<<131, 97, 5, 99>>)), ?T(binary_to_term(<<131>>)), ?T(binary_to_term(<<>>)), ?T(binary_to_term(<<130, 97, 1>>)), ?T(binary_to_term(<<131, 97>>)), ?T(binary_to_term(<<131, 1>>)), ?T(binary_to_term(<<131, 104, 3, 97, 1>>)), ?T(binary_to_term(id(x))), ?T(binary_to_term(<<131, 108, 255, 255, 255, 255, 97, 1>>)), ?T(binary_to_term(<<131, 100, 0, 3, "abc">>)), ?T(binary_to_term(<<131, 115, 3, "abc">>)), ?T(binary_to_term(<<131, 119, 2, 195, 165>>)), ?T(binary_to_term(<<131, 119, 1, 255>>)),
    ?T(binary_to_term(<<131, 119, 22, "never_seen_atom_zzz_qq">>, [safe])), ?T(binary_to_term(<<131, 119, 5, "start">>, [safe])), ?T(binary_to_term(<<131, 99, "1.50000000000000000000e+00", 0, 0, 0, 0, 0>>)), ?T(binary_to_term(<<131, 70, 63, 248, 0, 0, 0, 0, 0, 0>>)), ?T(binary_to_term(<<131, 70, 127, 240, 0, 0, 0, 0, 0, 0>>)), ?T(binary_to_term(<<131, 110, 1, 0, 5>>)), ?T(binary_to_term(<<131, 110, 9, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1>>)), ?T(binary_to_term(<<131, 98, 255, 255, 255, 255>>)), ?T(binary_to_term(<<131, 107, 0, 2, 1, 2>>)), ?T(binary_to_term(<<131, 108, 0, 0, 0, 1, 97, 1, 97, 2>>)), ?T(binary_to_term(<<131, 77, 0, 0, 0, 2, 3, 255, 224>>)), ?T(binary_to_term(<<131, 116, 0, 0, 0, 2, 97, 1, 97, 2, 97, 1, 97, 3>>)), ?T(binary_to_term(<<131, 116, 0, 0, 0, 1, 97, 1>>)), ?T(iolist_to_binary(term_to_iovec({a, <<"b">>, [1]})) =:= term_to_binary({a, <<"b">>, [1]})),
    ?T(erlang:external_size(lists(10))), ?T(binary_to_term(term_to_binary(bigmap(200))) =:= bigmap(200)), ?T(byte_size(term_to_binary(bigmap(200)))), ?T(term_to_binary(#{b => 1, a => 2}, [deterministic])).
lists(0) -> [];
lists(N) -> [N rem 200 | lists(N - 1)].
bigmap(N) -> bm(N, #{}).
bm(0, M) -> M;
bm(N, M) -> bm(N - 1, M#{N => {N, "v"}}).
