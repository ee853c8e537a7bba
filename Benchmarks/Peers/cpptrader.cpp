// CppTrader's MarketManager (github.com/chronoxor/CppTrader): AVL tree of levels, pooled orders, its own
// hash of ids, virtual callbacks. An execution comes as two callbacks: the maker's, then the taker's.
#include "Driver.hpp"
#include "trader/matching/market_manager.h"

using namespace CppTrader::Matching;
using PeerOrder = CppTrader::Matching::Order;

struct Executions : MarketHandler {
  uint64_t maker = 0;
  bool hasMaker = false;
  void onExecuteOrder(const PeerOrder &order, uint64_t price, uint64_t quantity) override {
    if (hasMaker) trade(maker, order.Id, price, quantity);
    maker = order.Id;
    hasMaker = !hasMaker;
  }
};

class Manager {
  Executions executions;
  MarketManager manager{executions};
  std::vector<const OrderBook *> books;

public:
  explicit Manager(const Header &header) {
    for (uint32_t number = 0; number < header.symbols; number++) {
      char name[8] = {};
      snprintf(name, sizeof name, "S%04u", number);
      Symbol symbol(number, name);
      manager.AddSymbol(symbol);
      manager.AddOrderBook(symbol);
    }
    manager.EnableMatching();
    for (uint32_t number = 0; number < header.symbols; number++) books.push_back(manager.GetOrderBook(number));
  }
  uint64_t resting() const { return manager.orders().size(); }
  void apply(const Command &command) {
    auto side = command.side ? OrderSide::SELL : OrderSide::BUY;
    auto id = command.order, symbol = (uint64_t)command.symbol, price = command.price, quantity = command.quantity;
    switch (command.operation) {
    case PostOnly: { // it has none of its own: looked up outside
      auto other = command.side ? books[symbol]->best_bid() : books[symbol]->best_ask();
      if (other && (command.side ? other->Price >= price : other->Price <= price)) return;
      [[fallthrough]];
    }
    case Limit: manager.AddOrder(PeerOrder::Limit(id, symbol, side, price, quantity)); return;
    case ImmediateOrCancel:
      manager.AddOrder(PeerOrder::Limit(id, symbol, side, price, quantity, OrderTimeInForce::IOC));
      return;
    case FillOrKill:
      manager.AddOrder(PeerOrder::Limit(id, symbol, side, price, quantity, OrderTimeInForce::FOK));
      return;
    case Market: manager.AddOrder(PeerOrder::Market(id, symbol, side, quantity)); return;
    case Cancel: manager.DeleteOrder(id); return;
    case Reduce: manager.ReduceOrder(id, quantity); return;
    case Move:
      if (auto order = manager.GetOrder(id)) manager.ModifyOrder(id, price, order->LeavesQuantity);
      return;
    }
  }
};

int main(int count, char **arguments) { return serve<Manager>(count, arguments); }
