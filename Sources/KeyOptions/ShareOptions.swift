public import ArgumentParser
public import Cryptography
public import Signing

/// Opens a key by the shares of several people instead of a passphrase.
public struct ShareOptions: ParsableArguments {
  @Option(
    name: .customLong("share-file"), parsing: .singleValue,
    help: "File with the words of one person's share, mode 600 or 400; once for each person.")
  public var files: [String] = []

  @Flag(name: .customLong("shares"), help: "Ask for shares on the terminal until there are enough.")
  public var asks = false

  public init() {}

  public func validate() throws {
    guard files.isEmpty || !asks else {
      throw ValidationError("--share-file and --shares exclude each other.")
    }
  }

  /// Whether shares are to open something.
  public var isAsked: Bool { asks || !files.isEmpty }

  /// Returns what the shares give, or `nil` when the key is not opened by shares.
  ///
  /// - Parameters:
  ///   - label: Whose key it is, for the prompt.
  ///   - refused: Told why a share that somebody typed will not do, before it is asked for again.
  public func secret(
    for label: String, refused: (UnsealingError) -> Void
  ) throws -> SecretBytes? {
    guard isAsked else { return nil }
    var shares = ShareCollection()
    for file in files {
      let phrase = try Passphrase.read(.file(file))
      defer { phrase.wipe() }
      try shares.add(phrase)
    }
    var number = 1
    while asks, shares.missing != 0 {
      let phrase = try Passphrase.read(.terminal(prompt: "Share \(number) of \(label)"))
      defer { phrase.wipe() }
      do throws(UnsealingError) {
        try shares.add(phrase)
        number += 1
      } catch {
        refused(error)
      }
    }
    return try shares.secret()
  }
}
