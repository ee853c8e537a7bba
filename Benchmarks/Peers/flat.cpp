// Yardstick: about the least work that a book with price-time priority can do. A dense table of orders, levels
// by tick under a bitmap of two stages, linked queues, no allocation after the start. No checks, no
// ledger, no events: a floor, not a product.
#include "Driver.hpp"

class Flat {
  static constexpr uint32_t ticks = 65536, none = ticks;
  struct Level {
    uint32_t head = 0, tail = 0;
    uint64_t quantity = 0;
  };
  struct Order {
    uint64_t quantity;
    uint32_t price, next, previous;
    uint16_t symbol;
    uint8_t side, rests;
  };
  struct Side {
    std::vector<Level> levels{ticks};
    std::vector<uint64_t> words = std::vector<uint64_t>(ticks / 64);
    uint64_t summary[16] = {};
  };
  struct Book {
    Side sides[2];
  };
  std::vector<Order> orders;
  std::vector<Book> books;
  uint64_t count = 0;

  // The highest bid or the lowest ask.
  static uint32_t best(const Side &side, int which) {
    if (which == 0) {
      for (int i = 15; i >= 0; i--)
        if (side.summary[i]) {
          uint32_t word = i * 64 + 63 - __builtin_clzll(side.summary[i]);
          return word * 64 + 63 - __builtin_clzll(side.words[word]);
        }
    } else {
      for (int i = 0; i < 16; i++)
        if (side.summary[i]) {
          uint32_t word = i * 64 + __builtin_ctzll(side.summary[i]);
          return word * 64 + __builtin_ctzll(side.words[word]);
        }
    }
    return none;
  }
  void unlink(Side &side, uint32_t id) {
    Order &order = orders[id];
    Level &level = side.levels[order.price];
    (order.previous ? orders[order.previous].next : level.head) = order.next;
    (order.next ? orders[order.next].previous : level.tail) = order.previous;
    level.quantity -= order.quantity;
    order.rests = 0;
    count--;
    if (level.head) return;
    uint32_t word = order.price >> 6;
    if (!(side.words[word] &= ~(1ull << (order.price & 63)))) side.summary[word >> 6] &= ~(1ull << (word & 63));
  }
  void rest(Side &side, uint32_t id, int which, uint32_t price, uint64_t quantity, uint16_t symbol) {
    Level &level = side.levels[price];
    orders[id] = {quantity, price, 0, level.tail, symbol, (uint8_t)which, 1};
    if (level.tail) {
      orders[level.tail].next = id;
    } else {
      level.head = id;
      uint32_t word = price >> 6;
      side.words[word] |= 1ull << (price & 63);
      side.summary[word >> 6] |= 1ull << (word & 63);
    }
    level.tail = id;
    level.quantity += quantity;
    count++;
  }
  uint64_t match(Side &side, int which, uint64_t taker, uint32_t limit, uint64_t quantity) {
    while (quantity) {
      uint32_t price = best(side, which);
      if (price == none || (which ? price > limit : price < limit)) break;
      Level &level = side.levels[price];
      uint32_t maker = level.head;
      uint64_t traded = std::min(orders[maker].quantity, quantity);
      trade(maker, taker, price, traded);
      quantity -= traded;
      if (traded == orders[maker].quantity) {
        unlink(side, maker);
      } else {
        orders[maker].quantity -= traded;
        level.quantity -= traded;
      }
    }
    return quantity;
  }
  static uint64_t available(const Side &side, int which, uint32_t limit, uint64_t wanted) {
    uint32_t price = best(side, which);
    uint64_t sum = 0;
    if (price == none) return 0;
    if (which)
      for (; price < ticks && price <= limit && sum < wanted; price++) sum += side.levels[price].quantity;
    else
      for (; price > 0 && price >= limit && sum < wanted; price--) sum += side.levels[price].quantity;
    return sum;
  }

public:
  explicit Flat(const Header &header) : orders(header.orderLimit + 1), books(header.symbols) {}
  uint64_t resting() const { return count; }
  void apply(const Command &command) {
    int which = command.side;
    Side &mine = books[command.symbol].sides[which], &theirs = books[command.symbol].sides[!which];
    uint32_t id = command.order, price = command.price;
    uint64_t quantity = command.quantity;
    switch (command.operation) {
    case PostOnly: {
      uint32_t other = best(theirs, !which);
      if (other != none && (which ? other >= price : other <= price)) return;
      return rest(mine, id, which, price, quantity, command.symbol);
    }
    case Move:
      quantity = orders[id].quantity;
      unlink(mine, id);
      [[fallthrough]];
    case Limit:
      quantity = match(theirs, !which, id, price, quantity);
      if (quantity) rest(mine, id, which, price, quantity, command.symbol);
      return;
    case ImmediateOrCancel: match(theirs, !which, id, price, quantity); return;
    case Market: match(theirs, !which, id, which ? 1 : ticks - 1, quantity); return;
    case FillOrKill:
      if (available(theirs, !which, price, quantity) >= quantity) match(theirs, !which, id, price, quantity);
      return;
    case Cancel:
      if (orders[id].rests) unlink(mine, id);
      return;
    case Reduce:
      if (quantity >= orders[id].quantity) return unlink(mine, id);
      orders[id].quantity -= quantity;
      mine.levels[orders[id].price].quantity -= quantity;
      return;
    }
  }
};

int main(int count, char **arguments) { return serve<Flat>(count, arguments); }
