import Money
import Structures

/// Accounts, their credentials and their address books.
///
/// An account is 16 bytes and its name; what few have, or what is read seldom, lies beside: details
/// in rows of their own, keys and address entries as packed bytes. What trading needs of an account
/// (its master, its fees, its self-trade mode) trading has, and nobody else.
struct CustomerRegister: Sendable {
  private struct Row: BitwiseCopyable, Sendable {
    var openedAt: Int64
    /// Where its name is.
    var name: UInt32
    /// Its row of details plus one, 0 for none.
    var details: UInt32 = 0
  }

  /// What an account has once it has done more than trade.
  struct Details: BitwiseCopyable, Sendable {
    /// The greatest nonce that the customer signed with.
    var lastNonce: UInt64 = 0
    /// What the customer's passkey counted last; 0 when it does not count.
    var signatureCounter: UInt32 = 0
    /// Whether his key is a passkey, which lies beside.
    fileprivate(set) var hasPasskey = false
    /// The customer's Ed25519 public key, if it is enrolled.
    fileprivate(set) var signingKey: SigningKeyWords?
    var credentialsChangedAt: Int64?

    init() {}

    var isEmpty: Bool {
      lastNonce == 0 && signatureCounter == 0 && !hasPasskey && signingKey == nil
        && credentialsChangedAt == nil
    }
  }

  private var rows = ChunkedArray<Row>()
  private var details = ChunkedArray<Details>()
  /// Keys longer than 32 bytes, by account counted from 0.
  private var passkeys: [UInt32: [UInt8]] = [:]
  private var names = TextArena()
  private var byName = NumberIndex()
  /// Sub-accounts, counted from 0 in the order of opening, and whose they are.
  private var subaccounts = ChunkedArray<UInt32>()
  private var subaccountLists = OwnerLists()
  /// In the order of creation; revoked ones are removed.
  private(set) var apiKeys = PackedList<APIKey>()
  private var apiKeyLists = OwnerLists()
  private var byAPIKey = NumberIndex()
  /// The entry with id n is at n - 1; removed ones are removed.
  private(set) var entries = PackedList<AddressEntry>()
  private var entryLists = OwnerLists()
  private var byDestination = NumberIndex()
  private let hashKey: HashKey

  init(_ hashKey: HashKey) { self.hashKey = hashKey }

  // MARK: Accounts

  /// How many accounts there are: those with the ids 1 to this.
  var count: Int { rows.count }
  var nextAccount: AccountID { AccountID(UInt64(rows.count) + 1) }
  /// Whether there is room for another name.
  var hasRoom: Bool { names.hasRoom }

  /// Opens the account ``nextAccount``, which has a name that no other has.
  mutating func open(name: String, at time: Timestamp) {
    byName.insert(hash: hash(name), UInt32(rows.count))
    rows.append(Row(openedAt: time.milliseconds, name: names.add(name)))
  }

  func account(named name: String) -> AccountID? {
    byName.find(hash: hash(name)) { names.equals(rows[Int($0)].name, name) }.map(
      AccountID.init(index:))
  }

  func name(_ index: Int) -> String { names[rows[index].name] }
  func openedAt(_ index: Int) -> Timestamp { Timestamp(milliseconds: rows[index].openedAt) }

  func details(_ index: Int) -> Details {
    rows[index].details == 0 ? Details() : details[Int(rows[index].details) - 1]
  }

  mutating func change(_ index: Int, _ change: (inout Details) -> Void) {
    if rows[index].details == 0 {
      details.append(Details())
      rows[index].details = UInt32(details.count)
    }
    change(&details[Int(rows[index].details) - 1])
  }

  /// The customer's key, if one is enrolled.
  func signingKey(_ index: Int) -> [UInt8]? {
    let details = details(index)
    return details.hasPasskey ? passkeys[UInt32(index)] : details.signingKey?.bytes
  }

  /// Gives the account at `index` another key, or none.
  mutating func setSigningKey(_ index: Int, to key: [UInt8]?) {
    let words = key.flatMap(SigningKeyWords.init)
    passkeys[UInt32(index)] = words == nil ? key : nil
    change(index) {
      $0.signingKey = words
      $0.hasPasskey = key != nil && words == nil
    }
  }

  // MARK: Sub-accounts

  /// Records that the account at `index` is a sub-account of the one at `master`.
  mutating func addSubaccount(_ index: Int, of master: Int) {
    subaccounts.append(UInt32(index))
    subaccountLists.append(to: UInt32(master))
  }

