import Money
import Structures

// Destinations that customers signed for.

extension Exchange {
  mutating func addAddress(_ request: AddAddress, _ emit: (Event) -> Void) throws(Refusal) {
    let account = try requireAccount(request.account)
    try requireNotHeld(account.id)
    let asset = try requireAsset(request.asset)
    guard asset.rail == .bitcoin, request.chain == asset.chain else { throw .railMismatch }
    try request.address.require(1...128, bytesFor: "address")
    try request.label.require(0...64, bytesFor: "label")
    guard let signingKey = account.signingKey else { throw .signingKeyMissing }
    let counter = try newCounter(of: request.signature, by: account)
    try requireNew(request.nonce, of: account.id)
    guard customers.entry(of: account.id, request.asset, to: request.address) == nil else {
      throw .duplicateAddress
    }
    try requireRoomForChange(of: account.id)

    let coolingOff = configuration?.addressCoolingOffMilliseconds ?? 0
    let entry = AddressEntry(
      id: customers.nextEntry, account: account.id, asset: request.asset, chain: request.chain,
      address: request.address, label: request.label, nonce: request.nonce,
      signingKey: signingKey, signature: request.signature, addedAt: time,
      usableAt: time.advanced(byMilliseconds: coolingOff))
    customers.add(entry)
    noteSignature(of: account.id, nonce: request.nonce, counter: counter)
    emit(.addressAdded(entry))
    begin(.address(entry.id), of: account.id, emit)
  }

  mutating func removeAddress(
    _ id: AddressEntryID, of account: AccountID, _ emit: (Event) -> Void
  ) throws(Refusal) {
    _ = try requireAccount(account)
    guard let entry = customers.entry(id), entry.account == account else {
      throw .unknownAddressEntry
    }
    customers.remove(entry)
    emit(.addressRemoved(entry))
  }

  /// Records that a withdrawal to the entry became final.
  mutating func markUsed(_ id: AddressEntryID) {
    guard var entry = customers.entry(id), entry.firstUsedAt == nil else { return }
    entry.firstUsedAt = time
    customers.set(entry)
  }
}
