#include "core/status.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

static _Thread_local char message[512];
static volatile sig_atomic_t interrupt_requested;

cr_status cr_fail(cr_status code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  return code;
}

const char *cr_error_message(void) { return message; }

void cr_interrupt_request(void) { interrupt_requested = 1; }

void cr_interrupt_clear(void) { interrupt_requested = 0; }

bool cr_interrupt_pending(void) { return interrupt_requested != 0; }

cr_status cr_check_interrupt(void) {
  if (!interrupt_requested) return CR_OK;
  interrupt_requested = 0;
  return cr_fail(CR_EINTR, "interrupted");
}
