import Wire

/// Why a document changes nothing.
public enum PolicyRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// It is for another asset or chain.
  case foreign(asset: String, chain: String)
  /// An older version than one taken already, or another of the same number.
  case rolledBack(version: UInt64, newest: UInt64)
  /// Versions before it are not here.
  case gap(version: UInt64, newest: UInt64)
  /// It does not follow the newest that was taken.
  case anotherPredecessor(version: UInt64)
  /// A signature under it does not fit.
  case forged(key: [UInt8])
  case tooFewSignatures(have: Int, need: Int)

  public var description: String {
    switch self {
    case .foreign(let asset, let chain): "it is for \(asset) on \(chain)"
    case .rolledBack(let version, let newest):
      "version \(version) is put back, after version \(newest)"
    case .gap(let version, let newest):
      "version \(version) does not follow version \(newest), the newest here"
    case .anotherPredecessor(let version):
      "version \(version) does not name the one before that was taken here"
    case .forged(let key): "the signature of \(Hex.text(key)) does not fit"
    case .tooFewSignatures(let have, let need):
      "\(have) of those who may change the policy in force have signed; \(need) have to"
    }
  }
}
