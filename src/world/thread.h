// SPDX-License-Identifier: Apache-2.0
//
// Threads, locks and parking.
//
// A Parker is one thread's bed: parker_park sleeps until somebody calls parker_unpark, which may
// happen before (then park returns at once). Any number of unparks before a park count as one.
//
//   THREAD-1  One thread parks on a Parker; any thread may unpark it.
//   THREAD-2  What was written before parker_unpark is seen after the parker_park that it ends
//             (release on the exchange of unpark, acquire on the one of park).
//   THREAD-3  Locks are not recursive, and are freed unlocked.
#ifndef MICA_WORLD_THREAD_H
#define MICA_WORLD_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    pthread_t id;
} Thread;

typedef void ThreadMain(void *argument);

// Starts a thread with all signals blocked, so that a host's signals go to the host's own threads.
// The name is cut to the 15 bytes that Linux keeps. stack_bytes of 0 means the system's usual size.
// 0 or an errno value.
int thread_start(Thread *thread, const char *name, size_t stack_bytes, ThreadMain *run,
                 void *argument);
void thread_join(Thread *thread);
void thread_yield(void);
void thread_sleep_ns(int64_t duration_ns);
uint64_t thread_current_id(void);
size_t thread_stack_left(void); // bytes of the calling thread's own C stack; 0: not known
void thread_exit(void) __attribute__((noreturn)); // of one that thread_start made
// One word per thread, NULL at first, for whoever must know a thread again without an argument
// (proc/thread_role.h). The key is the program's: two VMs in a program share it.
void *thread_note(void);
void thread_note_set(void *note);
unsigned thread_cpus_online(void);     // in the machine
unsigned thread_cpus_available(void);  // that this program (its first thread) may run on
unsigned thread_cpus_configured(void); // in the machine, switched-off ones too

// A hint inside a loop that spins.
static inline void thread_relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// Values of a thread under a key, for native extensions. 0 or an errno value. A key is never used
// twice, so there is nothing to be done when one is given up.
#define THREAD_KEYS_MAX (1u << 20)
int thread_key_create(unsigned *key);
void thread_key_set(unsigned key, void *value);
void *thread_key_get(unsigned key);

typedef struct {
    pthread_mutex_t native;
} Mutex;

void mutex_init(Mutex *mutex);
void mutex_free(Mutex *mutex);
void mutex_lock(Mutex *mutex);
bool mutex_try_lock(Mutex *mutex);
void mutex_unlock(Mutex *mutex);

typedef struct {
    pthread_cond_t native;
} Cond;

void cond_init(Cond *cond);
void cond_free(Cond *cond);
void cond_wait(Cond *cond, Mutex *mutex);
// False when timeout_ns went by first. A wake-up may be spurious: test the condition again.
bool cond_wait_timeout(Cond *cond, Mutex *mutex, int64_t timeout_ns);
void cond_signal(Cond *cond);
void cond_broadcast(Cond *cond);

typedef struct {
    pthread_rwlock_t native;
} RwLock;

void rwlock_init(RwLock *lock);
void rwlock_free(RwLock *lock);
void rwlock_lock_read(RwLock *lock);
void rwlock_lock_write(RwLock *lock);
bool rwlock_try_lock_read(RwLock *lock);
bool rwlock_try_lock_write(RwLock *lock);
void rwlock_unlock_read(RwLock *lock);
void rwlock_unlock_write(RwLock *lock);

typedef struct Parker {
    _Atomic uint32_t state; // PARKER_*, a futex word
} Parker;

enum { PARKER_AWAKE = 0, PARKER_NOTIFIED = 1, PARKER_ASLEEP = 2 };

static inline void parker_init(Parker *parker) { atomic_init(&parker->state, PARKER_AWAKE); }
// timeout_ns < 0 waits without end, 0 only takes a waiting notice. True when unparked, false on
// timeout.
bool parker_park(Parker *parker, int64_t timeout_ns);
void parker_unpark(Parker *parker);

#endif
