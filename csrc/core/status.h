/* Status codes and their messages.
 *
 * Every function that can fail returns a cr_status. The text of the failure is kept per thread and
 * says what was expected and what came; whoever calls (the Lua glue, a layer) adds its own name. */
#ifndef CR_CORE_STATUS_H
#define CR_CORE_STATUS_H

#include <stdbool.h>

typedef enum {
  CR_OK = 0,
  CR_EINVAL, /* an argument or a shape is wrong */
  CR_ENOMEM, /* memory ran out; nothing was changed, so the call may be repeated after collecting */
  CR_EINTR,  /* the user asked to stop (Ctrl-C) */
  CR_EIO,    /* a file or a library failed */
} cr_status;

/* Records the message and returns the code, so that a check reads `return cr_fail(...)`. */
cr_status cr_fail(cr_status code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The message of this thread's last failure. */
const char *cr_error_message(void);

/* Hands a failure on to the caller. */
#define CR_TRY(expression)                                                                         \
  do {                                                                                             \
    cr_status cr_try_status = (expression);                                                        \
    if (cr_try_status != CR_OK) return cr_try_status;                                              \
  } while (0)

/* Ctrl-C: the signal handler requests, long loops ask. cr_check_interrupt fails with CR_EINTR once
 * for each request. cr_interrupt_pending only looks, and may be called from worker threads. */
void cr_interrupt_request(void);
void cr_interrupt_clear(void);
bool cr_interrupt_pending(void);
cr_status cr_check_interrupt(void);

#endif
