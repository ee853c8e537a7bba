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
          cancellableUntil: exchange.time.advanced(byMilliseconds: number(0...100_000_000))))
    case 6:
      return .cancelChange(
        CancelChange(
          account: change?.account ?? account, change: change?.id ?? ChangeID(1),
          authority: chance(1, in: 2)
            ? .code(Array(repeating: 1, count: 16)) : .signature(Array(repeating: 1, count: 64))))
    default:
      return .endHold(
        EndHold(
          account: hold?.account ?? account, change: hold?.change ?? ChangeID(1),
          operatorName: pick(["dave", "erin", nil]) ?? nil,
          signature: Array(repeating: 0, count: 64)))
    }
  }
}
