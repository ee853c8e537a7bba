import Bitcoin
import Cryptography
import JSON
import Wire

extension DevnetNode {
  /// A header as `getblockheader` shows it.
  func headerMembers(_ entry: BlockEntry) -> [JSON.Member] {
    let header = entry.block.header
    let isActive = chain.isActive(entry)
    let version = Hex.fixed(UInt32(bitPattern: header.version))
    var members: [JSON.Member] = [
      .init("hash", .string(entry.hash.hex)),
      .init("confirmations", .integer(isActive ? chain.height - entry.height + 1 : -1)),
      .init("height", .integer(entry.height)),
      .init("version", .integer(header.version)),
      .init("versionHex", .string(version)),
      .init("merkleroot", .string(Hex.text(header.merkleRoot.bytes.reversed()))),
      .init("time", .integer(header.time)),
      .init("mediantime", .integer(entry.medianTime)),
      .init("nonce", .integer(header.nonce)),
      .init("bits", .string(Hex.fixed(header.bits))),
      .init("target", .string(Regtest.targetHex)),
      .init("difficulty", Regtest.difficulty),
      .init("chainwork", .string(entry.chainWorkHex)),
      .init("nTx", .integer(entry.block.transactions.count)),
    ]
    if entry.height > 0 {
      members.append(.init("previousblockhash", .string(header.previous.hex)))
    }
    if isActive, entry.height < chain.height {
      members.append(
        .init("nextblockhash", .string(chain.entry(at: entry.height + 1).hash.hex)))
    }
    return members
  }

  /// A block as `getblock` shows it.
  ///
  /// - Parameter verbosity: 1 for transaction identifiers, 2 for transactions, 3 with what they
  ///   spend.
  func blockJSON(_ entry: BlockEntry, verbosity: Int) -> JSON {
    let block = entry.block
    var members = headerMembers(entry)
    members += [
      .init("strippedsize", .integer(block.strippedByteCount)),
      .init("size", .integer(block.bytes.count)),
      .init("weight", .integer(block.weight)),
      .init("coinbase_tx", coinbaseJSON(block.transactions[0])),
    ]
    let transactions = block.transactions.enumerated().map { index, transaction -> JSON in
      guard verbosity > 1 else { return .string(transaction.id.hex) }
      let undo = index > 0 ? entry.undo?[index - 1] : nil
      return .object(
        TransactionJSON.members(transaction, spending: undo, showingSpent: verbosity > 2))
    }
    members.append(.init("tx", .array(transactions)))
    return .object(members)
  }

  private func coinbaseJSON(_ coinbase: Transaction) -> JSON {
    let input = coinbase.inputs[0]
    var members: [JSON.Member] = [
      .init("version", .integer(UInt32(bitPattern: coinbase.version))),
      .init("locktime", .integer(coinbase.lockTime)),
      .init("sequence", .integer(input.sequence)),
      .init("coinbase", .string(Hex.text(input.scriptSig.bytes))),
    ]
    if let witness = input.witness.first {
      members.append(.init("witness", .string(Hex.text(witness))))
    }
    return .object(members)
  }
}

extension BlockEntry {
  /// The chain's work as 64 digits.
  var chainWorkHex: String {
    let digits = String(chainWork, radix: 16)
    return String(repeating: "0", count: 64 - digits.count) + digits
  }
}

extension Regtest {
  /// Difficulty of every block, as Bitcoin Core prints it: the target of difficulty 1, 0xffff shifted
  /// by 208 bits, divided by 0x7fffff shifted by 232 bits.
  static let difficulty = JSON.number("4.656542373906925e-10")
}

extension Hex {
  /// Eight digits of `value`.
  static func fixed(_ value: UInt32) -> String {
    text([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) })
  }
}
