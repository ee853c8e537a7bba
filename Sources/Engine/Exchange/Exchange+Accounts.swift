import Money
import Structures

// Accounts and their credentials.

extension Exchange {
  mutating func openAccount(name: String, _ emit: (Event) -> Void) throws(Refusal) {
    try name.require(1...64, bytesFor: "name")
    guard customers.names[name] == nil else { throw .duplicateName(name) }
    guard box.trading.accountCount < box.trading.capacity.accounts else { throw .full(.accounts) }
    let account = Account(id: customers.nextAccount, name: name, openedAt: time)
    customers.records.append(.init(account: account))
    customers.names[name] = account.id
    box.trading.openAccount()
    emit(.accountOpened(account))
  }

  mutating func createAPIKey(_ key: APIKey, _ emit: (Event) -> Void) throws(Refusal) {
    _ = try requireAccount(key.account)
    try key.key.require(1...64, bytesFor: "key")
    try key.label.require(0...64, bytesFor: "label")
    try key.sealed.require(0...4096, bytesFor: "sealed")
    guard key.permissions.isSubset(of: [.read, .trade, .withdraw]) else {
      throw .malformed(field: "permissions", problem: "has a permission that does not exist")
    }
    guard customers.apiKeys[key.key] == nil else { throw .duplicateAPIKey }
    customers.apiKeys[key.key] = key
    let index = Int(key.account.raw) - 1
    customers.records[index].apiKeys.append(key.key)
    if key.permissions.contains(.withdraw) {
      customers.records[index].account.credentialsChangedAt = time
    }
    emit(.apiKeyCreated(key))
  }

  mutating func revokeAPIKey(_ text: String, _ emit: (Event) -> Void) throws(Refusal) {
    guard let key = customers.apiKeys.removeValue(forKey: text) else { throw .unknownAPIKey }
    customers.records[Int(key.account.raw) - 1].apiKeys.removeAll { $0 == text }
    emit(.apiKeyRevoked(key: text))
  }

  mutating func enrolSigningKey(
    _ id: AccountID, publicKey: [UInt8], proof: [UInt8], _ emit: (Event) -> Void
  ) throws(Refusal) {
    var account = try requireAccount(id)
    try publicKey.require(32...32, bytesFor: "publicKey")
    try proof.require(64...64, bytesFor: "proof")
    guard account.signingKey != publicKey else { throw .signingKeyUnchanged }
    account.signingKey = publicKey
    account.credentialsChangedAt = time
    customers.records[Int(id.raw) - 1].account = account
    emit(.signingKeyEnrolled(account))
  }
}
