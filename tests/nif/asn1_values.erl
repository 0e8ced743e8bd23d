%% SPDX-License-Identifier: Apache-2.0
%% OTP's asn1 with its library: a module compiled for BER, DER, PER and UPER, values there and back, broken input.
%% needs: /usr/lib/erlang/lib/asn1-*/priv/lib/asn1rt_nif.so
%% timeout: 180
-module(asn1_values).
-export([start/1]).

-define(SPECIFICATION,
        "Pictures DEFINITIONS AUTOMATIC TAGS ::= BEGIN\n"
        "Colour ::= ENUMERATED { red, green, blue(7), ..., violet }\n"
        "Point ::= SEQUENCE { x INTEGER (-1000..1000), y INTEGER, label UTF8String OPTIONAL }\n"
        "Shape ::= CHOICE { point Point, polygon SEQUENCE (SIZE (0..300)) OF Point, name VisibleString (SIZE (1..20)),\n"
        "                   flag BOOLEAN, nothing NULL, group SEQUENCE OF Shape, ..., far INTEGER (0..MAX) }\n"
        "Picture ::= SEQUENCE { id OBJECT IDENTIFIER, colours SEQUENCE OF Colour, shapes SEQUENCE OF Shape, bits BIT STRING,\n"
        "                       octets OCTET STRING, number INTEGER (0..255) DEFAULT 5, small INTEGER (0..65536) OPTIONAL, ...,\n"
        "                       [[ text IA5String, signed INTEGER ]] }\n"
        "END\n").

start([Out]) ->
    Dir = filename:join(Out, "asn1_values." ++ os:getpid()),
    ok = filelib:ensure_path(Dir),
    ok = file:write_file(filename:join(Dir, "Pictures.asn1"), ?SPECIFICATION),
    try
        [rules(Dir, Rules) || Rules <- [[ber], [ber, der], [per], [uper]]],
        library()
    after
        ok = file:del_dir_r(Dir)
    end.

