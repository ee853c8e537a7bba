public import Bitcoin
import Descriptors
public import Engine
import Money
public import Structures

/// A credited deposit that the guard wants to see on its own node.
public struct DepositQuestion: Equatable, Sendable {
  public var deposit: DepositID
  public var outpoint: Outpoint
  /// Where the journal says that it was mined.
  public var at: ChainPoint
}

/// What the guard's own node knows about it.
public enum DepositAnswer: Equatable, Sendable {
  /// The node has not come as far as that block.
  case notThereYet
  /// The block at that height, and the transaction if that block has it.
  case block(hash: [UInt8], transaction: Transaction?)
}

extension DepositQuestion {
  /// What an answer proves.
  enum Finding: Equatable {
    case verified
    case unknown
    case forged(String)
  }

  func judge(
    _ answer: DepositAnswer, deposit: Deposit, script: Script?
  ) -> Finding {
    guard case .block(let hash, let transaction) = answer else { return .unknown }
    guard hash == at.hash else {
      return .forged(
        "deposit \(deposit.id) is credited in a block that is not on the chain at height "
          + "\(at.height)")
    }
    guard let transaction, transaction.id == outpoint.transaction,
      Int(outpoint.index) < transaction.outputs.count
    else { return .forged("deposit \(deposit.id) is credited but is not on the chain") }
    let output = transaction.outputs[Int(outpoint.index)]
    guard output.value == deposit.amount.units, let script, output.script == script else {
      return .forged("deposit \(deposit.id) is credited differently than the chain has it")
    }
    return .verified
  }
}
