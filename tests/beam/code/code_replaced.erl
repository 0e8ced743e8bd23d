-module(code_replaced).
-export([start/0]).
%% A module that is loaded again and again while others call it: none of them ever finds it gone.

start() ->
    process_flag(trap_exit, true),
    [rounds(Kind) || Kind <- [plain, on_load]].

rounds(Kind) ->
    Codes = {code(Kind, 1), code(Kind, 2)},
    {module, replaced} = load(element(1, Codes)),
    Stop = counters:new(1, []),
    Callers = [spawn_link(fun() -> call(Stop) end) || _ <- lists:seq(1, 10)],
    [begin
         {module, replaced} = load(element(1 + N rem 2, Codes)),
         purge()
     end || N <- lists:seq(1, 200)],
    counters:put(Stop, 1, 1),
    io:format("~p ~p~n", [Kind, lists:usort([receive {'EXIT', P, Why} -> Why end || P <- Callers])]).

load(Code) -> code:load_binary(replaced, "replaced.beam", Code).

purge() -> code:soft_purge(replaced) orelse purge().

code(Kind, Version) ->
    L = erl_anno:new(1),
    Function = fun(Name, Body) -> {function, L, Name, 0, [{clause, L, [], [], Body}]} end,
    OnLoad = [{attribute, L, on_load, {init, 0}}, Function(init, [{atom, L, ok}])],
    Forms = [{attribute, L, module, replaced}, {attribute, L, export, [{version, 0}]}] ++
            case Kind of plain -> []; on_load -> OnLoad end ++
            [Function(version, [{integer, L, Version}])],
    {ok, replaced, Code} = compile:forms(Forms, []),
    Code.

call(Stop) ->
    case counters:get(Stop, 1) of
        1 -> ok;
        0 ->
            V = replaced:version(),
            true = V =:= 1 orelse V =:= 2,
            call(Stop)
    end.
