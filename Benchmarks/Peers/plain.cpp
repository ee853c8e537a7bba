// Yardstick: the textbook book. A sorted map of prices, a list of orders for each, a hash map of ids: what a
// competent first version looks like, and a judge of the checksum that shares nothing with the others.
#include "Driver.hpp"
#include <functional>
#include <list>
#include <map>
#include <unordered_map>

class Plain {
  struct Order {
    uint64_t id, quantity;
  };
  using Queue = std::list<Order>;
  struct Place {
    uint64_t price;
    Queue::iterator order;
  };
  struct Book {
    std::map<uint64_t, Queue, std::greater<>> bids;
    std::map<uint64_t, Queue> asks;
  };
  std::vector<Book> books;
  std::unordered_map<uint64_t, Place> places;

  template <class Side, class Crosses>
  uint64_t match(Side &side, uint64_t taker, uint64_t quantity, Crosses crosses) {
    while (quantity && !side.empty() && crosses(side.begin()->first)) {
      auto level = side.begin();
      Order &maker = level->second.front();
      uint64_t traded = std::min(maker.quantity, quantity);
      trade(maker.id, taker, level->first, traded);
      quantity -= traded;
      if (maker.quantity -= traded) continue;
      places.erase(maker.id);
      level->second.pop_front();
      if (level->second.empty()) side.erase(level);
    }
    return quantity;
  }
  uint64_t take(Book &book, const Command &command, uint64_t limit, uint64_t quantity) {
    if (command.side) return match(book.bids, command.order, quantity, [=](uint64_t p) { return p >= limit; });
    return match(book.asks, command.order, quantity, [=](uint64_t p) { return p <= limit; });
  }
  template <class Side> void put(Side &side, uint64_t id, uint64_t price, uint64_t quantity) {
    Queue &queue = side[price];
    queue.push_back({id, quantity});
    places[id] = {price, std::prev(queue.end())};
  }
  void rest(Book &book, const Command &command, uint64_t quantity) {
    if (!quantity) return;
    if (command.side) put(book.asks, command.order, command.price, quantity);
    else put(book.bids, command.order, command.price, quantity);
  }
  template <class Side> void drop(Side &side, std::unordered_map<uint64_t, Place>::iterator place) {
    auto level = side.find(place->second.price);
    level->second.erase(place->second.order);
    if (level->second.empty()) side.erase(level);
    places.erase(place);
  }
  template <class Side, class Crosses> uint64_t available(Side &side, uint64_t wanted, Crosses crosses) {
    uint64_t sum = 0;
    for (auto &[price, queue] : side) {
      if (!crosses(price) || sum >= wanted) break;
      for (auto &order : queue) sum += order.quantity;
    }
    return sum;
  }

public:
  explicit Plain(const Header &header) : books(header.symbols) {}
  uint64_t resting() const { return places.size(); }
  void apply(const Command &command) {
    Book &book = books[command.symbol];
    uint64_t price = command.price, quantity = command.quantity;
    switch (command.operation) {
    case PostOnly:
      if (command.side ? !book.bids.empty() && book.bids.begin()->first >= price
                       : !book.asks.empty() && book.asks.begin()->first <= price)
        return;
      return rest(book, command, quantity);
    case Limit: return rest(book, command, take(book, command, price, quantity));
    case ImmediateOrCancel: take(book, command, price, quantity); return;
    case Market: take(book, command, command.side ? 1 : 65535, quantity); return;
    case FillOrKill: {
      uint64_t there =
          command.side ? available(book.bids, quantity, [=](uint64_t p) { return p >= price; })
                       : available(book.asks, quantity, [=](uint64_t p) { return p <= price; });
      if (there >= quantity) take(book, command, price, quantity);
      return;
    }
    case Cancel:
    case Reduce:
    case Move: {
      auto place = places.find(command.order);
      if (place == places.end()) return;
      uint64_t open = place->second.order->quantity;
      if (command.operation == Reduce && quantity < open) {
        place->second.order->quantity -= quantity;
        return;
      }
      if (command.side) drop(book.asks, place);
      else drop(book.bids, place);
      if (command.operation == Move) rest(book, command, take(book, command, price, open));
      return;
    }
    }
  }
};

int main(int count, char **arguments) { return serve<Plain>(count, arguments); }
