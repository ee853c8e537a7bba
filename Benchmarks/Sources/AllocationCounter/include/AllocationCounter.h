#pragma once
#include <stdint.h>

// How often memory was asked for in this process so far.
uint64_t holdfast_allocation_count(void);
