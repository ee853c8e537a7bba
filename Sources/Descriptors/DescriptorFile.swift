import Bitcoin
import Wire

/// The file that tells a program which wallet it serves.
///
/// ```text
/// # holdfast wallet descriptor
/// # network: regtest
/// # policy: 5c…e1
/// wsh(sortedmulti(2,…))#checksum
/// ```
/// The policy is ``Descriptor/policyID`` in hexadecimal. Other lines that begin with `#` are
/// comments; the descriptor alone, without them, is what other wallets import.
public struct DescriptorFile: Equatable, Sendable {
  /// The wallet's descriptor.
  public let descriptor: Descriptor

  /// Why a text is no descriptor file.
  public enum Failure: Error, Equatable, Sendable {
    /// No line "# network: …", or a name that is not mainnet, testnet, signet or regtest.
    case noNetwork
    /// No line, or more than one, that is no comment.
    case descriptorLines(Int)
    /// The descriptor is refused.
    case descriptor(DescriptorError)
    /// No line "# policy: …".
    case noPolicy
    /// More than one line of this name.
    case repeatedLine(String)
    /// The policy line names another descriptor.
    case wrongPolicy(expected: String, found: String)
  }

  /// Creates the file of `descriptor`.
  public init(_ descriptor: Descriptor) { self.descriptor = descriptor }

  /// Reads a file; the checksum and the policy line must be there and be right.
  public init(parsing text: String) throws(Failure) {
    guard text.utf8.count <= Descriptor.textLimit else {
      throw .descriptor(.textTooLong(text.utf8.count, limit: Descriptor.textLimit))
    }
    var network: Network?
    var hasNetwork = false
    var policy: String?
    var descriptors: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      if let name = Self.value(of: "network", in: line) {
        guard !hasNetwork else { throw .repeatedLine("network") }
        hasNetwork = true
        network = Network(rawValue: name)
      } else if let value = Self.value(of: "policy", in: line) {
        guard policy == nil else { throw .repeatedLine("policy") }
        policy = value
      } else if !line.hasPrefix("#") {
        descriptors.append(String(line))
      }
    }
    guard let network else { throw .noNetwork }
    guard descriptors.count == 1 else { throw .descriptorLines(descriptors.count) }
    do {
      descriptor = try Descriptor(
        parsing: descriptors[0], network: network, requiringChecksum: true)
    } catch {
      throw .descriptor(error)
    }
    guard !descriptor.hasSharedBranches else { throw .descriptor(.repeatedKey) }
    guard let policy else { throw .noPolicy }
    let expected = Hex.text(descriptor.policyID)
    guard policy == expected else { throw .wrongPolicy(expected: expected, found: policy) }
  }

  /// The text of the file.
  public var text: String {
    """
    # holdfast wallet descriptor
    # network: \(descriptor.network.rawValue)
    # policy: \(Hex.text(descriptor.policyID))
    \(descriptor.text)

    """
  }

  private static func value(of name: String, in line: Substring) -> String? {
    let prefix = "# \(name): "
    return line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : nil
  }
}
