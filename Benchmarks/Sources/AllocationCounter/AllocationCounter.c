// Stands before the C library's allocator and counts. Preloaded into the program that is measured; loaded
// otherwise, it changes nothing. glibc only: the functions behind it have their names since 1996.
#include "AllocationCounter.h"
#include <stdatomic.h>
#include <stddef.h>
#include <errno.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Atomic uint64_t count;

static void one(void) { atomic_fetch_add_explicit(&count, 1, memory_order_relaxed); }

uint64_t holdfast_allocation_count(void) { return atomic_load_explicit(&count, memory_order_relaxed); }

void *malloc(size_t size) {
  one();
  return __libc_malloc(size);
}

void *calloc(size_t items, size_t size) {
  one();
  return __libc_calloc(items, size);
}

void *realloc(void *block, size_t size) {
  one();
  return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
  one();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) || alignment & (alignment - 1) || !alignment) return EINVAL;
  void *got = memalign(alignment, size);
  if (!got) return ENOMEM;
  *block = got;
  return 0;
}
