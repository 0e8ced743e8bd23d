%% SPDX-License-Identifier: Apache-2.0
%% Encoded terms, damaged, decoded: an error, or a term that is encoded, compared, hashed, printed and sent like any other.
%%   mutate_term:main([Seed, First, Count])
-module(mutate_term).
-export([main/1]).

main(Args) ->
    [Seed, First, Count] = [list_to_integer(A) || A <- Args],
    Sources = list_to_tuple(sources()),
    R = loop(Seed, First, First + Count, Sources, 0),
    io:format("~b of ~b decoded~n", [R, Count]),
    halt(0).

loop(_, N, N, _, Decoded) -> Decoded;
loop(Seed, N, End, Sources, Decoded) ->
    rand:seed(exsss, {Seed, N, 11}),
    Bin = damage(element(rand:uniform(tuple_size(Sources)), Sources)),
    case os:getenv("MUTATE_KEEP") of
        false -> ok;
        File -> ok = file:write_file(File, Bin)
    end,
    Options = case rand:uniform(3) of 1 -> [safe]; _ -> [] end,
    More = try {ok, binary_to_term(Bin, Options)} of
               {ok, T} -> use(T), 1
           catch error:badarg -> 0;
                 error:system_limit -> 0
           end,
    case N rem 500 of 0 -> erlang:garbage_collect(); _ -> ok end,
    loop(Seed, N + 1, End, Sources, Decoded + More).

use(T) ->
    E = term_to_binary(T),
    T2 = binary_to_term(E),
    case has_nan_free_identity(T, T2) of
        true -> ok;
        false -> io:format("DIFFERS ~p ~p~n", [E, T]), halt(2)
    end,
    _ = erlang:external_size(T),
    H = erlang:phash2(T),
    H = erlang:phash2(T2),
    _ = T < {a, [1.0], #{}},
    _ = erts_debug:flat_size(T),
    _ = [T, T2] =:= [T2, T],
    self() ! T,
    receive T3 -> true = T3 =:= T end,
    _ = lists:flatten(io_lib:format("~P", [T, 40])),
    case rand:uniform(8) of
        1 -> _ = term_to_binary(T, [compressed]);
        2 -> _ = term_to_iovec(T);
        3 -> _ = term_to_binary(T, [{minor_version, 0}]);
        4 -> _ = erlang:term_to_binary(T, [deterministic]);
        5 -> P = spawn(fun() -> receive X -> X =:= [] end end), P ! {T, T};
        _ -> ok
    end.

has_nan_free_identity(A, B) -> A =:= B.

damage(Bin) ->
    case rand:uniform(8) of
        1 -> binary:part(Bin, 0, rand:uniform(byte_size(Bin)));
        2 -> insert(Bin);
        3 -> flips(flips(Bin, 3), 2);
        _ -> flips(Bin, rand:uniform(2))
    end.

insert(Bin) ->
    At = rand:uniform(byte_size(Bin)),
    <<A:At/binary, B/binary>> = Bin,
    <<A/binary, (tag())/binary, B/binary>>.

flips(Bin, 0) -> Bin;
flips(Bin, N) ->
    At = rand:uniform(byte_size(Bin)) - 1,
    <<A:At/binary, Byte, B/binary>> = Bin,
    New = case rand:uniform(4) of
              1 -> tag();
              2 -> <<(rand:uniform(256) - 1)>>;
              _ -> <<(Byte bxor (1 bsl (rand:uniform(8) - 1)))>>
          end,
    flips(<<A/binary, New/binary, B/binary>>, N - 1).

tag() ->
    Tags = <<70, 77, 80, 82, 88, 89, 90, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113,
             114, 115, 116, 117, 118, 119, 120, 121, 131>>,
    <<(binary:at(Tags, rand:uniform(byte_size(Tags)) - 1))>>.

sources() ->
    Terms = [1, -1, 255, 256, 1 bsl 40, 1 bsl 61, -(1 bsl 61), 1 bsl 64, -(1 bsl 300), 1 bsl 3000, 0.0, -0.0, 1.5, 1.0e300,
             a, 'atom with space', list_to_atom([1234]), [], [1], "string", [1 | 2], lists:seq(1, 300), lists:seq(1000, 1050),
             {}, {a}, {a, {b, {c}}}, list_to_tuple(lists:seq(1, 300)), <<>>, <<"abc">>, <<1:3>>, binary:copy(<<"x">>, 200),
             #{}, #{a => 1}, maps:from_list([{N, N} || N <- lists:seq(1, 40)]), maps:from_list([{{N}, a} || N <- lists:seq(1, 200)]),
             self(), make_ref(), fun lists:map/2, fun(X) -> X + 1 end, hd(erlang:ports()),
             #{a => [{b, #{c => <<"d">>}}, 1.5], "k" => {self(), make_ref()}, 2 => 3.5},
             [{N, integer_to_list(N), N * 1.5} || N <- lists:seq(1, 20)],
             lists:foldl(fun(_, A) -> {A, [A | x]} end, z, lists:seq(1, 6)),
             lists:foldl(fun(_, A) -> [A] end, [], lists:seq(1, 400))],
    [term_to_binary(T) || T <- Terms] ++ [term_to_binary(T, [compressed]) || T <- Terms] ++
        [term_to_binary(T, [{minor_version, 0}]) || T <- Terms] ++ foreign().

%% what other nodes and older releases write
foreign() ->
    [<<131, 103, 100, 0, 3, "n@h", 1:32, 2:32, 3>>, <<131, 88, 119, 3, "n@h", 1:32, 2:32, 3:32>>,
     <<131, 102, 100, 0, 3, "n@h", 1:32, 3>>, <<131, 89, 119, 3, "n@h", 1:32, 3:32>>,
     <<131, 120, 119, 3, "n@h", 1:64, 3:32>>, <<131, 101, 100, 0, 3, "n@h", 1:32, 3>>,
     <<131, 114, 0, 3, 100, 0, 3, "n@h", 3, 1:32, 2:32, 3:32>>, <<131, 90, 0, 3, 119, 3, "n@h", 3:32, 1:32, 2:32, 3:32>>,
     <<131, 99, "1.50000000000000000000e+00", 0, 0, 0, 0, 0>>, <<131, 115, 3, "abc">>, <<131, 118, 0, 2, 195, 164>>,
     <<131, 113, 100, 0, 1, "m", 100, 0, 1, "f", 97, 2>>, <<131, 111, 2:32, 0, 1, 2>>, <<131, 111, 2:32, 1, 0, 0>>,
     <<131, 77, 1:32, 3, 255>>, <<131, 116, 2:32, 97, 1, 97, 2, 97, 1, 97, 3>>].
