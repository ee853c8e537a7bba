import Statements

/// Who can sign, who is silent, and who takes whose place: the state that a log of records gives.
///
/// A pure function: ``apply(_:at:)`` is the only door, time comes with the record, and everybody who has
/// the records reaches the same state. A record that is refused changes nothing and is not in the log.
public struct KeyHolders: Sendable {
  /// Whether a BIP 322 `proof` shows that the key `key` of `descriptor` signed `text`.
  public typealias KeyCheckVerifier =
    @Sendable (_ key: String, _ descriptor: String, _ text: String, _ proof: [UInt8]) -> Bool

  /// Vetoes without a key check within ``vetoWindow``.
  public static let vetoLimit = 2
  /// 90 days, in milliseconds.
  public static let vetoWindow: Int64 = 90 * 86_400_000
  /// A device's clock that is further off is reported, in milliseconds.
  public static let clockTolerance: Int64 = 2 * 3_600_000

  let verifyKeyCheck: KeyCheckVerifier
  public internal(set) var roster: Roster?
  /// Of the last record, milliseconds since 1970.
  public internal(set) var time = Int64.min
  var blocks = RecentBlocks()
  var seats: [SeatState] = []
  /// Open ones, in the order of their numbers.
  public internal(set) var claims: [ClaimState] = []
  /// Opened so far.
  public internal(set) var claimCount: UInt64 = 0
  var freeze: FreezeState?
  /// Freezes so far.
  public internal(set) var freezeCount: UInt64 = 0
  /// Where this log was put in the place of one that was lost.
  public internal(set) var breaks: [LogBreak] = []
  /// Since when each wallet's policy is in force, milliseconds since 1970.
  var policySince: [KeySet.Wallet: Int64] = [:]
  var standings: [KeySet.Wallet: Standing] = [:]
  var log = LogHeads()

  struct FreezeState: Equatable, Sendable {
    let number: UInt64
    var votes: [String] = []
    var endsAt: Int64?
  }

  public init(verifyKeyCheck: @escaping KeyCheckVerifier) {
    self.verifyKeyCheck = verifyKeyCheck
  }

  /// Hash of the last entry of the log, zeros while it is empty, and the number of that entry: the
  /// entries so far, and the numbers that were left out where a log was lost.
  public var logHead: [UInt8] { log.head }
  public var logCount: UInt64 { log.count }
  /// Whether the log's head was `head` after `count` entries. What lies over 8 000 entries back, further
  /// than any heartbeat may name, is believed: a log that is so much longer was not cut back.
  public func had(_ head: [UInt8], after count: UInt64) -> Bool {
    log.had(head, after: count) || log.hasForgotten(count)
  }
  public var isFrozen: Bool { freeze != nil }

  /// The last block of the best chain, as the log tells it.
  public var tip: (height: Int32, hash: [UInt8])? {
    let height = blocks.tip
    return blocks[height].map { (height, $0) }
  }

  /// How the wallet stands; `nil` where the roster has none.
  public func standing(of wallet: KeySet.Wallet) -> Standing? { standings[wallet] }

  /// The condition of the seat whose key in service is `person`'s.
  public func condition(of person: String) -> Condition? { seat(of: person)?.condition }

  /// Who acts for each seat of `wallet`, in the roster's order.
  public func peopleInService(of wallet: KeySet.Wallet) -> [String] {
    seats.filter { $0.wallet == wallet }.map(\.person)
  }

  /// For each seat of `wallet`, when at the latest the block in the last proof of the spending key of
  /// whoever is in service was the newest, milliseconds since 1970. A proof kept back does not get
  /// younger.
  public func keyCheckTimes(of wallet: KeySet.Wallet) -> [Int64?] {
    seats.filter { $0.wallet == wallet }.map(\.checkedAt)
  }

  /// What `person`'s next heartbeat names as its number and its past.
  public func nextBeat(of person: String) -> (sequence: UInt64, previous: [UInt8])? {
    seat(of: person).map { seat in
      (
        sequence: (seat.last?.sequence ?? 0) + 1,
        previous: seat.last?.id ?? [UInt8](repeating: 0, count: 32)
      )
    }
  }

  /// Lets time pass until `time`, then takes `record`.
  ///
  /// - Throws: ``KeyHolderRefusal``; nothing has changed then, and no time has passed.
  public mutating func apply(
    _ record: KeyHolderRecord, at time: Int64
  ) throws(KeyHolderRefusal) -> [KeyHolderEvent] {
    guard time >= self.time else { throw .timeRunsBackwards(last: self.time) }
    var next = self
    var events: [KeyHolderEvent] = []
    if case .accept = record {
      // What would have come about meanwhile depends on what is lost: nothing does.
      next.time = time
    } else {
      next.pass(to: time, &events)
    }
    try next.take(record, &events)
    next.settle(&events)
    let number = next.breaks.count > breaks.count ? next.breaks.last?.entry : nil
    self = consume next
    log.append(record, at: time, number: number)
    if number != nil, let found = breaks.last {
      log.replace(found.lostHead, after: found.lostCount)
    }
    return events
  }

  private mutating func take(
    _ record: KeyHolderRecord, _ events: inout [KeyHolderEvent]
  ) throws(KeyHolderRefusal) {
    switch record {
    case .time: break
    case .block(let height, let hash):
      try Self.check(hash, "block hash", 32)
      blocks.connect(hash, at: height, time: self.time)
    case .enact(let roster, let signatures): try enact(roster, signatures, &events)
    case .beat(let signed): try take(signed, &events)
    case .claim(let signed): try take(signed, &events)
    case .confirm(let signed): try take(signed, &events)
    case .freeze(let signed): try take(signed, &events)
    case .thaw(let signed): try take(signed, &events)
    case .keyCheck(let signed): try take(signed, &events)
    case .accept(let words): try accept(words, &events)
    }
  }

  func seat(of person: String) -> SeatState? { seats.first { $0.person == person } }

  /// The seat that `person` may speak for now.
  func seatInService(of person: String) throws(KeyHolderRefusal) -> Int {
    guard let roster else { throw .noRoster }
    guard roster.person(person) != nil else { throw .unknownPerson(person) }
    guard let index = seats.firstIndex(where: { $0.person == person }) else {
      throw .notInService(person: person)
    }
    guard !seats[index].isSurrendered else { throw .surrendered(person: person) }
    return index
  }

  func checkSignature(
    of signed: Signed<some Statement>, by name: String
  ) throws(KeyHolderRefusal) {
    guard let roster else { throw .noRoster }
    let key = name == Freeze.monitor ? roster.monitorKey : roster.person(name)?.beatKey
    guard let key else { throw .unknownPerson(name) }
    guard signed.isSigned(by: key) else { throw .badSignature(person: name) }
  }

  static func check(_ bytes: [UInt8], _ field: String, _ count: Int) throws(KeyHolderRefusal) {
    guard bytes.count == count else {
      throw .fieldLength(field: field, bytes: bytes.count, needed: count)
    }
  }
}
