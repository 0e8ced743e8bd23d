// SPDX-License-Identifier: Apache-2.0
//
// functions.h - what extensions call, in the order in which versions of the interface added it.
// What each does is OTP's documentation's; where it is done says the file's own header comment.
#ifndef MICA_NIF_FUNCTIONS_H
#define MICA_NIF_FUNCTIONS_H

#ifndef MICA_NIF_ABI_H
#error "include nif/abi.h"
#endif

NIF_API void *enif_priv_data(NifEnv *);
NIF_API void *enif_alloc(size_t size);
NIF_API void enif_free(void *ptr);
NIF_API int enif_is_atom(NifEnv *, Term term);
NIF_API int enif_is_binary(NifEnv *, Term term);
NIF_API int enif_is_ref(NifEnv *, Term term);
NIF_API int enif_inspect_binary(NifEnv *, Term bin_term, NifBinary *bin);
NIF_API int enif_alloc_binary(size_t size, NifBinary *bin);
NIF_API int enif_realloc_binary(NifBinary *bin, size_t size);
NIF_API void enif_release_binary(NifBinary *bin);
NIF_API int enif_get_int(NifEnv *, Term term, int *ip);
NIF_API int enif_get_ulong(NifEnv *, Term term, unsigned long *ip);
NIF_API int enif_get_double(NifEnv *, Term term, double *dp);
NIF_API int enif_get_list_cell(NifEnv *env, Term term, Term *head, Term *tail);
NIF_API int enif_get_tuple(NifEnv *env, Term tpl, int *arity, const Term **array);
NIF_API int enif_is_identical(Term lhs, Term rhs);
NIF_API int enif_compare(Term lhs, Term rhs);
NIF_API Term enif_make_binary(NifEnv *env, NifBinary *bin);
NIF_API Term enif_make_badarg(NifEnv *env);
NIF_API Term enif_make_int(NifEnv *env, int i);
NIF_API Term enif_make_ulong(NifEnv *env, unsigned long i);
NIF_API Term enif_make_double(NifEnv *env, double d);
NIF_API Term enif_make_atom(NifEnv *env, const char *name);
NIF_API int enif_make_existing_atom(NifEnv *env, const char *name, Term *atom, NifCharEncoding);
NIF_API Term enif_make_tuple(NifEnv *env, unsigned cnt, ...);
NIF_API Term enif_make_list(NifEnv *env, unsigned cnt, ...);
NIF_API Term enif_make_list_cell(NifEnv *env, Term car, Term cdr);
NIF_API Term enif_make_string(NifEnv *env, const char *string, NifCharEncoding);
NIF_API Term enif_make_ref(NifEnv *env);
NIF_API NifMutex *enif_mutex_create(char *name);
NIF_API void enif_mutex_destroy(NifMutex *mtx);
NIF_API int enif_mutex_trylock(NifMutex *mtx);
NIF_API void enif_mutex_lock(NifMutex *mtx);
NIF_API void enif_mutex_unlock(NifMutex *mtx);
NIF_API NifCond *enif_cond_create(char *name);
NIF_API void enif_cond_destroy(NifCond *cnd);
NIF_API void enif_cond_signal(NifCond *cnd);
NIF_API void enif_cond_broadcast(NifCond *cnd);
NIF_API void enif_cond_wait(NifCond *cnd, NifMutex *mtx);
NIF_API NifRWLock *enif_rwlock_create(char *name);
NIF_API void enif_rwlock_destroy(NifRWLock *rwlck);
NIF_API int enif_rwlock_tryrlock(NifRWLock *rwlck);
NIF_API void enif_rwlock_rlock(NifRWLock *rwlck);
NIF_API void enif_rwlock_runlock(NifRWLock *rwlck);
NIF_API int enif_rwlock_tryrwlock(NifRWLock *rwlck);
NIF_API void enif_rwlock_rwlock(NifRWLock *rwlck);
NIF_API void enif_rwlock_rwunlock(NifRWLock *rwlck);
NIF_API int enif_tsd_key_create(char *name, NifTSDKey *key);
NIF_API void enif_tsd_key_destroy(NifTSDKey key);
NIF_API void enif_tsd_set(NifTSDKey key, void *data);
NIF_API void *enif_tsd_get(NifTSDKey key);
NIF_API NifThreadOpts *enif_thread_opts_create(char *name);
NIF_API void enif_thread_opts_destroy(NifThreadOpts *opts);
NIF_API int enif_thread_create(char *name, NifTid *tid, void *(*func)(void *), void *args,
                               NifThreadOpts *opts);
