// SPDX-License-Identifier: Apache-2.0
//
// base.h - what every file needs: fixed-width types, branch hints and assertions.
//
// Layer 0: knows nothing of Erlang and nothing of the operating system.
//
// ASSERT stands in release builds too: it states an invariant whose breach would corrupt a VM, and
// it ends the program through base_assert_failed(). DEBUG_ASSERT is for hot paths and stands in
// builds with checks only (MICA_DEBUG).
#ifndef MICA_BASE_BASE_H
#define MICA_BASE_BASE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define NO_INLINE __attribute__((noinline))
#define NO_RETURN __attribute__((noreturn))
#define COLD __attribute__((cold, noinline))
#define UNUSED __attribute__((unused))
#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CONTAINER_OF(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/** Writes the broken invariant and where it stands to standard error, then aborts. */
NO_RETURN COLD void base_assert_failed(const char *expression, const char *file, int line);

#define ASSERT(e) (LIKELY(e) ? (void)0 : base_assert_failed(#e, __FILE__, __LINE__))
#ifdef MICA_DEBUG
#define BASE_CHECKS 1 // for `if`: costly checks are worth their time in this build
#define DEBUG_ASSERT(e) ASSERT(e)
#else
#define BASE_CHECKS 0
#define DEBUG_ASSERT(e) ((void)0)
#endif
#ifdef MICA_TINY
#define BASE_TINY 1 // limits are tiny, so that rare paths are common
#else
#define BASE_TINY 0
#endif
#ifdef __x86_64__
#define BASE_CPU_RELAX() __builtin_ia32_pause() // in a loop that waits for another thread's store
#else
#define BASE_CPU_RELAX() ((void)0)
#endif
#define UNREACHABLE() base_assert_failed("unreachable", __FILE__, __LINE__)

#endif