  /// In the order of opening.
  func subaccounts(of master: Int) -> [AccountID] {
    subaccountLists.numbers(of: UInt32(master)).map { AccountID(index: subaccounts[Int($0)]) }
  }

  // MARK: API keys

  mutating func add(_ key: APIKey) {
    byAPIKey.insert(hash: hash(key.key), UInt32(apiKeys.count))
    apiKeyLists.append(to: UInt32(key.account.raw - 1))
    apiKeys.append(key)
  }

  func apiKey(_ text: String) -> APIKey? { apiKeyNumber(text).flatMap { apiKeys[Int($0)] } }

  /// In the order of creation.
  func apiKeys(of index: Int) -> [APIKey] {
    apiKeyLists.numbers(of: UInt32(index)).compactMap { apiKeys[Int($0)] }
  }

  /// Takes a key away; returns it if it was there.
  mutating func removeAPIKey(_ text: String) -> APIKey? {
    guard let number = apiKeyNumber(text), let key = apiKeys[Int(number)] else { return nil }
    byAPIKey.remove(hash: hash(text), number)
    apiKeyLists.remove(number, of: UInt32(key.account.raw - 1))
    apiKeys.remove(Int(number))
    return key
  }

  private func apiKeyNumber(_ text: String) -> UInt32? {
    byAPIKey.find(hash: hash(text)) { apiKeys[Int($0)]?.key.utf8.elementsEqual(text.utf8) ?? false }
  }

  // MARK: Address books

  var nextEntry: AddressEntryID { AddressEntryID(UInt64(entries.count) + 1) }

  func entry(_ id: AddressEntryID) -> AddressEntry? {
    id.index(in: entries.count).flatMap { entries[$0] }
  }

  /// The account's entry for the address, if it has one.
  func entry(of account: AccountID, _ asset: AssetID, to address: String) -> AddressEntry? {
    byDestination.find(hash: hash(account, asset, address)) { number in
      guard let entry = entries[Int(number)] else { return false }
      return entry.account == account && entry.asset == asset
        && entry.address.utf8.elementsEqual(address.utf8)
    }.flatMap { entries[Int($0)] }
  }

  /// In the order of their ids.
  func entries(of index: Int) -> [AddressEntry] {
    entryLists.numbers(of: UInt32(index)).compactMap { entries[Int($0)] }
  }

  /// Adds an entry with the id ``nextEntry``.
  mutating func add(_ entry: AddressEntry) {
    byDestination.insert(
      hash: hash(entry.account, entry.asset, entry.address), UInt32(entries.count))
    entryLists.append(to: UInt32(entry.account.raw - 1))
    entries.append(entry)
  }

  /// Hands out an id whose entry is gone.
  mutating func skipEntry() {
    entryLists.appendRemoved()
    entries.appendRemoved()
  }

  /// Puts another entry of the same account and address in the place of one that is there.
  mutating func set(_ entry: AddressEntry) { entries.set(Int(entry.id.raw) - 1, to: entry) }

  mutating func remove(_ entry: AddressEntry) {
    let number = UInt32(entry.id.raw - 1)
    byDestination.remove(hash: hash(entry.account, entry.asset, entry.address), number)
    entryLists.remove(number, of: UInt32(entry.account.raw - 1))
    entries.remove(Int(number))
  }

  // MARK: Hashes

  private func hash(_ text: String) -> UInt128 {
    var hash = SipHash(hashKey)
    hash.add(text.utf8)
    return hash.digest
  }

  private func hash(_ account: AccountID, _ asset: AssetID, _ address: String) -> UInt128 {
    var hash = SipHash(hashKey)
    hash.add(account.raw)
    hash.add(asset.raw)
    hash.add(address.utf8)
    return hash.digest
  }
}

/// A public key of 32 bytes, held in place.
struct SigningKeyWords: BitwiseCopyable, Sendable {
  private var word0: UInt64
  private var word1: UInt64
  private var word2: UInt64
  private var word3: UInt64

  /// - Parameter bytes: Exactly 32.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    func word(_ at: Int) -> UInt64 {
      (0..<8).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64($1 * 8) }
    }
    (word0, word1, word2, word3) = (word(0), word(8), word(16), word(24))
  }

  var bytes: [UInt8] {
    [word0, word1, word2, word3].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) }
    }
  }
}