NIF_API NifTid enif_thread_self(void);
NIF_API int enif_equal_tids(NifTid tid1, NifTid tid2);
NIF_API void enif_thread_exit(void *resp);
NIF_API int enif_thread_join(NifTid, void **respp);
NIF_API void *enif_realloc(void *ptr, size_t size);
NIF_API void enif_system_info(NifSysInfo *sip, size_t si_size);
NIF_API int enif_fprintf(FILE *filep, const char *format, ...);
NIF_API int enif_inspect_iolist_as_binary(NifEnv *, Term term, NifBinary *bin);
NIF_API Term enif_make_sub_binary(NifEnv *, Term bin_term, size_t pos, size_t size);
NIF_API int enif_get_string(NifEnv *, Term list, char *buf, unsigned len, NifCharEncoding);
NIF_API int enif_get_atom(NifEnv *, Term atom, char *buf, unsigned len, NifCharEncoding);
NIF_API int enif_is_fun(NifEnv *, Term term);
NIF_API int enif_is_pid(NifEnv *, Term term);
NIF_API int enif_is_port(NifEnv *, Term term);
NIF_API int enif_get_uint(NifEnv *, Term term, unsigned *ip);
NIF_API int enif_get_long(NifEnv *, Term term, long *ip);
NIF_API Term enif_make_uint(NifEnv *, unsigned i);
NIF_API Term enif_make_long(NifEnv *, long i);
NIF_API Term enif_make_tuple_from_array(NifEnv *, const Term arr[], unsigned cnt);
NIF_API Term enif_make_list_from_array(NifEnv *, const Term arr[], unsigned cnt);
NIF_API int enif_is_empty_list(NifEnv *, Term term);
NIF_API NifResourceType *enif_open_resource_type(NifEnv *, const char *module_str,
                                                 const char *name_str, NifResourceDtor *dtor,
                                                 NifResourceFlags flags, NifResourceFlags *tried);
NIF_API void *enif_alloc_resource(NifResourceType *type, size_t size);
NIF_API void enif_release_resource(void *obj);
NIF_API Term enif_make_resource(NifEnv *, void *obj);
NIF_API int enif_get_resource(NifEnv *, Term term, NifResourceType *type, void **objp);
NIF_API size_t enif_sizeof_resource(void *obj);
NIF_API unsigned char *enif_make_new_binary(NifEnv *, size_t size, Term *termp);
NIF_API int enif_is_list(NifEnv *, Term term);
NIF_API int enif_is_tuple(NifEnv *, Term term);
NIF_API int enif_get_atom_length(NifEnv *, Term atom, unsigned *len, NifCharEncoding);
NIF_API int enif_get_list_length(NifEnv *env, Term term, unsigned *len);
NIF_API Term enif_make_atom_len(NifEnv *env, const char *name, size_t len);
NIF_API int enif_make_existing_atom_len(NifEnv *env, const char *name, size_t len, Term *atom,
                                        NifCharEncoding);
