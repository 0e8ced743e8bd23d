// SPDX-License-Identifier: Apache-2.0
//
// port_open.c - erts_internal:open_port/2: reads the settings, finds the driver, starts the port.
//
// Answers as OTP's: a port, badopt for a wrong setting, badarg for a wrong name, or the errno's
// atom.
//
// Threads: the one that runs the process.
#include "bif/bif.h"
#include "io/port.h"
#include "term/bits.h"
#include "world/env.h"

#include <errno.h>
#include <stdio.h>

static void free_texts(char **texts) {
    if (texts == NULL) return;
    for (char **text = texts; *text != NULL; text++) mem_free(*text);
    mem_free(texts);
}

static void options_free(PortOptions *options) {
    mem_free(options->name);
    mem_free(options->directory);
    if (options->arguments != NULL) {
        // arguments[0] may be a hole in front of the others
        mem_free(options->arguments[0]);
        options->arguments[0] = mem_zalloc(1);
        free_texts(options->arguments);
    }
    if (options->environment != NULL) env_snapshot_free(options->environment);
}

/** {args, List}: kept behind place 0, which is arg0's. */
static bool read_arguments(VM *vm, PortOptions *options, Term list) {
    ASSERT(options != NULL);
    int64_t count = bif_list_length(list);
    if (count < 0) return false;
    char **texts = mem_zalloc(((size_t)count + 2) * sizeof *texts);
    if (options->arguments != NULL) {
        texts[0] = options->arguments[0];
        options->arguments[0] = mem_zalloc(1);
        free_texts(options->arguments);
    }
    options->arguments = texts;
    for (int64_t i = 1; term_is_cell(list); i++, list = term_tail(list)) {
        texts[i] = io_native_text(vm, term_head(list), true);
        if (texts[i] == NULL) return false;
    }
    return true;
}

static bool read_first_argument(VM *vm, PortOptions *options, Term name) {
    char *text = io_native_text(vm, name, true);
    if (text == NULL) return false;
    if (options->arguments == NULL) options->arguments = mem_zalloc(2 * sizeof *options->arguments);
    mem_free(options->arguments[0]);
    options->arguments[0] = text;
    return true;
}

/** Replaces, adds or (value NULL) removes a variable in a snapshot of count texts. */
static char **change_variable(char **texts, const char *name, const char *value) {
    ASSERT(texts != NULL && name[0] != '\0');
    size_t name_bytes = strlen(name);
    size_t count = 0, place = 0;
    bool is_found = false;
    for (; texts[count] != NULL; count++) {
        if (is_found || strncmp(texts[count], name, name_bytes) != 0 ||
            texts[count][name_bytes] != '=')
            continue;
        is_found = true;
        place = count;
    }
    if (value == NULL) {
        if (is_found) {
            mem_free(texts[place]);
            memmove(texts + place, texts + place + 1, (count - place) * sizeof *texts);
        }
        return texts;
    }
    char *text = mem_alloc(name_bytes + strlen(value) + 2);
    memcpy(text, name, name_bytes);
    text[name_bytes] = '=';
    strcpy(text + name_bytes + 1, value);
    if (is_found) {
        mem_free(texts[place]);
        texts[place] = text;
        return texts;
    }
    texts = mem_realloc(texts, (count + 2) * sizeof *texts);
    texts[count] = text;
    texts[count + 1] = NULL;
    return texts;
}

/** {env, [{Name, Value | false}]}: changes to the VM's environment. */
static bool read_environment(VM *vm, PortOptions *options, Term list) {
    ASSERT(vm->world != NULL);
    if (bif_list_length(list) < 0) return false;
    if (options->environment != NULL) env_snapshot_free(options->environment);
    options->environment = env_snapshot(vm->world);
    for (; term_is_cell(list); list = term_tail(list)) {
        Term entry = term_head(list);
        if (!term_is_tuple_of(entry, 2)) return false;
        Term key = tuple_get(entry, 0), setting = tuple_get(entry, 1);
        bool is_unset = setting == am_false;
        char *name = term_is_list(key) ? io_native_text(vm, key, false) : NULL;
        char *value = !is_unset && term_is_list(setting) ? io_native_text(vm, setting, true) : NULL;
        bool is_entry =
            name != NULL && env_is_name(name, strlen(name)) && (is_unset || value != NULL);
        if (is_entry) options->environment = change_variable(options->environment, name, value);
        mem_free(name);
        mem_free(value);
        if (!is_entry) return false;
    }
    return true;
}

