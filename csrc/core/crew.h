/* A crew: threads that work through jobs beside the program, with results in the order of the jobs.
 *
 * One thread owns the crew: it puts jobs in and takes results out. Each job gets a ticket; at most
 * `room` jobs are on their way, so no queue grows without bound. What a job and a result are is the
 * caller's business: a job is a pointer, which the worker gives back as the result. */
#ifndef CR_CORE_CREW_H
#define CR_CORE_CREW_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

#define CR_CREW_MAX_THREADS 64
#define CR_CREW_MAX_ROOM 4096

typedef struct cr_crew cr_crew;

typedef struct {
  void (*work)(cr_crew *crew,
               void *context);         /* what each thread runs: until cr_crew_take says no */
  void (*free_job)(void *job);         /* for jobs and results that nobody takes */
  void (*free_context)(void *context); /* when the last thread has gone */
} cr_crew_actions;

/* Starts the threads. The crew owns the context from then on, but not when this fails. */
cr_status cr_crew_new(cr_crew **out, const cr_crew_actions *actions, void *context, int threads,
                      int room);

/* ---- for the owner ---- */

/* Hands a job over; CR_EINVAL when there is no room (the job stays the caller's). */
cr_status cr_crew_put(cr_crew *crew, void *job);

/* The result of the oldest job, which then is done; NULL when it is not there within the seconds.
 * CR_EINVAL when no job is on its way, or in a child after fork, where the threads are not. */
cr_status cr_crew_next(cr_crew *crew, double seconds, void **result);

/* Jobs that are on their way. */
int cr_crew_pending(cr_crew *crew);

/* Drops all jobs: those that nobody began are freed now, the others' results when they come. */
void cr_crew_forget(cr_crew *crew);

/* Tells the threads to stop and waits for them, for at most two seconds: one that hangs in a call of
 * the system keeps what it needs and cleans up when it comes back. */
void cr_crew_close(cr_crew *crew);

/* ---- for the threads ---- */

/* The next job; false when the crew stops. */
bool cr_crew_take(cr_crew *crew, int64_t *ticket, void **job);
void cr_crew_give(cr_crew *crew, int64_t ticket, void *result);
bool cr_crew_is_stopping(const cr_crew *crew);

#endif
