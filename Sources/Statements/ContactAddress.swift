/// An e-mail address to which notices go, in the part of RFC 5321 that every mail system takes: letters,
/// digits and a few marks, without quotes, comments, literals or anything beyond ASCII. What is no such
/// address could say something else to a mail program than to whoever reads it.
public struct ContactAddress: Hashable, Sendable {
  public let text: String
  /// What is before the @.
  public var local: String { String(text.prefix { $0 != "@" }) }
  public var domain: String { String(text.drop { $0 != "@" }.dropFirst()) }

  /// - Throws: ``ContactAddressError`` when `text` is no such address.
  public init(_ text: String) throws(ContactAddressError) {
    guard (3...254).contains(text.utf8.count) else { throw .length(text.utf8.count) }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw .shape }
    guard (1...64).contains(parts[0].utf8.count), Self.areAtoms(parts[0], Self.localMarks),
      parts[0].first != "-"
    else { throw .localPart }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, Self.areAtoms(parts[1], "-"),
      labels.allSatisfy({
        $0.utf8.count <= 63 && $0.first != "-" && $0.last != "-"
      })
    else { throw .domain }
    self.text = text
  }

  private static let localMarks = "!#$%&'*+-/=?^_`{|}~"

  /// Whether `text` is one or more atoms between dots.
  private static func areAtoms(_ text: Substring, _ marks: String) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
      !atom.isEmpty
        && atom.utf8.allSatisfy { byte in
          let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
          return isLetter || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || marks.utf8.contains(byte)
        }
    }
  }
}

/// Why a text is no address that notices can go to.
public enum ContactAddressError: Error, Equatable, Sendable {
  /// In bytes; 3 to 254 are allowed.
  case length(Int)
  case shape
  case localPart
  case domain
}

extension ContactAddressError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .length(let count): "has \(count) bytes; 3 to 254 are allowed"
    case .shape: "is not a name, one @ and a domain"
    case .localPart:
      "has something other than 1 to 64 letters, digits, single dots and !#$%&'*+-/=?^_`{|}~ before the @"
    case .domain: "has no domain of letters, digits, dots and hyphens behind the @"
    }
  }
}
