public import Bitcoin
import Descriptors
public import PSBT

/// Why a request is not signed.
public enum Refusal: Hashable, Sendable, CustomStringConvertible {
  case noPreviousTransaction(input: Int)
  case foreignInput(Int)
  case badSpentOutput(input: Int, reason: String)
  case foreignOutput(Int)
  /// An output to a place of a hot wallet that a customer may have been shown as his own.
  case customerAddress(output: Int, PolicyPlace)
  case sighash(input: Int, type: UInt32)
  case transactionVersion(Int32)
  case badTransaction(TransactionDefect)
  case placeUsedTwice(PolicyPlace)
  case changeToSpentPlace(output: Int)
  case dust(output: Int)
  case noFee
  case feeAboveLimit(Int64, limit: Int64)
  case feeAboveShare(Int64, of: Int64)

  public var description: String {
    switch self {
    case .noPreviousTransaction(let input):
      "input \(input): the transaction that it spends from is not given, so its amount is not proved"
    case .foreignInput(let input): "input \(input) is none of this cold wallet's coins"
    case .badSpentOutput(let input, let reason): "input \(input): \(reason)"
    case .foreignOutput(let output):
      "output \(output) pays to a stranger: cold coins go to registered wallets only"
    case .customerAddress(let output, let place):
      "output \(output) pays to \(place), which may be a customer's address and his deposit: coins go "
        + "to a hot wallet's change, as in \(place.policy):1/INDEX"
    case .sighash(let input, let type):
      "input \(input) asks for signature hash type \(type), which leaves parts unsigned"
    case .transactionVersion(let version): "transaction version \(version) is not 2 or 3"
    case .badTransaction(let defect): "no node would take the transaction: \(defect.rawValue)"
    case .placeUsedTwice(let place): "address \(place) is paid twice; cold addresses are used once"
    case .changeToSpentPlace(let output):
      "output \(output) pays to an address that is spent from; cold addresses are used once"
    case .dust(let output): "output \(output) is too small to be worth spending"
    case .noFee: "the outputs take more than the inputs bring"
    case .feeAboveLimit(let fee, let limit):
      "the fee of \(fee) satoshis is above the limit of \(limit)"
    case .feeAboveShare(let fee, let amount):
      "the fee of \(fee) satoshis is above a tenth of the \(amount) moved"
    }
  }
}

/// What a request would do, re-derived from registered descriptors: nothing that it claims is
/// believed.
public struct Review: Equatable, Sendable {
  public struct Input: Equatable, Sendable {
    public let outpoint: Outpoint
    public let satoshis: Int64?
    /// Where in the cold wallet, or `nil` for a foreign coin.
    public let place: PolicyPlace?
    /// Blocks or units of 512 s that the sequence number waits for, where it does.
    public let relativeLock: String?
  }

  public struct Output: Equatable, Sendable {
    public let satoshis: Int64
    /// `nil` for a script that has no address.
    public let address: String?
    /// Whose it is, or `nil` for a stranger's.
    public let place: PolicyPlace?
    public let role: RegisteredPolicy.Role?
    /// Whether it returns to the wallet that is spent from.
    public let isChange: Bool
  }

  /// What a fee may be.
  public struct Limits: Equatable, Sendable {
    /// Satoshis.
    public let fee: Int64
    /// Indices that are searched in each branch besides those that the request names.
    public let lookahead: UInt32

    public init(fee: Int64 = 1_000_000, lookahead: UInt32 = 200) {
      self.fee = fee
      self.lookahead = lookahead
    }
  }

  public let policy: RegisteredPolicy
  public let inputs: [Input]
  public let outputs: [Output]
  /// Satoshis; `nil` while an amount is not known.
  public let fee: Int64?
  /// Bytes that the fee is paid for, without signatures, which come on top.
  public let unsignedVirtualSize: Int
  public let lockTime: UInt32
  /// Why it must not be signed; empty when it may.
  public let refusals: [Refusal]
  /// What a person should think about before signing.
  public let warnings: [String]

