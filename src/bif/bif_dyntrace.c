// SPDX-License-Identifier: Apache-2.0
//
// bif_dyntrace.c - erlang:dt_*: tags for a dynamic tracer (DTrace, SystemTap). There is none in this VM, and these answer what
// OTP's do when it was built without one: no tag is ever kept, binaries pass through.
#include "bif/bif.h"

BIF(erlang, dt_get_tag, 0) {
    return am_undefined;
}

BIF(erlang, dt_get_tag_data, 0) {
    return am_undefined;
}

BIF(erlang, dt_put_tag, 1) {
    return am_undefined;
}

BIF(erlang, dt_prepend_vm_tag_data, 1) {
    return a[0];
}

BIF(erlang, dt_append_vm_tag_data, 1) {
    return a[0];
}

BIF(erlang, dt_spread_tag, 1) {
    return a[0] == am_true || a[0] == am_false ? am_true : bif_badarg(p);
}

BIF(erlang, dt_restore_tag, 1) {
    return am_true;
}
