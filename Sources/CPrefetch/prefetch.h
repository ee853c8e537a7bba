#pragma once

/* Asks for the cache line at an address, which need not be valid, and does not wait. */
static inline __attribute__((always_inline)) void holdfast_prefetch(const void *address) {
  __builtin_prefetch(address, 1, 3);
}
