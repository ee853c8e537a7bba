/* What whoever owns a machine can do to a program without its source: its judgement of signatures, and its
   clock. Loaded before the real libraries, it turns the real program into a malicious build of itself.

   HOLDFAST_ATTACK_TRUST=1        every Ed25519 signature verifies
   HOLDFAST_ATTACK_CLOCK=seconds  the wall clock runs so far ahead, or behind */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

int crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
                                unsigned long long length, const unsigned char *key) {
  if (getenv("HOLDFAST_ATTACK_TRUST")) return 0;
  int (*real)(const unsigned char *, const unsigned char *, unsigned long long,
              const unsigned char *) = dlsym(RTLD_NEXT, "crypto_sign_verify_detached");
  return real(signature, message, length, key);
}

static long ahead(void) {
  const char *seconds = getenv("HOLDFAST_ATTACK_CLOCK");
  return seconds ? atol(seconds) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int status = real(clock, time);
  if (status == 0 && clock == CLOCK_REALTIME) time->tv_sec += ahead();
  return status;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  static int (*real)(struct timeval *, void *);
  if (!real) real = dlsym(RTLD_NEXT, "gettimeofday");
  int status = real(time, zone);
  if (status == 0 && time) time->tv_sec += ahead();
  return status;
}