/** disabled or {Low, High}. */
static bool read_watermarks(Term limits, uint64_t *low, uint64_t *high) {
    if (limits == am_disabled) {
        *low = *high = UINT64_MAX;
        return true;
    }
    if (!term_is_tuple_of(limits, 2) || !bif_get_uint64(tuple_get(limits, 0), low) ||
        !bif_get_uint64(tuple_get(limits, 1), high))
        return false;
    if (*low == 0 || *high == 0 || *high == UINT64_MAX || *low == UINT64_MAX) return false;
    *low = MIN(*low, *high);
    return true;
}

/** A setting that is a pair. `cd` is read only when all else is right, as OTP does. */
static bool read_pair(VM *vm, PortOptions *options, Term key, Term value, Term *directory) {
    uint64_t low, high;
    if (key == am_packet) {
        if (!term_is_small(value)) return false;
        int64_t bytes = term_small(value);
        options->packet_bytes = (int)bytes;
        return bytes == 1 || bytes == 2 || bytes == 4;
    }
    if (key == am_line) {
        if (!term_is_small(value) || term_small(value) <= 0) return false;
        options->line_bytes = term_small(value);
        return true;
    }
    if (key == am_env) return read_environment(vm, options, value);
    if (key == am_args) return read_arguments(vm, options, value);
    if (key == am_arg0) return read_first_argument(vm, options, value);
    if (key == am_cd) {
        *directory = value;
        return true;
    }
    if (key == am_parallelism) {
        options->is_parallel = value == am_true;
        return value == am_true || value == am_false;
    }
    if (key == am_busy_limits_port) {
        options->has_watermarks = true;
        return read_watermarks(value, &options->low_watermark, &options->high_watermark);
    }
    // Signals to ports take effect at once, so there is no queue of them to limit.
    return key == am_busy_limits_msgq && read_watermarks(value, &low, &high);
}

static bool read_flag(PortOptions *options, Term flag) {
    if (flag == am_stream)
        options->packet_bytes = 0;
    else if (flag == am_use_stdio)
        options->use_stdio = true;
    else if (flag == am_nouse_stdio)
        options->use_stdio = false;
    else if (flag == am_stderr_to_stdout)
        options->stderr_to_stdout = true;
    else if (flag == am_line)
        options->line_bytes = 512;
    else if (flag == am_binary)
        options->is_binary = true;
    else if (flag == am_in)
        options->reads = true;
    else if (flag == am_out)
        options->writes = true;
    else if (flag == am_eof)
        options->wants_eof = true;
    else if (flag == am_exit_status)
        options->wants_exit_status = true;
    else
        return flag == am_hide || flag == am_overlapped_io; // for Windows
    return true;
}

static bool read_settings(VM *vm, PortOptions *options, Term list, Term *directory) {
    ASSERT(!options->reads && !options->writes);
    options->use_stdio = true;
    for (; term_is_cell(list); list = term_tail(list)) {
        Term setting = term_head(list);
        bool is_setting =
            term_is_tuple_of(setting, 2)
                ? read_pair(vm, options, tuple_get(setting, 0), tuple_get(setting, 1), directory)
                : read_flag(options, setting);
        if (!is_setting) return false;
    }
    if (!options->reads && !options->writes) options->reads = options->writes = true;
    if (options->line_bytes > 0 && options->packet_bytes > 0) return false;
    return term_is_nil(list) && !(options->stderr_to_stdout && !options->use_stdio);
}

static bool is_command(const char *command, const char *name) {
    ASSERT(name[0] != '\0');
    size_t word = strcspn(command, " ");
    return strlen(name) == word && memcmp(name, command, word) == 0;
}

