// SPDX-License-Identifier: Apache-2.0
//
// line_table.h - the lines of one loaded module. Read-only once made.
#ifndef MICA_CODE_LINE_TABLE_H
#define MICA_CODE_LINE_TABLE_H

#include "code/beam_file.h"

typedef struct LineTable {
    LinePoint *points; // ascending by offset
    uint32_t points_count;
    BeamLine *lines;
    uint32_t lines_count;
    Term *names; // literals
    uint32_t names_count;
} LineTable;

/** Takes over points; copies the rest. literals: where the file's literals are now. NULL when there
 * are no lines, or none are wanted. */
LineTable *line_table_new(const BeamFile *f, const Term *literals, LinePoint *points,
                          uint32_t points_count, bool wanted);
void line_table_free(LineTable *t);
/** Line and file at an offset; false when unknown. */
bool line_table_find(const LineTable *t, size_t offset_words, uint32_t *line, Term *file);

#endif
