// SPDX-License-Identifier: Apache-2.0
//
// port_text.c - ports as text, a section for each, in the form of OTP's break handler and crash
// dumps:
//
//   =port:#Port<0.4>
//   State: CONNECTED
//   Slot: 4
//   Connected: <0.81.0>
//   Links: <0.81.0>
//   Port controls external process: sleep 10
//   Input: 0
//   Output: 0
//   Queue: 0
//
// Threads: any; each port's lock is taken in turn.
#include "io/port.h"

static void add_term_line(TextBuffer *out, const Port *port, const char *label, Term t) {
    text_add_string(out, label);
    print_term(out, port->vm->atoms, t, 0);
    text_add(out, "\n", 1);
}

static void add_state(TextBuffer *out, const Port *port) {
    const struct {
        bool is_so;
        const char *name;
    } flags[] = {{port->state == PORT_OPEN, "CONNECTED"},
                 {port->is_binary, "BINARY_IO"},
                 {port->wants_eof, "SOFT_EOF"},
                 {port->state == PORT_CLOSING, "CLOSING"},
                 {port->sends_closed, "SEND_CLOSED"}};
    const char *separator = " ";
    text_add_string(out, "State:");
    for (size_t i = 0; i < ARRAY_COUNT(flags); i++) {
        if (!flags[i].is_so) continue;
        text_format(out, "%s%s", separator, flags[i].name);
        separator = "|";
    }
    text_add(out, "\n", 1);
}

static void add_relations(TextBuffer *out, const Port *port) {
    uint32_t position = 0;
    bool is_first = true;
    for (Relation *r; (r = relation_next(port->links, &position)) != NULL; is_first = false) {
        if (is_first) text_add_string(out, "Links: ");
        print_term(out, port->vm->atoms, r->key, 0);
    }
    if (!is_first) text_add(out, "\n", 1);
    position = 0;
    is_first = true;
    for (Relation *r; (r = relation_next(port->monitors, &position)) != NULL; is_first = false) {
        text_add_string(out, is_first ? "Monitors: (" : "(");
        print_term(out, port->vm->atoms, r->other, 0);
        text_format(out, ",#Ref<0.%u.%u.%u>)", (uint32_t)r->ref_words[1],
                    (uint32_t)(r->ref_words[0] >> 32), (uint32_t)r->ref_words[0]);
    }
    if (!is_first) text_add(out, "\n", 1);
}

static const char *what_it_is(const Port *port) {
    ASSERT(port->driver != NULL);
    if (port->driver == &port_fd_driver) return "Port is UNIX fd not opened by emulator";
    if (port->driver == &port_vanilla_driver) return "Port is a file";
    if (port->driver == &port_spawn_driver) return "Port controls external process";
    return "Port controls linked-in driver";
}

static void add_port(Port *port, void *user) {
    TextBuffer *out = user;
    ASSERT(port->state != PORT_DEAD);
    add_term_line(out, port, "=port:", port->term);
    add_state(out, port);
    text_format(out, "Slot: %llu\n",
                (unsigned long long)(port->number & (port->vm->ports->capacity - 1)));
    if (port->state == PORT_OPEN) add_term_line(out, port, "Connected: ", port->connected);
    add_relations(out, port);
    Term name = atomic_load_explicit(&port->registered_name, memory_order_relaxed);
    if (name != TERM_NONE) add_term_line(out, port, "Registered as: ", name);
    size_t queued = port->driver->queued != NULL ? port->driver->queued(port) : 0;
    text_format(out, "%s: %s\nInput: %llu\nOutput: %llu\nQueue: %zu\n", what_it_is(port),
                port->name != NULL ? port->name : "", (unsigned long long)port->bytes_in,
                (unsigned long long)port->bytes_out, queued);
    if (port->data != TERM_NONE && port->data != am_undefined)
        add_term_line(out, port, "Port Data: ", port->data);
}

void ports_text(VM *vm, TextBuffer *out) { ports_each(vm, add_port, out); }
