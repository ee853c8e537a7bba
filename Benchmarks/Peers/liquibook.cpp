// liquibook's OrderBook: a multimap of prices for each side. The caller owns the orders and their index,
// here a dense table. A move is a cancel and a new order: its replace() keeps the priority.
#include "Driver.hpp"
#include "book/order_book.h"

namespace lb = liquibook::book;

struct Entry {
  uint64_t id = 0;
  lb::Price limit = 0;
  lb::Quantity size = 0, open = 0;
  bool buys = false, allOrNone = false, immediate = false, rests = false;

  bool is_limit() const { return limit != 0; }
  bool is_buy() const { return buys; }
  lb::Price price() const { return limit; }
  lb::Price stop_price() const { return 0; }
  lb::Quantity order_qty() const { return size; }
  bool all_or_none() const { return allOrNone; }
  bool immediate_or_cancel() const { return immediate; }
};

struct Listening : lb::OrderBook<Entry *>, lb::OrderListener<Entry *> {
  Listening() { set_order_listener(this); }
  void on_accept(Entry *const &) override {}
  void on_reject(Entry *const &, const char *) override {}
  void on_fill(Entry *const &taker, Entry *const &maker, lb::Quantity quantity, lb::Price price) override {
    trade(maker->id, taker->id, price, quantity);
    taker->open -= quantity;
    if (!(maker->open -= quantity)) maker->rests = false;
  }
  void on_cancel(Entry *const &order) override { order->rests = false; }
  void on_cancel_reject(Entry *const &, const char *) override {}
  void on_replace(Entry *const &order, const int64_t &change, lb::Price price) override {
    order->open += change;
    order->size += change;
    order->limit = price;
  }
  void on_replace_reject(Entry *const &, const char *) override {}
};

class Books {
  std::vector<Entry> entries;
  std::vector<std::unique_ptr<Listening>> books;

  void put(Listening &book, const Command &command, lb::Price price, lb::Quantity quantity,
           lb::OrderConditions conditions) {
    Entry &entry = entries[command.order];
    entry = {command.order, price, quantity, quantity, command.side == 0, (conditions & lb::oc_all_or_none) != 0,
             (conditions & lb::oc_immediate_or_cancel) != 0, true};
    book.add(&entry, conditions);
    if (!entry.open || conditions || !price) entry.rests = false;
  }

public:
  explicit Books(const Header &header) : entries(header.orderLimit + 1) {
    for (uint64_t number = 0; number < header.symbols; number++) books.push_back(std::make_unique<Listening>());
  }
  uint64_t resting() const { return 0; }
  void apply(const Command &command) {
    Listening &book = *books[command.symbol];
    Entry &entry = entries[command.order];
    switch (command.operation) {
    case PostOnly:
      if (command.side ? !book.bids().empty() && book.bids().begin()->first.price() >= command.price
                       : !book.asks().empty() && book.asks().begin()->first.price() <= command.price)
        return;
      [[fallthrough]];
    case Limit: return put(book, command, command.price, command.quantity, 0);
    case ImmediateOrCancel: return put(book, command, command.price, command.quantity, lb::oc_immediate_or_cancel);
    case FillOrKill:
      return put(book, command, command.price, command.quantity, lb::oc_immediate_or_cancel | lb::oc_all_or_none);
    case Market: return put(book, command, 0, command.quantity, lb::oc_immediate_or_cancel);
    case Cancel:
      if (entry.rests) book.cancel(&entry);
      return;
    case Reduce:
      if (!entry.rests) return;
      if (command.quantity >= entry.open) book.cancel(&entry);
      else book.replace(&entry, -(int64_t)command.quantity, lb::PRICE_UNCHANGED);
      return;
    case Move:
      if (!entry.rests) return;
      auto open = entry.open;
      book.cancel(&entry);
      return put(book, command, command.price, open, 0);
    }
  }
};

int main(int count, char **arguments) { return serve<Books>(count, arguments); }
