// SPDX-License-Identifier: Apache-2.0
//
// Ports and files through their built-ins, in a VM that has one process and runs no code: the test
// calls the built-ins in its place, polls, and looks at the messages that come.
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "io_fake.h"
#include "term/bits.h"

Term bif_erts_internal_port_command_3(Process *p, Term *a);
Term bif_erts_internal_port_close_1(Process *p, Term *a);
Term bif_erts_internal_port_info_2(Process *p, Term *a);
Term bif_erlang_ports_0(Process *p, Term *a);
Term bif_prim_file_internal_name2native_1(Process *p, Term *a);
Term bif_prim_file_open_nif_2(Process *p, Term *a);
Term bif_prim_file_write_nif_2(Process *p, Term *a);
Term bif_prim_file_close_nif_1(Process *p, Term *a);
Term bif_prim_file_read_file_nif_1(Process *p, Term *a);
Term bif_prim_file_del_file_nif_1(Process *p, Term *a);
Term bif_prim_file_read_info_nif_2(Process *p, Term *a);

static bool is_data(Term message, Term port, const char *text) {
    if (message == TERM_NONE || !term_is_tuple_of(message, 2) || tuple_get(message, 0) != port)
        return false;
    Term data = tuple_get(message, 1);
    if (!term_is_tuple_of(data, 2) || tuple_get(data, 0) != am_data) return false;
    size_t count;
    uint8_t *to_free = NULL;
    const uint8_t *bytes = bits_bytes(tuple_get(data, 1), &count, &to_free);
    bool is_same = bytes != NULL && count == strlen(text) && memcmp(bytes, text, count) == 0;
    mem_free(to_free);
    return is_same;
}

static void test_spawn(Process *p) {
    Term name = heap_tuple2(&p->heap, am_spawn, string(p, "sh -c 'echo hello; exit 3'"));
    Term settings[] = {am_binary, am_exit_status, am_stream};
    Term port = open_port(p, name, 3, settings);
    if (!CHECK(term_is_local_port(port))) return;
    CHECK(relation_find(p->links, port) != NULL);
    Term info[] = {port, am_os_pid};
    CHECK(term_is_tuple_of(bif_erts_internal_port_info_2(p, info), 2));
    CHECK(is_data(next_message(p), port, "hello\n"));
    Term status = next_message(p);
    CHECK(status != TERM_NONE && tuple_get(tuple_get(status, 1), 0) == am_exit_status &&
          tuple_get(tuple_get(status, 1), 1) == term_from_small(3));
    signal_handle_all(p);
    CHECK(bif_erlang_ports_0(p, NULL) == TERM_NIL);
    CHECK(bif_erts_internal_port_info_2(p, info) == am_undefined);
    CHECK(relation_find(p->links, port) == NULL);
}

static void test_cat_packets(Process *p) {
    Term name = heap_tuple2(&p->heap, am_spawn_executable, string(p, "/bin/cat"));
    Term settings[] = {am_binary, heap_tuple2(&p->heap, am_packet, term_from_small(4))};
    Term port = open_port(p, name, 2, settings);
    if (!CHECK(term_is_local_port(port))) return;
    Term first[] = {port, string(p, "one"), TERM_NIL};
    Term second[] = {port, string(p, "second"), TERM_NIL};
    CHECK(bif_erts_internal_port_command_3(p, first) == am_true);
    CHECK(bif_erts_internal_port_command_3(p, second) == am_true);
    CHECK(is_data(next_message(p), port, "one"));
    CHECK(is_data(next_message(p), port, "second"));
    // More than a pipe holds: the port is busy, and the caller of the next command gets its answer
    // when the pipe has drained and the command was done.
    uint8_t *out;
    Term big = heap_binary(&p->heap, 300000, &out);
    memset(out, 'x', 300000);
    Term third[] = {port, big, TERM_NIL};
    CHECK(bif_erts_internal_port_command_3(p, third) == am_true);
    CHECK(term_is_box_of(bif_erts_internal_port_command_3(p, second), BOX_REF));
    int answers = 0, big_ones = 0, last_ones = 0;
    for (int i = 0; i < 3; i++) {
        Term message = next_message(p);
        if (!CHECK(message != TERM_NONE)) return;
        bool is_answer = tuple_get(message, 0) != port;
        answers += is_answer && tuple_get(message, 1) == am_true;
        big_ones += !is_answer && bits_size(tuple_get(tuple_get(message, 1), 1)) == 300000 * 8;
        last_ones += is_data(message, port, "second");
    }
    CHECK(answers == 1 && big_ones == 1 && last_ones == 1);
    // {self(), close}
    CHECK(p->vm->port_hooks->send(p->vm, p, port, heap_tuple2(&p->heap, p->pid, am_close)));
    Term closed = next_message(p);
    CHECK(closed != TERM_NONE && tuple_get(closed, 1) == am_closed);
    CHECK(bif_erts_internal_port_command_3(p, first) == am_badarg);
}

