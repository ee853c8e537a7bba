import Bitcoin
import Cryptography

enum ExtendedKeyTarget: FuzzTarget {
  static func check(_ input: [UInt8]) {
    checkKey(input.text)
    if input.count == 78 { checkKey(Base58.checkText(input)) }
    checkPath(input.text)
    for network in [Network.mainnet, .regtest] {
      let payload = [network.privateKeyPrefix] + input
      for text in [input.text, Base58.checkText(payload)] {
        guard let (key, isCompressed) = PrivateKeyText.parse(text, network: network) else {
          continue
        }
        let written = sure("a key that was read is written") { () throws(CryptographyError) in
          try PrivateKeyText.text(key, isCompressed: isCompressed, network: network)
        }
        require(written == text, "a private key is written as it was read")
      }
    }
  }

  private static func checkKey(_ text: String) {
    if let key = accepted({ () throws(ExtendedKeyError) in try ExtendedPublicKey(parsing: text) }) {
      require(key.text == text, "an xpub is written as it was read")
      if key.position.depth < 255 {
        let child = accepted { () throws(ExtendedKeyError) in
          try key.child(ChildNumber(rawValue: 1))
        }
        require(child?.position.depth == key.position.depth + 1, "a child is one step deeper")
      }
    }
    if let key = accepted({ () throws(ExtendedKeyError) in try ExtendedPrivateKey(parsing: text) })
    {
      let written = sure("an xprv is written") { () throws(CryptographyError) in
        try key.revealedText()
      }
      require(written == text, "an xprv is written as it was read")
    }
  }

  private static func checkPath(_ text: String) {
    guard let path = accepted({ () throws(ExtendedKeyError) in try DerivationPath(parsing: text) })
    else { return }
    require(path.steps.count <= 255, "the limit holds")
    guard !path.steps.isEmpty else { return }
    let again = sure("a path that we write is one") { () throws(ExtendedKeyError) in
      try DerivationPath(parsing: path.text)
    }
    require(again == path, "a path is read as it was written")
  }
}
