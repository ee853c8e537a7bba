import Engine
import Money

/// What a scrape says of hot and cold. Sweeps end when addresses or the epoch's room run out, and
/// nothing else says so in time.
struct FloatGauges: Sendable {
  private let hot: Int64
  private let cold: Int64
  private let addressesLeft: Int
  private let roomInEpoch: Int64

  /// - Returns: `nil` when there is no cold wallet.
  init?(_ exchange: borrowing Exchange) {
    guard exchange.coldWallet != nil else { return nil }
    hot = exchange.hotFloat.units
    cold = exchange.coldTotal.units
    addressesLeft = exchange.usableColdAddresses.count
    roomInEpoch = exchange.roomInColdEpoch.units
  }

  func write(into text: inout MetricsText) {
    text.single("holdfast_float_hot_units", .gauge, "What the hot wallet has, in satoshi.", hot)
    text.single("holdfast_float_cold_units", .gauge, "What is in cold storage, in satoshi.", cold)
    text.single(
      "holdfast_cold_addresses_left", .gauge, "Cold addresses that may still be paid to.",
      addressesLeft)
    text.single(
      "holdfast_cold_epoch_room_units", .gauge,
      "What the epoch's cold addresses may still get, in satoshi.", roomInEpoch)
  }
}
