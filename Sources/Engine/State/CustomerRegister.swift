import Structures

/// Accounts, their credentials and their address books.
struct CustomerRegister: Sendable {
  /// What belongs to one account.
  struct Record: Sendable {
    var account: Account
    /// The greatest nonce an address was added with.
    var lastNonce: UInt64 = 0
    /// In the order of creation.
    var apiKeys: [String] = []
    var entries = SortedArray<AddressEntryID>()
    /// In the order of opening.
    var subaccounts: [AccountID] = []

    init(account: Account) { self.account = account }
  }

  /// The account with number n is at n - 1.
  var records: [Record] = []
  var names: [String: AccountID] = [:]
  var apiKeys: [String: APIKey] = [:]
  /// The entry with number n is at n - 1; removed ones are `nil`.
  var entries: [AddressEntry?] = []
  var entryIDs: [EntryKey: AddressEntryID] = [:]

  /// What makes an entry one of its kind.
  struct EntryKey: Hashable, Sendable {
    var account: AccountID
    var asset: AssetID
    var address: String
  }

  init() {}

  var nextAccount: AccountID { AccountID(UInt64(records.count) + 1) }
  var nextEntry: AddressEntryID { AddressEntryID(UInt64(entries.count) + 1) }

  subscript(_ id: AccountID) -> Record? { id.index(in: records.count).map { records[$0] } }

  func entry(_ id: AddressEntryID) -> AddressEntry? {
    id.index(in: entries.count).flatMap { entries[$0] }
  }
}