/** First word of a command is the name of a driver of OTP's that Mica does not have. */
static bool is_missing_driver(const char *command) {
    static const char *const names[] = {"sctp_inet", "efile", "ddll", "zlib_drv"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (is_command(command, names[i])) return true;
    return false;
}

const PortDriver *port_driver_at(size_t i) {
    static const PortDriver *const drivers[] = {&port_ram_driver, &port_tty_driver,
                                                &port_tcp_driver, &port_udp_driver};
    return i < ARRAY_COUNT(drivers) ? drivers[i] : NULL;
}

/** The driver of a name that open_port finds by it, or NULL. */
static const PortDriver *named_driver(const char *command) {
    for (size_t i = 0; port_driver_at(i) != NULL; i++)
        if (is_command(command, port_driver_at(i)->name)) return port_driver_at(i);
    return NULL;
}

/** Reads the port's name. 0, EINVAL for badarg, or an errno value with *is_errno set. */
static const PortDriver *find_driver(VM *vm, PortOptions *options, Term name, Term *error) {
    ASSERT(options->name == NULL);
    *error = am_badarg;
    if (term_is_atom(name) || term_is_cell(name)) { // the name of a file
        options->name = io_native_text(vm, name, false);
        return options->name != NULL ? &port_vanilla_driver : NULL;
    }
    if (!term_is_tuple(name) || tuple_arity(name) < 1) return NULL;
    Term kind = tuple_get(name, 0);
    if (kind == am_fd) {
        if (tuple_arity(name) != 3 || !term_is_small(tuple_get(name, 1)) ||
            !term_is_small(tuple_get(name, 2)))
            return NULL;
        options->in_fd = (int)term_small(tuple_get(name, 1));
        options->out_fd = (int)term_small(tuple_get(name, 2));
        options->name = mem_alloc(32);
        snprintf(options->name, 32, "%d/%d", options->in_fd, options->out_fd);
        return &port_fd_driver;
    }
    if (tuple_arity(name) != 2) return NULL;
    options->is_executable = kind == am_spawn_executable;
    if (kind != am_spawn && kind != am_spawn_driver && kind != am_spawn_executable) return NULL;
    options->name = io_native_text(vm, tuple_get(name, 1), false);
    if (options->name == NULL) return NULL;
    const PortDriver *named = options->is_executable ? NULL : named_driver(options->name);
    if (named != NULL) return named;
    if (kind == am_spawn_driver) return NULL;
    if (kind == am_spawn && is_missing_driver(options->name)) {
        *error = am_einval;
        return NULL;
    }
    return &port_spawn_driver;
}

/** Things that go with one driver only, and the working directory. */
static bool check_options(VM *vm, PortOptions *options, const PortDriver *driver, Term directory) {
    ASSERT(driver != NULL && options->name != NULL);
    if (options->arguments != NULL) {
        if (!options->is_executable) return false;
        if (options->arguments[0] == NULL) {
            options->arguments[0] = mem_alloc(strlen(options->name) + 1);
            strcpy(options->arguments[0], options->name);
        }
    }
    if (options->wants_exit_status && driver != &port_spawn_driver) return false;
    if (directory == TERM_NIL) return true;
    options->directory = io_native_text(vm, directory, false);
    return options->directory != NULL;
}

/** open_port(Name, Settings) -> Port | badarg | badopt | system_limit | Posix. */
BIF(erts_internal, open_port, 2)
{
    PortOptions options = {0};
    Term directory = TERM_NIL;
    Term result = am_badopt;
    if (!term_is_list(a[1]) || !read_settings(p->vm, &options, a[1], &directory)) goto done;
    const PortDriver *driver = find_driver(p->vm, &options, a[0], &result);
    if (driver == NULL) goto done;
    result = am_badarg;
    if (!check_options(p->vm, &options, driver, directory)) goto done;
    port_trace_caller(p, am_out);
    Port *port = port_create(p, driver, &options);
    result = am_system_limit;
    if (port == NULL) goto opened;
    int error = driver->start(port, &options);
    if (error != 0) {
        port_abandon(p, port);
        result = atom_from(p->vm->atoms, world_errno_name(error));
    } else {
        result = port->term;
        port_leave(port);
    }
opened:
    port_trace_caller(p, am_in);
done:
    options_free(&options);
    return result;
}
