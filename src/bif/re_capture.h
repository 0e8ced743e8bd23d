// SPDX-License-Identifier: Apache-2.0
//
// re_capture.h - what re:run gives back of a match: the capture option, read before, applied after.
#ifndef MICA_BIF_RE_CAPTURE_H
#define MICA_BIF_RE_CAPTURE_H

#include "bif/bif.h"
#include "bif/regex.h"

/** The text that is searched. */
typedef struct ReSubject {
    Term term;
    bool is_shared; // it is a binary: captures may be parts of it
    const uint8_t *bytes;
    size_t count;
} ReSubject;

/** The groups wanted. A name that stands for several groups is the one of them that took part in
 * the match. */
typedef struct ReCapture {
    enum { CAPTURE_INDEX, CAPTURE_LIST, CAPTURE_BINARY, CAPTURE_NONE } type;
    enum { CAPTURE_ALL, CAPTURE_ALL_BUT_FIRST, CAPTURE_CHOSEN } what;
    struct ReGroup {
        int32_t number;      // -1: no such group
        bool is_alternative; // another group for the name before
    } * groups;
    size_t count, capacity;
} ReCapture;

/** False when the option is wrong. */
bool re_capture_prepare(Process *p, ReCapture *c, const Regex *r, bool given, Term what, Term type);
void re_capture_free(ReCapture *c);
/** match, or {match, Captured}. result: one more than the highest group that took part. */
Term re_capture_result(Process *p, const ReSubject *s, const ReCapture *c, int result,
                       const size_t *offsets);
/** The names of groups as a list of binaries, in order, each once. */
Term re_capture_names(Process *p, const Regex *r);

#endif
