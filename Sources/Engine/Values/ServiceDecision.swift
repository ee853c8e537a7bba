/// One operator's word on withdrawals of an asset. Anybody of them stops and explains; ending takes
/// two.
public struct ServiceDecision: Equatable, Sendable {
  public enum Action: UInt8, CaseIterable, Sendable {
    case suspend = 0
    /// Says how things stand, and puts off when the public hears next.
    case explain = 1
    /// Ends what people stopped, and what only people may end.
    case lift = 2
  }

  public var operatorName: String
  public var asset: AssetID
  public var action: Action
  public var reasonClass: SuspensionClass
  /// Shown to everybody, 1 to 512 bytes.
  public var text: String
  /// One more than the decisions on the asset's service before it, so that none counts twice.
  public var number: UInt64
  /// Ed25519 over the service statement, by the operator's key.
  public var signature: [UInt8]

  public init(
    operatorName: String, asset: AssetID, action: Action, reasonClass: SuspensionClass,
    text: String,
    number: UInt64, signature: [UInt8]
  ) {
    self.operatorName = operatorName
    self.asset = asset
    self.action = action
    self.reasonClass = reasonClass
    self.text = text
    self.number = number
    self.signature = signature
  }
}

/// The guard's word on the key holders, by the log that it keeps.
public struct KeyHoldersReport: Equatable, Sendable {
  /// Seats that could sign, how many must, and how many there are.
  public var live: UInt32
  public var threshold: UInt32
  public var seats: UInt32
  /// Whether one of them stopped everything.
  public var frozen: Bool
  /// Whether somebody is missing, or all are in one place.
  public var reduced: Bool
  /// Claims that are open.
  public var claims: UInt32
  /// When the first confirmed claim is carried out unless somebody vetoes, if one is confirmed; it may
  /// be past while everything is frozen. In milliseconds since 1970.
  public var successorAt: Int64?
  /// Entries of the log, and the hash of the last.
  public var logCount: UInt64
  public var logHead: [UInt8]
  /// Ed25519 over the key holders' statement, by the guard's key: it knows its own word again.
  public var signature: [UInt8]

  public init(
    live: UInt32, threshold: UInt32, seats: UInt32, frozen: Bool, reduced: Bool, claims: UInt32,
    successorAt: Int64?, logCount: UInt64, logHead: [UInt8], signature: [UInt8] = []
  ) {
    self.live = live
    self.threshold = threshold
    self.seats = seats
    self.frozen = frozen
    self.reduced = reduced
    self.claims = claims
    self.successorAt = successorAt
    self.logCount = logCount
    self.logHead = logHead
    self.signature = signature
  }
}

extension KeyHoldersReport {
  /// Whether what leaves, and what is kept hot, is less than usual: somebody is missing, or the next loss
  /// stops everything.
  public var isShort: Bool { reduced || live <= threshold }
}

/// The guard's word on the checks before reopening.
public struct ReopeningCheck: Equatable, Sendable {
  public var asset: AssetID
  public var keysProved: UInt32
  public var keysNeeded: UInt32
  public var countersEqual: UInt32
  public var countersNeeded: UInt32
  /// Waiting withdrawals that it judged again, once it has.
  public var judged: UInt32?
  /// Withdrawals to be paid in an hour afterwards.
  public var drainPerHour: UInt32
  /// Ed25519 over the reopening statement, by the guard's key: it knows its own word again.
  public var signature: [UInt8]

  public init(
    asset: AssetID, keysProved: UInt32, keysNeeded: UInt32, countersEqual: UInt32,
    countersNeeded: UInt32, judged: UInt32?, drainPerHour: UInt32, signature: [UInt8] = []
  ) {
    self.asset = asset
    self.keysProved = keysProved
    self.keysNeeded = keysNeeded
    self.countersEqual = countersEqual
    self.countersNeeded = countersNeeded
    self.judged = judged
    self.drainPerHour = drainPerHour
    self.signature = signature
  }
}
