import Bitcoin
public import Descriptors

/// Who may be missing, and for how long: which tier of a policy opens for which people, computed by
/// satisfying the very scripts that coins lie under.
public struct AbsenceMatrix: Sendable {
  /// Why no matrix can be made.
  public enum Fault: Error, Equatable, Sendable {
    case people(PolicyPeople.Fault)
    case descriptor(DescriptorError)
    /// A lock by time instead of by blocks.
    case timeLock(UInt32)
    /// More sets of people than can be looked at.
    case tooMany(limit: Int)
  }

  /// Most sets of people.
  public static let limit = 1 << 20

  public let people: PolicyPeople
  /// Blocks after which something new may be possible: 0 and every lock of the scripts, rising.
  public let delays: [UInt32]
  private let nodes: [MiniscriptNode<DerivedKey>]

  public init(_ descriptor: Descriptor) throws(Fault) {
    do { people = try PolicyPeople(descriptor) } catch { throw .people(error) }
    do { nodes = try descriptor.script().spendingNodes } catch { throw .descriptor(error) }
    let locks = Set(nodes.flatMap(\.relativeLocks))
    for lock in locks where lock > DecayingPolicy.longestDelay { throw .timeLock(lock) }
    delays = [0] + locks.sorted()
  }

  /// How many blocks a coin must have, the one that it was mined in counted, until those who are
  /// there can spend it; `nil` for never.
  public func opening(for present: Set<KeyOrigin>) -> UInt32? {
    delays.first { delay in
      let assets = Present(people: present, age: delay)
      return nodes.contains { $0.witness(from: assets) != nil }
    }
  }

  /// Sets of people that are alike: the same slots are filled, whoever fills them, and the same tier
  /// opens.
  public struct Row: Hashable, Sendable {
    /// For each slot who is there: "HB", "H", "B" or "-".
    public let slots: [String]
    /// How many of the council or of the trustees are there, least and most.
    public var recovery: ClosedRange<Int>
    /// Blocks; `nil` for never.
    public let delay: UInt32?
    /// Sets of people that this row stands for.
    public var count: Int
    /// Such a set with the fewest people.
    public var example: [String]
  }

  /// Every set of people with at most `missing` absent, or every set at all, those alike in one row;
  /// what opens sooner comes first.
  public func rows(missing: Int? = nil) throws(Fault) -> [Row] {
    let all = people.all
    guard all.count <= 20 else { throw .tooMany(limit: Self.limit) }
    let most = min(missing ?? all.count, all.count)
    guard Self.sets(of: all.count, missing: most) <= Self.limit else {
      throw .tooMany(limit: Self.limit)
    }
    var rows: [RowKey: Row] = [:]
    for bits in 0..<(UInt32(1) << UInt32(all.count)) where bits.nonzeroBitCount <= most {
      let present = Set(all.indices.filter { bits & 1 << $0 == 0 }.map { all[$0] })
      add(present, to: &rows)
    }
    return rows.values.sorted { a, b in
      let (x, y) = (a.delay ?? .max, b.delay ?? .max)
      if x != y { return x < y }
      if a.slots != b.slots { return a.slots.lexicographicallyPrecedes(b.slots, by: >) }
      return a.recovery.lowerBound > b.recovery.lowerBound
    }
  }

  private struct RowKey: Hashable {
    let slots: [String]
    let delay: UInt32?
  }

  private func add(_ present: Set<KeyOrigin>, to rows: inout [RowKey: Row]) {
    let slots = people.slots.map { slot in
      let letters =
        (present.contains(slot.holder) ? "H" : "")
        + (slot.successor.map(present.contains) == true ? "B" : "")
      return letters.isEmpty ? "-" : letters
    }.sorted { Self.rank($0) < Self.rank($1) }
    let recovery = people.recovery.count(where: present.contains)
    let delay = opening(for: present)
    let key = RowKey(slots: slots, delay: delay)
    let names = people.all.filter(present.contains).compactMap(people.name)
    guard var row = rows[key] else {
      rows[key] = Row(
        slots: slots, recovery: recovery...recovery, delay: delay, count: 1, example: names)
      return
    }
    row.recovery =
      min(row.recovery.lowerBound, recovery)...max(row.recovery.upperBound, recovery)
    row.count += 1
    if names.count < row.example.count { row.example = names }
    rows[key] = row
  }

  private static func rank(_ slot: String) -> Int {
    ["HB", "H", "B", "-"].firstIndex(of: slot) ?? 4
  }

  private static func sets(of count: Int, missing: Int) -> Int {
    var sum = 0
    var choices = 1
    for taken in 0...missing {
      sum += choices
      choices = choices * (count - taken) / (taken + 1)
    }
    return sum
  }

  /// What people have at hand while a coin is so old.
  private struct Present: MiniscriptAssets {
    let people: Set<KeyOrigin>
    let age: UInt32

    func signature(by key: DerivedKey) -> [UInt8]? {
      people.contains(key.origin.account) ? [UInt8](repeating: 0x30, count: 71) : nil
    }
    func preimage(of digest: [UInt8], under function: MiniscriptHash) -> [UInt8]? { nil }
    func isOlder(_ sequence: UInt32) -> Bool { sequence <= age }
    func isAfter(_ lockTime: UInt32) -> Bool { false }
  }
}

extension AbsenceMatrix.Fault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .people(.noQuorum(let error)), .descriptor(let error): "policy: \(error)"
    case .people(.noOrigin(let key)): "policy: the key \(key) has no origin, so it is nobody's"
    case .timeLock(let lock): "policy: older(\(lock)) is a lock by time, not by blocks"
    case .tooMany(let limit): "more than \(limit) sets of people; give --missing"
    }
  }
}
