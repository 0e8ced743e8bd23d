// SPDX-License-Identifier: Apache-2.0
//
// The code server's tables: one entry per name, at one address, however large the table grows.
#include "check.h"
#include "code_fake.h"

#include "world/thread.h"

#define NAMES 30000

static void test_exports(void) {
    FakeCode f;
    fake_start(&f);
    static Export *all[NAMES];
    Term names[100];
    char text[32];
    for (int i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "name%d", i);
        names[i] = atom_from(f.atoms, text);
    }
    CHECK(code_find_export(f.server, names[0], names[1], 2) == NULL);
    int wrong = 0;
    for (int i = 0; i < NAMES; i++)
        all[i] = code_export(f.server, names[i % 100], names[i / 100 % 100], (uint32_t)(i / 10000));
    for (int i = 0; i < NAMES; i++) {
        wrong += code_export(f.server, names[i % 100], names[i / 100 % 100],
                             (uint32_t)(i / 10000)) != all[i];
        wrong += all[i]->module != names[i % 100] || all[i]->arity != (uint32_t)(i / 10000);
        wrong += atomic_load(&all[i]->entry) != all[i]->stub;
    }
    CHECK(wrong == 0);
    uint8_t uniq[16] = {1, 2, 3};
    FunEntry *fun = code_fun(f.server, names[0], 1, 2, 3, uniq, 4, 1);
    CHECK(fun == code_fun(f.server, names[0], 1, 2, 3, uniq, 4, 1) && fun->arity == 4 &&
          fun->free_count == 1);
    CHECK(fun != code_fun(f.server, names[0], 1, 2, 3, uniq, 4, 2));
    uniq[0] = 9;
    CHECK(fun != code_fun(f.server, names[0], 1, 2, 3, uniq, 4, 1));
    CHECK(code_find_module(f.server, names[0]) == NULL);
    CHECK(code_module(f.server, names[0]) == code_module(f.server, names[0]));
    fake_stop(&f);
}

int main(void) {
    test_exports();
    return check_done();
}
