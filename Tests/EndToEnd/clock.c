// A clock that a drill sets forward, put before the C library of programs that know nothing of it.
//
// The number of seconds lies in the file $DRILL_CLOCK, which stays mapped: reading it takes no system call, so
// a signer under its filter has the same clock. Only what tells the time of day is moved; time that is measured
// (CLOCK_MONOTONIC) is not, and deadlines in the time of day are moved back before they reach the kernel.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead;
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_cond_timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static int (*real_sem_timedwait)(sem_t *, const struct timespec *);

__attribute__((constructor)) static void begin(void) {
  real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
  real_cond_timedwait = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
  real_sem_timedwait = dlsym(RTLD_NEXT, "sem_timedwait");
  const char *path = getenv("DRILL_CLOCK");
  if (!path) return;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) abort();
  void *map = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (map == MAP_FAILED) abort();
  ahead = map;
}

static int64_t seconds(void) { return ahead ? *ahead : 0; }

int clock_gettime(clockid_t id, struct timespec *at) {
  if (!real_clock_gettime) real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real_clock_gettime(id, at);
  if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) at->tv_sec += seconds();
  return result;
}

int gettimeofday(struct timeval *at, void *zone) {
  (void)zone;
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}

// A deadline that was told by the clock above; those of CLOCK_MONOTONIC count from the machine's start.
static struct timespec moved(const struct timespec *deadline) {
  struct timespec real = *deadline;
  if (real.tv_sec > 1000000000) real.tv_sec -= seconds();
  return real;
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *deadline) {
  struct timespec real = moved(deadline);
  return real_cond_timedwait(condition, mutex, &real);
}

int sem_timedwait(sem_t *semaphore, const struct timespec *deadline) {
  struct timespec real = moved(deadline);
  return real_sem_timedwait(semaphore, &real);
}
