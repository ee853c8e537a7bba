// The numbers of the fields, by the names of BIP-174, BIP-370, BIP-371, BIP-373 and BIP-322.

enum GlobalField {
  static let unsignedTransaction: UInt8 = 0x00
  static let xpub: UInt8 = 0x01
  static let transactionVersion: UInt8 = 0x02
  static let fallbackLockTime: UInt8 = 0x03
  static let inputCount: UInt8 = 0x04
  static let outputCount: UInt8 = 0x05
  static let modifiable: UInt8 = 0x06
  static let signedMessage: UInt8 = 0x09
  static let version: UInt8 = 0xFB
  static let proprietary: UInt8 = 0xFC
}

enum InputField {
  static let nonWitnessUTXO: UInt8 = 0x00
  static let witnessUTXO: UInt8 = 0x01
  static let partialSignature: UInt8 = 0x02
  static let sighashType: UInt8 = 0x03
  static let redeemScript: UInt8 = 0x04
  static let witnessScript: UInt8 = 0x05
  static let derivation: UInt8 = 0x06
  static let finalScriptSig: UInt8 = 0x07
  static let finalWitness: UInt8 = 0x08
  static let ripemd160: UInt8 = 0x0A
  static let sha256: UInt8 = 0x0B
  static let hash160: UInt8 = 0x0C
  static let hash256: UInt8 = 0x0D
  static let previousTransaction: UInt8 = 0x0E
  static let outputIndex: UInt8 = 0x0F
  static let sequence: UInt8 = 0x10
  static let requiredTime: UInt8 = 0x11
  static let requiredHeight: UInt8 = 0x12
  static let taprootKeySignature: UInt8 = 0x13
  static let taprootScriptSignature: UInt8 = 0x14
  static let taprootLeaf: UInt8 = 0x15
  static let taprootDerivation: UInt8 = 0x16
  static let taprootInternalKey: UInt8 = 0x17
  static let taprootMerkleRoot: UInt8 = 0x18
  static let musigParticipants: UInt8 = 0x1A
  static let musigNonce: UInt8 = 0x1B
  static let musigSignature: UInt8 = 0x1C
}

enum OutputField {
  static let redeemScript: UInt8 = 0x00
  static let witnessScript: UInt8 = 0x01
  static let derivation: UInt8 = 0x02
  static let amount: UInt8 = 0x03
  static let script: UInt8 = 0x04
  static let taprootInternalKey: UInt8 = 0x05
  static let taprootTree: UInt8 = 0x06
  static let taprootDerivation: UInt8 = 0x07
  static let musigParticipants: UInt8 = 0x08
}
