// SPDX-License-Identifier: Apache-2.0
//
// Threads and locks over POSIX threads; parking over the futex system call.
//
// Threads: see thread.h.
#include "world/thread.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/base.h"

enum { NS_PER_SECOND = 1000000000, THREAD_NAME_BYTES = 16 };

typedef struct {
    ThreadMain *run;
    void *argument;
    char name[THREAD_NAME_BYTES];
} ThreadStart;

static void *thread_entry(void *opaque) {
    ThreadStart start = *(ThreadStart *)opaque;
    mem_free(opaque);
    pthread_setname_np(pthread_self(), start.name);
    start.run(start.argument);
    return NULL;
}

int thread_start(Thread *thread, const char *name, size_t stack_bytes, ThreadMain *run,
                 void *argument) {
    ASSERT(run != NULL);
    ASSERT(name != NULL);
    ThreadStart *start = mem_alloc(sizeof *start);
    start->run = run;
    start->argument = argument;
    size_t name_length = strnlen(name, THREAD_NAME_BYTES - 1);
    memcpy(start->name, name, name_length);
    start->name[name_length] = '\0';

    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    ASSERT(error == 0);
    if (stack_bytes != 0) error = pthread_attr_setstacksize(&attributes, stack_bytes);
    if (error == 0) {
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        error = pthread_create(&thread->id, &attributes, thread_entry, start);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_attr_destroy(&attributes);
    if (error != 0) mem_free(start);
    return error;
}

void thread_join(Thread *thread) {
    ASSERT(!pthread_equal(thread->id, pthread_self()));
    int error = pthread_join(thread->id, NULL);
    ASSERT(error == 0);
}

void thread_yield(void) { sched_yield(); }

size_t thread_stack_left(void) {
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
    void *lowest;
    size_t stack_bytes, left = 0;
    const char *here = __builtin_frame_address(0);
    if (pthread_attr_getstack(&attributes, &lowest, &stack_bytes) == 0 &&
        here > (const char *)lowest && here <= (const char *)lowest + stack_bytes)
        left = (size_t)(here - (const char *)lowest);
    pthread_attr_destroy(&attributes);
    return left;
}

void thread_sleep_ns(int64_t duration_ns) {
    ASSERT(duration_ns >= 0);
    struct timespec rest = {.tv_sec = duration_ns / NS_PER_SECOND,
                            .tv_nsec = duration_ns % NS_PER_SECOND};
    while (nanosleep(&rest, &rest) != 0) ASSERT(errno == EINTR);
}

void thread_exit(void) { pthread_exit(NULL); }

static pthread_once_t note_once = PTHREAD_ONCE_INIT;
static pthread_key_t note_key;

static void make_note_key(void) {
    int error = pthread_key_create(&note_key, NULL);
    ASSERT(error == 0);
}

void *thread_note(void) {
    pthread_once(&note_once, make_note_key);
    return pthread_getspecific(note_key);
}

void thread_note_set(void *note) {
    pthread_once(&note_once, make_note_key);
    int error = pthread_setspecific(note_key, note);
    ASSERT(error == 0);
}

// Keys of extensions. The operating system has too few (1,024): here they are numbers that are
// never used twice, and a thread's values an array of its own behind one key of the system's.
typedef struct KeyValues {
    unsigned capacity;
    void *value[];
} KeyValues;

static pthread_once_t values_once = PTHREAD_ONCE_INIT;
static pthread_key_t values_key;
static _Atomic unsigned keys_made;

static void free_values(void *values) { mem_free(values); }

static void make_values_key(void) {
    int error = pthread_key_create(&values_key, free_values);
    ASSERT(error == 0);
}

int thread_key_create(unsigned *key) {
    pthread_once(&values_once, make_values_key);
    *key = atomic_fetch_add_explicit(&keys_made, 1, memory_order_relaxed);
    if (*key < THREAD_KEYS_MAX) return 0;
    atomic_fetch_sub_explicit(&keys_made, 1, memory_order_relaxed);
    return EAGAIN;
}

void thread_key_set(unsigned key, void *value) {
    ASSERT(key < THREAD_KEYS_MAX);
    KeyValues *v = pthread_getspecific(values_key);
    unsigned capacity = v == NULL ? 0 : v->capacity;
    if (key >= capacity) {
        if (value == NULL) return;
        unsigned more = MAX(2 * capacity, key + 16);
        v = mem_realloc(v, sizeof *v + more * sizeof(void *));
        memset(v->value + capacity, 0, (more - capacity) * sizeof(void *));
        v->capacity = more;
        int error = pthread_setspecific(values_key, v);
        ASSERT(error == 0);
    }
    v->value[key] = value;
}

void *thread_key_get(unsigned key) {
    ASSERT(key < THREAD_KEYS_MAX);
    const KeyValues *v = pthread_getspecific(values_key);
    return v == NULL || key >= v->capacity ? NULL : v->value[key];
}

uint64_t thread_current_id(void) { return (uint64_t)syscall(SYS_gettid); }

static unsigned cpu_count(int name) {
    long count = sysconf(name);
    return count < 1 ? 1 : (unsigned)count;
}

unsigned thread_cpus_online(void) { return cpu_count(_SC_NPROCESSORS_ONLN); }

unsigned thread_cpus_configured(void) { return cpu_count(_SC_NPROCESSORS_CONF); }

unsigned thread_cpus_available(void) {
    cpu_set_t set;
    if (sched_getaffinity(getpid(), sizeof set, &set) != 0) return thread_cpus_online();
    int count = CPU_COUNT(&set);
    ASSERT(count > 0);
    return (unsigned)count;
}

void mutex_init(Mutex *mutex) {
    int error = pthread_mutex_init(&mutex->native, NULL);
    ASSERT(error == 0);
}

void mutex_free(Mutex *mutex) {
    int error = pthread_mutex_destroy(&mutex->native);
    ASSERT(error == 0); // THREAD-3
}

void mutex_lock(Mutex *mutex) {
    int error = pthread_mutex_lock(&mutex->native);
    ASSERT(error == 0);
}

bool mutex_try_lock(Mutex *mutex) {
    int error = pthread_mutex_trylock(&mutex->native);
    ASSERT(error == 0 || error == EBUSY);
    return error == 0;
}

void mutex_unlock(Mutex *mutex) {
    int error = pthread_mutex_unlock(&mutex->native);
    ASSERT(error == 0);
}

void cond_init(Cond *cond) {
    pthread_condattr_t attributes;
    int error = pthread_condattr_init(&attributes);
    ASSERT(error == 0);
    // Setting the wall clock must not move anybody's timeout.
    error = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    ASSERT(error == 0);
    error = pthread_cond_init(&cond->native, &attributes);
    ASSERT(error == 0);
    pthread_condattr_destroy(&attributes);
}

void cond_free(Cond *cond) {
    int error = pthread_cond_destroy(&cond->native);
    ASSERT(error == 0);
}

void cond_wait(Cond *cond, Mutex *mutex) {
    int error = pthread_cond_wait(&cond->native, &mutex->native);
    ASSERT(error == 0);
}

// The moment that lies timeout_ns ahead; one too far to count stands for "never".
static struct timespec deadline_after(int64_t timeout_ns) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t ns = now.tv_nsec + timeout_ns % NS_PER_SECOND;
    struct timespec deadline = {.tv_sec = now.tv_sec + timeout_ns / NS_PER_SECOND, .tv_nsec = ns};
    if (ns >= NS_PER_SECOND) {
        deadline.tv_nsec -= NS_PER_SECOND;
        deadline.tv_sec++;
    }
    return deadline;
}

