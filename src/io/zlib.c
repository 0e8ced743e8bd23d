// SPDX-License-Identifier: Apache-2.0
//
// zlib.c - the built-ins of OTP's zlib module over the zlib library.
//
// A stream belongs to one process, the controlling one; calls by others raise
// not_on_controlling_process. Input waits in a queue; deflate_nif and inflate_nif take a limited
// part of it per call, so none is long.
//
// Threads: the one that runs the process.
#include <sys/uio.h>
#include <zlib.h>

#include "bif/bif.h"
#include "io/byte_queue.h"
#include "io/io.h"

typedef enum { ZLIB_NONE, ZLIB_DEFLATE, ZLIB_INFLATE, ZLIB_CLOSED } ZlibState;

// What inflate does with input behind the end of a stream; the numbers are zlib.erl's.
enum { ZLIB_END_ERROR = 0, ZLIB_END_RESET = 1, ZLIB_END_CUT = 2 };

enum { ZLIB_DICTIONARY_BYTES_MAX = 32768, ZLIB_CHUNK_BYTES_DEFAULT = 4000 };

typedef struct ZlibStream {
    z_stream stream;
    ZlibState state;
    int at_end;
    bool is_raw;
    bool end_seen;
    bool sums_input, sums_output; // crc32_nif tells of the plain text
    uint32_t input_sum, output_sum;
    int64_t chunk_bytes; // of the deprecated inflateChunk
    _Atomic Term controller;
    ByteQueue input;
    bool has_stash;
    Heap stash_heap;
    Term stash;
} ZlibStream;

typedef int ZlibCodec(z_stream *stream, int flush);

static void *zlib_allocate(void *opaque, unsigned count, unsigned bytes) {
    (void)opaque;
    return mem_try_alloc((size_t)count * bytes);
}

static void zlib_release(void *opaque, void *block) {
    (void)opaque;
    mem_free(block);
}

static void drop_stash(ZlibStream *z) {
    ASSERT(!z->has_stash || z->stash != TERM_NONE);
    if (z->has_stash) heap_destroy(&z->stash_heap);
    z->has_stash = false;
}

static void reset_input(ZlibStream *z) {
    byte_queue_free(&z->input);
    drop_stash(z);
}

static void close_stream(ZlibStream *z) {
    ASSERT(z->state <= ZLIB_CLOSED);
    if (z->state == ZLIB_DEFLATE)
        deflateEnd(&z->stream);
    else if (z->state == ZLIB_INFLATE)
        inflateEnd(&z->stream);
    reset_input(z);
    z->state = ZLIB_CLOSED;
}

static void zlib_destructor(Binary *magic) { close_stream((ZlibStream *)magic->bytes); }

/** The answer for a return code of the library; some are exceptions. */
static Term code_term(Process *p, int code) {
    switch (code) {
    case Z_OK: return am_ok;
    case Z_STREAM_END: return am_stream_end;
    case Z_STREAM_ERROR: return bif_error(p, am_stream_error);
    case Z_DATA_ERROR: return bif_error(p, am_data_error);
    case Z_MEM_ERROR: return am_mem_error;
    case Z_BUF_ERROR: return am_buf_error;
    case Z_VERSION_ERROR: return am_version_error;
    default: return am_unknown_error;
    }
}

/** The stream behind a[0] if this process controls it; else NULL with the exception set. */
static ZlibStream *stream_of(Process *p, Term ref) {
    Binary *magic = io_magic_binary(ref, zlib_destructor);
    if (magic == NULL) {
        bif_badarg(p);
        return NULL;
    }
    ZlibStream *z = (ZlibStream *)magic->bytes;
    if (atomic_load_explicit(&z->controller, memory_order_acquire) != p->pid) {
        bif_error(p, am_not_on_controlling_process);
        return NULL;
    }
    return z;
}

/** As stream_of, for a stream that must be in one state. */
static ZlibStream *stream_in(Process *p, Term ref, ZlibState state) {
    ZlibStream *z = stream_of(p, ref);
    if (z == NULL || z->state == state) return z;
    bif_error(p, state == ZLIB_NONE ? am_already_initialized : am_not_initialized);
    return NULL;
}

