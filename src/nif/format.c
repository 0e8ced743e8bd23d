// SPDX-License-Identifier: Apache-2.0
//
// format.c - printf for extensions: C's conversions, and %T for a term.
//
// Each conversion is cut out of the format with its flags and handed to C's own with the argument
// that its type asks for.
#include <wchar.h>

#include "base/alloc.h"
#include "nif/nif.h"
#include "term/print.h"

#define SPEC_MAX 64

/** The arguments, which stay one list through all calls. */
typedef struct FormatArgs {
    va_list list;
} FormatArgs;

typedef struct Spec {
    char text[SPEC_MAX]; // "%-5.3l", without the conversion
    size_t count;
    int long_count; // h: -1, hh: -2, l: 1, ll, j, z and t: 2
    int precision;  // -1: none
    char conversion;
} Spec;

static void spec_add(Spec *s, char c) {
    ASSERT(s->count + 16 < SPEC_MAX);
    s->text[s->count++] = c;
}

/** A number or a `*` in the format: what was read, -1: nothing. */
static int read_number(Spec *s, const char **at, FormatArgs *args) {
    int n = -1;
    if (**at == '*') {
        (*at)++;
        n = va_arg(args->list, int);
        s->count += (size_t)snprintf(s->text + s->count, 16, "%d", n);
        return n;
    }
    while (**at >= '0' && **at <= '9') {
        n = (n < 0 ? 0 : n) * 10 + (**at - '0');
        spec_add(s, *(*at)++);
    }
    return n;
}

/** Reads what follows a %; returns behind the conversion. */
static const char *read_spec(Spec *s, const char *at, FormatArgs *args) {
    *s = (Spec){.precision = -1};
    spec_add(s, '%');
    while (*at != 0 && strchr("-+ #0", *at) != NULL) spec_add(s, *at++);
    read_number(s, &at, args);
    if (*at == '.') {
        spec_add(s, *at++);
        s->precision = MAX(read_number(s, &at, args), 0);
    }
    for (; *at != 0 && strchr("hlqjztL", *at) != NULL; at++) {
        if (*at == 'l') s->long_count++;
        if (*at == 'h') s->long_count--;
        if (strchr("qjzt", *at) != NULL) s->long_count = 2;
        if (*at == 'L') s->long_count = 3;
    }
    s->conversion = *at;
    return *at == 0 ? at : at + 1;
}

static void add_integer(TextBuffer *out, Spec *s, FormatArgs *args) {
    bool is_signed = s->conversion == 'd' || s->conversion == 'i';
    long long value;
    if (s->long_count <= 0) {
        int given = va_arg(args->list, int);
        if (s->long_count == -1) given = is_signed ? (short)given : (unsigned short)given;
        if (s->long_count < -1) given = is_signed ? (signed char)given : (unsigned char)given;
        value = is_signed ? given : (long long)(unsigned)given;
    } else {
        value = va_arg(args->list, long long); // long and long long are as wide here
    }
    char text[512];
    spec_add(s, 'l');
    spec_add(s, 'l');
    spec_add(s, s->conversion);
    int n = snprintf(text, sizeof text, s->text, value);
    text_add(out, text, MIN((size_t)n, sizeof text - 1));
}

static void add_double(TextBuffer *out, Spec *s, FormatArgs *args) {
    char text[1024];
    spec_add(s, s->conversion);
    double value =
        s->long_count == 3 ? (double)va_arg(args->list, long double) : va_arg(args->list, double);
    int n = snprintf(text, sizeof text, s->text, value);
    text_add(out, text, MIN((size_t)n, sizeof text - 1));
}

/** %s and %c, whose results may be of any length. */
static void add_pointer(TextBuffer *out, Spec *s, FormatArgs *args) {
    spec_add(s, s->conversion);
    void *value = s->conversion == 'c' ? NULL : va_arg(args->list, void *);
    int character = s->conversion == 'c' ? va_arg(args->list, int) : 0;
    int n = s->conversion == 'c' ? snprintf(NULL, 0, s->text, character)
                                 : snprintf(NULL, 0, s->text, value);
    if (n < 0) return;
    char *text = mem_alloc((size_t)n + 1);
    if (s->conversion == 'c')
        snprintf(text, (size_t)n + 1, s->text, character);
    else
        snprintf(text, (size_t)n + 1, s->text, value);
    text_add(out, text, (size_t)n);
    mem_free(text);
}

static void add_address(TextBuffer *out, FormatArgs *args) {
    ASSERT(out != NULL);
    text_format(out, "0x%016lx", (unsigned long)(uintptr_t)va_arg(args->list, void *));
}

static void add_term(TextBuffer *out, Spec *s, FormatArgs *args, VM *vm) {
    Term t = va_arg(args->list, Term);
    size_t limit = s->precision < 0 ? 100000 : (size_t)s->precision;
    if (t == TERM_NONE)
        text_add_string(out, "#Exception");
    else
        print_term(out, vm->atoms, t, limit);
}

static void format(TextBuffer *out, const char *at, FormatArgs *args, VM *vm) {
    while (*at != 0) {
        const char *plain = at;
        while (*at != 0 && *at != '%') at++;
        text_add(out, plain, (size_t)(at - plain));
        if (*at == 0) break;
        Spec s;
        at = read_spec(&s, at + 1, args);
        switch (s.conversion) {
        case 0: return;
        case '%': text_add(out, "%", 1); break;
        case 'T': add_term(out, &s, args, vm); break;
        case 'p': add_address(out, args); break;
        case 's':
        case 'c': add_pointer(out, &s, args); break;
        case 'n': *va_arg(args->list, int *) = (int)out->count; break;
        case 'd':
        case 'i':
        case 'o':
        case 'u':
        case 'x':
        case 'X': add_integer(out, &s, args); break;
        default: add_double(out, &s, args);
        }
    }
}

static void format_with(TextBuffer *out, const char *text, va_list list, VM *vm) {
    FormatArgs args;
    va_copy(args.list, list);
    format(out, text, &args, vm);
    va_end(args.list);
}

static int print_to(char *out, size_t room, const char *text, va_list list, VM *vm) {
    TextBuffer b = {0};
    format_with(&b, text, list, vm);
    size_t n = room == 0 ? 0 : MIN(b.count, room - 1);
    if (n > 0) memcpy(out, b.bytes, n);
    if (room > 0) out[n] = 0;
    int count = (int)b.count;
    mem_free(b.bytes);
    return count;
}

static int print_to_file(FILE *file, const char *text, va_list list, VM *vm) {
    TextBuffer b = {0};
    format_with(&b, text, list, vm);
    size_t done = b.count == 0 ? 0 : fwrite(b.bytes, 1, b.count, file);
    int result = done == b.count ? (int)b.count : -1;
    mem_free(b.bytes);
    return result;
}

int enif_vsnprintf(char *out, size_t room, const char *text, va_list list) {
    return print_to(out, room, text, list, nif_vm_of(__builtin_return_address(0)));
}

int enif_snprintf(char *out, size_t room, const char *text, ...) {
    va_list list;
    va_start(list, text);
    int n = print_to(out, room, text, list, nif_vm_of(__builtin_return_address(0)));
    va_end(list);
    return n;
}

int enif_vfprintf(FILE *file, const char *text, va_list list) {
    return print_to_file(file, text, list, nif_vm_of(__builtin_return_address(0)));
}

int enif_fprintf(FILE *file, const char *text, ...) {
    va_list list;
    va_start(list, text);
    int n = print_to_file(file, text, list, nif_vm_of(__builtin_return_address(0)));
    va_end(list);
    return n;
}
