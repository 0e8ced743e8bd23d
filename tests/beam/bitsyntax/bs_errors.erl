%% SPDX-License-Identifier: Apache-2.0
%% Constructions and matches that must fail, with the reasons that OTP 25 gives.
-module(bs_errors).
-include("../t.hrl").
start() ->
    ?T(<<(id(a))>>), ?T(<<(id(1.0))>>), ?T(<<(id(1)):(id(-1))>>), ?T(<<(id(1)):(id(a))>>), ?T(<<(id(1)):(id(1 bsl 64))>>), ?T(<<(id(a))/float>>), ?T(<<(id(1.0)):(id(5))/float>>), ?T(<<(id(1 bsl 2000))/float>>), ?T(<<(id(a))/binary>>), ?T(<<(id(<<1>>)):2/binary>>), ?T(<<(id(<<1:3>>))/binary>>), ?T(<<(id(<<1>>)):(id(-1))/binary>>), ?T(<<(id(<<1>>)):9/bits>>), ?T(<<(id(-1))/utf8>>), ?T(<<(id(16#D800))/utf8>>), ?T(<<(id(16#110000))/utf16>>), ?T(<<(id(a))/utf32>>), ?T(<<1, (id("x"))/binary>>), ?T(<<(id([])):8>>), ?T(<<(id({})):16/little>>), ?T(<<(id(1)):(id(1.5))>>),
    info(fun() -> <<(id(a))>> end), info(fun() -> <<1, (id(a)):16>> end), info(fun() -> <<(id(<<1>>)):2/binary>> end), info(fun() -> <<(id(1)):(id(-1))>> end), info(fun() -> <<(id(16#D800))/utf8>> end), info(fun() -> <<(id(x))/float>> end), info(fun() -> <<(id(<<1:3>>))/binary>> end), info(fun() -> <<"ok", (id(y)):4/unit:8>> end),
    ?T(m1(<<1>>)), ?T(m1(<<>>)), ?T(m1(x)), ?T(m2(<<5, 1, 2>>)), ?T(m2(<<1, 2>>)), ?T(m3(<<1:3>>)), ?T(m3(<<1, 2>>)), ?T(m4(<<0:64>>)), ?T(m4(<<127, 255, 0:48>>)), ?T(m5(<<"abc">>)), ?T(m5(<<"abd">>)), ?T(m6(<<1, 2>>, id(-1))), ?T(m6(<<1, 2>>, id(a))), ?T(m6(<<1, 2>>, 1)), ?T(m6(<<1, 2>>, 1 bsl 70)), ?T(begin <<X>> = id(<<1, 2>>), X end), ?T(begin <<X1:4, X1:4>> = id(<<16#12>>), X1 end), ?T(begin <<X2/utf8>> = id(<<200>>), X2 end), ?T(case id(<<1>>) of <<X3:16>> -> X3 end), ?T((fun(<<A, A>>) -> A end)(id(<<1, 2>>))), ?T([X4 || <<X4:16>> <= id(<<1, 2, 3>>)]), ?T([X5 || <<X5, 1>> <= <<1, 1, 2, 2, 3, 1>>]), ?T(try m1(id(y)) catch error:function_clause:St -> element(2, hd(St)) end), ?T(g(<<1:7>>)), ?T(g(x)), ?T(g(<<>>)).
info(F) -> try F() catch error:R:St -> [{M, Fn, A, I} | _] = St, p({R, M, is_atom(Fn), A, lists:keyfind(error_info, 1, I)}), p([lists:flatten(L) || L <- fmt(R, erlang:process_info(self(), trap_exit))]) end.
fmt(R, _) -> [io_lib:format("~p", [R])].
m1(<<X>>) -> {one, X}; m1(<<>>) -> empty.
m2(<<N, B:N/binary, _/binary>>) -> B; m2(<<N, R/binary>>) -> {short, N, R}.
m3(<<A:8, B:8>>) -> {A, B}; m3(B) when is_bitstring(B) -> {bits, bit_size(B)}.
m4(<<F/float>>) -> F; m4(_) -> nan.
m5(<<"abc">>) -> yes; m5(<<"ab", C>>) -> {ab, C}.
m6(B, N) -> case B of <<X:N/unit:8, _/bits>> -> X; _ -> nomatch end.
g(B) when bit_size(B) > 3, byte_size(B) =:= 1 -> ok; g(B) when is_bitstring(B) -> bits; g(_) -> no.
