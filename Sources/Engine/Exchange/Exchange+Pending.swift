import Money

// Work in progress: these commands are refused until their own files arrive.
extension Exchange {
  private func later() -> Refusal { .malformed(field: "command", problem: "not handled yet") }
  mutating func releaseDelayed(_ emit: (Event) -> Void) {}
  mutating func openAccount(name: String, _ emit: (Event) -> Void) throws(Refusal) { throw later() }
  mutating func createAPIKey(_ key: APIKey, _ emit: (Event) -> Void) throws(Refusal) {
    throw later()
  }
  mutating func revokeAPIKey(_ key: String, _ emit: (Event) -> Void) throws(Refusal) {
    throw later()
  }
  mutating func enrolSigningKey(
    _ a: AccountID, publicKey: [UInt8], proof: [UInt8], _ emit: (Event) -> Void
  ) throws(Refusal) { throw later() }
  mutating func addAddress(_ r: AddAddress, _ emit: (Event) -> Void) throws(Refusal) {
    throw later()
  }
  mutating func removeAddress(_ e: AddressEntryID, of a: AccountID, _ emit: (Event) -> Void)
    throws(Refusal)
  { throw later() }
  mutating func transfer(
    _ m: Amount, of asset: AssetID, account: AccountID, from: Wallet, to: Wallet,
    _ emit: (Event) -> Void
  ) throws(Refusal) { throw later() }
  mutating func placeOrder(_ r: PlaceOrder, _ emit: (Event) -> Void) throws(Refusal) {
    throw later()
  }
  mutating func cancelOrder(_ r: OrderReference, of a: AccountID, _ emit: (Event) -> Void)
    throws(Refusal)
  { throw later() }
  mutating func amendOrder(_ r: AmendOrder, _ emit: (Event) -> Void) throws(Refusal) {
    throw later()
  }
  mutating func assignDepositAddress(
    _ t: String, index: UInt32, asset: AssetID, to a: AccountID, _ emit: (Event) -> Void
  ) throws(Refusal) { throw later() }
  mutating func attestReceipt(_ r: AttestReceipt, _ emit: (Event) -> Void) throws(Refusal) {
    throw later()
  }
  mutating func depositSeen(
    _ o: ChainOutpoint, script: ScriptIndex, amount: Amount, _ emit: (Event) -> Void
  ) throws(Refusal) { throw later() }
  mutating func connectBlock(_ b: ConnectBlock, _ emit: (Event) -> Void) throws(Refusal) {
    throw later()
  }
  mutating func disconnectBlock(_ p: ChainPoint, _ emit: (Event) -> Void) throws(Refusal) {
    throw later()
  }
  mutating func requestWithdrawal(_ r: RequestWithdrawal, _ emit: (Event) -> Void) throws(Refusal) {
    throw later()
  }
  mutating func cancelWithdrawal(_ i: WithdrawalID, of a: AccountID, _ emit: (Event) -> Void)
    throws(Refusal)
  { throw later() }
  mutating func reviewWithdrawal(_ r: ReviewWithdrawal, _ emit: (Event) -> Void) throws(Refusal) {
    throw later()
  }
  mutating func guardHeld(
    _ i: WithdrawalID, until: Timestamp, reason: String, _ emit: (Event) -> Void
  ) throws(Refusal) { throw later() }
  mutating func guardRefused(_ i: WithdrawalID, reason: String, _ emit: (Event) -> Void)
    throws(Refusal)
  { throw later() }
  mutating func guardReleased(_ i: WithdrawalID, release: [UInt8], _ emit: (Event) -> Void)
    throws(Refusal)
  { throw later() }
  mutating func payoutBuilt(_ p: PayoutBuilt, _ emit: (Event) -> Void) throws(Refusal) {
    throw later()
  }
  mutating func payoutSigned(_ i: PayoutID, transaction: [UInt8], _ emit: (Event) -> Void)
    throws(Refusal)
  { throw later() }
  mutating func guardReported(_ r: GuardReport, _ emit: (Event) -> Void) throws(Refusal) {
    throw later()
  }
  mutating func reservesObserved(
    _ a: AssetID, at p: ChainPoint, onChain: Amount, _ emit: (Event) -> Void
  ) throws(Refusal) { throw later() }
}