static bool get_int(Term t, int *out) {
    int64_t value;
    if (!bif_get_int64(t, &value) || value != (int)value) return false;
    *out = (int)value;
    return true;
}

/** open_nif() -> Stream. */
BIF(zlib, open_nif, 0)
{
    Binary *magic = binary_new_magic(sizeof(ZlibStream), zlib_destructor);
    ZlibStream *z = (ZlibStream *)magic->bytes;
    z->stream.zalloc = zlib_allocate;
    z->stream.zfree = zlib_release;
    z->chunk_bytes = ZLIB_CHUNK_BYTES_DEFAULT;
    atomic_init(&z->controller, p->pid);
    return io_magic_ref(p, magic);
}

/** close_nif(Stream) -> ok. */
BIF(zlib, close_nif, 1)
{
    ZlibStream *z = stream_of(p, a[0]);
    if (z == NULL) return TERM_NONE;
    if (z->state == ZLIB_CLOSED) return bif_error(p, am_not_initialized);
    close_stream(z);
    return am_ok;
}

/** set_controller_nif(Stream, Pid) -> ok. */
BIF(zlib, set_controller_nif, 2)
{
    if (!term_is_local_pid(a[1])) return bif_badarg(p);
    ZlibStream *z = stream_of(p, a[0]);
    if (z == NULL) return TERM_NONE;
    // Release: the new controller sees what this one did (pairs with the acquire of stream_of).
    atomic_store_explicit(&z->controller, a[1], memory_order_release);
    return am_ok;
}

static void start_stream(ZlibStream *z, ZlibState state, int window_bits) {
    ASSERT(state == ZLIB_DEFLATE || state == ZLIB_INFLATE);
    ASSERT(z->state == ZLIB_NONE);
    z->state = state;
    z->end_seen = false;
    z->is_raw = window_bits < 0;
    z->sums_input = state == ZLIB_DEFLATE && z->is_raw;
    z->sums_output = state == ZLIB_INFLATE && z->is_raw;
    z->input_sum = z->output_sum = (uint32_t)crc32(0, Z_NULL, 0);
}

/** deflateInit_nif(Stream, Level, Method, WindowBits, MemLevel, Strategy) -> ok. */
BIF(zlib, deflateInit_nif, 6)
{
    int level, method, window_bits, memory_level, strategy;
    if (!get_int(a[1], &level) || !get_int(a[2], &method) || !get_int(a[3], &window_bits) ||
        !get_int(a[4], &memory_level) || !get_int(a[5], &strategy))
        return bif_badarg(p);
    ZlibStream *z = stream_in(p, a[0], ZLIB_NONE);
    if (z == NULL) return TERM_NONE;
    int code = deflateInit2(&z->stream, level, method, window_bits, memory_level, strategy);
    if (code == Z_OK) start_stream(z, ZLIB_DEFLATE, window_bits);
    return code_term(p, code);
}

/** deflateSetDictionary_nif(Stream, Iodata) -> Checksum. */
BIF(zlib, deflateSetDictionary_nif, 2)
{
    uint8_t *bytes;
    size_t count;
    if (!bif_iodata_bytes(a[1], &bytes, &count)) return bif_badarg(p);
    ZlibStream *z = stream_in(p, a[0], ZLIB_DEFLATE);
    Term result = TERM_NONE;
    if (z != NULL) {
        int code = deflateSetDictionary(&z->stream, bytes, (uInt)count);
        // The library leaves the sum of a raw stream alone. Cut to 32 bits signed, as OTP does.
        uLong sum = z->is_raw ? adler32(0, bytes, (uInt)count) : z->stream.adler;
        result = code == Z_OK ? term_from_small((int32_t)sum) : code_term(p, code);
    }
    mem_free(bytes);
    return result;
}

