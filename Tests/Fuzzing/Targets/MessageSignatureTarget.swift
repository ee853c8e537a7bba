import Bitcoin
import PSBT

/// Signatures of messages in every form of BIP-322, and the one before it.
enum MessageSignatureTarget: FuzzTarget {
  private static let challenges = [
    Script.payToPublicKeyHash([UInt8](repeating: 1, count: 20)),
    Script.payToWitness(version: 0, program: [UInt8](repeating: 2, count: 20)),
    Script.payToScriptHash([UInt8](repeating: 3, count: 20)), Script([0x51]),
  ]

  static func check(_ input: [UInt8]) {
    let signature = accepted { () throws(MessageError) in
      try MessageSignature(parsing: input.text)
    }
    if let signature { check(signature) }
    guard let number = input.first else { return }
    let rest = Array(input.dropFirst())
    let message = SignedMessage(rest, challenge: challenges[Int(number) % challenges.count])
    for own in [MessageSignature.simple([rest]), .full(message.toSign())] {
      check(own)
      _ = accepted { () throws(MessageError) in try message.verify(own) }
    }
  }

  private static func check(_ signature: MessageSignature) {
    let again = sure("a signature that we write is one") { () throws(MessageError) in
      try MessageSignature(parsing: signature.text)
    }
    require(again == signature, "a signature is read as it was written")
    for challenge in challenges {
      let verdict = accepted { () throws(MessageError) in
        try SignedMessage(Array("pay bob".utf8), challenge: challenge).verify(signature)
      }
      // Only the script that asks for nothing is satisfied by chance.
      if case .valid? = verdict { require(challenge.bytes == [0x51], "nobody else can sign") }
    }
  }
}
