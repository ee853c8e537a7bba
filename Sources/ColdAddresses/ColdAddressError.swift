public import Descriptors

/// Why a batch of cold addresses is not one.
public enum ColdAddressError: Error, Equatable, Sendable {
  /// Not as many addresses as a batch may have.
  case badCount(Int, limit: Int)
  /// A cap of 0, above all coins there will ever be, or below one that it contains.
  case badCap(String)
  /// Numbers that do not follow those of the batch before.
  case outOfSequence(String)
  /// A batch that says something else than what was derived here.
  case batchDiffers(String)
  /// The batch is not signed by the key that issues for this wallet.
  case badSignature
  case descriptor(DescriptorError)
}

extension ColdAddressError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badCount(let count, let limit): "count: \(count) is out of range; allowed 1 to \(limit)"
    case .badCap(let reason): "cap: \(reason)"
    case .outOfSequence(let reason): "batch: \(reason)"
    case .batchDiffers(let field): "batch: its \(field) is not what this machine derives"
    case .badSignature: "batch: not signed by the issuing key"
    case .descriptor(let error): "descriptor: \(error)"
    }
  }
}
