// SPDX-License-Identifier: Apache-2.0
//
// char_width.h - how many columns a character takes on a terminal. Pure; needs no locale.
#ifndef MICA_TERM_CHAR_WIDTH_H
#define MICA_TERM_CHAR_WIDTH_H

#include "base/base.h"

enum { CHAR_WIDTH_CONTROL = -1 };

/** 0, 1 or 2; CHAR_WIDTH_CONTROL for what cannot be shown as it is (control characters). */
int char_width(uint32_t character);

#endif
