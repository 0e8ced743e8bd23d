%% SPDX-License-Identifier: Apache-2.0
%% Code that no compiler makes, assembled by hand: each case is refused with badfile, or runs and does no harm.
%% `refused` cases name what would happen if the file were believed.
-module(hostile_code).
-export([main/0]).

main() ->
    logger:set_primary_config(level, none),
    Results = [run_case(C) || C <- cases()],
    Failed = length([x || failed <- Results]),
    io:format("~b cases, ~b failed~n", [length(Results), Failed]),
    halt(min(1, Failed)).

run_case({Name, Expected, Code}) ->
    case catch answer(Expected, Code) of
        ok -> passed;
        Other ->
            io:format("FAILED ~p: ~p~n", [Name, Other]),
            failed
    end.

answer(refused, Code) ->
    case load(Code) of
        {error, badfile} -> ok;
        Other -> {loaded, Other}
    end;
answer({returns, Arg, Value}, Code) ->
    {module, hostile} = load(Code),
    case catch hostile:f(Arg) of
        Value -> ok;
        Other -> {returned, Other}
    end;
answer({raises, Arg, Reason}, Code) ->
    {module, hostile} = load(Code),
    try hostile:f(Arg) of V -> {returned, V}
    catch error:Reason -> erlang:garbage_collect(), ok
    end.

%% f/1 with the body's instructions; labels from 3 on are the body's
load(Body) ->
    code:purge(hostile),
    code:delete(hostile),
    Fs = [{function, f, 1, 2,
           [{label, 1}, {func_info, {atom, hostile}, {atom, f}, 1}, {label, 2} | Body]}],
    {ok, Bin} = assemble({hostile, [{f, 1}], [], Fs, 6}),
    erlang:load_module(hostile, Bin).

%% the assembler wants a type table behind its options from OTP 26 on; OTP 25 takes four arguments, too
assemble(Asm) -> beam_asm:module(Asm, [], [], []).

