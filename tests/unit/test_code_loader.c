// SPDX-License-Identifier: Apache-2.0
//
// Loading: every module of the OTP root is taken apart without complaint; a damaged one is refused
// or taken, never worse.
#include "check.h"
#include "code_fake.h"

#include "code/beam_file.h"

static void test_preloaded(void) {
    FakeCode f;
    fake_start(&f);
    glob_t g = fake_otp_files("lib/erts-*/ebin");
    if (g.gl_pathc == 0) g = fake_otp_files("erts-*/ebin");
    if (!CHECK(g.gl_pathc > 0)) return;
    char message[CODE_MESSAGE_BYTES] = "";
    CHECK(code_load_preloaded(f.server, f.world, g.gl_pathv[0], message));
    if (message[0] != '\0') fprintf(stderr, "%s\n", message);
    uint32_t count;
    const Term *names = code_preloaded(f.server, &count);
    CHECK(count >= 16 && names[0] == atom_from(f.atoms, "erts_code_purger"));
    Export *x =
        code_find_export(f.server, atom_from(f.atoms, "erlang"), atom_from(f.atoms, "apply"), 2);
    CHECK(x != NULL && atomic_load(&x->code) != NULL &&
          atomic_load(&x->entry) == atomic_load(&x->code));
    Export *self =
        code_find_export(f.server, atom_from(f.atoms, "erlang"), atom_from(f.atoms, "self"), 0);
    CHECK(self != NULL && self->bif != NULL && atomic_load(&self->entry) == self->stub);
    CHECK(atomic_load(&self->code) != NULL);
    CodeLocation where;
    CHECK(code_locate(f.server, atomic_load(&x->code), &where));
    CHECK(where.module_name == atom_from(f.atoms, "erlang") && where.function == x->function &&
          where.arity == 2);
    CHECK(where.file != TERM_NONE || where.line == 0);
    CHECK(!code_locate(f.server, &fake_stub_word, &where));
    globfree(&g);
    fake_stop(&f);
}

static void test_all_of_otp(void) {
    FakeCode f;
    fake_start(&f);
    size_t bytes = 0;
    size_t modules = fake_load_all(&f, "lib/kernel-*/ebin/*.beam", &bytes) +
                     fake_load_all(&f, "lib/stdlib-*/ebin/*.beam", &bytes) +
                     fake_load_all(&f, "lib/compiler-*/ebin/*.beam", &bytes);
    if (getenv("MICA_TEST_FULL") != NULL) modules += fake_load_all(&f, "lib/*/ebin/*.beam", &bytes);
    CHECK(modules > 200);
    fake_stop(&f);
}

static void test_versions(void) {
    FakeCode f;
    fake_start(&f);
    glob_t g = fake_otp_files("lib/stdlib-*/ebin/lists.beam");
    if (!CHECK(g.gl_pathc == 1)) return;
    size_t count;
    uint8_t *bytes = fake_read_file(g.gl_pathv[0], &count);
    Term lists = atom_from(f.atoms, "lists");
    CHECK(code_load_image(f.server, atom_from(f.atoms, "other"), bytes, count, NULL) == am_badfile);
    CHECK(code_load_image(f.server, lists, bytes, count, NULL) == am_ok);
    Module *m = code_find_module(f.server, lists);
    if (!CHECK(m != NULL && m->current != NULL && m->old == NULL)) return;
    const CodeInstance *first = m->current;
    Export *x = code_find_export(f.server, lists, atom_from(f.atoms, "reverse"), 1);
    CHECK(x != NULL && code_contains(first, atomic_load(&x->entry)));
    CHECK(code_load_image(f.server, lists, bytes, count, NULL) == am_ok);
    CHECK(m->old == first && m->current != first && !code_contains(first, atomic_load(&x->entry)));
    CHECK(code_load_image(f.server, lists, bytes, count, NULL) == am_not_purged);
    code_lock(f.server);
    CHECK(code_purge_prepare(f.server, m, false) && code_is_purging(f.server) == m);
    code_purge_abort(f.server);
    CHECK(m->old == first && code_delete(f.server, m) == am_badarg);
    CHECK(code_purge_prepare(f.server, m, false));
    code_instance_free(f.server, code_purge_complete(f.server));
    CHECK(m->old == NULL && code_is_purging(f.server) == NULL);
    CHECK(code_delete(f.server, m) == am_true && m->current == NULL && m->old != NULL);
    CHECK(atomic_load(&x->entry) == x->stub && code_delete(f.server, m) == am_undefined);
    CHECK(code_purge_prepare(f.server, m, false));
    code_instance_free(f.server, code_purge_complete(f.server));
    CHECK(!code_purge_prepare(f.server, m, false));
    code_unlock(f.server);
    CHECK(code_load_image(f.server, lists, bytes, count, NULL) == am_ok &&
          atomic_load(&x->entry) != x->stub);
    free(bytes);
    globfree(&g);
    fake_stop(&f);
}

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/** A few bytes of the file changed, or its end cut off: it is refused or taken. */
static void test_damaged(void) {
    FakeCode f;
    fake_start(&f);
    glob_t g = fake_otp_files("lib/stdlib-*/ebin/*.beam");
    uint64_t state = 88172645463325252u;
    size_t rounds = getenv("MICA_TEST_FULL") != NULL ? 20000 : 1500, taken = 0, refused = 0;
    for (size_t round = 0; round < rounds && g.gl_pathc > 0; round++) {
        size_t count;
        uint8_t *bytes = fake_read_file(g.gl_pathv[next_random(&state) % g.gl_pathc], &count);
        size_t changes = 1 + next_random(&state) % 8;
        for (size_t i = 0; i < changes; i++)
            bytes[next_random(&state) % count] = (uint8_t)next_random(&state);
        if (next_random(&state) % 16 == 0) count = next_random(&state) % count;
        uint8_t *exact = malloc(count + 1); // so that a sanitizer sees a read past the end
        memcpy(exact, bytes, count);
        CodeInstance *instance = NULL;
        char message[CODE_MESSAGE_BYTES];
        Term result = code_prepare(f.server, TERM_NONE, exact, count, &instance, message);
        taken += result == am_ok;
        refused += result == am_badfile && message[0] != '\0';
        code_instance_free(f.server, instance);
        free(exact);
        free(bytes);
    }
    CHECK(taken + refused == rounds && refused > rounds / 4);
    globfree(&g);
    fake_stop(&f);
}

int main(void) {
    test_preloaded();
    test_versions();
    test_all_of_otp();
    test_damaged();
    return check_done();
}
