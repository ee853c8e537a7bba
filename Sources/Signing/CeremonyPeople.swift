import Wire

/// Who gets which key of a ceremony, who guards the sheets, who knows the passphrases and where
/// everybody will be.
///
/// ```text
/// # one line for each fact; blanks between the words
/// key         holder-1   alice   zurich
/// custodian   dave       bank-of-zurich
/// passphrase  holder-1   frank
/// trip        alice      2026-11-23  2026-11-27  tokyo  flight-lx160
/// ```
/// A passphrase line names who knows the passphrase of that key's sealed sheet. A trip names its
/// first and last day, where it goes and in which vehicle.
public struct CeremonyPeople: Hashable, Sendable {
  /// A key, who has it and where he lives.
  public struct Seat: Hashable, Sendable {
    /// The key's label, such as "holder-1".
    public let key: String
    public let person: String
    public let region: String
  }

  /// Somebody who can open a vault in which sheets lie.
  public struct Custodian: Hashable, Sendable {
    public let person: String
    public let vault: String
  }

  /// Somebody who knows the passphrase of a key's sheet.
  public struct PassphraseOwner: Hashable, Sendable {
    public let key: String
    public let person: String
  }

  /// A declared journey.
  public struct Trip: Hashable, Sendable {
    public let person: String
    public let firstDay: CalendarDay
    public let lastDay: CalendarDay
    public let region: String
    public let vehicle: String
  }

  /// The lines as they were read: what a ceremony's record keeps the digest of.
  public let text: String
  public let seats: [Seat]
  public let custodians: [Custodian]
  public let passphraseOwners: [PassphraseOwner]
  public let trips: [Trip]

  /// No file is longer, in bytes.
  public static let maximumCount = 1 << 16

  /// Reads the lines.
  ///
  /// - Throws: ``CeremonyPeopleError`` naming the line.
  public init(parsing text: String) throws(CeremonyPeopleError) {
    guard text.utf8.count <= Self.maximumCount else {
      throw .tooLong(text.utf8.count, limit: Self.maximumCount)
    }
    var seats: [Seat] = []
    var custodians: [Custodian] = []
    var owners: [PassphraseOwner] = []
    var trips: [Trip] = []
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() where !line.hasPrefix("#") {
      let words = line.split(separator: " ").map(String.init)
      guard let first = words.first else { continue }
      for word in words where !Self.isWord(word) {
        throw .badLine(index + 1, reason: "\"\(word.excerpt)\" has other characters")
      }
      func expect(_ count: Int) throws(CeremonyPeopleError) {
        guard words.count == count else {
          throw .badLine(index + 1, reason: "\(words.count) words; a \(first) line has \(count)")
        }
      }
      func day(_ word: String) throws(CeremonyPeopleError) -> CalendarDay {
        guard let day = CalendarDay(parsing: word) else {
          throw .badLine(index + 1, reason: "\"\(word)\" is no day such as 2026-11-23")
        }
        return day
      }
      switch first {
      case "key":
        try expect(4)
        seats.append(Seat(key: words[1], person: words[2], region: words[3]))
      case "custodian":
        try expect(3)
        custodians.append(Custodian(person: words[1], vault: words[2]))
      case "passphrase":
        try expect(3)
        owners.append(PassphraseOwner(key: words[1], person: words[2]))
      case "trip":
        try expect(6)
        let trip = Trip(
          person: words[1], firstDay: try day(words[2]), lastDay: try day(words[3]),
          region: words[4], vehicle: words[5])
        guard trip.firstDay <= trip.lastDay else {
          throw .badLine(index + 1, reason: "the trip ends before it begins")
        }
        trips.append(trip)
      default:
        throw .badLine(
          index + 1, reason: "\"\(first)\" is none of key, custodian, passphrase and trip")
      }
    }
    self.text = text
    self.seats = seats
    self.custodians = custodians
    passphraseOwners = owners
    self.trips = trips
  }

  private static func isWord(_ word: String) -> Bool {
    word.utf8.count <= 64
      && word.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: Array("._-@".utf8).contains(byte)
        }
      }
  }
}