  /// Works out what `psbt` does to the cold wallet `policy`.
  public init(
    of psbt: PSBT, spending policy: RegisteredPolicy, register: PolicyRegister,
    limits: Limits = Limits()
  ) {
    let transaction = psbt.unsigned.transaction
    let network = policy.descriptor.network
    var refusals: [Refusal] = []
    if ![2, 3].contains(transaction.version) {
      refusals.append(.transactionVersion(transaction.version))
    }
    do { try transaction.check() } catch { refusals.append(.badTransaction(error)) }
    var inputs: [Input] = []
    for (index, input) in transaction.inputs.enumerated() {
      inputs.append(
        Self.input(index, input, psbt, policy, limits: limits, refusals: &refusals))
    }
    let spent = Set(inputs.compactMap(\.place))
    var outputs: [Output] = []
    var paid: Set<PolicyPlace> = []
    for (index, output) in transaction.outputs.enumerated() {
      let place = register.place(
        of: output.script, on: network, hints: psbt.outputs[index].derivationIndices,
        limit: limits.lookahead)
      if place == nil { refusals.append(.foreignOutput(index)) }
      if let place {
        if register.role(of: place) == .hot, place.branch != 1 {
          refusals.append(.customerAddress(output: index, place))
        }
        if spent.contains(place) { refusals.append(.changeToSpentPlace(output: index)) }
        if !paid.insert(place).inserted { refusals.append(.placeUsedTwice(place)) }
      }
      if output.isDust { refusals.append(.dust(output: index)) }
      outputs.append(
        Output(
          satoshis: output.value, address: Address.text(for: output.script, network: network),
          place: place, role: place.flatMap(register.role), isChange: place?.policy == policy.name))
    }
    // In 128 bits: what a forged previous transaction says may be anything.
    let known = inputs.compactMap(\.satoshis)
    let total = known.count == inputs.count ? Self.sum(known) : nil
    fee = total.map { Int64(clamping: Int128($0) - Int128(Self.sum(outputs.map(\.satoshis)))) }
    if let fee, let total {
      if fee <= 0 { refusals.append(.noFee) }
      if fee > limits.fee { refusals.append(.feeAboveLimit(fee, limit: limits.fee)) }
      if fee > total / 10 { refusals.append(.feeAboveShare(fee, of: total)) }
    }
    self.policy = policy
    self.inputs = inputs
    self.outputs = outputs
    self.refusals = refusals
    unsignedVirtualSize = transaction.virtualSize
    lockTime = transaction.lockTime
    warnings = Self.warnings(inputs, outputs, transaction)
  }

  static func sum(_ satoshis: [Int64]) -> Int64 {
    Int64(clamping: satoshis.reduce(Int128(0)) { $0 + Int128($1) })
  }

  private static func input(
    _ index: Int, _ input: TransactionInput, _ psbt: PSBT, _ policy: RegisteredPolicy,
    limits: Limits, refusals: inout [Refusal]
  ) -> Input {
    var output: TransactionOutput?
    do { output = try psbt.spentOutput(index) } catch {
      refusals.append(.badSpentOutput(input: index, reason: "\(error)"))
    }
    // Taproot signatures cover the amounts of all inputs; those before it only their own, so that
    // a lie about another one would go unnoticed.
    let isTaproot = output?.script.witnessProgram?.version == 1
    if !isTaproot, psbt.inputs[index].nonWitnessUTXO == nil {
      refusals.append(.noPreviousTransaction(input: index))
    }
    let type = psbt.inputs[index].sighashType
    if let type, type != 1, !(isTaproot && type == 0) {
      refusals.append(.sighash(input: index, type: type))
    }
    let place = output.flatMap {
      policy.place(
        of: $0.script, hints: psbt.inputs[index].derivationIndices, limit: limits.lookahead)
    }
    if place == nil { refusals.append(.foreignInput(index)) }
    return Input(
      outpoint: input.outpoint, satoshis: output?.value, place: place,
      relativeLock: relativeLock(input.sequence))
  }

  private static func relativeLock(_ sequence: UInt32) -> String? {
    guard sequence & RelativeLock.disabled == 0, sequence & RelativeLock.valueMask > 0 else {
      return nil
    }
    let value = sequence & RelativeLock.valueMask
    return sequence & RelativeLock.isTime == 0
      ? "\(value) blocks" : "\(Int(value) * 512) seconds"
  }

  private static func warnings(
    _ inputs: [Input], _ outputs: [Output], _ transaction: Transaction
  ) -> [String] {
    var warnings: [String] = []
    let locks = Set(inputs.compactMap(\.relativeLock))
    if !locks.isEmpty {
      warnings.append(
        "this is a recovery path: it waits \(locks.sorted().joined(separator: " and ")) after its coins confirmed"
      )
    }
    if transaction.lockTime > 0, transaction.inputs.contains(where: { $0.sequence != .max }) {
      warnings.append(
        transaction.lockTime < 500_000_000
          ? "it cannot confirm before block \(transaction.lockTime)"
          : "it cannot confirm before Unix time \(transaction.lockTime)")
    }
    if outputs.allSatisfy(\.isChange) {
      warnings.append("nothing leaves the cold wallet: it only moves coins to new addresses")
    }
    return warnings
  }
}
