// SPDX-License-Identifier: Apache-2.0
//
// budget.h - how long a piece of work may still go on before it must let others run.
//
// Who works over a term, a list or a buffer of any size spends steps on the way. When the budget is
// spent its owner's function is called: it lets others run (by leaving this C stack for a while,
// proc/long_call.h) and returns when it is our turn again, with a new budget. A budget of NULL is
// one without end, for work that is known to be small and for callers that cannot wait.
//
// BUDGET-1: spending may be the last thing that a function does: the work may be abandoned there.
//           What it holds then outside the process's heap it must have announced as a guard.
// BUDGET-2: no lock is held while spending, no address into a shared table, no quiet point awaited.
// BUDGET-3: guards are given up in the reverse of the order they were announced in.
//
// Threads: the one that works; between two steps it may have become another one.
#ifndef MICA_BASE_BUDGET_H
#define MICA_BASE_BUDGET_H

#include "base/base.h"

/** A step is about one list cell, one small term, or so many bytes moved. */
#define BUDGET_BYTES_PER_STEP 128
#define BUDGET_STEPS_PER_REDUCTION 16

/** What must be freed when work is abandoned; lives in the working function's frame. */
typedef struct BudgetGuard BudgetGuard;
struct BudgetGuard {
    BudgetGuard *next;
    void (*abandon)(void *owned);
    void *owned;
};

typedef struct Budget Budget;
struct Budget {
    int64_t steps_left;
    void (*spent)(Budget *b);
    BudgetGuard *guards;
};

NO_INLINE void budget_let_others_run(Budget *b);
/** Spends steps; may come back much later. */
static ALWAYS_INLINE void budget_spend(Budget *b, int64_t steps) {
    if (b != NULL && UNLIKELY((b->steps_left -= steps) < 0)) budget_let_others_run(b);
}
static ALWAYS_INLINE void budget_spend_bytes(Budget *b, size_t bytes) {
    budget_spend(b, (int64_t)(bytes / BUDGET_BYTES_PER_STEP) + 1);
}
/** For work that cannot stop here: pays now, and lets others run at the next step. */
static ALWAYS_INLINE void budget_charge(Budget *b, int64_t steps) {
    if (b != NULL) b->steps_left -= steps;
}

static ALWAYS_INLINE bool budget_is_spent(const Budget *b) {
    return b != NULL && b->steps_left < 0;
}

/** From here on abandon(owned) runs if the work is abandoned. */
static ALWAYS_INLINE void budget_guard(Budget *b, BudgetGuard *g, void (*abandon)(void *),
                                       void *owned) {
    if (b == NULL) return;
    *g = (BudgetGuard){b->guards, abandon, owned};
    b->guards = g;
}
static ALWAYS_INLINE void budget_unguard(Budget *b, const BudgetGuard *g) {
    if (b == NULL) return;
    ASSERT(b->guards == g); // BUDGET-3
    b->guards = g->next;
}
/** memcpy in slices. */
void budget_copy(Budget *b, void *to, const void *from, size_t bytes);

#endif
