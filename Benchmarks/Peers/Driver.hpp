// The frame that every engine in C++ is timed in. It loads a workload file, then answers each line on
// standard input with one timed pass over a fresh engine:
//   ns=..., trades=..., sum=..., resting=... (0 when the engine does not count)
// With --once it makes one pass and ends.
//
// An engine is a class with a constructor from Header, apply(const Command &) and resting(), which
// calls trade(maker, taker, price, quantity) for every execution. The commands of the prefill are not
// timed. Trades are noted inside the timed region and added to the checksum outside of it, in groups of
// 1024 commands, as the exchange's own events are.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <time.h>
#include <vector>

enum Operation : uint8_t { Limit = 1, ImmediateOrCancel, FillOrKill, PostOnly, Market, Cancel, Reduce, Move };

struct Command {
  uint8_t operation, side; // side 0 buys, 1 sells
  uint16_t symbol;
  uint32_t user;
  uint64_t order, price, quantity;
};

struct Header {
  char magic[8];
  uint64_t prefill, commands, symbols, depth, users, seed, mix, orderLimit, priceLimit;
  uint64_t trades, volume, notional, orderedSum, setSum, restingOrders, restingSum, refused, tradedCommands;
  uint64_t reserved[5];
};
static_assert(sizeof(Command) == 32 && sizeof(Header) == 192);

struct Trade {
  uint64_t maker, taker, price, quantity;
};

// Room for what 1024 commands can trade; the last pass that needs more stops with a message.
inline Trade tape[1 << 20];
inline size_t tapeLength = 0;

inline void trade(uint64_t maker, uint64_t taker, uint64_t price, uint64_t quantity) {
  if (tapeLength == sizeof tape / sizeof *tape) {
    fprintf(stderr, "more trades in 1024 commands than the tape holds\n");
    exit(3);
  }
  tape[tapeLength++] = {maker, taker, price, quantity};
}

[[noreturn]] inline void unsupported(uint8_t operation) {
  fprintf(stderr, "operation %d is not supported by this engine\n", operation);
  exit(3);
}

struct Checksum {
  uint64_t sum = 0xcbf29ce484222325ull, trades = 0;
  void step(uint64_t word) {
    sum = (sum ^ word) * 0x9E3779B97F4A7C15ull;
    sum ^= sum >> 29;
  }
  void takeTape() {
    for (size_t i = 0; i < tapeLength; i++) {
      step(tape[i].maker), step(tape[i].taker), step(tape[i].price), step(tape[i].quantity);
    }
    trades += tapeLength;
    tapeLength = 0;
  }
};

inline uint64_t now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

// Its own function, so that profilers can count it alone.
template <class Engine>
__attribute__((noinline)) void timedRegion(Engine &engine, const Command *command, const Command *end) {
  for (; command != end; ++command) engine.apply(*command);
}

template <class Engine> void pass(const Header &header, const std::vector<Command> &commands) {
  auto engine = std::make_unique<Engine>(header);
  Checksum checksum;
  uint64_t nanoseconds = 0;
  const Command *first = commands.data(), *timed = first + header.prefill, *end = timed + header.commands;
  for (; first != timed; ++first) {
    engine->apply(*first);
    checksum.takeTape();
  }
  checksum.trades = 0;
  for (const Command *group = timed; group != end;) {
    const Command *next = group + std::min<ptrdiff_t>(1024, end - group);
    uint64_t start = now();
    timedRegion(*engine, group, next);
    nanoseconds += now() - start;
    checksum.takeTape();
    group = next;
  }
  printf("ns=%llu trades=%llu sum=%llu resting=%llu\n", (unsigned long long)nanoseconds,
         (unsigned long long)checksum.trades, (unsigned long long)checksum.sum,
         (unsigned long long)engine->resting());
  fflush(stdout);
}

template <class Engine> int serve(int count, char **arguments) {
  bool once = count == 3 && !strcmp(arguments[2], "--once");
  if (count < 2 || (count > 2 && !once)) {
    fprintf(stderr, "usage: %s FILE [--once]\n", arguments[0]);
    return 2;
  }
  FILE *file = fopen(arguments[1], "rb");
  Header header;
  if (!file || fread(&header, sizeof header, 1, file) != 1 || memcmp(header.magic, "XWORKLD1", 8)) {
    fprintf(stderr, "%s: not a workload\n", arguments[1]);
    return 2;
  }
  std::vector<Command> commands(header.prefill + header.commands);
  if (fread(commands.data(), sizeof(Command), commands.size(), file) != commands.size()) {
    fprintf(stderr, "%s: shorter than its header says\n", arguments[1]);
    return 2;
  }
  fclose(file);
  if (once) {
    pass<Engine>(header, commands);
    return 0;
  }
  puts("ready");
  fflush(stdout);
  char line[64];
  while (fgets(line, sizeof line, stdin)) pass<Engine>(header, commands);
  return 0;
}
