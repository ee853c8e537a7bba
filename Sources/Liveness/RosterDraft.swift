public import JSON
public import KeyHolders
import Wire

/// A roster as people write it down before they sign it: JSON, every member known and in its place.
public enum RosterDraft {
  /// What is wrong, with the place.
  public struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
    public let place: String
    public let problem: String
    public var description: String { "\(place): \(problem)" }
  }

  public static func roster(parsing json: JSON) throws(Fault) -> Roster {
    let root = try Place(json, "roster").object([
      "version", "people", "wallets", "custodians", "passphraseOwners", "monitorKey", "thawHours",
    ])
    let roster = Roster(
      version: UInt32(try root["version"].number(1...Int64(UInt32.max))),
      people: try root["people"].list(person), keySets: try root["wallets"].list(keySet),
      custodians: try root["custodians"].list { place throws(Fault) in try place.text() },
      passphraseOwners: try root["passphraseOwners"].list { place throws(Fault) in
        try place.text()
      }, monitorKey: try root["monitorKey"].hex(),
      thawMilliseconds: try root["thawHours"].number(0...87_600) * 3_600_000)
    do throws(RosterProblem) { try roster.check() } catch {
      throw Fault(place: "roster", problem: "\(error)")
    }
    return roster
  }

  private static func person(_ place: Place) throws(Fault) -> Person {
    let fields = try place.object(["name", "entity", "beatKey"])
    return Person(
      name: try fields["name"].text(), entity: try fields["entity"].text(),
      beatKey: try fields["beatKey"].hex())
  }

  private static func keySet(_ place: Place) throws(Fault) -> KeySet {
    let fields = try place.object([
      "wallet", "descriptor", "threshold", "seats", "council", "councilThreshold", "trustees",
      "trusteeThreshold", "confirmations",
    ])
    let wallet: KeySet.Wallet
    switch try fields["wallet"].text() {
    case "hot": wallet = .hot
    case "cold": wallet = .cold
    default: throw Fault(place: "\(place.name).wallet", problem: "\"hot\" or \"cold\"")
    }
    func count(_ name: String) throws(Fault) -> Int { Int(try fields[name].number(0...16)) }
    return KeySet(
      wallet: wallet, descriptor: try fields["descriptor"].text(),
      threshold: try count("threshold"),
      seats: try fields["seats"].list { place throws(Fault) in
        let seat = try place.object(["holder", "successor"])
        return Seat(
          holder: try owner(seat["holder"]), successor: try owner(seat["successor"]))
      }, council: try fields["council"].list(owner),
      councilThreshold: try count("councilThreshold"),
      trustees: try fields["trustees"].list(owner),
      trusteeThreshold: try count("trusteeThreshold"), confirmations: try count("confirmations"),
      times: wallet == .hot ? .hot : .cold)
  }

  private static func owner(_ place: Place) throws(Fault) -> KeyOwner {
    let fields = try place.object(["person", "key"])
    return KeyOwner(person: try fields["person"].text(), key: try fields["key"].text())
  }

  /// A value with its place in the draft.
  private struct Place {
    let value: JSON?
    let name: String

    init(_ value: JSON?, _ name: String) {
      self.value = value
      self.name = name
    }

    private func fault(_ problem: String) -> Fault { Fault(place: name, problem: problem) }

    func object(_ names: Set<String>) throws(Fault) -> Fields {
      guard let members = value?.members else { throw fault("no object") }
      for member in members where !names.contains(member.name) {
        throw fault("a member \"\(member.name)\" that no roster has")
      }
      for name in names.sorted() where !members.contains(where: { $0.name == name }) {
        throw fault("no member \"\(name)\"")
      }
      return Fields(place: self)
    }

    func text() throws(Fault) -> String {
      guard let text = value?.string else { throw fault("no text") }
      return text
    }

    func number(_ range: ClosedRange<Int64>) throws(Fault) -> Int64 {
      guard let number = value?.integer, range.contains(number) else {
        throw fault("no whole number of \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }

    func hex() throws(Fault) -> [UInt8] {
      guard let bytes = Hex.bytes(try text()), bytes.count == 32 else {
        throw fault("not 64 hexadecimal digits")
      }
      return bytes
    }

    func list<Element>(
      _ read: (Place) throws(Fault) -> Element
    ) throws(Fault) -> [Element] {
      guard let array = value?.array, array.count <= RosterLimit.people else {
        throw fault("no list of at most \(RosterLimit.people)")
      }
      var elements: [Element] = []
      for (index, value) in array.enumerated() {
        elements.append(try read(Place(value, "\(name)[\(index)]")))
      }
      return elements
    }
  }

  private struct Fields {
    let place: Place
    subscript(name: String) -> Place { Place(place.value?[name], "\(place.name).\(name)") }
  }
}
