%% SPDX-License-Identifier: Apache-2.0
%% Compiles laid-out suites with the options that OTP's own test Makefiles use, one file at a time.
%%
%%   erl -noshell -pa RUNNER -run conf_build main DIR OTP_SOURCE FILE
%%
%% DIR holds the folders emulator_test, stdlib_test, kernel_test and compiler_test; FILE has one line a module,
%% "emulator_test guard_SUITE". What is newer than its source is left as it is. Prints a line for each that does not
%% compile; exit status 1 when there is one.
-module(conf_build).
-export([main/1]).

main([Dir, Source, File]) ->
    {ok, Text} = file:read_file(File),
    Modules = [list_to_tuple(string:lexemes(L, " ")) || L <- string:lexemes(binary_to_list(Text), "\n")],
    [code:add_patha(filename:join(Dir, App)) || App <- lists:usort([A || {A, _} <- Modules])],
    Bad = [M || {_, M} = Both <- Modules, not compile(Dir, Source, Both)],
    halt(case Bad of [] -> 0; _ -> 1 end).

compile(Dir, Source, {App, Base}) ->
    %% relative file names, as "erl -make" in the folder gives them: some suites look at the file of a stack trace
    ok = file:set_cwd(filename:join(Dir, App)),
    case filelib:last_modified(Base ++ ".beam") > filelib:last_modified(Base ++ ".erl") of
        true -> true;
        false ->
            Extra = extra(App, Base),
            Options = [return_errors, debug_info, nowarn_deprecated_function, {outdir, "."}, {i, "."},
                       {i, filename:join(Source, "lib/kernel/include")},
                       {i, filename:join(Source, "lib/stdlib/include")} | Extra],
            In = case lists:member(from_core, Extra) of true -> Base; false -> Base ++ ".erl" end,
            try compile:file(In, Options) of
                R when element(1, R) =:= ok -> true;
                E -> failed(App, Base, E)
            catch C:R -> failed(App, Base, {C, R})
            end
    end.

failed(App, Base, Why) ->
    io:format("~s/~s does not compile: ~P~n", [App, Base, Why, 30]),
    false.

extra("compiler_test", "lfe_" ++ _) -> [from_core];
extra("compiler_test", Base) ->
    Ssa = [no_bool_opt, no_share_opt, no_bsm_opt, no_fun_opt, no_ssa_opt, no_recv_opt],
    Variants = [{"_no_opt_SUITE", [no_copt, no_postopt | Ssa]},
                {"_no_ssa_opt_SUITE", Ssa},
                {"_post_opt_SUITE", [no_copt | Ssa]},
                {"_no_copt_SUITE", [no_copt]},
                {"_inline_SUITE", [inline]},
                {"_r23_SUITE", [r23]},
                {"_r24_SUITE", [r24]},
                {"_no_module_opt_SUITE", [no_module_opt]},
                {"_no_type_opt_SUITE", [no_type_opt]},
                {"_dialyzer_SUITE", [dialyzer]}],
    lists:append([Options || {Suffix, Options} <- Variants, lists:suffix(Suffix, Base)]);
extra("emulator_test", Base) ->
    case lists:suffix("_no_opt_SUITE", Base) of
        true -> [no_copt, no_postopt, no_ssa_opt, no_bsm_opt];
        false -> []
    end;
extra(_, _) -> [].