/** deflateReset_nif(Stream) -> ok. */
BIF(zlib, deflateReset_nif, 1)
{
    ZlibStream *z = stream_in(p, a[0], ZLIB_DEFLATE);
    if (z == NULL) return TERM_NONE;
    int code = deflateReset(&z->stream);
    z->input_sum = (uint32_t)crc32(0, Z_NULL, 0);
    z->end_seen = false;
    reset_input(z);
    return code_term(p, code);
}

/** deflateEnd_nif(Stream) -> ok; data_error when input is left. */
BIF(zlib, deflateEnd_nif, 1)
{
    ZlibStream *z = stream_in(p, a[0], ZLIB_DEFLATE);
    if (z == NULL) return TERM_NONE;
    int code = deflateEnd(&z->stream);
    if (code == Z_OK && byte_queue_count(&z->input) > 0) code = Z_DATA_ERROR;
    reset_input(z);
    z->state = ZLIB_NONE;
    return code_term(p, code);
}

/** deflateParams_nif(Stream, Level, Strategy) -> ok. zlib.erl has flushed before, so the output
 * fits no byte. */
BIF(zlib, deflateParams_nif, 3)
{
    int level, strategy;
    if (!get_int(a[1], &level) || !get_int(a[2], &strategy)) return bif_badarg(p);
    ZlibStream *z = stream_in(p, a[0], ZLIB_DEFLATE);
    if (z == NULL) return TERM_NONE;
    uint8_t unexpected;
    z->stream.next_out = &unexpected;
    z->stream.avail_out = 1;
    int code = deflateParams(&z->stream, level, strategy);
    return code_term(p, z->stream.avail_out == 0 ? Z_STREAM_ERROR : code);
}

/** inflateInit_nif(Stream, WindowBits, EndBehaviour) -> ok. */
BIF(zlib, inflateInit_nif, 3)
{
    int window_bits, at_end;
    if (!get_int(a[1], &window_bits) || !get_int(a[2], &at_end)) return bif_badarg(p);
    ZlibStream *z = stream_in(p, a[0], ZLIB_NONE);
    if (z == NULL) return TERM_NONE;
    int code = inflateInit2(&z->stream, window_bits);
    if (code == Z_OK) {
        start_stream(z, ZLIB_INFLATE, window_bits);
        z->at_end = at_end;
    }
    return code_term(p, code);
}

/** inflateSetDictionary_nif(Stream, Iodata) -> ok. */
BIF(zlib, inflateSetDictionary_nif, 2)
{
    uint8_t *bytes;
    size_t count;
    if (!bif_iodata_bytes(a[1], &bytes, &count)) return bif_badarg(p);
    ZlibStream *z = stream_in(p, a[0], ZLIB_INFLATE);
    Term result = TERM_NONE;
    if (z != NULL) result = code_term(p, inflateSetDictionary(&z->stream, bytes, (uInt)count));
    mem_free(bytes);
    return result;
}

/** inflateGetDictionary_nif(Stream) -> Binary. */
BIF(zlib, inflateGetDictionary_nif, 1)
{
    ZlibStream *z = stream_in(p, a[0], ZLIB_INFLATE);
    if (z == NULL) return TERM_NONE;
    uint8_t *bytes = mem_alloc(ZLIB_DICTIONARY_BYTES_MAX);
    uInt count = 0;
    int code = inflateGetDictionary(&z->stream, bytes, &count);
    ASSERT(count <= ZLIB_DICTIONARY_BYTES_MAX);
    Term result = code < 0 ? code_term(p, code) : heap_binary_from(&p->heap, bytes, count);
    mem_free(bytes);
    return result;
}

/** inflateReset_nif(Stream) -> ok. */
BIF(zlib, inflateReset_nif, 1)
{
    ZlibStream *z = stream_in(p, a[0], ZLIB_INFLATE);
    if (z == NULL) return TERM_NONE;
    int code = inflateReset(&z->stream);
    z->output_sum = (uint32_t)crc32(0, Z_NULL, 0);
    z->end_seen = false;
    reset_input(z);
    return code_term(p, code);
}

