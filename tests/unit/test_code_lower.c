// SPDX-License-Identifier: Apache-2.0
//
// Loading with the real instructions: all of OTP is lowered; a damaged module is refused or taken,
// never worse.
#define CODE_FAKE_REAL_BIFS
#include "check.h"
#include "code_fake.h"

#include "exec/exec.h"
#include "vm/vm.h"

static void start(FakeCode *f, VM *vm) {
    memset(vm, 0, sizeof *vm);
    vm->atoms = atom_table_create(ATOM_COUNT_MAX_DEFAULT);
    exec_create(vm);
    fake_start_with(f, vm->code_hooks, vm, vm->atoms);
    vm->code = f->server;
}

static void stop(FakeCode *f, VM *vm) {
    fake_stop(f);
    exec_destroy(vm);
}

static void test_all(const char *pattern) {
    VM vm;
    FakeCode f;
    start(&f, &vm);
    size_t bytes_total = 0;
    CHECK(fake_load_all(&f, pattern, &bytes_total) > 0);
    stop(&f, &vm);
}

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/** The place of a chunk's bytes, so that damage hits code rather than debug information. */
static uint8_t *find_chunk(uint8_t *bytes, size_t count, const char *name, size_t *chunk_bytes) {
    for (size_t at = 12; at + 8 <= count;) {
        size_t n = (size_t)bytes[at + 4] << 24 | (size_t)bytes[at + 5] << 16 |
                   (size_t)bytes[at + 6] << 8 | bytes[at + 7];
        if (memcmp(bytes + at, name, 4) == 0) {
            *chunk_bytes = n;
            return bytes + at + 8;
        }
        at += 8 + ((n + 3) & ~(size_t)3);
    }
    return NULL;
}

static void test_damaged_code(void) {
    VM vm;
    FakeCode f;
    start(&f, &vm);
    glob_t g = fake_otp_files("lib/stdlib-*/ebin/*.beam");
    uint64_t state = 1442695040888963407u;
    const char *seed = getenv("MICA_TEST_SEED");
    if (seed != NULL) state ^= strtoull(seed, NULL, 0) * 2862933555777941757u;
    size_t rounds = getenv("MICA_TEST_FULL") != NULL ? 20000 : 1500, answered = 0;
    for (size_t round = 0; round < rounds && g.gl_pathc > 0; round++) {
        size_t count, code_bytes = 0;
        uint8_t *bytes = fake_read_file(g.gl_pathv[next_random(&state) % g.gl_pathc], &count);
        uint8_t *code =
            find_chunk(bytes, count, next_random(&state) % 8 == 0 ? "FunT" : "Code", &code_bytes);
        size_t changes = 1 + next_random(&state) % 3;
        for (size_t i = 0; code != NULL && i < changes; i++) {
            size_t at = next_random(&state) % code_bytes;
            // a changed register or label more often than a random byte
            code[at] = next_random(&state) % 2
                           ? (uint8_t)(code[at] ^ (0x10u << next_random(&state) % 4))
                           : (uint8_t)next_random(&state);
        }
        CodeInstance *instance = NULL;
        char message[CODE_MESSAGE_BYTES];
        Term result = code_prepare(f.server, TERM_NONE, bytes, count, &instance, message);
        answered += result == am_ok || (result == am_badfile && message[0] != '\0');
        code_instance_free(f.server, instance);
        free(bytes);
    }
    CHECK(answered == rounds);
    globfree(&g);
    stop(&f, &vm);
}

int main(void) {
    test_all("lib/stdlib-*/ebin/*.beam");
    test_all("lib/compiler-*/ebin/*.beam");
    if (getenv("MICA_TEST_FULL") != NULL) test_all("lib/*/ebin/*.beam");
    test_damaged_code();
    return check_done();
}
