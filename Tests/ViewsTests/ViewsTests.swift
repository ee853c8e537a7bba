import Engine
import Foundation
import Money
import Structures
import Testing
import Views

@Suite struct ViewsTests {
  private let path = FileManager.default.temporaryDirectory
    .appendingPathComponent("views-\(UUID().uuidString).sqlite").path

  private func trade(_ id: UInt64) throws -> Trade {
    Trade(
      id: TradeID(id), instrument: InstrumentID(1), price: try #require(Price(ticks: 100)),
      size: Lots(2), quote: Amount(units: 200), takerSide: .buy, maker: OrderID(1),
      taker: OrderID(2), makerAccount: AccountID(1), takerAccount: AccountID(2), makerFee: .zero,
      takerFee: .zero, at: Timestamp(milliseconds: 1000 + Int64(id)))
  }

  private func order(_ id: UInt64, _ state: OrderState) throws -> Order {
    Order(
      id: OrderID(id), account: AccountID(1), instrument: InstrumentID(1),
      clientOrderID: try #require(ClientOrderID("c\(id)")),
      tag: "t", side: .buy, type: .limit, price: Price(ticks: 100), size: .base(Lots(5)),
      filled: .zero, filledQuote: .zero, fee: .zero, feeAsset: AssetID(1), held: .zero,
      state: state, cancelSource: state == .canceled ? .user : nil,
      createdAt: Timestamp(milliseconds: Int64(id)), updatedAt: Timestamp(milliseconds: Int64(id)))
  }

  private func bill(_ id: UInt64, _ change: Int64, _ reason: Bill.Reason) -> Event {
    .bill(
      Bill(
        id: BillID(id), account: AccountID(1), wallet: .trading, asset: AssetID(1),
        change: Amount(units: change), balance: .zero, reason: reason, reference: 7,
        at: Timestamp(milliseconds: 5)))
  }

  @Test func `only the owner may read the history`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = try Views(path: path)
    for file in [path, path + "-wal"] where FileManager.default.fileExists(atPath: file) {
      let attributes = try FileManager.default.attributesOfItem(atPath: file)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(file)")
    }
  }

  @Test func `a batch and its mark are written together and once`() async throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let first = try Views(path: path)
    let batches = [
      ViewBatch(sequence: 1, hash: [1], entries: [[.trade(try trade(1))], [.trade(try trade(2))]]),
      ViewBatch(sequence: 2, hash: [2], entries: [[.trade(try trade(3))]]),
    ]
    try await first.write(batches)
    try await first.write(batches)
    #expect(try first.checkpoint() == 2)
    await #expect(throws: ViewsError.gap(last: 2, offered: 4)) {
      try await first.write([ViewBatch(sequence: 4, hash: [4], entries: [])])
    }
    // A batch that fails leaves no trace of itself: its trade is known already.
    await #expect(throws: ViewsError.self) {
      try await first.write([
        ViewBatch(
          sequence: 3, hash: [3], entries: [[.trade(try trade(9))], [.trade(try trade(1))]])
      ])
    }
    let again = try Views(path: path)
    #expect(try again.checkpoint() == 2)
    let ids = try await again.trades(of: InstrumentID(1)).map(\.id.raw)
    #expect(ids == [3, 2, 1])
  }

  @Test func `a fill is named by the bill of its base`() async throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let views = try Views(path: path)
    var order = try order(7, .filled)
    order.filled = Lots(5)
    let fill = Fill(
      trade: TradeID(3), price: try #require(Price(ticks: 100)), size: Lots(5),
      quote: Amount(units: 500), fee: Amount(units: 1), feeAsset: AssetID(1), isMaker: false)
    try await views.write([
      ViewBatch(
        sequence: 1, hash: [1],
        entries: [
          [
            .order(order, .filled(fill)), bill(10, -500, .tradeBuy), bill(11, 5, .tradeBuy),
            bill(12, -1, .fee),
          ]
        ])
    ])
    let fills = try await views.fills(of: AccountID(1))
    #expect(fills.map(\.id.raw) == [11] && fills.first?.fill == fill)
    let found = try await views.order(.client("c7"), of: AccountID(1))
    #expect(found?.order == order && found?.lastFill?.trade == TradeID(3))
    let bills = try await views.bills(of: AccountID(1), wallet: .trading)
    #expect(bills.map(\.bill.id.raw) == [12, 11, 10])
    #expect(bills.first?.order?.order.id == OrderID(7))
    #expect(try await views.bills(of: AccountID(1), wallet: .trading, reasons: [.fee]).count == 1)
    #expect(try await views.fills(of: AccountID(2)).isEmpty)
  }

  @Test(
    arguments: [
      (ViewPage(limit: 3), [9, 8, 7]), (ViewPage(after: 7, limit: 3), [6, 5, 4]),
      (ViewPage(before: 4, limit: 3), [9, 8, 7]), (ViewPage(after: 7, before: 4), [6, 5]),
      (
        ViewPage(begin: Timestamp(milliseconds: 3), end: Timestamp(milliseconds: 5)), [5, 4, 3]
      ),
    ] as [(ViewPage, [UInt64])])
  func `pages are newest first and their cursors are exclusive`(
    page: ViewPage, ids: [UInt64]
  ) async throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let views = try Views(path: path)
    let events = try (UInt64(1)...9).map { Event.order(try order($0, .canceled), .canceled) }
    let open = Event.order(try order(10, .live), .placed)
    try await views.write([ViewBatch(sequence: 1, hash: [1], entries: [events, [open]])])
    let found = try await views.finishedOrders(of: AccountID(1), page: page)
    #expect(found.map(\.order.id.raw) == ids)
  }
}
