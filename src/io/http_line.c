// SPDX-License-Identifier: Apache-2.0
//
// http_line.c - HTTP/1 lines as terms; see http_line.h.
//
// HTTP-1: reading never passes `end`; a line may hold any bytes.
#include "io/http_line.h"

#define FIELD_NAME_MAX 50 // longer names are delivered as they came

// Fields that are delivered as atoms; the number in {http_header, Number, ...} is the position
// here, from 1.
static const char *const KNOWN_FIELDS[] = {"Cache-Control",
                                           "Connection",
                                           "Date",
                                           "Pragma",
                                           "Transfer-Encoding",
                                           "Upgrade",
                                           "Via",
                                           "Accept",
                                           "Accept-Charset",
                                           "Accept-Encoding",
                                           "Accept-Language",
                                           "Authorization",
                                           "From",
                                           "Host",
                                           "If-Modified-Since",
                                           "If-Match",
                                           "If-None-Match",
                                           "If-Range",
                                           "If-Unmodified-Since",
                                           "Max-Forwards",
                                           "Proxy-Authorization",
                                           "Range",
                                           "Referer",
                                           "User-Agent",
                                           "Age",
                                           "Location",
                                           "Proxy-Authenticate",
                                           "Public",
                                           "Retry-After",
                                           "Server",
                                           "Vary",
                                           "Warning",
                                           "Www-Authenticate",
                                           "Allow",
                                           "Content-Base",
                                           "Content-Encoding",
                                           "Content-Language",
                                           "Content-Length",
                                           "Content-Location",
                                           "Content-Md5",
                                           "Content-Range",
                                           "Content-Type",
                                           "Etag",
                                           "Expires",
                                           "Last-Modified",
                                           "Accept-Ranges",
                                           "Set-Cookie",
                                           "Set-Cookie2",
                                           "X-Forwarded-For",
                                           "Cookie",
                                           "Keep-Alive",
                                           "Proxy-Connection"};

static const char *const KNOWN_METHODS[] = {"OPTIONS", "GET",    "HEAD", "POST",
                                            "PUT",     "DELETE", "TRACE"};

typedef struct Scan {
    const uint8_t *at, *end;
} Scan;

static bool at_blank(const Scan *s) { return s->at < s->end && (*s->at == ' ' || *s->at == '\t'); }

static size_t skip_blanks(Scan *s) {
    DEBUG_ASSERT(s != NULL);
    const uint8_t *from = s->at;
    while (at_blank(s)) s->at++;
    return (size_t)(s->at - from);
}

/** Digits as a number (held below 2^31); false when there are none. */
static bool take_number(Scan *s, int64_t *out) {
    const uint8_t *from = s->at;
    int64_t n = 0;
    for (; s->at < s->end && *s->at >= '0' && *s->at <= '9'; s->at++)
        n = MIN(n * 10 + (*s->at - '0'), INT32_MAX);
    *out = n;
    return s->at > from;
}

static bool take_version(Scan *s, int64_t *major, int64_t *minor) {
    if (s->end - s->at < 5 || memcmp(s->at, "HTTP/", 5) != 0) return false;
    s->at += 5;
    if (!take_number(s, major) || s->at == s->end || *s->at != '.') return false;
    s->at++;
    return take_number(s, minor);
}

static bool is_token_byte(uint8_t c) {
    return c > 32 && c < 127 && strchr("()<>@,;:\\\"/[]?={}", c) == NULL;
}

static Term text(HttpLine *h, const uint8_t *bytes, size_t count) {
    DEBUG_ASSERT(bytes != NULL || count == 0);
    if (h->texts_binary) return heap_binary_from(h->heap, bytes, count);
    return heap_list_from_bytes(h->heap, bytes, count, TERM_NIL);
}

static Term version_term(HttpLine *h, int64_t major, int64_t minor) {
    return heap_tuple2(h->heap, term_from_small(major), term_from_small(minor));
}

static bool has_prefix(const uint8_t *b, size_t count, const char *prefix) {
    size_t n = strlen(prefix);
    if (count < n) return false;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = b[i] >= 'A' && b[i] <= 'Z' ? b[i] + 32 : b[i];
        if (c != (uint8_t)prefix[i]) return false;
    }
    return true;
}

/** {absoluteURI, Scheme, Host, Port | undefined, Path} of what follows "http://". */
static Term absolute_uri(HttpLine *h, Term scheme, const uint8_t *b, size_t count) {
    const uint8_t *slash = count == 0 ? NULL : memchr(b, '/', count);
    size_t host_count = slash == NULL ? count : (size_t)(slash - b);
    Term path =
        slash == NULL ? text(h, (const uint8_t *)"/", 1) : text(h, slash, count - host_count);
    Term port = am_undefined;
    const uint8_t *colon = host_count == 0 ? NULL : memchr(b, ':', host_count);
    if (colon != NULL) {
        Scan digits = {colon + 1, b + host_count};
        int64_t n;
        if (take_number(&digits, &n) && digits.at == digits.end && n != 0)
            port = term_from_small(n);
        host_count = (size_t)(colon - b);
    }
    Term elements[] = {am_absoluteURI, scheme, text(h, b, host_count), port, path};
    return heap_tuple(h->heap, 5, elements);
}

