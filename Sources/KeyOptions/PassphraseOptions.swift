// KeyOptions owns what every program that opens or makes a key asks for on its command line. It
// refuses to know what the key is for.
public import ArgumentParser
public import Signing

/// Where the passphrase of one key comes from.
public struct PassphraseOptions: ParsableArguments {
  @Option(
    name: .customLong("passphrase-file"),
    help: "File with the passphrase as its only line, mode 600 or 400.")
  public var file: String?

  @Flag(name: .customLong("passphrase-stdin"), help: "Read the passphrase from standard input.")
  public var standardInput = false

  public init() {}

  public func validate() throws {
    guard file == nil || !standardInput else {
      throw ValidationError("--passphrase-file and --passphrase-stdin exclude each other.")
    }
  }

  /// The source: what the command line says, else the configured file, else a person at the terminal.
  ///
  /// - Parameters:
  ///   - label: Whose key it is, for the prompt.
  ///   - secret: What is asked for.
  ///   - configured: The passphrase file of the program's configuration, if it has one.
  public func source(
    for label: String, secret: String = "Passphrase", configured: String? = nil
  ) -> PassphraseSource {
    if standardInput { return .descriptor(0) }
    if let path = file ?? configured { return .file(path) }
    return .terminal(prompt: "\(secret) for \(label)")
  }
}
