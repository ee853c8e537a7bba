public import Bitcoin
import JSON

extension BitcoinNode {
  /// A block's basic filter and the header that commits to it and to all before, or `nil` when the
  /// node keeps no such filters, or not that far yet. See BIP-158.
  ///
  /// The filter is the node's word: unlike a block, nothing in it can be checked against the hash.
  public func filter(
    of block: BlockHash
  ) async throws(NodeError) -> (filter: BlockFilter, header: FilterHeader)? {
    let answer: Answer
    do throws(NodeError) {
      answer = Answer(try await query("getblockfilter", [.string(block.hex), "basic"]))
    } catch {
      switch error.code {
      // Without the index, or without the method; an unknown block, or one not in the index.
      case NodeErrorCode.misc?, NodeErrorCode.methodNotFound?, NodeErrorCode.invalidAddressOrKey?:
        return nil
      default: throw error
      }
    }
    let bytes = try answer.member("filter").asBytes()
    guard let header = FilterHeader(hex: try answer.string("header")) else {
      throw .malformed("getblockfilter answers a header that is no hash")
    }
    do {
      return (try BlockFilter(parsing: bytes, of: block), header)
    } catch {
      throw .malformed("getblockfilter of block \(block.hex): \(error)")
    }
  }
}
