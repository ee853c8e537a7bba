import Bitcoin
import Cryptography
import PSBT
import Wire

enum PSBTTarget: FuzzTarget {
  static func check(_ input: [UInt8]) {
    if let psbt = accepted({ () throws(PSBTError) in try PSBT(parsing: input) }) { check(psbt) }
    if let psbt = accepted({ () throws(PSBTError) in try PSBT(base64: input.text) }) {
      require(
        psbt.bytes.count == Base64.bytes(input.text)?.count, "maps keep all that they were given")
    }
  }

  private static func check(_ psbt: PSBT) {
    let again = sure("a PSBT that we write is one") { () throws(PSBTError) in
      try PSBT(parsing: psbt.bytes)
    }
    require(again == psbt, "a PSBT is read as it was written")
    let twice = sure("a PSBT fits itself") { () throws(PSBTError) in
      try PSBT.combined([psbt, psbt])
    }
    require(twice == psbt, "combining with itself changes nothing")
    let other = psbt.converted(to: psbt.version == .v0 ? .v2 : .v0)
    let read = sure("the other version is a PSBT") { () throws(PSBTError) in
      try PSBT(parsing: other.bytes)
    }
    // A version 2 input may ask for a lock that version 0 has no field for.
    require(read.unsigned == psbt.unsigned, "the other version has the same transaction")
    _ = accepted { () throws(PSBTError) in try psbt.fee() }
    for index in psbt.inputs.indices {
      _ = accepted { () throws(PSBTError) in try psbt.spentOutput(index) }
      var signed = psbt
      _ = accepted { () throws(PSBTError) in
        try signed.sign(
          input: index, with: key, accepting: [.all, .none, .single],
          auxiliary: [UInt8](repeating: 0, count: 32))
      }
      _ = accepted { () throws(PSBTError) in try psbt.musigPlaces(input: index) }
      _ = accepted { () throws(PSBTError) in
        _ = try MuSig2Round(beginning: &signed, input: index, with: key)
      }
      _ = accepted { () throws(PSBTError) in try signed.joinSignatures(input: index) }
      var final = signed
      _ = accepted { () throws(PSBTError) in try final.finalize(input: index) }
      sure("what roles have done can be read") { () throws(PSBTError) in
        _ = try PSBT(parsing: signed.bytes)
        _ = try PSBT(parsing: final.bytes)
      }
    }
    if let signed = accepted({ () throws(PSBTError) in try psbt.extract() }) {
      require(
        signed.transaction.outputs == psbt.unsigned.transaction.outputs,
        "extracting changes no output")
    }
  }

  private static let key = sure("there is memory for a key") { () throws(CryptographyError) in
    try SecretBytes(copying: [UInt8](repeating: 1, count: 32))
  }
}