NIF_API Term enif_make_string_len(NifEnv *env, const char *string, size_t len, NifCharEncoding);
NIF_API NifEnv *enif_alloc_env(void);
NIF_API void enif_free_env(NifEnv *env);
NIF_API void enif_clear_env(NifEnv *env);
NIF_API int enif_send(NifEnv *env, const NifPid *to_pid, NifEnv *msg_env, Term msg);
NIF_API Term enif_make_copy(NifEnv *dst_env, Term src_term);
NIF_API NifPid *enif_self(NifEnv *caller_env, NifPid *pid);
NIF_API int enif_get_local_pid(NifEnv *env, Term, NifPid *pid);
NIF_API void enif_keep_resource(void *obj);
NIF_API Term enif_make_resource_binary(NifEnv *, void *obj, const void *data, size_t size);
NIF_API int enif_is_exception(NifEnv *, Term term);
NIF_API int enif_make_reverse_list(NifEnv *, Term term, Term *list);
NIF_API int enif_is_number(NifEnv *, Term term);
NIF_API void *enif_dlopen(const char *lib, void (*err_handler)(void *, const char *),
                          void *err_arg);
NIF_API void *enif_dlsym(void *handle, const char *symbol,
                         void (*err_handler)(void *, const char *), void *err_arg);
NIF_API int enif_consume_timeslice(NifEnv *, int percent);
NIF_API int enif_is_map(NifEnv *env, Term term);
NIF_API int enif_get_map_size(NifEnv *env, Term term, size_t *size);
NIF_API Term enif_make_new_map(NifEnv *env);
NIF_API int enif_make_map_put(NifEnv *env, Term map_in, Term key, Term value, Term *map_out);
NIF_API int enif_get_map_value(NifEnv *env, Term map, Term key, Term *value);
NIF_API int enif_make_map_update(NifEnv *env, Term map_in, Term key, Term value, Term *map_out);
NIF_API int enif_make_map_remove(NifEnv *env, Term map_in, Term key, Term *map_out);
NIF_API int enif_map_iterator_create(NifEnv *env, Term map, NifMapIterator *iter,
                                     NifMapEntry entry);
NIF_API void enif_map_iterator_destroy(NifEnv *env, NifMapIterator *iter);
NIF_API int enif_map_iterator_is_head(NifEnv *env, NifMapIterator *iter);
NIF_API int enif_map_iterator_is_tail(NifEnv *env, NifMapIterator *iter);
NIF_API int enif_map_iterator_next(NifEnv *env, NifMapIterator *iter);
NIF_API int enif_map_iterator_prev(NifEnv *env, NifMapIterator *iter);
NIF_API int enif_map_iterator_get_pair(NifEnv *env, NifMapIterator *iter, Term *key, Term *value);
NIF_API Term enif_schedule_nif(NifEnv *, const char *, int, NifFunctionPointer *, int,
                               const Term[]);
NIF_API int enif_has_pending_exception(NifEnv *env, Term *reason);
NIF_API Term enif_raise_exception(NifEnv *env, Term reason);
NIF_API int enif_getenv(const char *key, char *value, size_t *value_size);
NIF_API NifTime enif_monotonic_time(NifTimeUnit);
NIF_API NifTime enif_time_offset(NifTimeUnit);
NIF_API NifTime enif_convert_time_unit(NifTime, NifTimeUnit, NifTimeUnit);
NIF_API Term enif_now_time(NifEnv *env);
NIF_API Term enif_cpu_time(NifEnv *env);
NIF_API Term enif_make_unique_integer(NifEnv *env, NifUniqueInteger properties);
NIF_API int enif_is_current_process_alive(NifEnv *env);
NIF_API int enif_is_process_alive(NifEnv *env, NifPid *pid);
NIF_API int enif_is_port_alive(NifEnv *env, NifPort *port_id);
NIF_API int enif_get_local_port(NifEnv *env, Term, NifPort *port_id);
NIF_API int enif_term_to_binary(NifEnv *env, Term term, NifBinary *bin);
NIF_API size_t enif_binary_to_term(NifEnv *env, const unsigned char *data, size_t sz, Term *term,
                                   unsigned int opts);