static void test_lines(Process *p) {
    Term name = heap_tuple2(&p->heap, am_spawn, string(p, "printf 'ab\\r\\ncdefg\\nh'"));
    Term settings[] = {am_binary, am_eof, heap_tuple2(&p->heap, am_line, term_from_small(3))};
    Term port = open_port(p, name, 3, settings);
    static const char *const lines[] = {"ab", "cde", "fg", "h"};
    Term tags[] = {am_eol, am_noeol, am_eol, am_noeol};
    for (size_t i = 0; i < 4; i++) {
        Term message = next_message(p);
        if (!CHECK(message != TERM_NONE)) return;
        Term line = tuple_get(tuple_get(message, 1), 1);
        size_t count;
        uint8_t *to_free = NULL;
        const uint8_t *bytes = bits_bytes(tuple_get(line, 1), &count, &to_free);
        CHECK(tuple_get(line, 0) == tags[i]);
        CHECK(count == strlen(lines[i]) && memcmp(bytes, lines[i], count) == 0);
        mem_free(to_free);
    }
    Term end = next_message(p);
    CHECK(end != TERM_NONE && tuple_get(end, 1) == am_eof);
    Term close[] = {port};
    CHECK(bif_erts_internal_port_close_1(p, close) == am_true);
}

static void test_errors(Process *p) {
    Term missing = heap_tuple2(&p->heap, am_spawn_executable, string(p, "/no/such/program"));
    CHECK(open_port(p, missing, 0, NULL) == atom(p, "enoent"));
    CHECK(open_port(p, term_from_small(7), 0, NULL) == am_badarg);
    CHECK(open_port(p, missing, 1, (Term[]){atom(p, "nonsense")}) == am_badopt);
    Term fd = heap_tuple3(&p->heap, am_fd, term_from_small(999), term_from_small(999));
    CHECK(open_port(p, fd, 0, NULL) == atom(p, "ebadf"));
}

static Term native(Process *p, const char *name) {
    Term a[] = {string(p, name)};
    return bif_prim_file_internal_name2native_1(p, a);
}

static void test_files(Process *p) {
    Term path = native(p, "/tmp/mica_test_io_file");
    Term open[] = {path, list_of(p, 1, (Term[]){am_write})};
    Term opened = bif_prim_file_open_nif_2(p, open);
    if (!CHECK(term_is_tuple_of(opened, 2) && tuple_get(opened, 0) == am_ok)) return;
    Term ref = tuple_get(opened, 1);
    Term write[] = {ref, list_of(p, 1, (Term[]){heap_binary_from(&p->heap, "contents", 8)})};
    CHECK(bif_prim_file_write_nif_2(p, write) == am_ok);
    CHECK(bif_prim_file_close_nif_1(p, (Term[]){ref}) == am_ok);
    Term again = bif_prim_file_close_nif_1(p, (Term[]){ref});
    CHECK(term_is_tuple_of(again, 2) && tuple_get(again, 1) == am_einval);
    Term read = bif_prim_file_read_file_nif_1(p, (Term[]){path});
    CHECK(tuple_get(read, 0) == am_ok && bits_size(tuple_get(read, 1)) == 64);
    Term info = bif_prim_file_read_info_nif_2(p, (Term[]){path, term_from_small(1)});
    CHECK(tuple_arity(info) == 14 && tuple_get(info, 1) == term_from_small(8) &&
          tuple_get(info, 2) == am_regular);
    CHECK(bif_prim_file_del_file_nif_1(p, (Term[]){path}) == am_ok);
    Term gone = bif_prim_file_read_file_nif_1(p, (Term[]){path});
    CHECK(tuple_get(gone, 0) == am_error && tuple_get(gone, 1) == atom(p, "enoent"));
    // One left open is closed with its owner.
    CHECK(tuple_get(bif_prim_file_open_nif_2(p, open), 0) == am_ok);
    file_owner_exited(p->vm, p->pid);
    CHECK(bif_prim_file_del_file_nif_1(p, (Term[]){path}) == am_ok);
}

int main(void) {
    World *world = world_create_os();
    VM *vm = make_vm(world);
    QuiesceThread *thread = quiesce_register(vm->quiesce);
    SpawnOptions options;
    spawn_options_default(vm, &options);
    Term pid = process_spawn(vm, NULL, am_undefined, am_undefined, TERM_NIL, &options, NULL);
    Process *p = process_find(vm, pid);
    test_files(p);
    test_spawn(p);
    test_cat_packets(p);
    test_lines(p);
    test_errors(p);
    quiesce_unregister(vm->quiesce, thread);
    free_vm(vm);
    world_destroy(world);
    return check_done();
}
