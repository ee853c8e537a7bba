import Bitcoin
import WalletFiles

/// The records by which signers agree on a wallet. See BIP-129.
enum SetupRecordTarget: FuzzTarget {
  static func check(_ input: [UInt8]) {
    let text = input.text
    if let record = accepted({ () throws(SetupError) in try KeyRecord(parsing: text) }) {
      let again = sure("a key record that we write is one") { () throws(SetupError) in
        try KeyRecord(parsing: record.text)
      }
      require(again == record, "a key record is read as it was written")
    }
    for network in [Network.mainnet, .testnet] {
      let record = accepted { () throws(SetupError) in
        try DescriptorRecord(parsing: text, network: network)
      }
      guard let record else { continue }
      let again = sure("a wallet's record that we write is one") { () throws(SetupError) in
        try DescriptorRecord(parsing: record.text, network: network)
      }
      require(again == record, "a wallet's record is read as it was written")
    }
    if let token = accepted({ () throws(SetupError) in try SetupToken(parsing: text) }) {
      require(token.text == text.lowercased(), "a token is written as it was read")
    }
    if let plain = accepted({ () throws(SetupError) in try token.open(text) }) {
      require((try? token.seal(plain)) == text.lowercased(), "a sealed record has one form")
    }
  }

  private static let token = sure("a token is one") { () throws(SetupError) in
    try SetupToken(parsing: "a54044308ceac9b7")
  }
}
