public import Airgap
public import Bitcoin
public import Descriptors
import Wire

/// A printed page that keeps one holder's part of a wallet: for the vault sealed, for the recovery
/// drill in clear.
public enum KeySheet {
  /// What the page keeps.
  public enum Secret: Sendable {
    /// The encrypted key file, which a passphrase opens.
    case sealed(file: [UInt8])
    /// The account's xprv or tprv in clear: whoever has the page has the key.
    case clear(String)
  }

  /// Returns the page as PDF.
  ///
  /// - Parameters:
  ///   - label: Whose key it is.
  ///   - origin: Where the account stands.
  ///   - account: Its public half.
  public static func pdf(
    label: String, origin: KeyOrigin, account: ExtendedPublicKey, descriptor: Descriptor,
    secret: Secret
  ) throws(AirgapError) -> [UInt8] {
    let policy = CheckWords(ofDigest: descriptor.policyID)
    var first = PDFPage()
    let left = 48.0
    var top = 60.0
    func line(_ name: String, _ value: String) {
      first.draw(name, size: 9, left: left, top: top)
      first.draw(value, face: .fixed, size: 9, left: left + 90, top: top)
      top += 15
    }
    let title: String
    switch secret {
    case .sealed: title = "Holdfast key sheet (sealed)"
    case .clear: title = "Holdfast recovery sheet (SECRET: the key in clear)"
    }
    first.draw(title, face: .bold, size: 16, left: left, top: top)
    top += 30
    line("holder", label)
    line("network", descriptor.network.rawValue)
    line("fingerprint", origin.fingerprint.description)
    line("path", "m/\(origin.path.text)")
    line("policy", Hex.text(descriptor.policyID))
    line("policy words", policy.description)
    top += 6
    first.draw("account public key", size: 9, left: left, top: top)
    top = first.draw(lines: account.text, columns: 80, size: 9, left: left, top: top + 13) + 6
    switch secret {
    case .sealed(let file):
      line("file words", CheckWords(of: file).description)
      let message = try CarriedMessage(.binary, file)
      let parts = try BBQr.parts(of: message, encoding: .base32, version: 25)
      guard parts.count == 1 else { throw .symbolTooLarge(count: file.count) }
      first.draw(
        "The encrypted key file, as BBQr (binary):", size: 9, left: left, top: top)
      first.draw(
        try QRSymbol(parts[0].text, correction: .medium), left: left, top: top + 6, side: 300)
    case .clear(let key):
      line("key words", CheckWords(of: Array(key.utf8)).description)
      first.draw("account private key (extended, BIP-32)", size: 9, left: left, top: top)
      top = first.draw(lines: key, columns: 80, size: 9, left: left, top: top + 13)
      first.draw(try QRSymbol(key, correction: .quartile), left: left, top: top, side: 240)
    }
    return PDFDocument.bytes([first] + (try descriptorPages(descriptor, policy)))
  }

  /// The wallet, the same on every sheet: no key spends without it.
  private static func descriptorPages(
    _ descriptor: Descriptor, _ words: CheckWords
  ) throws(AirgapError) -> [PDFPage] {
    let left = 48.0
    let bottom = PDFPage.height - left
    var pages: [PDFPage] = []
    var page = PDFPage()
    var top = 60.0
    page.draw("The wallet's descriptor", face: .bold, size: 14, left: left, top: top)
    page.draw("policy words  \(words)", face: .fixed, size: 9, left: left, top: top + 20)
    page.draw("Text (join the lines without blanks):", size: 9, left: left, top: top + 40)
    top += 54
    let size = 8.0
    let columns = Int((PDFPage.width - 2 * left) / (size * 0.6))
    var rest = Substring(descriptor.text)
    while !rest.isEmpty {
      if top > bottom {
        pages.append(page)
        page = PDFPage()
        top = 60
      }
      top = page.draw(
        lines: String(rest.prefix(columns)), columns: columns, size: size, left: left, top: top)
      rest = rest.dropFirst(columns)
    }
    let message = try CarriedMessage(.unicode, Array(descriptor.text.utf8))
    let parts = try BBQr.parts(of: message, version: 22)
    let side = parts.count == 1 ? 280.0 : 240.0
    top += 14
    for (index, part) in parts.enumerated() {
      if index % 2 == 0, top + side > bottom {
        pages.append(page)
        page = PDFPage()
        top = 60
      }
      if index == 0 { page.draw("The same as BBQr (text):", size: 9, left: left, top: top) }
      page.draw(
        try QRSymbol(part.text, correction: .low), left: left + Double(index % 2) * side,
        top: top + 6, side: side)
      if index % 2 == 1 { top += side }
    }
    return pages + [page]
  }
}
