import ArgumentParser
import Cryptography
import KeyOptions
import PKCS11
import Settings
import Signing
import Wire

/// Where the signer's key is.
enum KeySource {
  /// In an encrypted file.
  case file(path: String, passphraseFile: String?)
  /// In a token, whose PIN is typed, in a file, or sealed for shares.
  case token(TokenPlace, pinFile: String?, sealedPIN: String?)

  /// Reads `keyFile` with `passphraseFile`, or `token`.
  init(_ root: ConfigurationSection) throws(ConfigurationError) {
    guard let section = try root.optionalSection("token") else {
      self = .file(
        path: try root.path("keyFile"), passphraseFile: try root.optionalPath("passphraseFile"))
      return
    }
    for key in ["keyFile", "passphraseFile"] where root.has(key) {
      throw root.error(key, "and token exclude each other: the key is in one place")
    }
    let pinFile = try section.optionalPath("pinFile")
    let sealedPIN = try section.optionalPath("sealedPIN")
    guard pinFile == nil || sealedPIN == nil else {
      throw section.error("sealedPIN", "and pinFile exclude each other: the PIN is in one place")
    }
    self = .token(try Self.place(section), pinFile: pinFile, sealedPIN: sealedPIN)
  }

  private static func place(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) -> TokenPlace {
    let module = try section.string("module")
    guard module.hasPrefix("/") else {
      throw section.error("module", "\(module) is no absolute path of a PKCS#11 module")
    }
    let label = try section.optionalString("label")
    let serial = try section.optionalString("serial")
    guard label != nil || serial != nil else {
      throw section.error("label", "is missing, and serial too: one of them names the token")
    }
    var keyID: [UInt8]?
    if let text = try section.optionalString("keyID") {
      guard let bytes = Hex.bytes(text) else {
        throw section.error("keyID", "\(text) is not bytes in hexadecimal")
      }
      keyID = bytes
    }
    guard
      let place = TokenPlace(
        module: module, label: label, serial: serial, key: try section.string("key"), keyID: keyID)
    else {
      throw section.error(
        "key",
        "does not fit: label and serial take \(TokenPlace.labelLimit) bytes, key and keyID "
          + "\(TokenPlace.keyLimit), none with control characters")
    }
    return place
  }

  /// Whether the key signs with ECDSA alone.
  var isECDSAAlone: Bool {
    if case .token = self { true } else { false }
  }
}

extension KeySource {
  /// Opens a key in a token.
  static func openToken(
    _ place: TokenPlace, pinFile: String?, sealedPIN: String?, _ pin: PassphraseOptions,
    _ shares: ShareOptions
  ) throws -> TokenKey {
    if let sealedPIN {
      let file = try PINFile(parsing: try KeyFileStorage.read(sealedPIN))
      if let secret = try shares.secret(for: file.label, refused: noteRefusedShare) {
        defer { secret.wipe() }
        return try TokenKey(place, pin: try file.open(with: secret))
      }
    } else if shares.isAsked {
      throw ValidationError(
        "--shares and --share-file: open a sealed PIN, and token.sealedPIN names none.")
    }
    let source = pin.source(
      for: place.label ?? place.serial ?? place.key, secret: "PIN", configured: pinFile)
    return try TokenKey(place, pin: try Passphrase.read(source))
  }

  static func noteRefusedShare(_ error: UnsealingError) {
    SignerLog.write(.warning, "share refused", ["reason": "\(error)"])
  }
}
