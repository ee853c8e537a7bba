// Custody owns what the exchange knows about its coins: which scripts are its own, what a block
// brings and takes, which coins pay which withdrawals. It opens no socket and holds no private key.
public import Bitcoin
public import Descriptors
public import Engine

/// The scripts of the hot wallet, by what an output pays to.
///
/// A descriptor has no end; the window here covers every place handed out so far and `lookAhead`
/// places more, so that a block which is scanned before the newest address reached the journal still
/// shows its deposit. ``cover(deposits:changes:)`` moves the window on.
///
/// Of a script only a few bytes are kept; see ``ScriptTable``. An answer is always checked by
/// deriving the script again, so what entered the table by ``learn(_:firstIndex:)`` needs no trust.
public struct WalletScripts: Sendable {
  /// The hot wallet: branch 0 receives deposits, branch 1 change.
  public let descriptor: Descriptor
  /// Wallets whose place it has taken, oldest first: positions below an end are theirs.
  public let former: [FormerScripts]
  /// Places known beyond the last one handed out, on each branch.
  public let lookAhead: UInt32
  private var table = ScriptTable()
  private var covered: [ScriptIndex.Branch: UInt32] = [:]

  /// A wallet whose place another has taken, with the positions after the last of its own.
  public struct FormerScripts: Sendable {
    public let descriptor: Descriptor
    public let depositEnd: UInt32
    public let changeEnd: UInt32

    public init(descriptor: Descriptor, depositEnd: UInt32, changeEnd: UInt32) {
      self.descriptor = descriptor
      self.depositEnd = depositEnd
      self.changeEnd = changeEnd
    }
  }

  /// Why a descriptor cannot be the hot wallet's.
  public enum Failure: Error, Equatable, Sendable {
    /// It has no index, or not exactly the branches for deposits and change.
    case notADepositAndChangeWallet(branches: Int, isRanged: Bool)
    /// A script cannot be derived.
    case descriptor(DescriptorError)
    /// An address is learnt at a place that does not follow the last one known.
    case outOfOrder(index: UInt32, expected: UInt32)
    /// Text at this place is no address of the wallet's network.
    case badAddress(index: UInt32, AddressError)
    /// The address at this place is another than the descriptor gives.
    case foreignAddress(index: UInt32)
  }

  /// Creates the scripts of the first `lookAhead` places of both branches.
  ///
  /// - Parameters:
  ///   - descriptor: A ranged descriptor with the branches `<0;1>`.
  ///   - former: Wallets whose place it has taken; their scripts stay known for ever.
  ///   - lookAhead: At least 1.
  ///   - known: Deposit addresses handed out before, from place 0 on; see
  ///     ``learn(_:firstIndex:)``.
  public init(
    descriptor: Descriptor, former: [FormerScripts] = [], lookAhead: UInt32 = 100,
    known: some Sequence<String> = []
  ) throws(Failure) {
    precondition(lookAhead > 0, "a wallet looks at least one place ahead")
    guard descriptor.isRanged, descriptor.branchCount == 2 else {
      throw .notADepositAndChangeWallet(
        branches: descriptor.branchCount, isRanged: descriptor.isRanged)
    }
    self.descriptor = descriptor
    self.former = former
    self.lookAhead = lookAhead
    try learn(known, firstIndex: 0)
    try cover(deposits: 0, changes: 0)
  }

  /// Number of places known on `branch`; what a scan of the chain must at least look at.
  public func count(of branch: ScriptIndex.Branch) -> UInt32 { covered[branch, default: 0] }

  /// Scripts known on both branches together.
  public var count: Int { table.count }

  /// Bytes that the table of scripts takes.
  public var byteCount: Int { table.byteCount }

  /// Moves the window on, never back.
  ///
  /// - Parameters:
  ///   - deposits: Places handed out on the deposit branch.
  ///   - changes: Places used on the change branch.
  public mutating func cover(deposits: UInt32, changes: UInt32) throws(Failure) {
    try cover(.deposit, upTo: deposits)
    try cover(.change, upTo: changes)
  }

  /// Takes in deposit addresses that were handed out before, which costs a hundredth of deriving
  /// them.
  ///
  /// One in 4096 is derived and compared, and the last; so a list that belongs to another wallet is
  /// found out at once, and a wrong entry can at worst hide the deposits of its own place.
  ///
  /// - Parameters:
  ///   - addresses: Their texts, in the order of their places.
  ///   - firstIndex: The place of the first, at most ``count(of:)``; places known already are
  ///     passed over.
  public mutating func learn(
    _ addresses: some Sequence<String>, firstIndex: UInt32
  ) throws(Failure) {
    var expected = count(of: .deposit)
    guard firstIndex <= expected else {
      throw .outOfOrder(index: firstIndex, expected: expected)
    }
    var last: Script?
    var index = firstIndex
    for address in addresses {
      defer { index += 1 }
      guard index >= expected, index < 1 << 31 else { continue }
      let script: Script
      do {
        script = try Address.parse(address, network: descriptor.network)
      } catch {
        throw .badAddress(index: index, error)
      }
      if index.isMultiple(of: 4096) { try check(script, at: index) }
      table.insert(script.bytes, place: ScriptIndex(branch: .deposit, index: index).packed)
      last = script
      expected = index + 1
    }
    if let last { try check(last, at: expected - 1) }
    covered[.deposit] = expected
  }

  private func check(_ script: Script, at index: UInt32) throws(Failure) {
    let derived = try derived(at: ScriptIndex(branch: .deposit, index: index)).scriptPubKey
    guard derived == script else { throw .foreignAddress(index: index) }
  }

  /// Returns where in the wallet `script` belongs, or `nil` when it is not ours or lies beyond the
  /// window.
  public func index(of script: Script) -> ScriptIndex? {
    let place = table.place(of: script.bytes) { place in
      (try? derived(at: ScriptIndex(packed: place)))?.scriptPubKey == script
    }
    return place.map(ScriptIndex.init(packed:))
  }

  /// Returns the scripts and keys at `index`.
  public func derived(at index: ScriptIndex) throws(Failure) -> DerivedScript {
    let owner = former.first {
      index.index < (index.branch == .deposit ? $0.depositEnd : $0.changeEnd)
    }
    do {
      return try (owner?.descriptor ?? descriptor).script(
        branch: Int(index.branch.rawValue), index: index.index)
    } catch {
      throw .descriptor(error)
    }
  }

  /// Returns the text of the address at `index` on the descriptor's network.
  public func address(at index: ScriptIndex) throws(Failure) -> String? {
    Address.text(for: try derived(at: index).scriptPubKey, network: descriptor.network)
  }

  private mutating func cover(_ branch: ScriptIndex.Branch, upTo used: UInt32) throws(Failure) {
    let end = used.addingReportingOverflow(lookAhead)
    let limit = min(end.overflow ? .max : end.partialValue, 1 << 31)
    let start = count(of: branch)
    guard start < limit else { return }
    for position in start..<limit {
      let index = ScriptIndex(branch: branch, index: position)
      table.insert(try derived(at: index).scriptPubKey.bytes, place: index.packed)
    }
    covered[branch] = limit
  }
}

extension ScriptIndex {
  /// The branch in the highest bit and the position below it.
  fileprivate var packed: UInt32 { UInt32(branch.rawValue) << 31 | index }

  fileprivate init(packed: UInt32) {
    self.init(branch: packed >> 31 == 0 ? .deposit : .change, index: packed & (1 << 31 - 1))
  }
}
