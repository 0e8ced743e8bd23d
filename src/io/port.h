// SPDX-License-Identifier: Apache-2.0
//
// port.h - ports: objects between processes and the world outside, each run by a driver.
//
//   process --(command, control, close, exit signal)--> port --(output)--> driver
//   process <--({Port,{data,_}}, {Port,eof}, exit signal)-- port <--(ready)-- poll thread
//
// PORT-1: everything of a port but its identity and its reference count is guarded by its lock. A
// driver's functions
//         run with the lock held, and may send signals to processes; they never wait.
// PORT-2: a port is found by its number under the table's lock and kept by its reference count.
// PORT-3: locks are taken in the order registry, port, table. Names are unregistered with no port
// lock held. PORT-4: state goes PORT_OPEN -> PORT_CLOSING (no links any more, output is flushed) ->
// PORT_DEAD, never back. PORT-5: signals from one process to a port take effect in the sender's
// call, so their order holds. PORT-6: while the port is busy, commands wait in its queue (with who
// sent them) and run in their order when the last holder of the lock leaves it no longer busy.
// PORT-7: a driver's function that ends its port has lost driver_data when port_exit or port_fail
// returns.
//
// Threads: schedulers (built-ins, signals) and the poll thread (readiness).
#ifndef MICA_IO_PORT_H
#define MICA_IO_PORT_H

#include "io/io.h"
#include "io/output_queue.h"
#include "proc/link.h"
#include "proc/timer.h"
#include "term/print.h"
#include "world/child.h"
#include "world/os_signal.h"
#include "world/poller.h"
#include "world/stream.h"
#include "world/thread.h"

typedef struct Port Port;
typedef struct PortDriver PortDriver;
typedef struct PortTimer PortTimer;
typedef struct SelectWait SelectWait;
typedef struct Tty Tty;

typedef enum { PORT_OPEN, PORT_CLOSING, PORT_DEAD } PortState;

/** What open_port was asked for. Texts are native and belong to the options. */
typedef struct PortOptions {
    int packet_bytes;   // 0, 1, 2, 4
    int64_t line_bytes; // 0: no line mode
    bool use_stdio, stderr_to_stdout, wants_exit_status, is_binary, wants_eof;
    bool reads, writes;
    bool is_executable; // spawn_executable: no shell
    int in_fd, out_fd;  // fd driver
    char *name;         // command, program, driver's name
    char *directory;    // or NULL
    char **arguments;   // arguments[0] may be NULL: the program's name. NULL: none given
    char **environment; // NULL: the world's
    bool has_watermarks;
    uint64_t low_watermark, high_watermark;
    bool is_parallel;
} PortOptions;

struct PortDriver {
    const char *name;
    /** 0 or an errno value; then nothing is left behind. */
    int (*start)(Port *port, const PortOptions *options);
    /** Takes all the bytes: writes or queues them. May end the port (port_fail). */
    void (*output)(Port *port, const uint8_t *bytes, size_t count);
    /** The same for many bytes, in parts, which it takes out of *parts as far as it keeps them.
     * NULL: it wants them in one run. */
    void (*output_parts)(Port *port, OutputQueue *parts);
    /** A descriptor is ready; kind is what it was armed with. */
    void (*ready)(Port *port, unsigned kind, unsigned readiness);
    /** A timer of port_timer_start went off. NULL: it starts none. */
    void (*timeout)(Port *port, PortTimer *timer);
    /** port_control: bytes that count in *answer (mem_alloc'ed), or false for badarg. NULL: it has
     * none. */
    bool (*control)(Port *port, uint64_t operation, const uint8_t *bytes, size_t count,
                    uint8_t **answer, size_t *answer_count);
    /** The port is about to close: drop the output that shall not be waited for. NULL: none. */
    void (*closing)(Port *port);
    /** It says itself when it is busy (port_set_busy), not its watermarks. */
    bool sets_busy;
    /** Fetches what the connection has to say (dist_hooks->output) and writes it, as far as it
     * goes; then port->dist_blocked is set. NULL: it cannot carry one. */
    void (*dist_write)(Port *port, struct DistNode *node);
    /** Output that waits to be written; NULL: never any. */
    size_t (*queued)(Port *port);
    /** Writes what is queued, waiting as long as it takes: for the end of the VM. */
    void (*drain)(Port *port);
    /** Ends it; called once. */
    void (*stop)(Port *port);
    /** Its child ended. NULL: it has no children. */
    void (*child_ended)(Port *port, ChildExit result);
};