static Term uri_term(HttpLine *h, const uint8_t *b, size_t count) {
    DEBUG_ASSERT(b != NULL || count == 0);
    if (count == 1 && b[0] == '*') return am_times;
    if (count <= 1 || b[0] == '/') return heap_tuple2(h->heap, am_abs_path, text(h, b, count));
    if (has_prefix(b, count, "http://")) return absolute_uri(h, am_http, b + 7, count - 7);
    if (has_prefix(b, count, "https://")) return absolute_uri(h, am_https, b + 8, count - 8);
    const uint8_t *colon = memchr(b, ':', count);
    if (colon == NULL) return text(h, b, count);
    size_t scheme_count = (size_t)(colon - b);
    Term scheme = text(h, b, scheme_count);
    return heap_tuple3(h->heap, am_scheme, scheme, text(h, colon + 1, count - scheme_count - 1));
}

static Term response_term(HttpLine *h, Scan s) {
    int64_t major, minor, status;
    if (!take_version(&s, &major, &minor) || skip_blanks(&s) == 0) return TERM_NONE;
    take_number(&s, &status);
    if (skip_blanks(&s) == 0 && s.at < s.end) return TERM_NONE;
    h->in_fields = true;
    Term phrase = text(h, s.at, (size_t)(s.end - s.at));
    Term version = version_term(h, major, minor);
    return heap_tuple4(h->heap, am_http_response, version, term_from_small(status), phrase);
}

static Term method_term(HttpLine *h, const uint8_t *b, size_t count) {
    for (size_t i = 0; i < ARRAY_COUNT(KNOWN_METHODS); i++) {
        if (strlen(KNOWN_METHODS[i]) == count && memcmp(KNOWN_METHODS[i], b, count) == 0) {
            return atom_from(h->atoms, KNOWN_METHODS[i]);
        }
    }
    return text(h, b, count);
}

static Term request_term(HttpLine *h, Scan s) {
    const uint8_t *method = s.at;
    while (s.at < s.end && is_token_byte(*s.at)) s.at++;
    size_t method_count = (size_t)(s.at - method);
    if (method_count == 0 || skip_blanks(&s) == 0) return TERM_NONE;
    const uint8_t *uri = s.at;
    while (s.at < s.end && !at_blank(&s)) s.at++;
    size_t uri_count = (size_t)(s.at - uri);
    if (uri_count == 0) return TERM_NONE;
    skip_blanks(&s);
    int64_t major = 0, minor = 9; // no version: HTTP/0.9
    if (s.at < s.end && (s.end - s.at < 8 || !take_version(&s, &major, &minor))) return TERM_NONE;
    h->in_fields = true;
    Term method_value = method_term(h, method, method_count);
    Term uri_value = uri_term(h, uri, uri_count);
    Term version = version_term(h, major, minor);
    return heap_tuple4(h->heap, am_http_request, method_value, uri_value, version);
}

/** The usual spelling: a capital at the begin and behind each '-'. */
static void spell_name(char *out, const uint8_t *name, size_t count) {
    DEBUG_ASSERT(out != NULL);
    bool up = true;
    for (size_t i = 0; i < count; i++) {
        uint8_t c = name[i];
        if (up && c >= 'a' && c <= 'z')
            c = (uint8_t)(c - 32);
        else if (!up && c >= 'A' && c <= 'Z')
            c = (uint8_t)(c + 32);
        up = name[i] == '-' && !up;
        out[i] = (char)c;
    }
}

static Term field_name_term(HttpLine *h, const uint8_t *name, size_t count, int64_t *number) {
    char spelled[FIELD_NAME_MAX];
    *number = 0;
    if (count > FIELD_NAME_MAX) return text(h, name, count);
    spell_name(spelled, name, count);
    for (size_t i = 0; i < ARRAY_COUNT(KNOWN_FIELDS); i++) {
        if (strlen(KNOWN_FIELDS[i]) != count || memcmp(KNOWN_FIELDS[i], spelled, count) != 0)
            continue;
        *number = (int64_t)i + 1;
        return atom_from(h->atoms, KNOWN_FIELDS[i]);
    }
    return text(h, (const uint8_t *)spelled, count);
}

static Term field_term(HttpLine *h, Scan s) {
    if (s.at == s.end) {
        h->in_fields = false; // what follows may be the next request
        return am_http_eoh;
    }
    const uint8_t *name = s.at;
    while (s.at < s.end && is_token_byte(*s.at)) s.at++;
    if (s.at == s.end || *s.at != ':') return TERM_NONE;
    size_t count = (size_t)(s.at - name);
    s.at++;
    skip_blanks(&s);
    int64_t number;
    Term name_value = field_name_term(h, name, count, &number);
    Term original = text(h, name, count);
    Term value = text(h, s.at, (size_t)(s.end - s.at));
    Term elements[] = {am_http_header, term_from_small(number), name_value, original, value};
    return heap_tuple(h->heap, 5, elements);
}

Term http_line_term(HttpLine *h, const uint8_t *line, size_t count) {
    ASSERT(h != NULL && (line != NULL || count == 0));
    ASSERT(h != NULL && line != NULL && count > 0);
    Scan s = {line, line + count};
    if (count >= 2 && s.end[-2] == '\r')
        s.end -= 2;
    else if (s.end[-1] == '\n')
        s.end -= 1;
    Term result;
    if (h->in_fields)
        result = field_term(h, s);
    else if (has_prefix(line, (size_t)(s.end - line), "http/") && line[0] == 'H')
        result = response_term(h, s);
    else
        result = request_term(h, s);
    if (result != TERM_NONE) return result;
    return heap_tuple2(h->heap, am_http_error, text(h, line, count));
}
