// SPDX-License-Identifier: Apache-2.0
//
// char_width.c - columns of a character: a sorted table of ranges, searched by halves.
//
// WIDTH-1: ranges ascend and do not overlap; what stands in none takes one column.
#include "term/char_width.h"

typedef struct WidthRange {
    uint32_t first, last;
    int columns;
} WidthRange;

#define WIDTH(first, last, columns) {first, last, columns},
static const WidthRange width_ranges[] = {
#include "term/char_width.def"
};
#undef WIDTH

int char_width(uint32_t character) {
    if (character < 0x20 || (character >= 0x7f && character < 0xa0)) return CHAR_WIDTH_CONTROL;
    if (character < width_ranges[0].first) return 1;
    size_t low = 0, high = ARRAY_COUNT(width_ranges);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const WidthRange *r = &width_ranges[middle];
        ASSERT(r->first <= r->last); // WIDTH-1
        if (character > r->last)
            low = middle + 1;
        else if (character < r->first)
            high = middle;
        else
            return r->columns;
    }
    return 1;
}
