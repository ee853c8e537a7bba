import PSBT

// What a request claims and a review then checks. Field numbers are those of BIP-174 and BIP-371.

extension PSBTMap {
  /// The last steps of the paths in its derivations, of an input or an output: where to look first.
  var derivationIndices: Set<UInt32> {
    let ecdsa = [0x02, 0x06].flatMap { entries(UInt8($0)).map(\.value) }
    let taproot = [0x07, 0x16].flatMap { field in
      entries(UInt8(field)).filter { $0.data.count == 32 }.map(\.value)
    }
    return Set(
      (ecdsa + taproot).compactMap { value in
        guard value.count >= 8 else { return nil }
        let index = value.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return index < 1 << 31 ? index : nil
      })
  }

  /// The whole transaction that an input spends from.
  var nonWitnessUTXO: [UInt8]? { self[0x00] }

  /// The signature hash type that an input asks for.
  var sighashType: UInt32? {
    self[0x03].map { $0.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) } }
  }
}
