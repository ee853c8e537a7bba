import Wire

/// When a person is late, and how long everything takes, in milliseconds.
public struct BeatTimes: Hashable, Sendable {
  /// Between two heartbeats.
  public var interval: Int64
  /// Since the last heartbeat until the holder counts as late: reminded on every channel.
  public var lateAfter: Int64
  /// Until he counts as missing: no longer part of the margin.
  public var missingAfter: Int64
  /// Until the monitor opens a claim by itself, with no word of anybody.
  public var unreachableAfter: Int64
  /// How long a fresh heartbeat vetoes a claim.
  public var challenge: Int64
  /// After the challenge, how long the claim waits for its confirmations.
  public var confirmationWithin: Int64
  /// The oldest block that a heartbeat may name, counted from the tip.
  public var blockAge: Int32

  public init(
    interval: Int64, lateAfter: Int64, missingAfter: Int64, unreachableAfter: Int64,
    challenge: Int64, confirmationWithin: Int64, blockAge: Int32
  ) {
    self.interval = interval
    self.lateAfter = lateAfter
    self.missingAfter = missingAfter
    self.unreachableAfter = unreachableAfter
    self.challenge = challenge
    self.confirmationWithin = confirmationWithin
    self.blockAge = blockAge
  }

  private static let hour: Int64 = 3_600_000
  private static let day: Int64 = 24 * hour

  /// Daily beats; late after 36 hours, missing after 72, claimed after 7 days; 72 hours to veto. Where
  /// too few are left the claim opens at 72 hours, so that it ends before the chain's own 7 days do.
  public static let hot = BeatTimes(
    interval: day, lateAfter: 36 * hour, missingAfter: 3 * day, unreachableAfter: 7 * day,
    challenge: 3 * day, confirmationWithin: 30 * day, blockAge: 6)
  /// Weekly beats; late after 10.5 days, missing after 21, claimed after 28; 14 days to veto.
  public static let cold = BeatTimes(
    interval: 7 * day, lateAfter: 252 * hour, missingAfter: 21 * day, unreachableAfter: 28 * day,
    challenge: 14 * day, confirmationWithin: 60 * day, blockAge: 144)

  func encode(into writer: inout ByteWriter) {
    for value in durations { writer.write(value) }
    writer.write(blockAge)
  }

  init(from reader: inout ByteReader) throws(WireError) {
    interval = try reader.read()
    lateAfter = try reader.read()
    missingAfter = try reader.read()
    unreachableAfter = try reader.read()
    challenge = try reader.read()
    confirmationWithin = try reader.read()
    blockAge = try reader.read()
  }

  var durations: [Int64] {
    [interval, lateAfter, missingAfter, unreachableAfter, challenge, confirmationWithin]
  }
}
