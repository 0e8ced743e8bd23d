%% SPDX-License-Identifier: Apache-2.0
%% Identifiers of other nodes in the old forms, whose creation has two bits; funs that take more than there is room for.
-module(et_creations).
-include("../t.hrl").
start() ->
    [?T({Creation, [is_identifier(B) || B <- old_forms(Creation)]}) || Creation <- [0, 1, 3, 4, 7, 128, 255]],
    [?T({Arity, Free, is_fun(Arity, Free)}) || {Arity, Free} <- [{0, 0}, {1, 2}, {255, 0}, {0, 255}, {250, 5}, {3, 256}, {0, 300}]],
    %% whether one of 255 arguments and 255 variables is a fun is the VM's affair; that it does no harm is not
    [is_fun(A, F) || A <- [1, 200, 250, 255], F <- [1, 56, 200, 255]],
    ?T(is_fun(1, 1)).
old_forms(C) ->
    Node = <<100, 3:16, "a@b">>,
    [<<131, 103, Node/binary, 17:32, 1:32, C>>, <<131, 102, Node/binary, 17:32, C>>,
     <<131, 101, Node/binary, 17:32, C>>, <<131, 114, 1:16, Node/binary, C, 17:32>>].
is_identifier(B) ->
    try binary_to_term(B) of
        X -> [is_pid(X), is_port(X), is_reference(X), node(X)]
    catch error:badarg -> badarg
    end.
is_fun(Arity, Free) ->
    Pid = <<88, 100, 3:16, "a@b", 17:32, 1:32, 1:32>>,
    Body = <<Arity, 0:128, 0:32, Free:32, 100, 17:16, "et_no_such_module", 97, 0, 97, 0, Pid/binary, (binary:copy(<<106>>, Free))/binary>>,
    try binary_to_term(<<131, 112, (byte_size(Body) + 4):32, Body/binary>>) of
        F -> {is_function(F), erlang:fun_info(F, arity), try apply(F, lists:duplicate(Arity, x)) catch error:R when is_atom(R) -> R end}
    catch error:badarg -> badarg
    end.
