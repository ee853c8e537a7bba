import Money

/// One number of a policy's part: what it is called, what is allowed, and which way is stricter. Checks,
/// comparisons and tables for people are made from the same list.
struct PolicyNumber<Part: Sendable>: Sendable {
  enum Unit: Sendable {
    /// Ledger units of an asset with 8 decimals.
    case amount
    case milliseconds
    case count
  }

  enum Stricter: Sendable {
    case lower
    case higher
  }

  let name: String
  let unit: Unit
  let stricter: Stricter
  let range: ClosedRange<Int64>
  let value: @Sendable (Part) -> Int64

  init(
    _ name: String, _ unit: Unit, stricter: Stricter, in range: ClosedRange<Int64>,
    _ value: @escaping @Sendable (Part) -> Int64
  ) {
    self.name = name
    self.unit = unit
    self.stricter = stricter
    self.range = range
    self.value = value
  }

  /// What a person reads.
  func text(_ number: Int64) -> String {
    switch unit {
    case .amount: DecimalText.text(units: number, decimals: PolicyRange.decimals)
    case .milliseconds: PolicyRange.text(milliseconds: number)
    case .count: "\(number)"
    }
  }

  func problem(in part: Part) -> String? {
    let number = value(part)
    guard !range.contains(number) else { return nil }
    return
      "\(name): \(text(number)) is out of range; allowed \(text(range.lowerBound)) to "
      + text(range.upperBound)
  }

  func change(from old: Part, to new: Part) -> PolicyChange? {
    let (before, after) = (value(old), value(new))
    guard before != after else { return nil }
    let isLower = after < before
    return PolicyChange(
      field: name, old: text(before), new: text(after),
      effect: isLower == (stricter == .lower) ? .tighter : .looser)
  }
}

/// What the numbers of a policy may be.
public enum PolicyRange {
  /// Decimals of the asset.
  static let decimals = 8
  /// All the bitcoins there will ever be, in satoshi.
  static let maximumMoney: Int64 = 2_100_000_000_000_000
  static let amounts: ClosedRange<Int64> = 1...maximumMoney
  static let year: Int64 = 31_536_000_000
  /// Loosening never takes longer: what nobody could loosen would be locked for ever.
  public static let delays: ClosedRange<Int64> = 1_000...90 * 86_400_000
  /// Most people who may sign.
  public static let people = 64
  static let approvals = 64

  static func text(milliseconds: Int64) -> String {
    let units: [(suffix: String, milliseconds: Int64)] = [
      ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]
    let unit = units.first { milliseconds != 0 && milliseconds.isMultiple(of: $0.milliseconds) }
    guard let unit else { return "0s" }
    return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
  }
}

extension GuardTerms {
  static let numbers: [PolicyNumber<GuardTerms>] = [
    .init("guard.limits.perWithdrawal", .amount, stricter: .lower, in: PolicyRange.amounts) {
      $0.perWithdrawal
    },
    .init("guard.limits.budgetHour", .amount, stricter: .lower, in: PolicyRange.amounts) {
      $0.budgetHour
    },
    .init("guard.limits.budgetDay", .amount, stricter: .lower, in: PolicyRange.amounts) {
      $0.budgetDay
    },
    .init("guard.delays.newAddress", .milliseconds, stricter: .higher, in: 0...PolicyRange.year) {
      $0.newAddress
    },
    .init("guard.delays.newKey", .milliseconds, stricter: .higher, in: 0...PolicyRange.year) {
      $0.newKey
    },
    .init("guard.delays.lookAlike", .milliseconds, stricter: .higher, in: 0...PolicyRange.year) {
      $0.lookAlike
    },
    .init("guard.delays.newContact", .milliseconds, stricter: .higher, in: 0...PolicyRange.year) {
      $0.newContact
    },
  ]
}

extension ListTerms {
  static let age = PolicyNumber<ListTerms>(
    "guard.sanctions.maximumAge", .milliseconds, stricter: .lower, in: 60_000...2_592_000_000
  ) { $0.maximumAge }
}

extension SignerTerms {
  static let numbers: [PolicyNumber<SignerTerms>] = [
    .init("signers.limits.perTransaction", .amount, stricter: .lower, in: PolicyRange.amounts) {
      $0.perTransaction
    },
    .init("signers.limits.budgetHour", .amount, stricter: .lower, in: PolicyRange.amounts) {
      $0.budgetHour
    },
    .init("signers.limits.budgetDay", .amount, stricter: .lower, in: PolicyRange.amounts) {
      $0.budgetDay
    },
    .init("signers.limits.networkFee", .amount, stricter: .lower, in: PolicyRange.amounts) {
      $0.networkFee
    },
    .init("signers.limits.feeRateSatsPerVByte", .count, stricter: .lower, in: 1...100_000) {
      $0.feeRateSatsPerVByte
    },
    .init("signers.limits.refusals", .count, stricter: .lower, in: 1...100_000) { $0.refusals },
  ]
}

extension ApprovalBand {
  static func numbers(of name: String) -> [PolicyNumber<ApprovalBand>] {
    [
      .init("\(name).above", .amount, stricter: .lower, in: 0...PolicyRange.maximumMoney) {
        $0.above
      },
      .init("\(name).timeout", .milliseconds, stricter: .lower, in: 1_000...PolicyRange.year) {
        $0.timeout
      },
    ]
  }
}
