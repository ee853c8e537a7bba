import Bitcoin
import Cryptography

/// Basic filters of blocks, as a node or a peer hands them out.
enum BlockFilterTarget: FuzzTarget {
  static func check(_ input: [UInt8]) {
    guard let block = BlockHash(bytes: [UInt8](repeating: 7, count: 32)) else { return }
    if let filter = accepted({ () throws(BlockFilterError) in
      try BlockFilter(parsing: input, of: block)
    }) {
      require(filter.bytes == input, "a filter is kept as it was read")
      require(filter.count <= input.count * 8, "an element takes a bit at least")
      _ = filter.matches(any: [Script([0x51]), Script(Array(input.prefix(34)))])
      require(!filter.matches(any: [Script]()), "nothing is in no filter")
    }
    checkOwn(input, of: block)
  }

  /// Scripts cut from the input are found in the filter of a block that pays to them.
  private static func checkOwn(_ input: [UInt8], of hash: BlockHash) {
    var pieces = Pieces(input)
    var scripts: [Script] = []
    while !pieces.isEmpty, scripts.count < 50 { scripts.append(Script(pieces.counted())) }
    let block = Block(
      header: BlockHeader(
        version: 1, previous: hash, merkleRoot: .zero, time: 0, bits: 0,
        nonce: 0),
      transactions: [
        Transaction(
          inputs: [TransactionInput(outpoint: .null)],
          outputs: scripts.map { TransactionOutput(value: 0, script: $0) })
      ])
    let filter = BlockFilter(of: block, spending: [])
    let again = sure("a filter that we make is read") { () throws(BlockFilterError) in
      try BlockFilter(parsing: filter.bytes, of: block.hash)
    }
    require(again == filter, "a filter is read as it was made")
    for script in scripts where script.bytes.first.map({ $0 != 0x6A }) ?? false {
      require(filter.matches(any: [script]), "a filter never misses a script")
    }
  }
}
