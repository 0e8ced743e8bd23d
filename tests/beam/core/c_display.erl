%% SPDX-License-Identifier: Apache-2.0
-module(c_display).
-include("core.hrl").
start() ->
    d(0), d(-1), d(123456789012345678901234567890), d(-123456789012345678901234567890),
    d(576460752303423487), d(576460752303423488), d(-576460752303423488), d(-576460752303423489),
    d(ok), d('Hello world'), d('with\'quote'), d('new\nline'), d(''), d('1a'), d(aB_9@x), d('ünï'),
    d(nil), d('case'), d('and'), d('fun'),
    d([]), d([1]), d([1,2,3]), d("abc"), d("a\nb\"c"), d([a|b]), d([1,2|c]), d([[],[[]]]),
    d("with space"), d([97,98,300]), d([0]), d("\t\n"), d([255]),
    d({}), d({1}), d({a,{b,[c,{d}]}}), d(erlang:make_tuple(10, x)),
    d(1.0), d(-0.0), d(0.0), d(3.14), d(1.0e100), d(1.0e-100), d(0.1), d(100000.0), d(1.0e15), d(1.0e16),
    d(<<>>), d(<<1,2,3>>), d(<<"abc">>), d(<<"abc", 255>>), d(<<1:1>>), d(<<5:3>>), d(<<255, 3:2>>),
    d(<<"longer binary with printable text, more than 64 bytes, so that it is off the heap">>),
    d(#{}), d(#{a => 1}), d(#{1 => [2], "k" => {v}}), d(#{a => #{b => c}}),
    d(fun erlang:display/1), d(fun lists:map/2), d(fun 'A b':c/0),
    d([{a,1},{b,"str"},{c,<<"bin">>}]),
    d({[], [[]], {{}}, #{}, <<>>}),
    d([true, false, undefined]),
    d([$a, $b | $c]).
