import Cryptography
import Mnemonics

enum MnemonicTarget: FuzzTarget {
  static func check(_ input: [UInt8]) {
    guard let text = try? SecretBytes(copying: input.isEmpty ? [0] : input) else { return }
    let entropy = accepted { () throws(MnemonicError) in try Mnemonic.entropy(phrase: text) }
    if let entropy {
      let words = input.split { [0x20, 0x0A, 0x0D, 0x09].contains($0) }
      let phrase = sure("entropy has words") { () throws(MnemonicError) in
        try Mnemonic.phrase(entropy: entropy)
      }
      require(
        (try? phrase.revealed()) == Array(words.joined(separator: [0x20])),
        "words are written as they were read")
    }
    if let phrase = accepted({ () throws(MnemonicError) in try Mnemonic.phrase(entropy: text) }) {
      let back = sure("words that we write are read") { () throws(MnemonicError) in
        try Mnemonic.entropy(phrase: phrase)
      }
      require((try? back.revealed()) == (try? text.revealed()), "entropy comes back")
    }
  }
}
