import Algos
import Money
public import Wire

extension Event {
  /// Appends the event's canonical form, over which journals take their digest of events. Events
  /// are always recomputed, so nothing reads them back.
  public func encode(into writer: inout ByteWriter) {
    switch self {
    case .refused(let refusal):
      writer.write(UInt8(0))
      refusal.encode(into: &writer)
    case .configured(let configuration): writer.write(case: 1, configuration)
    case .accountOpened(let account): writer.write(case: 2, account)
    case .apiKeyCreated(let key): writer.write(case: 3, key)
    case .apiKeyRevoked(let key):
      writer.write(UInt8(4))
      writer.write(key)
    case .signingKeyEnrolled(let account): writer.write(case: 5, account)
    case .addressAdded(let entry): writer.write(case: 6, entry)
    case .addressRemoved(let entry): writer.write(case: 7, entry)
    case .depositAddressAssigned(let address): writer.write(case: 8, address)
    case .transferred(let account, let asset, let amount, let from, let to):
      writer.write(case: 9, account)
      writer.write(asset)
      writer.write(amount)
      writer.write(tag: from)
      writer.write(tag: to)
    case .order(let order, let change):
      writer.write(case: 10, order)
      change.encode(into: &writer)
    case .trade(let trade): writer.write(case: 11, trade)
    case .level(let level): writer.write(case: 12, level)
    case .bill(let bill): writer.write(case: 13, bill)
    case .balance(let account, let balance):
      writer.write(case: 14, account)
      writer.write(balance)
    case .algo(let algo, let change):
      writer.write(case: 23, algo)
      change.encode(into: &writer)
    case .cancelAllAfter(let account, let tag, let at):
      writer.write(case: 24, account)
      writer.write(tag)
      writer.write(at)
    case .accountChanged(let account): writer.write(case: 25, account)
    case .transferredBetween(let parts): writer.write(case: 26, parts)
    case .instrumentState(let instrument, let state):
      writer.write(case: 27, instrument)
      writer.write(tag: state)
    case .auction(let result):
      writer.write(case: 28, result.instrument)
      writer.write(result.price)
      writer.write(result.size)
    case .adjustment(let adjustment): writer.write(case: 29, adjustment)
    case .deposit(let deposit): writer.write(case: 15, deposit)
    case .withdrawal(let withdrawal): writer.write(case: 16, withdrawal)
    case .payout(let payout): writer.write(case: 17, payout)
    case .coldWallet(let wallet): writer.write(case: 30, wallet)
    case .coldBatch(let batch): writer.write(case: 31, batch)
    case .refill(let refill): writer.write(case: 32, refill)
    case .credentialChange(let change, let step):
      writer.write(case: 40, change)
      writer.write(tag: step)
    case .accountHold(let hold, let ended):
      writer.write(case: 41, hold)
      writer.write(ended)
    case .blockConnected(let point): writer.write(case: 18, point)
    case .blockDisconnected(let point): writer.write(case: 19, point)
    case .suspended(let suspension): writer.write(case: 20, suspension)
    case .resumed(let suspension): writer.write(case: 21, suspension)
    case .reservesObserved(let asset, let point, let onChain, let owed):
      writer.write(case: 22, asset)
      writer.write(point)
      writer.write(onChain)
      writer.write(owed)
    }
  }
}

extension AlgoChange {
  fileprivate func encode(into writer: inout ByteWriter) {
    switch self {
    case .placed: writer.write(UInt8(0))
    case .amended(let requestID): writer.write(case: 1, requestID)
    case .childPlaced: writer.write(UInt8(2))
    case .childClosed: writer.write(UInt8(3))
    case .paused: writer.write(UInt8(4))
    case .activated: writer.write(UInt8(5))
    case .ended: writer.write(UInt8(6))
    case .canceled: writer.write(UInt8(7))
    case .failed(let refusal):
      writer.write(UInt8(8))
      refusal.encode(into: &writer)
    }
  }
}

extension OrderChange {
  fileprivate func encode(into writer: inout ByteWriter) {
    switch self {
    case .placed: writer.write(UInt8(0))
    case .filled(let fill): writer.write(case: 1, fill)
    case .amended(let requestID):
      writer.write(UInt8(2))
      writer.write(requestID)
    case .canceled: writer.write(UInt8(3))
    }
  }
}
