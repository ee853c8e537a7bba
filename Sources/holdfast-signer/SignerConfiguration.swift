import Bitcoin
import Settings
import Descriptors
import FoundationEssentials
import Money
import Signing

/// Everything in the configuration file of `holdfast-signer`.
struct SignerConfiguration {
  /// How the guard reaches this signer.
  enum Line {
    case socket(String)
    case serial(device: String, baud: Int)
  }

  var policy: SignerPolicy
  var keyFile: String
  /// Where the passphrase is, when no person types it.
  var passphraseFile: String?
  var record: String
  var line: Line

  init(file: String) throws(ConfigurationError) {
    self = try ConfigurationSection.read(file: file) {
      (root) throws(ConfigurationError) in try SignerConfiguration(root)
    }
  }

  private init(_ root: ConfigurationSection) throws(ConfigurationError) {
    keyFile = try root.path("keyFile")
    passphraseFile = try root.optionalPath("passphraseFile")
    record = try root.path("record")
    let descriptor = try Self.descriptor(root)
    policy = SignerPolicy(
      network: descriptor.network, asset: try root.string("asset", default: "BTC"),
      chain: try root.string("chain", default: "BTC-Bitcoin"), descriptor: descriptor,
      guardKey: try root.bytes("guardKey", count: 32),
      limits: try Self.limits(try root.section("limits")))
    line = try Self.line(try root.section("link"))
  }

  private static func descriptor(
    _ root: ConfigurationSection
  ) throws(ConfigurationError) -> Descriptor {
    let path = try root.path("descriptorFile")
    guard let data = FileManager.default.contents(atPath: path) else {
      throw root.error("descriptorFile", "\(path) cannot be read")
    }
    let descriptor: Descriptor
    do {
      descriptor = try DescriptorFile(parsing: String(decoding: data, as: UTF8.self)).descriptor
    } catch {
      throw root.error("descriptorFile", "\(path) is no descriptor file: \(error)")
    }
    // The one network is in the descriptor file; naming it again catches a mixed-up file.
    let network = try root.choice("network", of: Network.self)
    guard network == descriptor.network else {
      throw root.error(
        "network", "\(network.rawValue) is not the descriptor's; that is \(descriptor.network)")
    }
    return descriptor
  }

  private static func limits(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) -> SigningLimits {
    func satoshi(_ key: String) throws(ConfigurationError) -> Int64 {
      try section.amount(key, decimals: 8, in: 1...Consensus.maximumMoney).units
    }
    return SigningLimits(
      perTransaction: try satoshi("perTransaction"), budgetHour: try satoshi("budgetHour"),
      budgetDay: try satoshi("budgetDay"), networkFee: try satoshi("networkFee"),
      feeRateSatsPerVByte: try section.integer("feeRateSatsPerVByte", in: 1...100_000))
  }

  private static func line(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) -> Line {
    let socket = try section.optionalPath("socket")
    let serial = try section.optionalPath("serial")
    let baud = try section.integer("baud", in: 9_600...921_600, default: 921_600)
    switch (socket, serial) {
    case (let socket?, nil): return .socket(socket)
    case (nil, let device?): return .serial(device: device, baud: Int(baud))
    case (nil, nil): throw section.error("socket", "is missing; give socket or serial")
    case (_?, _?): throw section.error("serial", "excludes socket; give one of them")
    }
  }
}
