public import Bitcoin
public import Descriptors
import Wire

/// What the coordinator hands to the signers in round 2: the wallet. See BIP-129, "Round 2".
public struct DescriptorRecord: Hashable, Sendable {
  private static let unrestricted = "No path restrictions"

  /// The descriptor or template as it was written.
  public let descriptorText: String
  /// The paths that stand for `/**`, such as "/0/*"; none when the descriptor has no `/**`.
  public let restrictions: [String]
  /// The wallet's first address, which all signers compare.
  public let firstAddress: String
  /// The descriptors: one for each restriction, or the one.
  public let descriptors: [Descriptor]

  /// Creates the record of a wallet. A wallet of alternatives, such as `<0;1>`, becomes a template.
  public init(_ descriptor: Descriptor) throws(SetupError) {
    let policy = try? WalletPolicy(descriptor)
    let paths = policy.flatMap(\.uniformPath)
    if let policy, let paths {
      descriptorText = policy.textWithOpenPaths
      restrictions = paths.map { "/\($0)/*" }
    } else {
      descriptorText = descriptor.text
      restrictions = []
    }
    do {
      descriptors = restrictions.isEmpty ? [descriptor] : try descriptor.branches
      firstAddress = try Self.firstAddress(of: descriptors[0])
    } catch {
      throw .badDescriptor(error)
    }
  }

  /// Reads a record and checks that the address is the wallet's first one.
  public init(parsing text: String, network: Network) throws(SetupError) {
    let lines = try SetupToken.lines(of: text, count: 4)
    descriptorText = lines[1]
    restrictions = try Self.restrictions(lines[2])
    guard lines[1].contains("/**") != restrictions.isEmpty else {
      throw .badRestrictions("a template has restrictions, a descriptor has none")
    }
    let body = try Self.withoutChecksum(lines[1])
    do {
      var descriptors: [Descriptor] = []
      for path in restrictions.isEmpty ? [""] : restrictions {
        let text =
          restrictions.isEmpty
          ? lines[1]
          : body.split(separator: "/**", omittingEmptySubsequences: false).joined(separator: path)
        descriptors.append(try Descriptor(parsing: text, network: network))
      }
      self.descriptors = descriptors
      let expected = try Self.firstAddress(of: descriptors[0])
      guard lines[3] == expected else {
        throw SetupError.wrongAddress(expected: expected, found: lines[3].excerpt(upTo: 100))
      }
      firstAddress = expected
    } catch let error as DescriptorError {
      throw .badDescriptor(error)
    } catch let error as SetupError {
      throw error
    } catch {
      throw .badRestrictions("unknown")
    }
  }

  /// Reads what the coordinator of the session with `token` sealed.
  public init(
    opening sealed: String, with token: SetupToken, network: Network
  ) throws(SetupError) {
    try self.init(parsing: try token.open(sealed), network: network)
  }

  /// The four lines.
  public var text: String {
    let paths = restrictions.isEmpty ? Self.unrestricted : restrictions.joined(separator: ",")
    return "BSMS 1.0\n\(descriptorText)\n\(paths)\n\(firstAddress)"
  }

  /// Returns the places of a signer's own key in the script, from 0.
  ///
  /// - Throws: ``SetupError/keyNotIncluded``. The key and its origin must be exactly the record's.
  public func positions(of record: KeyRecord) throws(SetupError) -> [Int] {
    let places = descriptors[0].keys.indices.filter { place in
      let key = descriptors[0].keys[place]
      return key.key == record.key.key && key.origin == record.key.origin
    }
    guard !places.isEmpty else { throw .keyNotIncluded }
    return places
  }

  private static func firstAddress(of descriptor: Descriptor) throws(DescriptorError) -> String {
    let script = try descriptor.script(branch: 0, index: 0).scriptPubKey
    guard let address = Address.text(for: script, network: descriptor.network) else {
      throw .badAddress
    }
    return address
  }

  private static func restrictions(_ line: String) throws(SetupError) -> [String] {
    guard line != unrestricted else { return [] }
    let paths = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    for path in paths {
      var steps = path.split(separator: "/", omittingEmptySubsequences: false)
      guard path.first == "/", paths.count <= 100 else { throw .badRestrictions(path) }
      steps.removeFirst()
      if steps.last == "*" { steps.removeLast() }
      for step in steps {
        guard let number = ChildNumber(parsing: step), !number.isHardened else {
          throw .badRestrictions(path.excerpt)
        }
      }
    }
    guard Set(paths).count == paths.count else { throw .badRestrictions("a path twice") }
    return paths
  }

  /// The descriptor or template without its checksum, which is checked when there is one.
  private static func withoutChecksum(_ text: String) throws(SetupError) -> Substring {
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return parts[0] }
    guard case .success(let checksum) = DescriptorChecksum.checksum(of: parts[0]),
      parts[1] == checksum
    else { throw .wrongChecksum }
    return parts[0]
  }
}
