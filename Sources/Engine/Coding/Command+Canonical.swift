import Algos
import Matching
import Money
import Structures
public import Wire

// A case's number is part of the journal's format: never reused, never renumbered.
extension Command: Canonical {
  /// Appends the command's canonical form: one byte for the case, then its parts in order; orders
  /// in words, see OrderCommandRecord.
  public func encode(into writer: inout ByteWriter) {
    switch self {
    case .configure(let configuration): writer.write(case: 0, configuration)
    case .tick: writer.write(UInt8(1))
    case .openAccount(let name):
      writer.write(UInt8(2))
      writer.write(name)
    case .createAPIKey(let key, let account, let label, let permissions, let sealed):
      writer.write(case: 3, account)
      writer.write(key)
      writer.write(label)
      writer.write(permissions)
      writer.write(sealed)
    case .revokeAPIKey(let key):
      writer.write(UInt8(4))
      writer.write(key)
    case .enrolSigningKey(let account, let publicKey, let proof):
      writer.write(case: 5, account)
      writer.write(publicKey)
      writer.write(proof)
    case .addAddress(let parts): writer.write(case: 6, parts)
    case .removeAddress(let account, let entry):
      writer.write(case: 7, account)
      writer.write(entry)
    case .transfer(let account, let asset, let amount, let from, let to):
      writer.write(case: 8, account)
      writer.write(asset)
      writer.write(amount)
      writer.write(tag: from)
      writer.write(tag: to)
    case .placeOrder(let parts): parts.encode(into: &writer)
    case .cancelOrder(let account, let order):
      order.encodeCancel(of: account, into: &writer)
    case .amendOrder(let parts): parts.encode(into: &writer)
    case .assignDepositAddress(let account, let asset, let index, let address):
      writer.write(case: 12, account)
      writer.write(asset)
      writer.write(index)
      writer.write(address)
    case .attestReceipt(let parts): writer.write(case: 13, parts)
    case .depositSeen(let outpoint, let script, let amount):
      writer.write(case: 14, outpoint)
      writer.write(script)
      writer.write(amount)
    case .connectBlock(let parts): writer.write(case: 15, parts)
    case .disconnectBlock(let point): writer.write(case: 16, point)
    case .requestWithdrawal(let parts):
      writer.write(case: parts.intent == nil ? 17 : 50, parts)
      if let intent = parts.intent { intent.encode(into: &writer) }
    case .cancelWithdrawal(let account, let withdrawal):
      writer.write(case: 18, account)
      writer.write(withdrawal)
    case .reviewWithdrawal(let parts): writer.write(case: 19, parts)
    case .guardHeld(let withdrawal, let until, .said(let reason)):
      writer.write(case: 20, withdrawal)
      writer.write(until)
      writer.write(reason)
    case .guardHeld(let withdrawal, let until, .awaitsRefill):
      writer.write(case: 49, withdrawal)
      writer.write(until)
    case .guardRefused(let withdrawal, let reason):
      writer.write(case: 21, withdrawal)
      writer.write(reason)
    case .guardReleased(let withdrawal, let release):
      writer.write(case: 22, withdrawal)
      writer.write(release)
    case .payoutBuilt(let parts): writer.write(case: 23, parts)
    case .payoutSigned(let payout, let transaction):
      writer.write(case: 24, payout)
      writer.write(transaction)
    case .payoutReplaced(let payout, let parts):
      writer.write(case: 44, payout)
      writer.write(parts)
    case .payoutLost(let payout, let loss):
      writer.write(case: 48, payout)
      writer.write(loss)
    case .coldWallet(let parts): writer.write(case: 45, parts)
    case .registerColdBatch(let parts): writer.write(case: 46, parts)
    case .planFloat(let plan) where plan.usualTargetBasisPoints == plan.targetBasisPoints:
      writer.write(UInt8(47))
      plan.encode(withoutUsual: &writer)
    case .planFloat(let parts): writer.write(case: 70, parts)
    case .guardReported(let parts): writer.write(case: 25, parts)
    case .reservesObserved(let asset, let point, let onChain):
      writer.write(case: 26, asset)
      writer.write(point)
      writer.write(onChain)
    case .placeOrderWithAlgos(let parts, let attached):
      writer.write(UInt8(27))
      parts.encode(into: &writer)
      writer.write(attached)
    case .cancelOrders(let account, let instrument, let side):
      writer.write(case: 28, account)
      writer.write(instrument)
      writer.write(optional: side) { $0.write(tag: $1) }
    case .cancelAllAfter(let account, let milliseconds, let tag):
      writer.write(case: 29, account)
      writer.write(milliseconds)
      writer.write(tag)
    case .placeAlgo(let parts): writer.write(case: 30, parts)
    case .cancelAlgo(let account, let algo):
      writer.write(case: 31, account)
      writer.write(algo)
    case .amendAlgo(let parts): writer.write(case: 32, parts)
    case .setSelfTradePrevention(let account, let mode):
      writer.write(case: 33, account)
      writer.write(tag: mode)
    case .setFeeTier(let operatorName, let account, let tier):
      writer.write(case: 34, account)
      writer.write(operatorName)
      writer.write(tier)
    case .openSubaccount(let master, let name):
      writer.write(case: 35, master)
      writer.write(name)
    case .transferBetween(let parts): writer.write(case: 36, parts)
    case .setInstrumentState(let operatorName, let instrument, let state):
      writer.write(case: 37, instrument)
      writer.write(operatorName)
      writer.write(tag: state)
    case .proposeAdjustment(let parts): writer.write(case: 38, parts)
    case .decideAdjustment(let parts): writer.write(case: 39, parts)
    case .keyHashes(let key):
      writer.write(UInt8(40))
      writer.write(key.word0)
      writer.write(key.word1)
    case .chainJudged(let asset, let problem):
      writer.write(case: 41, asset)
      writer.write(optional: problem) { $0.write($1) }
    case .keyHoldersReported(let parts): writer.write(case: 56, parts)
    case .decideService(let parts): writer.write(case: 57, parts)
    case .reopeningChecked(let parts): writer.write(case: 58, parts)
    case .rotateWallet(let parts): writer.write(case: 59, parts)
    case .setContact(let account, let contact):
      writer.write(case: 75, account)
      writer.write(contact)
    case .noticeGiven(let parts): writer.write(case: 76, parts)
    case .cancelChange(let parts): writer.write(case: 77, parts)
    case .endHold(let parts): writer.write(case: 78, parts)
    }
  }

