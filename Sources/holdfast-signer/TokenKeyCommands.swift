import ArgumentParser
import KeyOptions
import PKCS11
import Signing
import Wire

/// Names a key in a token before there is a configuration.
struct TokenKeyOptions: ParsableArguments {
  @Option(help: "The PKCS#11 module of the token's maker, such as /usr/lib/softhsm/libsofthsm2.so.")
  var module: String

  @Option(help: "The token's label.")
  var token: String?

  @Option(help: "The token's serial number.")
  var serial: String?

  @Option(help: "The key's label, such as dave.")
  var key: String

  @Option(help: "The key's id (CKA_ID) in hexadecimal.")
  var keyID: String?

  @OptionGroup var pin: PassphraseOptions

  func place() throws -> TokenPlace {
    guard module.hasPrefix("/") else {
      throw ValidationError("--module: \(module) is no absolute path.")
    }
    guard token != nil || serial != nil else {
      throw ValidationError("--token or --serial: one of them names the token.")
    }
    let id = try keyID.map { text in
      guard let bytes = Hex.bytes(text) else {
        throw ValidationError("--key-id: \(text.prefix(20)) is not bytes in hexadecimal.")
      }
      return bytes
    }
    guard
      let place = TokenPlace(module: module, label: token, serial: serial, key: key, keyID: id)
    else {
      throw ValidationError(
        "--token and --serial: 1 to \(TokenPlace.labelLimit) bytes; --key and --key-id: 1 to "
          + "\(TokenPlace.keyLimit).")
    }
    return place
  }

  /// Says what a wallet needs of the key.
  static func show(_ key: TokenKey) {
    print("key expression  \(key.expression)")
    print("public key      \(Hex.text(key.publicKey))")
    print("made in token   \(key.isBornThere ? "yes" : "no, or the token does not say")")
  }
}

struct MakeTokenKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make-token-key",
    abstract: "Make a signing key inside a PKCS#11 token (HSM), to stay there.",
    discussion: """
      The key is secp256k1, sensitive and not extractable: there is no copy of it, and a lost token is \
      a lost holder. Asks for the PIN of the token's user, makes the key, has it sign, and prints the \
      expression that holdfast-vault token-wallet puts into a wallet.
      """)

  @OptionGroup var options: TokenKeyOptions

  func run() throws {
    let place = try options.place()
    let pin = try Passphrase.read(
      options.pin.source(for: options.token ?? place.key, secret: "PIN"))
    let key = try TokenKeyGeneration.make(place, pin: pin)
    defer { key.forget() }
    TokenKeyOptions.show(key)
  }
}

struct ShowTokenKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show-token-key",
    abstract: "Show the public half of a key in a PKCS#11 token (HSM), and prove that it signs.")

  @OptionGroup var options: TokenKeyOptions

  func run() throws {
    let place = try options.place()
    let pin = try Passphrase.read(
      options.pin.source(for: options.token ?? place.key, secret: "PIN"))
    let key = try TokenKey(place, pin: pin)
    defer { key.forget() }
    TokenKeyOptions.show(key)
  }
}
