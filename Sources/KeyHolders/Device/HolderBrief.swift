import Cryptography
import Statements
public import Wire

/// What a person's offline device is told before it signs for him: the latest block, the log's head,
/// and what is open. Anybody makes it from the log; the device believes nothing that its own memory
/// denies.
public struct HolderBrief: Hashable, Sendable {
  public static let domain = "holdfast/holder-brief/v1"
  /// No file of it is longer, in bytes.
  public static let maximumCount = 16_384

  /// A claim that is open.
  public struct OpenClaim: Hashable, Sendable {
    public var number: UInt64
    public var person: String
    /// Empty for the monitor.
    public var claimant: String
  }

  public var person: String
  /// His key in the roster, 32 bytes: the device signs for no other.
  public var beatKey: [UInt8]
  public var wallet: KeySet.Wallet
  public var policyID: [UInt8]
  /// What his next heartbeat has to say; 0 for a person without a seat in service.
  public var sequence: UInt64
  public var previous: [UInt8]
  public var blockHeight: Int32
  public var blockHash: [UInt8]
  public var logCount: UInt64
  public var logHead: [UInt8]
  public var claimCount: UInt64
  public var freezeCount: UInt64
  public var isFrozen: Bool
  public var claims: [OpenClaim]

  /// Why there is nothing to tell.
  public enum Problem: Error, Equatable, Sendable {
    case noRoster
    case unknownPerson(String)
    case noBlock
  }

  /// - Parameter wallet: Whom a person without a seat speaks about; his own, for a holder.
  public init(
    for person: String, about wallet: KeySet.Wallet = .hot, in state: KeyHolders
  ) throws(Problem) {
    guard let roster = state.roster, let first = roster.keySets.first else { throw .noRoster }
    guard let known = roster.person(person) else { throw .unknownPerson(person) }
    guard let tip = state.tip else { throw .noBlock }
    let keySet =
      roster.keySets.first { state.peopleInService(of: $0.wallet).contains(person) }
      ?? roster.keySet(wallet) ?? first
    let next = state.nextBeat(of: person)
    self.person = person
    beatKey = known.beatKey
    self.wallet = keySet.wallet
    policyID = keySet.policyID
    sequence = next?.sequence ?? 0
    previous = next?.previous ?? [UInt8](repeating: 0, count: 32)
    blockHeight = tip.height
    blockHash = tip.hash
    logCount = state.logCount
    logHead = state.logHead
    claimCount = state.claimCount
    freezeCount = state.freezeCount
    isFrozen = state.isFrozen
    claims = state.claims.map {
      OpenClaim(number: $0.number, person: $0.person, claimant: $0.claimant ?? "")
    }
  }

  /// The heartbeat that it asks for, without its mark.
  public func heartbeat(
    deviceTime: Int64, lastDrill: Int64 = 0, itinerary: [Heartbeat.Stay] = []
  ) -> Heartbeat {
    Heartbeat(
      policyID: policyID, person: person, sequence: sequence, previous: previous,
      blockHeight: blockHeight, blockHash: blockHash, deviceTime: deviceTime, logCount: logCount,
      logHead: logHead, lastDrill: lastDrill, itinerary: itinerary)
  }

  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(Self.domain)
    writer.write(person)
    writer.write(fixed: beatKey)
    writer.write(wallet.rawValue)
    writer.write(fixed: policyID)
    writer.write(sequence)
    writer.write(fixed: previous)
    writer.write(blockHeight)
    writer.write(fixed: blockHash)
    writer.write(logCount)
    writer.write(fixed: logHead)
    writer.write(claimCount)
    writer.write(freezeCount)
    writer.write(isFrozen)
    writer.write(list: claims) { writer, claim in
      writer.write(claim.number)
      writer.write(claim.person)
      writer.write(claim.claimant)
    }
    return writer.bytes
  }

  public init(bytes: [UInt8]) throws(WireError) {
    var reader = ByteReader(bytes)
    var at = reader.offset
    guard try reader.read(String.self, limit: 64) == Self.domain else { throw .malformed(at: at) }
    person = try reader.read(limit: RosterLimit.name)
    beatKey = try reader.read(fixed: 32)
    at = reader.offset
    guard let wallet = KeySet.Wallet(rawValue: try reader.read()) else { throw .malformed(at: at) }
    self.wallet = wallet
    policyID = try reader.read(fixed: 32)
    sequence = try reader.read()
    previous = try reader.read(fixed: 32)
    blockHeight = try reader.read()
    blockHash = try reader.read(fixed: 32)
    logCount = try reader.read()
    logHead = try reader.read(fixed: 32)
    claimCount = try reader.read()
    freezeCount = try reader.read()
    isFrozen = try reader.read()
    claims = try reader.readList(limit: RosterLimit.seats * 2) { reader throws(WireError) in
      OpenClaim(
        number: try reader.read(), person: try reader.read(limit: RosterLimit.name),
        claimant: try reader.read(limit: RosterLimit.name))
    }
    try reader.finish()
  }
}