/** What a command puts out: few bytes in one run, many in parts; the other one is empty. */
typedef struct PortCommand {
    uint8_t *bytes; // mem_alloc'ed
    size_t count;
    OutputQueue parts;
} PortCommand;

/** A command that waits until the port is no longer busy, and who waits in port_command for it. */
typedef struct PortWaiter {
    struct PortWaiter *next;
    Term pid;
    Term caller;       // whose command it is
    bool wants_answer; // {Ref, true} when it is done
    bool is_suspended; // pid does not run until then
    uint64_t ref_words[3];
    PortCommand command;
} PortWaiter;

struct Port {
    Mutex lock;
    _Atomic uint32_t refs;
    uint64_t number; // what its term holds
    Term term;
    VM *vm;
    const PortDriver *driver;
    void *driver_data;
    PortState state;
    Term connected;               // local pid
    Term caller;                  // who asks for what the driver does now, or TERM_NONE
    _Atomic Term registered_name; // atom or TERM_NONE; written under the registry's lock
    char *name;
    int64_t os_pid; // -1: none
    bool is_binary, wants_eof, is_parallel;
    bool sends_closed; // {Port, closed} when it is dead
    uint64_t bytes_in, bytes_out;
    uint64_t low_watermark, high_watermark;
    _Atomic(TraceState *) trace;     // NULL: not traced; TRACE-1
    _Atomic(struct DistNode *) dist; // the connection that it carries, or NULL; io/port_dist.c
    _Atomic bool dist_blocked;       // PDIST-2; changed with the lock held
    Term runs;                // what it does now, as tracers and profilers hear; or TERM_NONE
    struct PortOutput *later; // for ports that trace this one, when it is left
    bool is_telling;          // somebody who has left gives them what is in later
    bool is_busy;
    PortWaiter *waiters, **waiters_last;
    LinkTree *links;    // linked processes by pid
    LinkTree *monitors; // monitors on this port by reference; other: who watches
    Heap data_heap;     // of port_set_data
    Term data;
};

// Kinds of readiness; with the port's, child's or wait's number they make the poller's token.
#define PORT_TOKEN_SIGNALS (UINT64_MAX - 1) // the signal descriptor's
enum { PORT_READY_BITS = 3 };               // of a token
typedef enum {
    PORT_READY_IN,
    PORT_READY_OUT,
    PORT_READY_CHILD,
    PORT_READY_SOCKET,
    PORT_READY_WAIT,
    PORT_READY_NATIVE,    // a socket of prim_socket; io/esock.h
    PORT_READY_EXTENSION, // what enif_select watches; nif/select.c
    PORT_READY_KINDS
} PortReadyKind;

/** A child that runs, also after its port has gone: it must be waited for. */
typedef struct PortChild {
    struct PortChild *next;
    Child child;
    uint64_t number; // token
    uint64_t port_number;
} PortChild;

enum { PORT_READ_BYTES = 65536 };

typedef enum { SIGNAL_ACTION_DEFAULT, SIGNAL_ACTION_IGNORE, SIGNAL_ACTION_HANDLE } SignalAction;

typedef struct PortTable {
    Mutex lock;
    Port **slots;      // by number & (capacity - 1)
    uint64_t capacity; // a power of two
    uint64_t count;
    uint64_t next_number; // PORT_NUMBER_BITS of it count
    PortChild *children;
    uint64_t next_child;
    bool has_unwatched_child; // one without a descriptor: looked at now and then
    SelectWait *waits;        // of processes, see io/select.h
    uint64_t next_wait;
    Tty *tty; // the terminal that a process reads keys from, see io/tty.h
    /** nif: a descriptor of this number of an extension is ready. */
    void (*extension_ready)(VM *vm, uint64_t number, unsigned readiness);
    Poller *poller;
    Thread poll_thread;
    bool has_poll_thread;
    TimerWheel timers; // of ports; the poll thread turns it
    struct EsockTable *esocks;
    _Atomic bool is_stopping;
    _Atomic uint64_t bytes_in, bytes_out;
    int signal_fd;                                    // -1: signals are the host's
    IoInterrupted *interrupted;                       // what SIGINT does, or NULL
    bool is_interrupted;                              // the poll thread's
    uint32_t signals_later;                           // bits of OsSignal; the poll thread's
    _Atomic uint32_t signal_actions[OS_SIGNAL_COUNT]; // SignalAction
    uint8_t read_buffer[PORT_READ_BYTES];             // the poll thread's
} PortTable;