NIF_API int enif_port_command(NifEnv *env, const NifPort *to_port, NifEnv *msg_env, Term msg);
NIF_API int enif_thread_type(void);
NIF_API int enif_snprintf(char *buffer, size_t size, const char *format, ...);
NIF_API int enif_select(NifEnv *env, NifEvent e, int flags, void *obj, const NifPid *pid, Term ref);
NIF_API NifResourceType *enif_open_resource_type_x(NifEnv *, const char *name_str,
                                                   const NifResourceTypeInit *,
                                                   NifResourceFlags flags, NifResourceFlags *tried);
NIF_API int enif_monitor_process(NifEnv *, void *obj, const NifPid *, NifMonitor *monitor);
NIF_API int enif_demonitor_process(NifEnv *, void *obj, const NifMonitor *monitor);
NIF_API int enif_compare_monitors(const NifMonitor *, const NifMonitor *);
NIF_API uint64_t enif_hash(NifHash type, Term term, uint64_t salt);
NIF_API int enif_whereis_pid(NifEnv *env, Term name, NifPid *pid);
NIF_API int enif_whereis_port(NifEnv *env, Term name, NifPort *port);
NIF_API NifIOQueue *enif_ioq_create(int opts);
NIF_API void enif_ioq_destroy(NifIOQueue *q);
NIF_API int enif_ioq_enq_binary(NifIOQueue *q, NifBinary *bin, size_t skip);
NIF_API int enif_ioq_enqv(NifIOQueue *q, NifIOVec *iov, size_t skip);
NIF_API size_t enif_ioq_size(NifIOQueue *q);
NIF_API int enif_ioq_deq(NifIOQueue *q, size_t count, size_t *size);
NIF_API struct iovec *enif_ioq_peek(NifIOQueue *q, int *iovlen);
NIF_API int enif_inspect_iovec(NifEnv *env, size_t max_length, Term iovec_term, Term *tail,
                               NifIOVec **iovec);
NIF_API void enif_free_iovec(NifIOVec *iov);
NIF_API int enif_ioq_peek_head(NifEnv *env, NifIOQueue *q, size_t *size, Term *head);
NIF_API char *enif_mutex_name(NifMutex *);
NIF_API char *enif_cond_name(NifCond *);
NIF_API char *enif_rwlock_name(NifRWLock *);
NIF_API char *enif_thread_name(NifTid);
NIF_API int enif_vfprintf(FILE *, const char *fmt, va_list);
NIF_API int enif_vsnprintf(char *, size_t, const char *fmt, va_list);
NIF_API int enif_make_map_from_arrays(NifEnv *env, Term keys[], Term values[], size_t cnt,
                                      Term *map_out);
NIF_API int enif_select_x(NifEnv *env, NifEvent e, int flags, void *obj, const NifPid *pid,
                          Term msg, NifEnv *msg_env);
NIF_API Term enif_make_monitor_term(NifEnv *env, const NifMonitor *);
NIF_API void enif_set_pid_undefined(NifPid *pid);
NIF_API int enif_is_pid_undefined(const NifPid *pid);
NIF_API NifTermType enif_term_type(NifEnv *env, Term term);
NIF_API NifResourceType *enif_init_resource_type(NifEnv *, const char *name_str,
                                                 const NifResourceTypeInit *,
                                                 NifResourceFlags flags, NifResourceFlags *tried);
NIF_API int enif_dynamic_resource_call(NifEnv *, Term mod, Term name, Term rsrc, void *call_data);
NIF_API int enif_get_string_length(NifEnv *env, Term list, unsigned *len, NifCharEncoding);
NIF_API int enif_make_new_atom(NifEnv *env, const char *name, Term *atom, NifCharEncoding);
NIF_API int enif_make_new_atom_len(NifEnv *env, const char *name, size_t len, Term *atom,
                                   NifCharEncoding);
NIF_API int enif_set_option(NifEnv *env, NifOption option, ...);

#endif
