// SPDX-License-Identifier: Apache-2.0
//
// The queue of bytes to write, against a plain array of the same bytes: copied, shared, moved from
// another queue and dropped in random pieces; in the end every shared binary is its maker's alone.
#include "base/alloc.h"
#include "check.h"
#include "io/output_queue.h"

#include <string.h>

enum { MODEL_BYTES = 4 << 20, SHARED_COUNT = 16, SHARED_BYTES = 5000, STEPS = 20000 };

typedef struct Model {
    uint8_t *bytes;
    size_t first, end;
} Model;

static uint32_t next_random(uint32_t *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static bool shows_same(const OutputQueue *q, const Model *m) {
    static uint8_t out[MODEL_BYTES];
    size_t count = m->end - m->first;
    struct iovec vector[3];
    if (output_queue_count(q) != count || output_queue_copy(q, out, count) != count) return false;
    if (memcmp(out, m->bytes + m->first, count) != 0) return false;
    size_t at = m->first;
    int n = output_queue_vector(q, vector, 3, 10000);
    for (int i = 0; i < n; at += vector[i++].iov_len)
        if (memcmp(vector[i].iov_base, m->bytes + at, vector[i].iov_len) != 0) return false;
    return at - m->first <= 10000 && (n > 0) == (count > 0);
}

static void model_add(Model *m, const uint8_t *bytes, size_t count) {
    memcpy(m->bytes + m->end, bytes, count);
    m->end += count;
}

/** Random bytes of a shared binary go in, copied or shared. */
static void add_some(OutputQueue *q, Model *m, Binary **shared, uint32_t *seed) {
    Binary *b = shared[next_random(seed) % SHARED_COUNT];
    size_t from = next_random(seed) % SHARED_BYTES;
    size_t count = next_random(seed) % (SHARED_BYTES - from + 1);
    if (next_random(seed) % 2 == 0) count %= 20;
    model_add(m, b->bytes + from, count);
    if (next_random(seed) % 2 == 0)
        output_queue_share(q, b, b->bytes + from, count);
    else
        output_queue_add(q, b->bytes + from, count);
}

static void test_against_model(Binary **shared, uint32_t seed) {
    OutputQueue q = {0};
    Model m = {.bytes = mem_alloc(MODEL_BYTES)};
    for (int i = 0; i < STEPS && m.end + 20 * SHARED_BYTES < MODEL_BYTES; i++) {
        uint32_t what = next_random(&seed) % 8;
        if (what < 4) {
            add_some(&q, &m, shared, &seed);
        } else if (what == 4) {
            OutputQueue more = {0};
            for (uint32_t k = next_random(&seed) % 5; k > 0; k--)
                add_some(&more, &m, shared, &seed);
            output_queue_append(&q, &more);
            CHECK(output_queue_count(&more) == 0);
            output_queue_free(&more);
        } else {
            size_t count = next_random(&seed) % (m.end - m.first + 1);
            if (what == 5) count = m.end - m.first; // all
            output_queue_skip(&q, count);
            m.first += count;
        }
        if (i % 16 == 0 && !CHECK(shows_same(&q, &m))) break;
    }
    CHECK(shows_same(&q, &m));
    output_queue_free(&q);
    mem_free(m.bytes);
}

int main(void) {
    Binary *shared[SHARED_COUNT];
    for (size_t i = 0; i < SHARED_COUNT; i++) {
        shared[i] = binary_new(SHARED_BYTES);
        for (size_t k = 0; k < SHARED_BYTES; k++) shared[i]->bytes[k] = (uint8_t)(i * 31 + k * 7);
    }
    for (uint32_t seed = 1; seed <= 8; seed++) test_against_model(shared, seed);
    for (size_t i = 0; i < SHARED_COUNT; i++) {
        CHECK(atomic_load_explicit(&shared[i]->refs, memory_order_relaxed) == 1);
        binary_release(shared[i]);
    }
    return check_done();
}