  /// Reads one command.
  ///
  /// - Throws: ``WireError`` when the bytes are not the canonical form of a command.
  public init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    if let number = reader.peek(), (9...11).contains(number) {
      self = try Command(orderFrom: &reader)
      return
    }
    switch try reader.read(UInt8.self) {
    case 0: self = .configure(try reader.read())
    case 1: self = .tick
    case 2: self = .openAccount(name: try reader.read())
    case 3:
      let account = try reader.read(AccountID.self)
      self = .createAPIKey(
        key: try reader.read(), account: account, label: try reader.read(),
        permissions: try reader.read(Permissions.self), sealed: try reader.read())
    case 4: self = .revokeAPIKey(key: try reader.read())
    case 5:
      self = .enrolSigningKey(
        account: try reader.read(), publicKey: try reader.read(), proof: try reader.read())
    case 6: self = .addAddress(try reader.read())
    case 7: self = .removeAddress(account: try reader.read(), entry: try reader.read())
    case 8:
      self = .transfer(
        account: try reader.read(), asset: try reader.read(), amount: try reader.read(),
        from: try reader.read(tag: Wallet.self), to: try reader.read(tag: Wallet.self))
    case 12:
      self = .assignDepositAddress(
        account: try reader.read(), asset: try reader.read(), index: try reader.read(),
        address: try reader.read())
    case 13: self = .attestReceipt(try reader.read())
    case 14:
      self = .depositSeen(
        outpoint: try reader.read(), script: try reader.read(), amount: try reader.read())
    case 15: self = .connectBlock(try reader.read())
    case 16: self = .disconnectBlock(try reader.read())
    case 17: self = .requestWithdrawal(try reader.read())
    case 18: self = .cancelWithdrawal(account: try reader.read(), withdrawal: try reader.read())
    case 19: self = .reviewWithdrawal(try reader.read())
    case 20:
      self = .guardHeld(
        withdrawal: try reader.read(), until: try reader.read(),
        reason: .said(try reader.read()))
    case 21: self = .guardRefused(withdrawal: try reader.read(), reason: try reader.read())
    case 22: self = .guardReleased(withdrawal: try reader.read(), release: try reader.read())
    case 23: self = .payoutBuilt(try reader.read())
    case 24: self = .payoutSigned(payout: try reader.read(), transaction: try reader.read())
    case 25: self = .guardReported(try reader.read())
    case 26:
      self = .reservesObserved(
        asset: try reader.read(), at: try reader.read(), onChain: try reader.read())
    case 27:
      let at = reader.offset
      guard case .placeOrder(let order) = try Command(orderFrom: &reader) else {
        throw .malformed(at: at)
      }
      self = .placeOrderWithAlgos(order, attached: try reader.read())
    case 28:
      self = .cancelOrders(
        account: try reader.read(), instrument: try reader.readOptional(InstrumentID.init(from:)),
        side: try reader.readOptional { r throws(WireError) in try r.read(tag: Side.self) })
    case 29:
      self = .cancelAllAfter(
        account: try reader.read(), milliseconds: try reader.read(), tag: try reader.read())
    case 30: self = .placeAlgo(try reader.read())
    case 31: self = .cancelAlgo(account: try reader.read(), algo: try reader.read())
    case 32: self = .amendAlgo(try reader.read())
    case 33:
      self = .setSelfTradePrevention(
        account: try reader.read(), mode: try reader.read(tag: SelfTradePrevention.self))
    case 34:
      let account = try reader.read(AccountID.self)
      self = .setFeeTier(
        operatorName: try reader.read(), account: account, tier: try reader.read())
    case 35: self = .openSubaccount(master: try reader.read(), name: try reader.read())
    case 36: self = .transferBetween(try reader.read())
    case 37:
      let instrument = try reader.read(InstrumentID.self)
      self = .setInstrumentState(
        operatorName: try reader.read(), instrument: instrument,
        state: try reader.read(tag: InstrumentState.self))
    case 38: self = .proposeAdjustment(try reader.read())
    case 39: self = .decideAdjustment(try reader.read())
    case 40: self = .keyHashes(HashKey(try reader.read(), try reader.read()))
    case 41:
      self = .chainJudged(
        asset: try reader.read(),
        problem: try reader.readOptional { r throws(WireError) in try r.read(String.self) })
    case 44: self = .payoutReplaced(payout: try reader.read(), by: try reader.read())
    case 45: self = .coldWallet(try reader.read())
    case 46: self = .registerColdBatch(try reader.read())
    case 47: self = .planFloat(try FloatPlan(withoutUsual: &reader))
    case 70:
      let plan: FloatPlan = try reader.read()
      // One command has one form.
      guard plan.usualTargetBasisPoints != plan.targetBasisPoints else { throw .malformed(at: at) }
      self = .planFloat(plan)
    case 48: self = .payoutLost(payout: try reader.read(), try reader.read())
    case 49:
      self = .guardHeld(
        withdrawal: try reader.read(), until: try reader.read(), reason: .awaitsRefill)
    case 56: self = .keyHoldersReported(try reader.read())
    case 57: self = .decideService(try reader.read())
    case 58: self = .reopeningChecked(try reader.read())
    case 59: self = .rotateWallet(try reader.read())
    case 75: self = .setContact(account: try reader.read(), contact: try reader.read())
    case 76: self = .noticeGiven(try reader.read())
    case 77: self = .cancelChange(try reader.read())
    case 78: self = .endHold(try reader.read())
    case 50:
      var request = try RequestWithdrawal(from: &reader)
      request.intent = try reader.read()
      self = .requestWithdrawal(request)
    default: throw .malformed(at: at)
    }
  }
}

extension ByteWriter {
  /// Appends a case's number and its first part.
  mutating func write<T: Canonical>(case number: UInt8, _ first: T) {
    write(number)
    write(first)
  }
}