cases() ->
    [{plain, {returns, 7, 7}, [return]},
     {falls_off_the_end, refused, [{move, {x, 0}, {x, 1}}]},
     {uninitialized_x, refused, [{move, {x, 5}, {x, 0}}, return]},
     {live_not_written, refused, [{test_heap, 3, 3}, return]},
     {dead_after_collection, refused,
      [{move, {x, 0}, {x, 1}}, {test_heap, 2, 1}, {move, {x, 1}, {x, 0}}, return]},
     {heap_overflow_list, refused,
      [{test_heap, 2, 1}, {put_list, {x, 0}, nil, {x, 0}}, {put_list, {x, 0}, nil, {x, 0}}, return]},
     {heap_overflow_tuple, refused,
      [{test_heap, 2, 1}, {put_tuple2, {x, 0}, {list, [{x, 0}, {x, 0}]}}, return]},
     {reserve_lost_in_call, refused,
      [{allocate, 0, 1}, {test_heap, 9, 1}, {call_ext, 1, {extfunc, erlang, abs, 1}},
       {put_list, {x, 0}, nil, {x, 0}}, {deallocate, 0}, return]},
     {reserve_out_of_proportion, refused, [{test_heap, 1000000, 1}, return]},
     {reserve_lost_at_join, refused,
      [{test, is_atom, {f, 3}, [{x, 0}]}, {test_heap, 2, 1}, {label, 3},
       {put_list, {x, 0}, nil, {x, 0}}, return]},
     {no_frame_call, refused, [{call, 1, {f, 2}}, return]},
     {no_frame_y, refused, [{move, {y, 0}, {x, 0}}, return]},
     {y_out_of_frame, refused, [{allocate, 1, 1}, {move, {x, 0}, {y, 1}}, {deallocate, 1}, return]},
     {wrong_deallocate, refused, [{allocate, 2, 1}, {deallocate, 1}, return]},
     {return_in_frame, refused, [{allocate, 0, 1}, return]},
     {two_frames, refused, [{allocate, 1, 1}, {allocate, 1, 1}, {deallocate, 1}, return]},
     {trim_too_much, refused, [{allocate, 1, 1}, {trim, 2, 0}, {deallocate, 0}, return]},
     {write_where_tries_differ, refused, % one of the ways has a handler, which knows {y,1} to be a tuple
      [{allocate, 2, 1}, {init_yregs, {list, [{y, 0}]}}, {move, {x, 0}, {y, 1}},
       {test, is_tuple, {f, 4}, [{y, 1}]}, {test, test_arity, {f, 4}, [{y, 1}, 1]},
       {'try', {y, 0}, {f, 3}}, {jump, {f, 4}},
       {label, 3}, {try_case, {y, 0}}, {get_tuple_element, {y, 1}, 0, {x, 0}}, {deallocate, 2}, return,
       {label, 4}, {move, {integer, 5}, {y, 1}}, {case_end, {x, 0}}]},
     {frames_differ, refused,
      [{test, is_atom, {f, 3}, [{x, 0}]}, {allocate, 1, 1}, {label, 3}, {deallocate, 1}, return]},
     {endless_jump, refused, [{label, 3}, {jump, {f, 3}}]},
     {endless_test, refused, [{label, 3}, {test, is_atom, {f, 4}, [{x, 0}]}, {jump, {f, 3}}, {label, 4}, return]},
     {endless_catch, refused,
      [{allocate, 1, 1}, {label, 3}, {'catch', {y, 0}, {f, 4}}, {badmatch, {x, 0}}, {label, 4},
       {catch_end, {y, 0}}, {jump, {f, 3}}]},
     {context_returned, refused, [{bs_start_match3, {f, 1}, {x, 0}, 1, {x, 0}}, return]},
     {context_in_tuple, refused,
      [{bs_start_match3, {f, 1}, {x, 0}, 1, {x, 0}}, {test_heap, 2, 1},
       {put_tuple2, {x, 0}, {list, [{x, 0}]}}, return]},
     {context_sent, refused,
      [{allocate, 0, 1}, {bs_start_match3, {f, 1}, {x, 0}, 1, {x, 1}}, {bif, self, {f, 0}, [], {x, 0}}, send,
       {deallocate, 0}, return]},
     {no_context, refused, [{bs_get_tail, {x, 0}, {x, 0}, 1}, return]},
     {catch_mark_read, refused,
      [{allocate, 1, 1}, {'catch', {y, 0}, {f, 3}}, {move, {y, 0}, {x, 0}}, {label, 3}, {catch_end, {y, 0}},
       {deallocate, 1}, return]},
     {exception_overwritten, refused,
      [{allocate, 1, 1}, {'try', {y, 0}, {f, 3}}, {call_fun, 0}, {try_end, {y, 0}}, {deallocate, 1}, return,
       {label, 3}, {move, {atom, a}, {x, 3}}, {try_case, {y, 0}}, {move, {x, 2}, {x, 0}}, build_stacktrace,
       {deallocate, 1}, return]},
     {hole_returned, refused,
      [{allocate, 1, 1}, {'try', {y, 0}, {f, 3}}, {call_fun, 0}, {try_end, {y, 0}}, {label, 3}, {deallocate, 1},
       return]},
     {literal_changed, refused,
      [{move, {literal, {a, b}}, {x, 1}}, {set_tuple_element, {x, 0}, {x, 1}, 0}, {move, {x, 1}, {x, 0}}, return]},
     {no_builtin_for_a_guard, refused, [{bif, list_to_binary, {f, 0}, [{x, 0}], {x, 0}}, return]},
     {builds_without_live, refused, [{bif, abs, {f, 0}, [{x, 0}], {x, 0}}, return]},
     {put_without_init, refused,
      [{bs_put_integer, {f, 0}, {integer, 8}, 1, {field_flags, []}, {x, 0}}, return]},
     {init_lost, refused,
      [{bs_init2, {f, 0}, 1, 0, 1, {field_flags, []}, {x, 1}}, {test_heap, 2, 2},
       {bs_put_integer, {f, 0}, {integer, 8}, 1, {field_flags, []}, {x, 0}}, {move, {x, 1}, {x, 0}}, return]},
     {head_of_no_list, {raises, 3, badarg}, [{get_hd, {x, 0}, {x, 0}}, return]},
     {head_of_a_list, {returns, [3], 3}, [{get_hd, {x, 0}, {x, 0}}, return]},
     {element_of_no_tuple, {raises, 3, badarg}, [{get_tuple_element, {x, 0}, 1, {x, 0}}, return]},
     {element_beyond, {raises, {a, b}, badarg}, [{get_tuple_element, {x, 0}, 2, {x, 0}}, return]},
     {element_of_a_tuple, {returns, {a, b}, b}, [{get_tuple_element, {x, 0}, 1, {x, 0}}, return]},
     {elements_of_a_tuple, {raises, {a, b}, badarg},
      [{get_tuple_element, {x, 0}, 1, {x, 1}}, {get_tuple_element, {x, 0}, 2, {x, 2}}, return]},
     {keys_of_no_map, {raises, 3, badarg},
      [{get_map_elements, {f, 1}, {x, 0}, {list, [{atom, a}, {x, 0}]}}, return]},
     {float_of_no_float, {raises, 3, badarg}, [{fmove, {x, 0}, {fr, 0}}, {test_heap, {alloc, [{words, 0}, {floats, 1}, {funs, 0}]}, 0},
       {fmove, {fr, 0}, {x, 0}}, return]},
     {float_register_unset, {returns, 3, 0.0},
      [{test_heap, {alloc, [{words, 0}, {floats, 1}, {funs, 0}]}, 0}, {fmove, {fr, 900}, {x, 0}}, return]},
     {arity_of_no_tuple, {returns, 3, other},
      [{test, test_arity, {f, 3}, [{x, 0}, 2]}, return, {label, 3}, {move, {atom, other}, {x, 0}}, return]},
     {match_that_cannot_fail, {raises, 3, badarg},
      [{bs_start_match4, {atom, no_fail}, 1, {x, 0}, {x, 0}}, {bs_get_tail, {x, 0}, {x, 0}, 1}, return]},
     {position_beyond, {raises, <<1, 2>>, badarg},
      [{bs_start_match3, {f, 1}, {x, 0}, 1, {x, 0}}, {move, {integer, 100}, {x, 1}}, {bs_set_position, {x, 0}, {x, 1}},
       {bs_get_tail, {x, 0}, {x, 0}, 1}, return]},
     {position_of_no_kind, {raises, <<1, 2>>, badarg},
      [{bs_start_match3, {f, 1}, {x, 0}, 1, {x, 0}}, {move, {atom, a}, {x, 1}}, {bs_set_position, {x, 0}, {x, 1}},
       {bs_get_tail, {x, 0}, {x, 0}, 1}, return]},
     {put_beyond, {raises, 3, badarg},
      [{bs_init2, {f, 0}, 1, 0, 1, {field_flags, []}, {x, 1}},
       {bs_put_integer, {f, 0}, {integer, 64}, 1, {field_flags, []}, {x, 0}}, {move, {x, 1}, {x, 0}}, return]},
     {put_within, {returns, 3, <<3>>},
      [{bs_init2, {f, 0}, 1, 0, 1, {field_flags, []}, {x, 1}},
       {bs_put_integer, {f, 0}, {integer, 8}, 1, {field_flags, []}, {x, 0}}, {move, {x, 1}, {x, 0}}, return]},
     {slots_not_written, {returns, 3, []},
      [{allocate, 2, 1}, {call_ext, 1, {extfunc, erlang, abs, 1}}, {move, {y, 1}, {x, 0}}, {deallocate, 2}, return]},
     {message_that_is_not_there, {returns, 3, 3}, [remove_message, return]},
     {trace_made_up, {raises, {2, 1, a, b, c, d, 1, 2, 3}, x},
      [{move, {x, 0}, {x, 2}}, {move, {atom, error}, {x, 0}}, {move, {atom, x}, {x, 1}}, raw_raise, return]},
     {marker_made_up, {returns, 3, 3},
      [{allocate, 0, 1}, {call_ext, 0, {extfunc, erlang, make_ref, 0}},
       {recv_marker_bind, {integer, -3}, {x, 0}}, {recv_marker_use, {x, 0}}, {move, {integer, 3}, {x, 0}},
       {deallocate, 0}, return]}].
