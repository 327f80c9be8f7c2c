#include "core/crew.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* The system's own threads may have less, and Lua's patterns and parsers are recursive. */
enum { stack_bytes = 8 << 20 };

#ifdef __APPLE__
enum { wait_clock = CLOCK_REALTIME }; /* the only one that conditions know there */
#else
enum { wait_clock = CLOCK_MONOTONIC };
#endif

static const double patience = 2; /* seconds that closing waits */

typedef struct {
  void *item;   /* the job, then the result */
  bool is_done; /* it is the result */
} slot;

/* Tickets count jobs: first <= next <= last. Jobs from `first` on are on their way, those from
 * `next` on wait for a worker. The slot of a ticket is ticket % room. */
struct cr_crew {
  pthread_mutex_t lock;
  pthread_cond_t job_came, result_came, thread_left;
  cr_crew_actions actions;
  void *context;
  pid_t process;
  int room, alive, references;
  atomic_bool stopping;
  int64_t first, next, last;
  cr_crew *later; /* in the list of all crews */
  slot slots[];
};

/* All crews of the process, so that its end can stop them. */
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;
static cr_crew *all;

static slot *slot_of(cr_crew *crew, int64_t ticket) { return &crew->slots[ticket % crew->room]; }

static struct timespec moment_in(double seconds) {
  struct timespec t;
  clock_gettime(wait_clock, &t);
  double whole = (double)t.tv_nsec + seconds * 1e9;
  t.tv_sec += (time_t)(whole / 1e9);
  t.tv_nsec = (long)(whole - 1e9 * (double)(time_t)(whole / 1e9));
  return t;
}

static void free_crew(cr_crew *crew) {
  for (int i = 0; i < crew->room; i++)
    if (crew->slots[i].item) crew->actions.free_job(crew->slots[i].item);
  crew->actions.free_context(crew->context);
  pthread_cond_destroy(&crew->job_came);
  pthread_cond_destroy(&crew->result_came);
  pthread_cond_destroy(&crew->thread_left);
  pthread_mutex_destroy(&crew->lock);
  free(crew);
}

/* Called with the lock held, which it gives back. */
static void drop_reference(cr_crew *crew) {
  bool is_last = --crew->references == 0;
  pthread_mutex_unlock(&crew->lock);
  if (is_last) free_crew(crew);
}

static void stop(cr_crew *crew) {
  pthread_mutex_lock(&crew->lock);
  atomic_store(&crew->stopping, true);
  pthread_cond_broadcast(&crew->job_came);
  pthread_mutex_unlock(&crew->lock);
}

/* Called with the lock held: until no thread is left or the time is over. */
static void wait_for_threads(cr_crew *crew) {
  struct timespec end = moment_in(patience);
  while (crew->alive > 0)
    if (pthread_cond_timedwait(&crew->thread_left, &crew->lock, &end) == ETIMEDOUT) break;
}

/* The end of the process: threads that still compute would meet what other libraries take down. */
static void stop_all(void) {
  pid_t process = getpid();
  pthread_mutex_lock(&all_lock);
  for (cr_crew *crew = all; crew; crew = crew->later)
    if (crew->process == process) stop(crew);
  for (cr_crew *crew = all; crew; crew = crew->later) {
    if (crew->process != process) continue;
    pthread_mutex_lock(&crew->lock);
    wait_for_threads(crew);
    pthread_mutex_unlock(&crew->lock);
  }
  pthread_mutex_unlock(&all_lock);
}

static void register_stop(void) { atexit(stop_all); }

static void enlist(cr_crew *crew) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, register_stop);
  pthread_mutex_lock(&all_lock);
  crew->later = all;
  all = crew;
  pthread_mutex_unlock(&all_lock);
}

static void delist(cr_crew *crew) {
  pthread_mutex_lock(&all_lock);
  for (cr_crew **at = &all; *at; at = &(*at)->later) {
    if (*at != crew) continue;
    *at = crew->later;
    break;
  }
  pthread_mutex_unlock(&all_lock);
}

static void *run(void *data) {
  cr_crew *crew = data;
  crew->actions.work(crew, crew->context);
  pthread_mutex_lock(&crew->lock);
  crew->alive--;
  pthread_cond_broadcast(&crew->thread_left);
  drop_reference(crew);
  return NULL;
}

static void start_threads(cr_crew *crew, int threads) {
  sigset_t all_signals, old;
  sigfillset(&all_signals);
  pthread_sigmask(SIG_SETMASK, &all_signals, &old); /* signals belong to the program's threads */
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  pthread_mutex_lock(&crew->lock);
  for (int i = 0; i < threads; i++) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, run, crew) != 0) break;
    crew->alive++;
    crew->references++;
  }
  pthread_mutex_unlock(&crew->lock);
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void init_conditions(cr_crew *crew) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
#ifndef __APPLE__
  pthread_condattr_setclock(&attributes, wait_clock);
#endif
  pthread_cond_init(&crew->job_came, &attributes);
  pthread_cond_init(&crew->result_came, &attributes);
  pthread_cond_init(&crew->thread_left, &attributes);
  pthread_condattr_destroy(&attributes);
}

