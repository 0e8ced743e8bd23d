// SPDX-License-Identifier: Apache-2.0
//
// otp_root.h - finding the OTP root: the folder with lib/ and releases/ whose .beam files are run.
#ifndef MICA_API_OTP_ROOT_H
#define MICA_API_OTP_ROOT_H

#include "world/world.h"

typedef struct OtpRoot {
    char *root;         // "/usr/lib/erlang"
    char *bindir;       // "/usr/lib/erlang/erts-13.1.5/bin", as -bindir shows it
    char *erts_version; // "13.1.5"
    char *preloaded;    // folder with the preloaded modules' .beam files
} OtpRoot;

/**
 * Looks at `wanted` (from --otp-root) if given, else at MICA_OTP_ROOT, else where systems install
 * it. Writes one line and returns false when there is none.
 */
bool otp_root_find(OtpRoot *out, World *world, const char *wanted);
void otp_root_free(OtpRoot *r);

#endif
