import Wire

/// Where a key is: which module, which of its tokens, which key there.
public struct TokenPlace: Hashable, Sendable {
  /// The longest label or serial number in bytes: what CK_TOKEN_INFO holds.
  public static let labelLimit = 32
  /// The longest name or id of a key, in bytes.
  public static let keyLimit = 64

  /// The path of the module, a shared library of the token's maker.
  public var module: String
  /// The token's label, its serial number, or both; one at least.
  public var label: String?
  public var serial: String?
  /// The key's CKA_LABEL.
  public var key: String
  /// The key's CKA_ID, where the label is not enough.
  public var keyID: [UInt8]?

  /// Names a place, or `nil` without label and serial number, or with a text that is empty or too long.
  public init?(
    module: String, label: String?, serial: String?, key: String, keyID: [UInt8]? = nil
  ) {
    guard !module.isEmpty, label != nil || serial != nil,
      [label, serial].allSatisfy({ $0.map { Self.fits($0, Self.labelLimit) } ?? true }),
      Self.fits(key, Self.keyLimit), keyID.map({ (1...Self.keyLimit).contains($0.count) }) ?? true
    else { return nil }
    self.module = module
    self.label = label
    self.serial = serial
    self.key = key
    self.keyID = keyID
  }

  private static func fits(_ text: String, _ limit: Int) -> Bool {
    (1...limit).contains(text.utf8.count) && text.unicodeScalars.allSatisfy { $0.value >= 0x20 }
  }

  /// The token as errors name it.
  var tokenText: String {
    [label.map { "the label \($0)" }, serial.map { "the serial number \($0)" }]
      .compactMap { $0 }.joined(separator: " and ")
  }

  /// The key as errors name it.
  var keyText: String {
    "the label \(key)" + (keyID.map { " and the id \(Hex.text($0))" } ?? "")
  }
}