cr_status cr_crew_new(cr_crew **out, const cr_crew_actions *actions, void *context, int threads,
                      int room) {
  *out = NULL;
  if (threads < 1 || threads > CR_CREW_MAX_THREADS)
    return cr_fail(CR_EINVAL, "number of workers must be from 1 to %d, got %d", CR_CREW_MAX_THREADS,
                   threads);
  if (room < 1 || room > CR_CREW_MAX_ROOM)
    return cr_fail(CR_EINVAL, "room for jobs must be from 1 to %d, got %d", CR_CREW_MAX_ROOM, room);
  cr_crew *crew = calloc(1, sizeof *crew + (size_t)room * sizeof *crew->slots);
  if (!crew) return cr_fail(CR_ENOMEM, "out of memory");
  crew->actions = *actions;
  crew->context = context;
  crew->process = getpid();
  crew->room = room;
  crew->references = 1;
  atomic_init(&crew->stopping, false);
  pthread_mutex_init(&crew->lock, NULL);
  init_conditions(crew);
  start_threads(crew, threads);
  if (crew->references == 1) { /* then nobody else knows of it */
    pthread_mutex_destroy(&crew->lock);
    free(crew);
    return cr_fail(CR_EIO, "the system gives no thread");
  }
  enlist(crew);
  *out = crew;
  return CR_OK;
}

/* ---- for the owner ---- */

cr_status cr_crew_put(cr_crew *crew, void *job) {
  if (crew->process != getpid())
    return cr_fail(CR_EINVAL, "the workers belong to the process that started them");
  pthread_mutex_lock(&crew->lock);
  bool has_room = crew->last - crew->first < crew->room;
  if (has_room) {
    *slot_of(crew, crew->last++) = (slot){job, false};
    pthread_cond_signal(&crew->job_came);
  }
  pthread_mutex_unlock(&crew->lock);
  if (has_room) return CR_OK;
  return cr_fail(CR_EINVAL, "there is no room for more than %d jobs", crew->room);
}

cr_status cr_crew_next(cr_crew *crew, double seconds, void **result) {
  *result = NULL;
  if (crew->process != getpid())
    return cr_fail(CR_EINVAL, "the workers belong to the process that started them");
  struct timespec end = moment_in(seconds);
  pthread_mutex_lock(&crew->lock);
  bool is_empty = crew->first == crew->last;
  while (!is_empty && !slot_of(crew, crew->first)->is_done)
    if (pthread_cond_timedwait(&crew->result_came, &crew->lock, &end) == ETIMEDOUT) break;
  slot *oldest = slot_of(crew, crew->first);
  if (!is_empty && oldest->is_done) {
    *result = oldest->item;
    *oldest = (slot){NULL, false};
    crew->first++;
  }
  pthread_mutex_unlock(&crew->lock);
  return is_empty ? cr_fail(CR_EINVAL, "no job is on its way") : CR_OK;
}

int cr_crew_pending(cr_crew *crew) {
  if (crew->process != getpid()) return 0;
  pthread_mutex_lock(&crew->lock);
  int pending = (int)(crew->last - crew->first);
  pthread_mutex_unlock(&crew->lock);
  return pending;
}

void cr_crew_forget(cr_crew *crew) {
  if (crew->process != getpid()) return;
  pthread_mutex_lock(&crew->lock);
  for (int64_t ticket = crew->first; ticket < crew->last; ticket++) {
    slot *s = slot_of(crew, ticket);
    if (s->item) crew->actions.free_job(s->item);
    *s = (slot){NULL, false};
  }
  crew->first = crew->next = crew->last;
  pthread_mutex_unlock(&crew->lock);
}

void cr_crew_close(cr_crew *crew) {
  if (crew->process != getpid()) return; /* a child after fork: the lock may be held for good */
  delist(crew);
  stop(crew);
  pthread_mutex_lock(&crew->lock);
  wait_for_threads(crew);
  drop_reference(crew);
}

/* ---- for the threads ---- */

bool cr_crew_take(cr_crew *crew, int64_t *ticket, void **job) {
  pthread_mutex_lock(&crew->lock);
  while (!atomic_load(&crew->stopping) && crew->next == crew->last)
    pthread_cond_wait(&crew->job_came, &crew->lock);
  bool is_job = !atomic_load(&crew->stopping);
  if (is_job) {
    *ticket = crew->next++;
    *job = slot_of(crew, *ticket)->item;
    slot_of(crew, *ticket)->item = NULL; /* the worker's, while it works */
  }
  pthread_mutex_unlock(&crew->lock);
  return is_job;
}

void cr_crew_give(cr_crew *crew, int64_t ticket, void *result) {
  pthread_mutex_lock(&crew->lock);
  bool is_wanted = ticket >= crew->first;
  if (is_wanted) {
    *slot_of(crew, ticket) = (slot){result, true};
    if (ticket == crew->first) pthread_cond_signal(&crew->result_came);
  }
  pthread_mutex_unlock(&crew->lock);
  if (!is_wanted) crew->actions.free_job(result);
}

bool cr_crew_is_stopping(const cr_crew *crew) { return atomic_load(&crew->stopping); }
