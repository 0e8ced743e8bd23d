-module(st_increment).
-export([start/0]).

%% Adding a constant to what is no number: which constants name the operator in the stack trace.
start() ->
    X = id([a]),
    [io:format("~p~n", [try F() catch error:_:S -> element(2, hd(S)) end]) ||
        F <- [fun() -> X - 1 end, fun() -> X - (-1) end, fun() -> X + 1 end, fun() -> X + (-1) end, fun() -> 1 + X end,
              fun() -> -1 + X end, fun() -> X - 0 end, fun() -> X + 0 end, fun() -> 2 - X end, fun() -> X - (1 bsl 58) end,
              fun() -> X + (1 bsl 58) end, fun() -> X - (1 bsl 59) end, fun() -> X - (-(1 bsl 59)) end,
              fun() -> X + (-(1 bsl 59)) end, fun() -> X + ((1 bsl 59) - 1) end, fun() -> X + (1 bsl 59) end,
              fun() -> X + (-(1 bsl 59) - 1) end, fun() -> X - ((1 bsl 59) - 1) end]].

id(X) -> X.
