import Cryptography
import Wire

/// The people of one wallet and what it takes to act for it.
public struct KeySet: Hashable, Sendable {
  public enum Wallet: UInt8, Hashable, Sendable, CaseIterable {
    case hot = 0
    case cold = 1
  }

  public var wallet: Wallet
  /// The wallet's output descriptor with its checksum (BIP 380), in which every key below stands.
  public var descriptor: String
  /// Seats that sign together at once.
  public var threshold: Int
  public var seats: [Seat]
  /// For the last tiers of the descriptor.
  public var council: [KeyOwner]
  public var councilThreshold: Int
  /// In other legal entities. They also confirm where too few holders are left to do it; the key of
  /// one who does no more than that is empty, and not in the descriptor.
  public var trustees: [KeyOwner]
  public var trusteeThreshold: Int
  /// Holders, besides the one whom a claim is about, who have to confirm it.
  public var confirmations: Int
  public var times: BeatTimes

  public init(
    wallet: Wallet, descriptor: String, threshold: Int, seats: [Seat], council: [KeyOwner] = [],
    councilThreshold: Int = 0, trustees: [KeyOwner] = [], trusteeThreshold: Int = 0,
    confirmations: Int, times: BeatTimes
  ) {
    self.wallet = wallet
    self.descriptor = descriptor
    self.threshold = threshold
    self.seats = seats
    self.council = council
    self.councilThreshold = councilThreshold
    self.trustees = trustees
    self.trusteeThreshold = trusteeThreshold
    self.confirmations = confirmations
    self.times = times
  }

  /// SHA-256 of the descriptor's text: what a heartbeat says it is for.
  public var policyID: [UInt8] { SHA256.hash(Array(descriptor.utf8)) }

  /// Everybody with a key in the descriptor.
  var owners: [KeyOwner] { seats.flatMap { [$0.holder, $0.successor] } + council + trustees }

  func encode(into writer: inout ByteWriter) {
    func write(_ owner: KeyOwner, _ writer: inout ByteWriter) {
      writer.write(owner.person)
      writer.write(owner.key)
    }
    writer.write(wallet.rawValue)
    writer.write(descriptor)
    writer.write(UInt8(clamping: threshold))
    writer.write(list: seats) { writer, seat in
      write(seat.holder, &writer)
      write(seat.successor, &writer)
    }
    writer.write(list: council) { write($1, &$0) }
    writer.write(UInt8(clamping: councilThreshold))
    writer.write(list: trustees) { write($1, &$0) }
    writer.write(UInt8(clamping: trusteeThreshold))
    writer.write(UInt8(clamping: confirmations))
    times.encode(into: &writer)
  }

  init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    guard let wallet = Wallet(rawValue: try reader.read()) else { throw .malformed(at: at) }
    self.wallet = wallet
    descriptor = try reader.read(limit: RosterLimit.descriptor)
    threshold = Int(try reader.read(UInt8.self))
    seats = try reader.readList(limit: RosterLimit.seats) { reader throws(WireError) in
      Seat(holder: try KeyOwner(from: &reader), successor: try KeyOwner(from: &reader))
    }
    council = try reader.readList(limit: RosterLimit.seats, KeyOwner.init(from:))
    councilThreshold = Int(try reader.read(UInt8.self))
    trustees = try reader.readList(limit: RosterLimit.seats, KeyOwner.init(from:))
    trusteeThreshold = Int(try reader.read(UInt8.self))
    confirmations = Int(try reader.read(UInt8.self))
    times = try BeatTimes(from: &reader)
  }
}

extension KeyOwner {
  init(from reader: inout ByteReader) throws(WireError) {
    person = try reader.read(limit: RosterLimit.name)
    key = try reader.read(limit: RosterLimit.key)
  }
}
