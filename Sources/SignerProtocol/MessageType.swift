// SignerProtocol owns what guard and signer say to each other: a small fixed set of messages, each
// with one canonical encoding and a limit on every length. It refuses to know how the bytes travel
// and what a signer thinks of them.

/// The kind of a message, the frame's type byte. Answers have the top bit set.
public enum MessageType: UInt8, Sendable {
  case hello = 0x01
  case sign = 0x02
  case freeze = 0x03
  case headers = 0x08
  case witness = 0x09
  case withdraw = 0x10
  case settle = 0x11
  case letGo = 0x12
  case policy = 0x13
  case status = 0x81
  case signed = 0x82
  case refused = 0x83
  case chain = 0x88
  case attested = 0x89
  case promised = 0x90
  case policyState = 0x93
}

/// What no message exceeds.
public enum MessageLimit {
  /// Inputs of one transaction.
  public static let inputs = 250
  /// Withdrawals paid by one transaction.
  public static let payments = 250
  /// Outputs of one transaction: every payment, and change in parts.
  public static let outputs = 266
  /// Batches of cold addresses that one transaction pays to.
  public static let coldBatches = 20
  /// Bytes of one transaction, ours or a previous one.
  public static let transaction = 400_000
  /// Headers of one proof: a day of them.
  public static let headers = 144
  /// Levels of the tree over the transactions of one block.
  public static let merkleLevels = 24
  /// Bytes of a policy document.
  public static let policy = 64 << 10
  /// Bytes of explanation.
  public static let text = 512
}