// ---- commands (port_command.c), without the lock
// ------------------------------------------------
/** Reads iodata. False: it is none, or too much. */
bool port_command_take(Term iodata, PortCommand *command);
size_t port_command_count(const PortCommand *command);
void port_command_free(PortCommand *command);

// ---- tracing (port_trace.c), with the lock held
// ------------------------------------------------
/** Tells the port's tracer, when flag is traced of it. extra: TERM_NONE: there is none. */
void port_trace(Port *port, uint32_t flag, Term what, Term data, Term extra);
/** It takes over what new ports get, and tells that it is open. */
void port_trace_opened(Port *port, Term owner);
void port_trace_command(Port *port, Term from, const PortCommand *command);
/** The same for {From, Verb}, or with a value {From, {Verb, Value}}. */
void port_trace_request(Port *port, Term from, Term verb, Term value);
void port_trace_control(Port *port, Term from, uint64_t operation, const uint8_t *bytes,
                        size_t count);
/** It answers as if by {Port, Value} or {Port, {Tag, Bytes}}. */
void port_trace_answer(Port *port, Term to, Term tag, const uint8_t *bytes, size_t count);
void port_trace_ended(Port *port);
/** It begins to do something, which port_leave ends: am_command and the like, or 0. */
void port_trace_runs(Port *port, Term what);
void port_trace_stops(Port *port);
/** p is about to do something in a port (am_out), or has done it (am_in), for running_procs. No
 * lock held. */
void port_trace_caller(Process *p, Term what);
/** Keeps output for another port until this one, which the caller has entered, is left. */
bool port_trace_output_later(VM *vm, Term from, Term to, const uint8_t *bytes, size_t count);
typedef struct PortOutput PortOutput;
/** Outputs what is kept, in order, by the one who has set is_telling; no lock held. */
void port_trace_tell(Port *port);

// ---- connections between nodes (port_dist.c)
// ------------------------------------------------------------------------
Port *port_dist_begin(VM *vm, Term term, struct DistNode *node);
void port_dist_wake(Port *port);
/** The lock was just given back: does somebody wait who found it taken? */
void port_dist_left(Port *port);
/** With the lock held: the port ends. */
void port_dist_ended(Port *port, Term reason);

// ---- finding
// -----------------------------------------------------------------------------------------
/** The object, without its lock; the caller has entered it. */
Port *port_entered(VM *vm, Term term);
/** The port with this term, locked, if it is open; else NULL. port_leave afterwards. */
Port *port_enter(VM *vm, Term term);
/** As port_enter, for a port that may also be closing. */
Port *port_enter_any(VM *vm, Term term);
/** Unlocks, finishes what a close has left to do, and drops the reference. */
void port_leave(Port *port);
/** The same, by somebody who keeps a reference. */
void port_leave_again(Port *port);

// ---- for drivers and built-ins, with the lock held
// ---------------------------------------------------
/** A port for this process, linked to it, locked. NULL: there are too many. port_leave afterwards.
 */
Port *port_create(Process *p, const PortDriver *driver, const PortOptions *options);
/**
 * A port that process `owner` gets from another port (an accepted connection): as port_create, but
 * by any thread; the owner is told of the link.
 */
Port *port_create_for(VM *vm, Term owner, const PortDriver *driver, const char *name);
/** Takes back a port that never started. */
void port_abandon(Process *p, Port *port);
/** {Port, {data, Bytes}} to the connected process. */
void port_deliver_data(Port *port, const uint8_t *header, size_t header_count, const uint8_t *bytes,
                       size_t count);
