/// One seat of a wallet, and whose key is in service for it.
struct SeatState: Equatable, Sendable {
  struct LastBeat: Equatable, Sendable {
    var sequence: UInt64
    var id: [UInt8]
    var time: Int64
    var blockHeight: Int32
  }

  let wallet: KeySet.Wallet
  let seat: Seat
  /// Whether the successor took the holder's place.
  var isSuccessor = false
  /// In service since, or the beginning of the waiting for the first beat.
  var since: Int64
  var last: LastBeat?
  var isSurrendered = false
  /// When he vetoed claims.
  var vetoes: [Int64] = []
  /// The block of his last key check.
  var checkedHeight: Int32?
  /// When at the latest that block was the newest.
  var checkedAt: Int64?
  var stays: [Heartbeat.Stay] = []
  /// When he last tried his backup, as his heartbeats say, milliseconds since 1970.
  var lastDrill: Int64?
  var condition = Condition.awaited

  init(_ seat: Seat, wallet: KeySet.Wallet, since: Int64) {
    self.seat = seat
    self.wallet = wallet
    self.since = since
  }

  /// The last sign of life, or the beginning of the waiting for one.
  private var heard: Int64 { max(last?.time ?? since, since) }

  var person: String { isSuccessor ? seat.successor.person : seat.holder.person }
  var key: String { isSuccessor ? seat.successor.key : seat.holder.key }

  /// How it looks at `time`.
  func condition(at time: Int64, _ times: BeatTimes) -> Condition {
    if isSurrendered { return .surrendered }
    let silence = time - heard
    if silence >= times.unreachableAfter { return .unreachable }
    if silence >= times.missingAfter { return .missing }
    guard let last, last.time >= since else { return .awaited }
    return silence >= times.lateAfter ? .late : .live
  }

  /// When the condition may change by itself.
  func deadlines(_ times: BeatTimes) -> [Int64] {
    return [times.lateAfter, times.missingAfter, times.unreachableAfter].map { heard + $0 }
      + stays.flatMap { [$0.from, $0.until] }
  }

  /// Where he said he would be at `time`.
  func region(at time: Int64) -> String? {
    stays.first { $0.from <= time && time < $0.until }?.region
  }
}
