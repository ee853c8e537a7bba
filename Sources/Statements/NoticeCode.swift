import Wire

/// What is in a notice and cancels the change that the notice is about: "7-12-" and 32 hexadecimal
/// digits, for the change 12 of account 7.
public struct NoticeCode: Hashable, Sendable {
  /// Bytes of ``secret``.
  public static let secretCount = 16

  /// The account's number.
  public var account: UInt64
  public var change: UInt64
  /// 16 bytes that only the guard can make.
  public var secret: [UInt8]

  public init(account: UInt64, change: UInt64, secret: [UInt8]) {
    self.account = account
    self.change = change
    self.secret = secret
  }

  /// Reads ``text``; `nil` when it is anything else.
  public init?(text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, let account = UInt64(parts[0]), let change = UInt64(parts[1]),
      let secret = Hex.bytes(String(parts[2])), secret.count == Self.secretCount
    else { return nil }
    self.init(account: account, change: change, secret: secret)
    // One form each: no signs, zeros in front or capital letters.
    guard self.text == text else { return nil }
  }

  public var text: String { "\(account)-\(change)-\(Hex.text(secret))" }
}