/** {Port, {data, {Tag, Bytes}}}: a line or a part of one. */
void port_deliver_line(Port *port, Term tag, const uint8_t *bytes, size_t count);
/** {Port, Message} for an immediate, {Port, {Tag, Value}} with a tag. */
void port_deliver(Port *port, Term message);
void port_deliver_tagged(Port *port, Term tag, Term value);
/** The end of the input: {Port, eof} for who wants it, else the port ends normally. */
void port_end_of_input(Port *port);
/** The port ends with an errno value as reason. */
void port_fail(Port *port, int error);
/**
 * The port ends: links and monitors learn the reason, queued output is still written. sends_closed:
 * the connected process gets {Port, closed} at last. False when it had ended before, or the signal
 * is dropped (normal, from another).
 */
bool port_exit(Port *port, Term from, Term reason, bool sends_closed, bool drops_normal);
/** A driver's own end of its port, with an errno value or 0 (normal): its owner is not told by its
 * link, but by the driver's messages. */
void port_quit(Port *port, int error);
/** The driver's queue has changed: busy or no longer, flushed or not. */
void port_queue_changed(Port *port);
/** Asks for readiness of one kind. 0 or an errno value. */
int port_arm(Port *port, int fd, unsigned interest, unsigned kind);
void port_disarm(Port *port, int fd);
/** Busy or not, for a driver that sets_busy: commands wait meanwhile (PORT-6). */
void port_set_busy(Port *port, bool is_busy);
/** Keeps a command of caller (and leaves an empty one) until the port is no longer busy; with
 * ref_words, it gets {Ref, true}. */
PortWaiter *port_queue_command(Port *port, Term caller, const uint64_t *ref_words,
                               PortCommand *command);
/** Puts it out by the driver, for caller; port_command_free afterwards. */
void port_command_run(Port *port, PortCommand *command, Term caller);
/** A timer of this port; the driver's timeout is called with it unless it is cancelled before. */
PortTimer *port_timer_start(Port *port, uint64_t timeout_ms);
/** Cancels *timer if there is one, and forgets it. After it went off, too. */
void port_timer_cancel(PortTimer **timer);
/** Watches a child of this port until its end. */
void port_watch_child(Port *port, Child child);

extern const PortDriver port_fd_driver;
extern const PortDriver port_spawn_driver;
extern const PortDriver port_vanilla_driver;
/** The drivers that are asked for by name, in order; NULL behind the last. */
const PortDriver *port_driver_at(size_t i);
extern const PortDriver port_ram_driver;
extern const PortDriver port_tty_driver;
extern const PortDriver port_tcp_driver;
extern const PortDriver port_udp_driver;

/** `!`: {Owner, {command, Iodata}}, {Owner, close}, {Owner, {connect, Pid}}; anything else ends the
 * owner with badsig. */
bool port_hook_send(VM *vm, Process *sender, Term term, Term message);
extern const struct PortHooks port_hooks;

// ---- signals of the operating system (signal_service.c) -----------------------------------------
void signals_create(VM *vm, PortTable *table);
void signals_destroy(VM *vm);
/** Takes what waits on the signal descriptor, and arms it again. */
void signals_ready(VM *vm);
/** Calls who wants to know of SIGINT, if it came; the poll thread (NULL: nobody else runs). */
void signals_interrupt(VM *vm, QuiesceThread *thread);

// ---- the VM's table
// ----------------------------------------------------------------------------------
void ports_create(VM *vm);
void ports_destroy(VM *vm);
/** Waits for readiness at most timeout_ns (< 0: for ever) and handles it. The calling thread is
 * registered. */
int ports_poll(VM *vm, int64_t timeout_ns);
/** erlang:system_info(check_io): one set of descriptors. */
Term ports_check_io(Process *p);
uint64_t ports_watched(VM *vm);
/** A =port section for each port, as OTP's break handler and crash dumps have them. */
void ports_text(VM *vm, TextBuffer *out);
/** Calls visit for every port, with nothing locked. */
void ports_each(VM *vm, void (*visit)(Port *port, void *user), void *user);
/** Characters of native text; its bytes where it is not in the native encoding. */
Term io_native_string(Process *p, const char *text, size_t count);
/** NUL-terminated native text of a name (list, binary or atom), or NULL. Freed with mem_free. */
char *io_native_text(VM *vm, Term name, bool may_be_empty);

#endif
