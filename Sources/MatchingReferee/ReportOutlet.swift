import CReferee
import Money

/// The queue that the referee reads reports from.
///
/// Unsafe file. Sound because the referee keeps the transport and its handle alive from
/// `engine_init` to `engine_shutdown`, and nothing is pushed outside of its calls in between.
@safe struct ReportOutlet {
  private let transport: UnsafePointer<referee_transport>
  private let handle: UnsafeMutableRawPointer?

  init(transport: UnsafePointer<referee_transport>, handle: UnsafeMutableRawPointer?) {
    unsafe self.transport = transport
    unsafe self.handle = handle
  }

  /// Hands over a report, waiting for room.
  func push(_ report: referee_report) {
    guard let push = unsafe transport.pointee.push else { return }
    unsafe withUnsafePointer(to: report) { report in
      while unsafe push(handle, report) == 0 {}
    }
  }

  func trade(_ sequence: UInt64, maker: UInt64, taker: UInt64, at price: Price, _ lots: UInt32) {
    push(
      referee_report(
        type: UInt8(REFEREE_TRADE), side: 0, reserved: (0, 0, 0, 0, 0, 0),
        sequence_number: sequence, order_id: taker, price_ticks: price.ticks, quantity: lots,
        reserved2: 0, maker_order_id: maker, taker_order_id: taker, reserved3: 0))
  }

  func reject(_ type: Int, _ sequence: UInt64, _ id: UInt64) {
    push(
      referee_report(
        type: UInt8(type), side: 0, reserved: (0, 0, 0, 0, 0, 0), sequence_number: sequence,
        order_id: id, price_ticks: 0, quantity: 0, reserved2: 0, maker_order_id: 0,
        taker_order_id: 0, reserved3: 0))
  }
}