bool cond_wait_timeout(Cond *cond, Mutex *mutex, int64_t timeout_ns) {
    ASSERT(timeout_ns >= 0);
    struct timespec deadline = deadline_after(timeout_ns);
    int error = pthread_cond_timedwait(&cond->native, &mutex->native, &deadline);
    ASSERT(error == 0 || error == ETIMEDOUT);
    return error == 0;
}

void cond_signal(Cond *cond) {
    int error = pthread_cond_signal(&cond->native);
    ASSERT(error == 0);
}

void cond_broadcast(Cond *cond) {
    int error = pthread_cond_broadcast(&cond->native);
    ASSERT(error == 0);
}

void rwlock_init(RwLock *lock) {
    int error = pthread_rwlock_init(&lock->native, NULL);
    ASSERT(error == 0);
}

void rwlock_free(RwLock *lock) {
    int error = pthread_rwlock_destroy(&lock->native);
    ASSERT(error == 0); // THREAD-3
}

void rwlock_lock_read(RwLock *lock) {
    int error = pthread_rwlock_rdlock(&lock->native);
    ASSERT(error == 0);
}

void rwlock_lock_write(RwLock *lock) {
    int error = pthread_rwlock_wrlock(&lock->native);
    ASSERT(error == 0);
}

bool rwlock_try_lock_read(RwLock *lock) { return pthread_rwlock_tryrdlock(&lock->native) == 0; }

