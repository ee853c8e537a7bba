import Engine
import Money
import Structures

extension RandomCommands {
  /// A command on what owners are told of, which has a good chance to be taken.
  mutating func plausibleChange(for exchange: Exchange, _ account: AccountID) -> Command {
    let change = pick(exchange.openChanges)
    let hold = pick(exchange.holds)
    switch number(0...9) {
    case 0..<3:
      return .setContact(account: account, contact: "owner\(number(0...5))@example.org")
    case 3..<6:
      return .noticeGiven(
        NoticeGiven(
          account: change?.account ?? account, change: change?.id ?? ChangeID(1),
          codeDigest: identifier(Int(number(0...9))),
          cancellableUntil: chance(1, in: 3)
            ? nil : exchange.time.advanced(byMilliseconds: number(0...100_000_000))))
    case 6:
      let account = change?.account ?? account
      return .cancelChange(
        CancelChange(
          account: account, change: change?.id ?? ChangeID(1),
          authority: chance(1, in: 2)
            ? .code(Array(repeating: 1, count: 16))
            : .key(
              key(of: account, exchange), signature: Array(repeating: 1, count: 64))))
    default:
      let account = hold?.account ?? account
      let signature = Array(repeating: UInt8(0), count: 64)
      let name = pick(["dave", "erin", nil]) ?? nil
      return .endHold(
        EndHold(
          account: account, change: hold?.change ?? ChangeID(1),
          authority: name.map { .operatorNamed($0, signature: signature) }
            ?? .key(key(of: account, exchange), signature: signature)))
    }
  }

  /// Mostly the key that speaks for the account.
  private mutating func key(of account: AccountID, _ exchange: Exchange) -> [UInt8] {
    chance(1, in: 8) ? identifier(1) : exchange.standingKey(of: account) ?? identifier(2)
  }
}
