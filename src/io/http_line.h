// SPDX-License-Identifier: Apache-2.0
//
// http_line.h - HTTP/1 start lines and header fields as Erlang terms, the way sockets in http mode
// and erlang:decode_packet/3 deliver them.
#ifndef MICA_IO_HTTP_LINE_H
#define MICA_IO_HTTP_LINE_H

#include "heap/heap.h"
#include "term/atom.h"

typedef struct HttpLine {
    Heap *heap; // where the result is built
    AtomTable *atoms;
    bool texts_binary; // strings as binaries rather than lists
    bool in_fields;    // the next line is a header field; updated by http_line_term
} HttpLine;

/**
 * {http_request, Method, Uri, Version}, {http_response, Version, Status, Phrase},
 * {http_header, Number, Name, OriginalName, Value}, http_eoh, or {http_error, Line} for what is
 * none of them.
 */
Term http_line_term(HttpLine *h, const uint8_t *line, size_t count);

#endif
