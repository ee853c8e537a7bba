import Money
import Structures

// Accounts and their credentials.

extension Exchange {
  mutating func openAccount(name: String, _ emit: (Event) -> Void) throws(Refusal) {
    try name.require(1...64, bytesFor: "name")
    try requireNew(name)
    let account = Account(id: customers.nextAccount, name: name, openedAt: time)
    customers.open(name: name, at: time)
    box.trading.openAccount()
    emit(.accountOpened(account))
  }

  /// Refuses a name that an account has, and an account too many.
  func requireNew(_ name: String) throws(Refusal) {
    guard customers.account(named: name) == nil else { throw .duplicateName(name) }
    guard box.trading.accountCount < box.trading.capacity.accounts, customers.hasRoom else {
      throw .full(.accounts)
    }
  }

  mutating func createAPIKey(_ key: APIKey, _ emit: (Event) -> Void) throws(Refusal) {
    _ = try requireAccount(key.account)
    try key.key.require(1...64, bytesFor: "key")
    try key.label.require(0...64, bytesFor: "label")
    try key.sealed.require(0...4096, bytesFor: "sealed")
    guard key.permissions.isSubset(of: [.read, .trade, .withdraw]) else {
      throw .malformed(field: "permissions", problem: "has a permission that does not exist")
    }
    guard customers.apiKey(key.key) == nil else { throw .duplicateAPIKey }
    customers.add(key)
    if key.permissions.contains(.withdraw) { noteChangedCredentials(of: key.account) { _ in } }
    emit(.apiKeyCreated(key))
  }

  mutating func revokeAPIKey(_ text: String, _ emit: (Event) -> Void) throws(Refusal) {
    guard customers.removeAPIKey(text) != nil else { throw .unknownAPIKey }
    emit(.apiKeyRevoked(key: text))
  }

  mutating func enrolSigningKey(
    _ id: AccountID, publicKey: [UInt8], proof: [UInt8], _ emit: (Event) -> Void
  ) throws(Refusal) {
    var account = try requireAccount(id)
    try requireNotHeld(id)
    try publicKey.require(Self.signingKeyLengths, bytesFor: "publicKey")
    guard account.signingKey != publicKey else { throw .signingKeyUnchanged }
    try requireRoomForChange(of: id)
    let counter = try signatureCounter(of: proof, by: publicKey, field: "proof")
    let change = CredentialChange.Kind.signingKey(
      new: publicKey, previous: account.signingKey,
      previousCounter: customers.details(Int(id.raw) - 1).signatureCounter)
    account.signingKey = publicKey
    account.credentialsChangedAt = time
    noteChangedCredentials(of: id) { $0.signatureCounter = counter ?? 0 }
    customers.setSigningKey(Int(id.raw) - 1, to: publicKey)
    emit(.signingKeyEnrolled(account))
    begin(change, of: id, emit)
  }

  /// Puts back the key that was there before a change that its owner cancelled.
  mutating func restoreSigningKey(
    of id: AccountID, to key: [UInt8]?, counter: UInt32, _ emit: (Event) -> Void
  ) {
    noteChangedCredentials(of: id) { $0.signatureCounter = counter }
    customers.setSigningKey(Int(id.raw) - 1, to: key)
    if let account = account(id) { emit(.accountChanged(account)) }
  }

  private mutating func noteChangedCredentials(
    of id: AccountID, _ change: (inout CustomerRegister.Details) -> Void
  ) {
    let now = time.milliseconds
    customers.change(Int(id.raw) - 1) { details in
      change(&details)
      details.credentialsChangedAt = now
    }
  }
}
