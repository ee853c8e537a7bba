public import Bitcoin

/// Round 2: what the coordinator made of the keys, for every signer to check. See BIP-129, "Round 2".
public struct BSMSDescriptorRecord: Hashable, Sendable {
  public static let unrestricted = "No path restrictions"

  /// A descriptor, or a template in which `/**` stands for each of the paths.
  public let template: String
  /// Such as `/0/*` and `/1/*`; none for a descriptor.
  public let paths: [String]
  /// The wallet's first address.
  public let firstAddress: String
  /// What the template stands for: one descriptor for each path.
  public let descriptors: [Descriptor]

  /// Makes the coordinator's record.
  public init(template: String, paths: [String], network: Network) throws(BSMSError) {
    let descriptors = try Self.expand(template, paths, network)
    self.template = template
    self.paths = paths
    self.descriptors = descriptors
    firstAddress = try Self.firstAddress(descriptors)
  }

  /// Reads a record and compares its address with the descriptor's own.
  public init(parsing text: String, network: Network) throws(BSMSError) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count == 4 else { throw .lines(lines.count, expected: 4) }
    guard lines[0] == BSMSKeyRecord.version else { throw .version(String(lines[0].prefix(32))) }
    let paths =
      lines[2] == Self.unrestricted
      ? [] : lines[2].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    try self.init(template: lines[1], paths: paths, network: network)
    guard lines[3] == firstAddress else {
      throw .address(String(lines[3].prefix(100)), expected: firstAddress)
    }
  }

  public var text: String {
    [
      BSMSKeyRecord.version, template,
      paths.isEmpty ? Self.unrestricted : paths.joined(separator: ","), firstAddress,
    ].joined(separator: "\n")
  }

  /// The places, from 0, at which a signer's own key stands in the descriptor; he shows them with
  /// the number of all keys.
  ///
  /// - Throws: ``BSMSError/keyMissing(_:)`` when it is nowhere: compared as a whole, not by its
  ///   fingerprint, which anybody can imitate.
  public func positions(of record: BSMSKeyRecord) throws(BSMSError) -> [Int] {
    guard let network = descriptors.first?.network else { throw .keyMissing(record.key) }
    let own: KeyExpression
    do throws(DescriptorError) {
      own = try KeyExpression(parsing: record.key[...], network: network, privateKeys: .refused)
    } catch {
      throw .key(error)
    }
    let keys = descriptors[0].keys
    let positions = keys.indices.filter { keys[$0].origin == own.origin && keys[$0].key == own.key }
    guard !positions.isEmpty else { throw .keyMissing(record.key) }
    return positions
  }

  private static func expand(
    _ template: String, _ paths: [String], _ network: Network
  ) throws(BSMSError) -> [Descriptor] {
    for path in paths {
      let isPath =
        path.hasPrefix("/")
        && path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
          $0 == "*" || ChildNumber(parsing: $0)?.isHardened == false
        }
      guard isPath else { throw .restrictions(String(path.prefix(64))) }
    }
    let isTemplate = template.contains("/**")
    guard isTemplate != paths.isEmpty, Set(paths).count == paths.count, paths.count <= 16 else {
      throw .restrictions(paths.isEmpty ? unrestricted : paths.joined(separator: ","))
    }
    var descriptors: [Descriptor] = []
    for path in isTemplate ? paths : [""] {
      do throws(DescriptorError) {
        descriptors.append(
          try Descriptor(
            parsing: isTemplate ? template.replacing("/**", with: path) : template,
            network: network))
      } catch {
        throw .descriptor(error)
      }
    }
    return descriptors
  }

  private static func firstAddress(_ descriptors: [Descriptor]) throws(BSMSError) -> String {
    let descriptor = descriptors[0]
    do throws(DescriptorError) {
      let script = try descriptor.script().scriptPubKey
      guard let address = Address.text(for: script, network: descriptor.network) else {
        throw .badKey("its script has no address")
      }
      return address
    } catch {
      throw .descriptor(error)
    }
  }
}
