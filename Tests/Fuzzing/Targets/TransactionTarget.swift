import Bitcoin

enum TransactionTarget: FuzzTarget {
  static func check(_ input: [UInt8]) {
    if let transaction = accepted({ () throws(BitcoinError) in try Transaction(parsing: input) }) {
      require(transaction.bytes == input, "a transaction is written as it was read")
      require(
        transaction.virtualSize <= transaction.weight && transaction.weight <= 4 * input.count,
        "weight lies between the size and four times the size")
      if !transaction.inputs.isEmpty {
        let bare = sure("a transaction without its witnesses is one") { () throws(BitcoinError) in
          try Transaction(parsing: transaction.bytesWithoutWitness)
        }
        require(bare.id == transaction.id, "the identifier does not cover witnesses")
      }
    }
    if let bare = accepted({ () throws(BitcoinError) in
      try Transaction(parsingWithoutWitness: input)
    }) {
      require(bare.bytesWithoutWitness == input, "a bare transaction is written as it was read")
    }
  }
}
