import Cryptography
import Mnemonics

enum Codex32Target: FuzzTarget {
  static func check(_ input: [UInt8]) {
    guard let text = try? SecretBytes(copying: input.isEmpty ? [0] : input) else { return }
    if let share = accepted({ () throws(MnemonicError) in try Codex32(text: text) }) {
      require(
        (try? share.text().revealed())?.text == input.text.lowercased(),
        "a share is written as it was read")
      _ = accepted { () throws(MnemonicError) in try share.seed() }
    }
    let threshold = Int(input.first ?? 0) % 12
    let made = accepted { () throws(MnemonicError) in
      try Codex32(secret: text, threshold: threshold, identifier: "test")
    }
    guard let made, let written = try? made.text() else { return }
    let back = sure("a secret that we write is read") { () throws(MnemonicError) in
      try Codex32(text: written).seed()
    }
    require((try? back.revealed()) == (try? text.revealed()), "a secret comes back")
  }
}
