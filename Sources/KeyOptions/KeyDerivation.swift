public import ArgumentParser
public import Signing

/// The named costs of opening a key file.
public enum KeyDerivation: String, CaseIterable, ExpressibleByArgument {
  case interactive, moderate, sensitive

  /// What it costs to try one passphrase.
  public var cost: KeyFileCost {
    switch self {
    case .interactive: .interactive
    case .moderate: .moderate
    case .sensitive: .sensitive
    }
  }
}