rules(Dir, Rules) ->
    _ = rand:seed(exsss, {7, 8, 9}),
    io:format("~p: ~p~n", [Rules, asn1ct:compile("Pictures.asn1", Rules ++ [maps, noobj, {i, Dir}, {outdir, Dir}])]),
    {ok, 'Pictures', Code} = compile:file(filename:join(Dir, "Pictures"), [binary]),
    _ = code:purge('Pictures'),
    {module, _} = code:load_binary('Pictures', "Pictures.beam", Code),
    Good = [there_and_back(N, Rules) || N <- lists:seq(1, 60)],
    io:format("~0p~n", [lists:usort([element(1, G) || G <- Good])]),
    [broken(Bytes) || {_, Bytes} <- Good],
    [io:format("~0p~n", [encode(V)])
     || V <- [#{}, x, (picture())#{number := 256}, (picture())#{colours := [black]}, (picture())#{shapes := [{circle, 1}]},
              (picture())#{id := {9, 9}}, (picture())#{octets := [300]}, (picture())#{shapes := [{name, ""}, {name, lists:duplicate(21, $a)}]}]].

there_and_back(N, Rules) ->
    Picture = picture(),
    {ok, Bytes} = 'Pictures':encode('Picture', Picture),
    {ok, Back} = 'Pictures':decode('Picture', Bytes),
    io:format("~p ~b ~b ~s~n", [Rules, N, byte_size(Bytes), binary:encode_hex(erlang:md5(Bytes))]),
    {maps:merge(#{number => 5}, Picture) =:= maps:merge(#{number => 5}, Back), Bytes}.

%% cut short, with bytes behind, with some that are others
broken(Bytes) ->
    Size = byte_size(Bytes),
    Cut = binary:part(Bytes, 0, rand:uniform(Size) - 1),
    At = rand:uniform(Size) - 1,
    <<Before:At/binary, B, After/binary>> = Bytes,
    Others = [<<Before/binary, (B bxor (1 bsl Bit)), After/binary>> || Bit <- [0, 5, 7]],
    [io:format("~s~n", [short(decode(T))]) || T <- [Cut, <<Bytes/binary, 17>> | Others]].

short(Term) ->
    Text = lists:flatten(io_lib:format("~0p", [Term])),
    case length(Text) of
        N when N > 300 -> binary_to_list(binary:encode_hex(erlang:md5(Text)));
        _ -> Text
    end.

%% where it went wrong is a line of the compiler's output
decode(Bytes) -> plain(catch 'Pictures':decode('Picture', Bytes)).
encode(Value) -> plain(catch 'Pictures':encode('Picture', Value)).
plain({error, {asn1, {Reason, [_ | _]}}}) -> {error, Reason};
plain({'EXIT', {Reason, Stack}}) when is_list(Stack) -> {'EXIT', Reason};
plain({'EXIT', {error, {asn1, {Reason, [_ | _]}}}}) -> {'EXIT', Reason};
plain(Other) -> Other.

picture() ->
    P = #{id => list_to_tuple([1, 3 | several(8, fun() -> rand:uniform(1000000) end)]),
          colours => several(5, fun() -> one([red, green, blue, violet]) end),
          shapes => several(6, fun() -> shape(3) end),
          bits => << <<(rand:uniform(2) - 1):1>> || _ <- lists:seq(1, rand:uniform(70)) >>,
          octets => rand:bytes(rand:uniform(400) - 1)},
    sometimes(small, rand:uniform(65537) - 1,
              sometimes(number, rand:uniform(256) - 1,
                        (P#{number => 5, text => several(20, fun() -> 31 + rand:uniform(90) end), signed => integer()}))).

sometimes(Key, Value, Map) -> case rand:uniform(2) of 1 -> Map#{Key => Value}; 2 -> Map end.
one(List) -> lists:nth(rand:uniform(length(List)), List).
several(Most, F) -> [F() || _ <- lists:seq(1, rand:uniform(Most + 1) - 1)].
integer() -> (rand:uniform(1 bsl (rand:uniform(30) * 8)) - 1) * one([1, -1]).

shape(0) -> {nothing, 'NULL'};
shape(Depth) ->
    case rand:uniform(7) of
        1 -> {point, point()};
        2 -> {polygon, several(one([3, 300]), fun point/0)};
        3 -> {name, [32 + rand:uniform(90) || _ <- lists:seq(1, rand:uniform(20))]};
        4 -> {flag, one([true, false])};
        5 -> {nothing, 'NULL'};
        6 -> {group, several(4, fun() -> shape(Depth - 1) end)};
        7 -> {far, abs(integer())}
    end.

point() ->
    sometimes(label, unicode:characters_to_binary(several(10, fun() -> one("abcåäö€") end)), #{x => rand:uniform(2001) - 1001, y => integer()}).

%% the library's own functions, on what no compiled module gives them
library() ->
    _ = rand:seed(exsss, {4, 4, 4}),
    [io:format("~s ~s~n", [binary:encode_hex(B), short(plain(catch asn1rt_nif:decode_ber_tlv(B)))])
     || B <- [<<>>, <<48>>, <<48, 128>>, <<48, 128, 0, 0>>, <<48, 128, 2, 1, 5, 0, 0>>, <<48, 132, 255, 255, 255, 255>>, <<31, 129, 1, 0>>,
              <<2, 2, 1>>, <<63, 255, 255, 255, 255, 255, 1, 0>>, <<4, 3, 1, 2, 3, 9, 9>>]
             ++ [rand:bytes(rand:uniform(12)) || _ <- lists:seq(1, 100)]],
    Nested = lists:foldl(fun(_, Inner) -> <<48, 16#82, (byte_size(Inner)):16, Inner/binary>> end, <<2, 1, 1>>, lists:seq(1, 200)),
    {Tree, <<>>} = asn1rt_nif:decode_ber_tlv(Nested),
    io:format("~p~n", [erlang:md5(term_to_binary(Tree))]),
    [io:format("~0p ~s~n", [T, short(plain(catch iolist_to_binary(asn1rt_nif:encode_ber_tlv(T))))])
     || T <- [{2, <<1>>}, {16#10000, <<1, 2>>}, {131072, [{2, <<5>>}]}, x, {x, <<>>}, {2, x}, {2, [x]}, {-1, <<>>}, {2, binary:copy(<<1>>, 300)}]],
    [io:format("~0p ~s~n", [T, short(plain(catch asn1rt_nif:encode_per_complete(T)))])
     || T <- [[], [0, 1, 1], [10, 3, 5], [20, 2, <<1, 2>>], [21, 2, <<1, 2>>], [30, 3, 2, <<255>>], [31, 3, 2, <<255>>], [40, 7, 3], [41, 7, 3],
              [42, 7, 3, <<1>>], [43, 7, 3, <<1>>], [2, 1], [47, 3, <<1>>], x, [x], [<<1, 2>>, 1, <<3>>], [45, 1000, <<1>>], [1 | 0]]].
