// SPDX-License-Identifier: Apache-2.0
//
// prim_tty.c - the natives of prim_tty, the terminal of OTP 26 and later: lines are edited in
// Erlang, here keys come and bytes go.
//
// A VM has one terminal (descriptors 0 and 1); the object that tty_create gives stands for it.
//
// Threads: the one that runs the process.
#include <errno.h>

#include "bif/bif.h"
#include "io/io.h"
#include "io/select.h"
#include "io/terminfo.h"
#include "io/tty.h"
#include "term/char_width.h"
#include "term/map.h"

enum { TTY_READ_BYTES = 1024, TTY_NAME_BYTES_MAX = 1024, TTY_ERROR = 2 };

static void tty_destructor(Binary *magic) {
    DEBUG_ASSERT(magic != NULL); // the terminal itself is the VM's
    (void)magic;
}

static bool is_tty(Term t) { return io_magic_binary(t, tty_destructor) != NULL; }

/** tty_create() -> {ok, Tty}. */
BIF(prim_tty, tty_create, 0)
{ return io_ok_tuple(p, io_magic_ref(p, binary_new_magic(sizeof(Word), tty_destructor))); }

/** isatty(stdin | stdout | stderr | Tty) -> boolean() | ebadf. */
BIF(prim_tty, isatty, 1)
{
    int fd;
    switch (a[0]) {
    case am_stdin: fd = TTY_IN; break;
    case am_stdout: fd = TTY_OUT; break;
    case am_stderr: fd = TTY_ERROR; break;
    default:
        if (!is_tty(a[0])) return bif_badarg(p);
        fd = TTY_IN;
        break;
    }
    return stream_is_terminal(p->vm->world, fd) ? am_true : am_false;
}

/** setlocale(Tty) -> does the locale use UTF-8? */
BIF(prim_tty, setlocale, 1)
{
    if (!is_tty(a[0])) return bif_badarg(p);
    return io_locale_encoding(p->vm->world) == FILE_NAME_UTF8 ? am_true : am_false;
}

/** tty_encoding(Tty) -> utf8: what the reader takes apart itself. */
BIF(prim_tty, tty_encoding, 1)
{ return is_tty(a[0]) ? am_utf8 : bif_badarg(p); }

/** tty_init(Tty, stdout, #{canon, echo, sig}) -> ok | {error, enotsup}. */
BIF(prim_tty, tty_init, 3)
{
    if (!is_tty(a[0]) || !term_is_map(a[2])) return bif_badarg(p);
    unsigned keys = STREAM_KEYS_SIGNALS;
    if (map_get(p->vm->atoms, a[2], am_canon) == am_true) keys |= STREAM_KEYS_LINES;
    if (map_get(p->vm->atoms, a[2], am_echo) == am_true) keys |= STREAM_KEYS_ECHO;
    if (map_get(p->vm->atoms, a[2], am_sig) == am_false) keys &= ~(unsigned)STREAM_KEYS_SIGNALS;
    int error = tty_begin_keys(p->vm, keys);
    return error == 0 ? am_ok : io_error_tuple(p, ENOTSUP);
}

/** tty_set(Tty) -> ok | {error, Posix}: sets the terminal as tty_init said, again. */
BIF(prim_tty, tty_set, 1)
{
    if (!is_tty(a[0])) return bif_badarg(p);
    int error = tty_again(p->vm);
    return error == 0 ? am_ok : io_error_tuple(p, error);
}

/** tty_window_size(Tty) -> {ok, {Columns, Rows}} | {error, enotsup}. */
BIF(prim_tty, tty_window_size, 1)
{
    if (!is_tty(a[0])) return bif_badarg(p);
    StreamWindow window;
    if (stream_window(p->vm->world, TTY_OUT, &window) != 0) return io_error_tuple(p, ENOTSUP);
    Term columns = term_from_small(window.columns), rows = term_from_small(window.rows);
    return io_ok_tuple(p, heap_tuple2(&p->heap, columns, rows));
}

/** tty_select(Tty, SignalRef, ReadRef) -> ok: from now on the caller hears of signals and keys. */
BIF(prim_tty, tty_select, 3)
{
    if (!is_tty(a[0]) || !term_is_reference(a[1]) || !term_is_reference(a[2])) return bif_badarg(p);
    tty_watch_signals(p->vm, p->pid, a[0], a[1]);
    int error = select_read(p->vm, TTY_IN, p->pid, a[0], a[2]);
    return error == 0 ? am_ok : io_error_tuple(p, error);
}

/** tty_read_signal(Tty, Ref) -> {ok, winch | cont}. */
BIF(prim_tty, tty_read_signal, 2)
{
    OsSignal number;
    if (!is_tty(a[0])) return bif_badarg(p);
    if (!tty_take_signal(p->vm, &number)) return io_error_tuple(p, EAGAIN);
    return io_ok_tuple(p, number == OS_SIGNAL_WINCH ? am_winch : am_cont);
}

/** read_nif(Tty, Ref) -> {ok, Bytes} | {error, closed | Posix}; {select, ...} tells when it is
 * worth a call again. */
