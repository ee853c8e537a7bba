public import Bitcoin
public import Descriptors
import FoundationEssentials

extension ConfigurationSection {
  /// Reads the hot wallet's descriptor from the file that `descriptorFile` names.
  ///
  /// - Parameter network: The chain that the program is configured for; a file of another one has
  ///   been mixed up.
  public func walletDescriptor(on network: Network) throws(ConfigurationError) -> Descriptor {
    try walletDescriptor("descriptorFile", at: try path("descriptorFile"), on: network)
  }

  /// Reads the descriptors of the wallets whose place this one has taken, oldest first, from the files
  /// that `formerDescriptorFiles` names; none without it.
  public func formerDescriptors(on network: Network) throws(ConfigurationError) -> [Descriptor] {
    guard has("formerDescriptorFiles") else { return [] }
    var descriptors: [Descriptor] = []
    for file in try strings("formerDescriptorFiles") {
      descriptors.append(
        try walletDescriptor("formerDescriptorFiles", at: resolve(file), on: network))
    }
    return descriptors
  }

  private func walletDescriptor(
    _ key: String, at path: String, on network: Network
  ) throws(ConfigurationError) -> Descriptor {
    guard let data = FileManager.default.contents(atPath: path),
      let text = String(validating: data, as: UTF8.self)
    else { throw error(key, "\(path) cannot be read") }
    let descriptor: Descriptor
    do {
      descriptor = try DescriptorFile(parsing: text).descriptor
    } catch {
      throw self.error(key, "\(path) is not a wallet descriptor file: \(error)")
    }
    guard descriptor.network == network else {
      throw error(
        key,
        "\(path) is for \(descriptor.network.rawValue); expected \(network.rawValue)")
    }
    // Whatever locks and other ways it has besides: payouts are signed by so many of the holders.
    do { _ = try descriptor.quorum } catch {
      throw self.error(key, "\(path) cannot be the wallet: \(error)")
    }
    guard descriptor.isRanged, descriptor.branchCount == 2 else {
      throw error(
        key, "\(path) has no branches for deposits and change; expected <0;1>/*")
    }
    return descriptor
  }
}
