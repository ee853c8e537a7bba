import Descriptors
import Engine
import Structures

/// The exchange's configuration names the wallet, the guard and the operators that the guard knows,
/// and credits no deposit sooner than the guard accepts.
enum ConfigurationCheck {
  /// Returns what is wrong, or `nil`.
  static func problem(
    _ configuration: ExchangeConfiguration, _ policy: GuardPolicy, guardKey: [UInt8]
  ) -> String? {
    if !policy.wallets.contains(where: { $0.text == configuration.walletDescriptor }) {
      return "the exchange is configured for another wallet"
    }
    if configuration.guardKey != guardKey { return "the exchange is configured for another guard" }
    for member in configuration.operators where policy.operators[member.name] != member.publicKey {
      return "operator \(member.name) is not known to the guard under that key"
    }
    for asset in configuration.assets where asset.rail == .bitcoin {
      if asset.depositConfirmations < policy.minimumConfirmations {
        return "\(asset.code) deposits are credited after \(asset.depositConfirmations) "
          + "confirmations; the guard wants \(policy.minimumConfirmations)"
      }
    }
    return nil
  }
}