/** inflateEnd_nif(Stream) -> ok; data_error before the stream's end or with input left. */
BIF(zlib, inflateEnd_nif, 1)
{
    ZlibStream *z = stream_in(p, a[0], ZLIB_INFLATE);
    if (z == NULL) return TERM_NONE;
    int code = inflateEnd(&z->stream);
    if (code == Z_OK && (!z->end_seen || byte_queue_count(&z->input) > 0)) code = Z_DATA_ERROR;
    reset_input(z);
    z->state = ZLIB_NONE;
    return code_term(p, code);
}

/** One step over at most input_limit bytes of the queue, into output. The library's code. */
static int run_step(ZlibStream *z, ZlibCodec *codec, size_t input_limit, int flush) {
    ASSERT(z->state == ZLIB_DEFLATE || z->state == ZLIB_INFLATE);
    size_t count = MIN(byte_queue_count(&z->input), input_limit);
    int code = Z_OK;
    if (count > 0) {
        z->stream.next_in = (Bytef *)byte_queue_first(&z->input);
        z->stream.avail_in = (uInt)count;
        code = codec(&z->stream, Z_NO_FLUSH);
        size_t used = count - z->stream.avail_in;
        if (z->sums_input)
            z->input_sum = (uint32_t)crc32(z->input_sum, byte_queue_first(&z->input), (uInt)used);
        byte_queue_skip(&z->input, used);
    }
    // At the end of the input what the library holds back is asked for, also without a flush: the
    // output of the call before may have been full.
    if (code == Z_OK && byte_queue_count(&z->input) == 0 && z->stream.avail_out > 0) {
        z->stream.next_in = NULL;
        z->stream.avail_in = 0;
        code = codec(&z->stream, flush);
    }
    return code;
}

static Term run_codec(Process *p, ZlibStream *z, ZlibCodec *codec, Term *a) {
    ASSERT(codec != NULL);
    int input_limit, output_limit, flush;
    if (!get_int(a[1], &input_limit) || !get_int(a[2], &output_limit) || !get_int(a[3], &flush) ||
        input_limit < 0 || output_limit < 0)
        return bif_badarg(p);
    Binary *output = binary_try_new((size_t)output_limit);
    if (output == NULL) return am_mem_error;
    z->stream.next_out = output->bytes;
    z->stream.avail_out = (uInt)output_limit;
    size_t before = byte_queue_count(&z->input);
    int code = run_step(z, codec, (size_t)input_limit, flush);
    size_t left = byte_queue_count(&z->input);
    size_t produced = (size_t)output_limit - z->stream.avail_out;
    ASSERT(left <= before);
    bif_bump(p, (int64_t)((before - left + produced) >> 5));
    if (code == Z_STREAM_END) z->end_seen = true;
    // No progress at all cannot happen on well-formed input.
    bool is_stuck = left == before && produced == 0 && left != 0;
    if ((code < 0 && code != Z_BUF_ERROR) || is_stuck) {
        binary_release(output);
        return code_term(p, code < 0 && code != Z_BUF_ERROR ? code : Z_DATA_ERROR);
    }
    if (z->sums_output)
        z->output_sum = (uint32_t)crc32(z->output_sum, output->bytes, (uInt)produced);
    Term data = TERM_NIL;
    if (produced > 0)
        data = heap_cons(&p->heap, io_binary_shrunk(p, output, produced), TERM_NIL);
    else
        binary_release(output);
    if (left == 0 && produced < (size_t)output_limit)
        return heap_tuple2(&p->heap, am_finished, data);
    if (code != Z_NEED_DICT) return heap_tuple2(&p->heap, am_continue, data);
    Term sum = term_from_small((int32_t)z->stream.adler);
    return heap_tuple3(&p->heap, am_need_dictionary, sum, data);
}

/** deflate_nif(Stream, InputLimit, OutputLimit, Flush) -> {continue | finished, Binaries}. */
BIF(zlib, deflate_nif, 4)
{
    ZlibStream *z = stream_in(p, a[0], ZLIB_DEFLATE);
    return z != NULL ? run_codec(p, z, deflate, a) : TERM_NONE;
}

/** inflate_nif(Stream, InputLimit, OutputLimit, Flush) -> as deflate_nif, or {need_dictionary,
 * Adler, Binaries}. */