BIF(prim_tty, read_nif, 2)
{
    if (!is_tty(a[0]) || !term_is_reference(a[1])) return bif_badarg(p);
    uint8_t bytes[TTY_READ_BYTES];
    size_t count = 0;
    int error = stream_read(p->vm->world, TTY_IN, bytes, sizeof bytes, &count);
    if (error == EAGAIN) error = 0;
    // a terminal whose other side has gone gives EIO: its end, as of a file
    else if (error == EIO || (error == 0 && count == 0))
        return heap_tuple2(&p->heap, am_error, am_closed);
    if (error == 0) error = select_read(p->vm, TTY_IN, p->pid, a[0], a[1]);
    if (error != 0) return io_error_tuple(p, error);
    return io_ok_tuple(p, heap_binary_from(&p->heap, bytes, count));
}

/** Writes all of it; a stream that is not ready makes the (dirty) thread wait. */
static int write_parts(World *world, struct iovec *parts, int count) {
    while (count > 0) {
        size_t written = 0;
        int error = stream_write(world, TTY_OUT, parts, count, &written);
        if (error == EAGAIN)
            thread_yield();
        else if (error != 0)
            return error;
        while (count > 0 && written >= parts->iov_len) {
            written -= parts->iov_len;
            parts++;
            count--;
        }
        if (count == 0) break;
        parts->iov_base = (uint8_t *)parts->iov_base + written;
        parts->iov_len -= written;
    }
    return 0;
}

/** write_nif(Tty, Binaries) -> ok | {error, Posix}. */
BIF_DIRTY_IO(prim_tty, write_nif, 2)
{
    if (!is_tty(a[0])) return bif_badarg(p);
    Term list = a[1];
    while (!term_is_nil(list)) {
        struct iovec parts[IO_VECTOR_MAX];
        IoVector vector;
        if (!io_vector_read(list, parts, &vector)) return bif_badarg(p);
        int error = write_parts(p->vm->world, parts, vector.count);
        io_vector_free(&vector);
        if (error != 0) return io_error_tuple(p, error);
        list = vector.tail;
    }
    return am_ok;
}

// ---- characters ----

/** isprint(Character): does it show as one of ASCII? */
BIF(prim_tty, isprint, 1)
{
    int64_t c;
    if (!bif_get_int64(a[0], &c)) return bif_badarg(p);
    return c >= 0x20 && c < 0x7f ? am_true : am_false;
}

/** wcwidth(Character) -> Columns | {error, not_printable}. */
BIF(prim_tty, wcwidth, 1)
{
    int64_t c;
    if (!bif_get_int64(a[0], &c) || c < 0 || c > 0x10ffff) return bif_badarg(p);
    int columns = char_width((uint32_t)c);
    if (columns == CHAR_WIDTH_CONTROL) return heap_tuple2(&p->heap, am_error, am_not_printable);
    return term_from_small(columns);
}

BIF(prim_tty, sizeof_wchar, 0)
{ return term_from_small(4); }

// ---- what the terminal can do ----

/** A name that ends in NUL, from iodata; false: it is none. */
static bool read_name(Term iodata, char name[TTY_NAME_BYTES_MAX]) {
    uint8_t *bytes;
    size_t count;
    if (!bif_iodata_bytes(iodata, &bytes, &count)) return false;
    bool is_name = count > 1 && count <= TTY_NAME_BYTES_MAX && bytes[count - 1] == '\0';
    if (is_name) memcpy(name, bytes, count);
    mem_free(bytes);
    return is_name;
}

/** tgetent_nif(Terminal) -> ok | {error, enotsup}. */
BIF(prim_tty, tgetent_nif, 1)
{
    char name[TTY_NAME_BYTES_MAX];
    if (!read_name(a[0], name)) return bif_badarg(p);
    return tty_find_terminfo(p->vm, name) ? am_ok : io_error_tuple(p, ENOTSUP);
}

/** tgetnum_nif(Name) -> {ok, Number} | false. */
BIF(prim_tty, tgetnum_nif, 1)
{
    char name[TTY_NAME_BYTES_MAX];
    const Terminfo *info = tty_terminfo(p->vm);
    if (!read_name(a[0], name) || info == NULL) return bif_badarg(p);
    int number = terminfo_number(info, name);
    return number < 0 ? am_false : io_ok_tuple(p, term_from_small(number));
}

/** tgetflag_nif(Name) -> boolean(). */
BIF(prim_tty, tgetflag_nif, 1)
{
    char name[TTY_NAME_BYTES_MAX];
    const Terminfo *info = tty_terminfo(p->vm);
    if (!read_name(a[0], name) || info == NULL) return bif_badarg(p);
    return terminfo_flag(info, name) ? am_true : am_false;
}

/** tgetstr_nif(Name) -> {ok, Binary} | false. */
BIF(prim_tty, tgetstr_nif, 1)
{
    char name[TTY_NAME_BYTES_MAX];
    const Terminfo *info = tty_terminfo(p->vm);
    if (!read_name(a[0], name) || info == NULL) return bif_badarg(p);
    const char *text = terminfo_string(info, name);
    if (text == NULL) return am_false;
    return io_ok_tuple(p, heap_binary_from(&p->heap, text, strlen(text)));
}
