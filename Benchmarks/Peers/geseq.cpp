// geseq/cpp-orderbook with its array of ticks under a bitmap of three stages: pooled orders, its own hash
// of ids, callbacks bound at compile time. It has no move, reduce or post-only: a move is a cancel, whose
// report says how much was open, and a new order.
#include "Driver.hpp"
#include "orderbook.hpp"

struct Reports : orderbook::NotificationInterface<Reports> {
  uint64_t open = 0;
  void onExecutionReport(const orderbook::ExecutionReport &report) {
    if (report.exec_type == orderbook::ExecType::Trade)
      trade(report.maker_order_id, report.taker_order_id, report.last_price.fp, report.last_qty.fp);
    else if (report.exec_type == orderbook::ExecType::Canceled)
      open = report.qty.fp;
  }
};

class Books {
  using Book = orderbook::OrderBook<Reports>;
  Reports reports;
  std::vector<std::unique_ptr<Book>> books;

  // The raw units of its decimals are our ticks and lots.
  static orderbook::Decimal decimal(uint64_t units) {
    orderbook::Decimal decimal;
    decimal.fp = units;
    return decimal;
  }

public:
  explicit Books(const Header &header) {
    for (uint64_t number = 0; number < header.symbols; number++)
      books.push_back(std::make_unique<Book>(reports, 16384, 16384, 16384, 0, 1, 65536));
  }
  uint64_t resting() const { return 0; }
  void apply(const Command &command) {
    using orderbook::Flag, orderbook::Type;
    Book &book = *books[command.symbol];
    auto side = command.side ? orderbook::Side::Sell : orderbook::Side::Buy;
    auto add = [&](uint64_t quantity, Flag flag) {
      book.addOrder(command.order, Type::Limit, side, decimal(quantity), decimal(command.price), flag);
    };
    switch (command.operation) {
    case Limit: return add(command.quantity, Flag::None);
    case ImmediateOrCancel: return add(command.quantity, Flag::IoC);
    case Cancel: book.cancelOrder(command.order); return;
    case Move:
      reports.open = 0;
      book.cancelOrder(command.order);
      if (reports.open) add(reports.open, Flag::None);
      return;
    default: unsupported(command.operation);
    }
  }
};

int main(int count, char **arguments) { return serve<Books>(count, arguments); }
