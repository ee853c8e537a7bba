public import JSON

/// The methods of the JSON-RPC interface, by name.
enum RPCTable {
  static let methods: [RPCMethod] =
    blockchainMethods + mempoolMethods + miningMethods + rawTransactionMethods + scanMethods
    + nodeMethods

  static let byName = Dictionary(uniqueKeysWithValues: methods.map { ($0.name, $0) })
}

extension DevnetNode {
  /// Runs one JSON-RPC method.
  ///
  /// - Parameters:
  ///   - method: Its name, as Bitcoin Core spells it.
  ///   - params: An array of arguments, or an object of named ones.
  ///   - now: Seconds since 1970.
  /// - Returns: What Bitcoin Core puts under "result".
  public mutating func call(
    _ method: String, _ params: JSON = [], now: Int64
  ) throws(RPCError) -> JSON {
    guard let found = RPCTable.byName[method] else {
      throw RPCError(.methodNotFound, "Method not found")
    }
    return try found.body(&self, try found.arguments(params, now: now))
  }
}
