#pragma once
/* The interface that the public referee for matching engines,
   github.com/flash1-dev/matching-engine-benchmark, loads from a shared library. Layouts and numbers
   are those of its api/matching_engine_api.h. */
#include <stdint.h>

enum {
  REFEREE_ORDER_ACK,
  REFEREE_TRADE,
  REFEREE_CANCEL_ACK,
  REFEREE_MODIFY_ACK,
  REFEREE_CANCEL_REJECT,
  REFEREE_MODIFY_REJECT
};

typedef struct {
  uint64_t order_id, sequence_number;
  int64_t price_ticks;
  uint32_t quantity;
  uint8_t side, ioc, reserved[2];
} referee_new_order;

typedef struct {
  uint64_t order_id, sequence_number;
} referee_cancel;

typedef struct {
  uint64_t order_id, sequence_number;
  int64_t new_price_ticks;
  uint32_t new_quantity;
  uint8_t side, reserved[3];
} referee_modify;

typedef struct {
  uint8_t type, side, reserved[6];
  uint64_t sequence_number, order_id;
  int64_t price_ticks;
  uint32_t quantity, reserved2;
  uint64_t maker_order_id, taker_order_id, reserved3;
} referee_report;

typedef struct {
  void *(*create)(uint32_t capacity);
  int (*push)(void *handle, const referee_report *report);
  uint32_t (*drain)(void *handle, referee_report *out, uint32_t max);
  void (*flush)(void *handle);
  void (*destroy)(void *handle);
} referee_transport;

_Static_assert(sizeof(referee_new_order) == 32, "layout of the referee");
_Static_assert(sizeof(referee_cancel) == 16, "layout of the referee");
_Static_assert(sizeof(referee_modify) == 32, "layout of the referee");
_Static_assert(sizeof(referee_report) == 64, "layout of the referee");
