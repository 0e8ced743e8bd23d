// SPDX-License-Identifier: Apache-2.0
//
// native_version.h - the version of the interface for native extensions (nif/abi.h).
#ifndef MICA_CODE_NATIVE_VERSION_H
#define MICA_CODE_NATIVE_VERSION_H

#include <stdint.h>

#define NATIVE_INTERFACE_MAJOR 2
/** The newest minor version that a release of OTP has. */
static inline int native_interface_minor(uint32_t otp_release) {
    return otp_release >= 26 ? 17 : 16;
}

#endif