BIF(zlib, inflate_nif, 4)
{
    ZlibStream *z = stream_in(p, a[0], ZLIB_INFLATE);
    if (z == NULL) return TERM_NONE;
    if (z->end_seen && byte_queue_count(&z->input) > 0) {
        if (z->at_end == ZLIB_END_ERROR) return code_term(p, Z_DATA_ERROR);
        if (z->at_end == ZLIB_END_RESET) {
            int code = inflateReset(&z->stream);
            if (code != Z_OK) return code_term(p, code);
            z->end_seen = false;
        } else if (z->at_end == ZLIB_END_CUT) {
            reset_input(z);
        }
    }
    return run_codec(p, z, inflate, a);
}

/** crc32_nif(Stream) -> sum of the plain text so far (raw streams only, else of nothing). */
BIF(zlib, crc32_nif, 1)
{
    ZlibStream *z = stream_of(p, a[0]);
    if (z == NULL) return TERM_NONE;
    if (z->state == ZLIB_DEFLATE) return term_from_small(z->input_sum);
    if (z->state == ZLIB_INFLATE) return term_from_small(z->output_sum);
    return bif_error(p, am_not_initialized);
}

/** enqueue_nif(Stream, Binaries) -> ok | {continue, Rest}. */
BIF(zlib, enqueue_nif, 2)
{
    ZlibStream *z = stream_of(p, a[0]);
    if (z == NULL) return TERM_NONE;
    if (z->state != ZLIB_DEFLATE && z->state != ZLIB_INFLATE)
        return bif_error(p, am_not_initialized);
    struct iovec parts[IO_VECTOR_MAX];
    IoVector vector;
    if (!io_vector_read(a[1], parts, &vector)) return bif_badarg(p);
    for (int i = 0; i < vector.count; i++)
        byte_queue_add(&z->input, parts[i].iov_base, parts[i].iov_len);
    bif_bump(p, (int64_t)(vector.byte_count >> 12) + 1);
    io_vector_free(&vector);
    return term_is_nil(vector.tail) ? am_ok : heap_tuple2(&p->heap, am_continue, vector.tail);
}

/** getStash_nif(Stream) -> {ok, Term} | empty. The stash keeps one term between calls. */
BIF(zlib, getStash_nif, 1)
{
    ZlibStream *z = stream_of(p, a[0]);
    if (z == NULL) return TERM_NONE;
    if (!z->has_stash) return am_empty;
    return io_ok_tuple(p, heap_copy(&p->heap, z->stash));
}

/** setStash_nif(Stream, Term) -> ok; error when there is one. */
BIF(zlib, setStash_nif, 2)
{
    ZlibStream *z = stream_of(p, a[0]);
    if (z == NULL) return TERM_NONE;
    if (z->has_stash) return bif_error(p, am_error);
    heap_init_detached(&z->stash_heap, &literal_range_none);
    z->stash = heap_copy(&z->stash_heap, a[1]);
    z->has_stash = true;
    return am_ok;
}

/** clearStash_nif(Stream) -> ok; error when there is none. */
BIF(zlib, clearStash_nif, 1)
{
    ZlibStream *z = stream_of(p, a[0]);
    if (z == NULL) return TERM_NONE;
    if (!z->has_stash) return bif_error(p, am_error);
    drop_stash(z);
    return am_ok;
}

/** getBufSize_nif(Stream) -> Bytes (of the deprecated inflateChunk). */
BIF(zlib, getBufSize_nif, 1)
{
    ZlibStream *z = stream_of(p, a[0]);
    return z != NULL ? term_from_small(z->chunk_bytes) : TERM_NONE;
}

/** setBufSize_nif(Stream, Bytes) -> ok. */
BIF(zlib, setBufSize_nif, 2)
{
    ZlibStream *z = stream_of(p, a[0]);
    int bytes;
    if (z == NULL) return TERM_NONE;
    if (!get_int(a[1], &bytes)) return bif_badarg(p);
    z->chunk_bytes = bytes;
    return am_ok;
}