bool rwlock_try_lock_write(RwLock *lock) { return pthread_rwlock_trywrlock(&lock->native) == 0; }

void rwlock_unlock_read(RwLock *lock) {
    int error = pthread_rwlock_unlock(&lock->native);
    ASSERT(error == 0);
}

void rwlock_unlock_write(RwLock *lock) {
    int error = pthread_rwlock_unlock(&lock->native);
    ASSERT(error == 0);
}

// Sleeps while the word is PARKER_ASLEEP. The deadline is absolute, so a spurious wake-up costs
// nothing.
static bool futex_sleep(Parker *parker, const struct timespec *deadline) {
    long result = syscall(SYS_futex, (uint32_t *)&parker->state, FUTEX_WAIT_BITSET_PRIVATE,
                          PARKER_ASLEEP, deadline, NULL, FUTEX_BITSET_MATCH_ANY);
    if (result == 0) return true;
    ASSERT(errno == EAGAIN || errno == EINTR || errno == ETIMEDOUT);
    return errno != ETIMEDOUT;
}

bool parker_park(Parker *parker, int64_t timeout_ns) {
    // Acquire: pairs with the release of parker_unpark (THREAD-2).
    uint32_t expected = PARKER_NOTIFIED;
    if (atomic_compare_exchange_strong_explicit(&parker->state, &expected, PARKER_AWAKE,
                                                memory_order_acquire, memory_order_relaxed))
        return true;
    ASSERT(expected == PARKER_AWAKE); // THREAD-1
    if (timeout_ns == 0) return false;

    struct timespec deadline;
    if (timeout_ns > 0) deadline = deadline_after(timeout_ns);
    expected = PARKER_AWAKE;
    bool in_time = true;
    if (atomic_compare_exchange_strong_explicit(&parker->state, &expected, PARKER_ASLEEP,
                                                memory_order_relaxed, memory_order_relaxed)) {
        while (in_time &&
               atomic_load_explicit(&parker->state, memory_order_relaxed) == PARKER_ASLEEP)
            in_time = futex_sleep(parker, timeout_ns > 0 ? &deadline : NULL);
    }
    // Acquire: as above. Whatever came in at the last moment is taken, not left for the next park.
    uint32_t last = atomic_exchange_explicit(&parker->state, PARKER_AWAKE, memory_order_acquire);
    return last == PARKER_NOTIFIED;
}

void parker_unpark(Parker *parker) {
    // Release: pairs with the acquire of parker_park (THREAD-2).
    uint32_t before =
        atomic_exchange_explicit(&parker->state, PARKER_NOTIFIED, memory_order_release);
    if (before == PARKER_ASLEEP)
        syscall(SYS_futex, (uint32_t *)&parker->state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
