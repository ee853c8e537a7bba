public import Airgap
import Cryptography

/// A printed page with one share of a holder's seed: to be punched into steel, sealed in a numbered
/// bag, and destroyed or kept.
public enum ShareSheet {
  /// Returns the page as PDF. It is as secret as the share.
  public static func pdf(
    _ share: SeedShares.Printed, of record: SharesRecord
  ) throws(AirgapError) -> [UInt8] {
    let words: String
    do { words = String(decoding: try share.phrase.revealed(), as: UTF8.self) } catch {
      throw .badField("share", reason: "\(error)")
    }
    var page = PDFPage()
    let left = 48.0
    var top = 60.0
    func line(_ name: String, _ value: String) {
      page.draw(name, size: 9, left: left, top: top)
      page.draw(value, face: .fixed, size: 9, left: left + 90, top: top)
      top += 15
    }
    let group = record.groups.first { $0.name == share.group }
    page.draw(
      "Holdfast seed share (SECRET)", face: .bold, size: 16, left: left, top: top)
    top += 30
    line("key", record.key)
    line("set", "\(record.set) (SLIP-39 identifier \(record.identifier))")
    line("bag", share.bag)
    line("group", "\(share.group): any \(group?.threshold ?? 1) of its shares")
    line("needed", "all \(record.groupsNeeded) groups; one group alone tells nothing")
    line("passphrase", "none")
    top += 6
    page.draw("The words:", size: 9, left: left, top: top)
    top += 16
    // Four in a row, each with its number.
    for (index, word) in words.split(separator: " ").enumerated() {
      let column = Double(index % 4)
      let number = index < 9 ? " \(index + 1)" : "\(index + 1)"
      page.draw("\(number) \(word)", face: .fixed, size: 11, left: left + column * 120, top: top)
      if index % 4 == 3 { top += 17 }
    }
    top += 24
    page.draw("The same as a QR symbol:", size: 9, left: left, top: top)
    page.draw(try QRSymbol(words, correction: .quartile), left: left, top: top + 6, side: 260)
    return PDFDocument.bytes([page])
  }
}
