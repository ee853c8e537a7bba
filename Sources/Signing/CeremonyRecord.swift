import Bitcoin
import Cryptography
import Descriptors
import Money
import Wire

/// The public record of a ceremony: what to keep beside the keys and to compare on another device.
public struct CeremonyRecord: Codable, Equatable, Sendable {
  /// The public part of a holder, a successor, a member of the council or a trustee.
  public struct Holder: Codable, Equatable, Sendable {
    /// "holder-1" and so on; its key file has this name with ".key" behind it.
    public let label: String
    /// Fingerprint of the root key, 8 hexadecimal digits.
    public let fingerprint: String
    /// Account path without "m/", such as "48h/1h/0h/2h".
    public let path: String
    /// The account's extended public key.
    public let xpub: String
    /// SHA-256 of the key file.
    public let fileDigest: String
  }

  /// Format of this record: 2.
  public let version: Int
  /// Milliseconds since 1970, by the clock of the offline machine.
  public let createdMilliseconds: Int64
  /// mainnet, testnet, signet or regtest.
  public let network: String
  /// Holders whose signatures a payment needs.
  public let threshold: Int
  /// Who can spend, and when, in the order of the delays.
  public let tiers: [String]
  /// All holders, in the descriptor's order.
  public let holders: [Holder]
  /// The holders' successors, in the order of the holders; none for a plain multisig.
  public let backups: [Holder]
  /// The recovery council; none where no tier asks for it.
  public let council: [Holder]
  /// The trustees; none where no tier asks for them.
  public let trustees: [Holder]
  /// The guard's Ed25519 public key.
  public let guardPublicKey: String
  /// SHA-256 of the guard's key file.
  public let guardFileDigest: String
  /// SHA-256 of the lines that say who has which key and who guards the sheets; none were given when
  /// it is missing. The lines themselves are not for the public.
  public let peopleDigest: String?
  /// The wallet's descriptor with its checksum.
  public let descriptor: String
  /// SHA-256 of that text.
  public let policyID: String
  /// The first three deposit addresses: derive them on another device and compare.
  public let firstReceiveAddresses: [String]

  init(
    plan: CeremonyPlan, keys: [DecayingPolicy.Role: [KeyFile]], guardKey: KeyFile,
    descriptor: Descriptor
  ) throws(DescriptorError) {
    version = 2
    createdMilliseconds = plan.created.milliseconds
    network = plan.network.rawValue
    threshold = plan.threshold
    switch plan.wallet {
    case .multisig(let threshold, _):
      tiers = [DecayingPolicy.Tier(.holders(threshold), after: 0).words(counts: plan.counts)]
    case .decaying(_, let counts, let planned): tiers = planned.map { $0.words(counts: counts) }
    }
    holders = Self.entries(keys[.holder])
    backups = Self.entries(keys[.backup])
    council = Self.entries(keys[.council])
    trustees = Self.entries(keys[.trustee])
    guard case .signer(let key) = guardKey.identity else {
      preconditionFailure("the guard's key signs statements")
    }
    guardPublicKey = Hex.text(key.bytes)
    guardFileDigest = Hex.text(SHA256.hash(guardKey.bytes))
    peopleDigest = plan.people.map { Hex.text(SHA256.hash(Array($0.text.utf8))) }
    self.descriptor = descriptor.text
    policyID = Hex.text(descriptor.policyID)
    var addresses: [String] = []
    for index in UInt32(0)..<3 {
      let script = try descriptor.script(branch: 0, index: index).scriptPubKey
      guard let address = Address.text(for: script, network: plan.network) else {
        preconditionFailure("every witness script has an address")
      }
      addresses.append(address)
    }
    firstReceiveAddresses = addresses
  }

  private static func entries(_ files: [KeyFile]?) -> [Holder] {
    (files ?? []).map { file in
      guard case .holder(_, let origin, let account) = file.identity else {
        preconditionFailure("a wallet's key file is a holder's")
      }
      return Holder(
        label: file.label, fingerprint: origin.fingerprint.description, path: origin.path.text,
        xpub: account.text, fileDigest: Hex.text(SHA256.hash(file.bytes)))
    }
  }
}
