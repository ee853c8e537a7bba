import FoundationEssentials
import Liveness

extension LivenessReport {
  /// The report as tables for people.
  var text: String {
    var lines = [
      "The chain is at block \(chainHeight), \(Self.day(chainTime)); the log has \(mark.entries) "
        + "entries, \(beats) of them heartbeats.",
      "Its head is \(mark.head).",
    ]
    for wallet in wallets { lines += [""] + table(of: wallet) }
    lines += ["", "Suspensions since the first entry: \(suspensions.isEmpty ? "none" : "")"]
    for each in suspensions {
      let end = each.until.map { "\(Self.day($0 / 1000)), \(Self.span(($0 - each.since) / 1000))" }
      lines.append(
        "  \(each.wallet.padded(6)) \(Self.day(each.since / 1000)) to "
          + "\(end ?? "now")  \(each.reason == .frozen ? "frozen" : "too few holders")")
    }
    if !activations.isEmpty { lines.append("Claims:") }
    for each in activations {
      let successor = each.successor.map { " (\($0) took the place)" } ?? ""
      lines.append(
        "  \(String(each.number).padded(4)) about \(each.person), opened "
          + "\(Self.day(each.openedAt / 1000)): \(each.outcome)\(successor)")
    }
    if !reminders.items.isEmpty { lines.append("To do:") }
    lines += reminders.items.map(\.text)
    lines += breaks.flatMap(Self.lines)
    lines.append("")
    lines += problems.map { "PROBLEM  \($0)" }
    lines.append(
      isProved
        ? "PROVED: every entry follows from those before, on this chain and under these policies."
        : "NOT PROVED: \(problems.count) problem\(problems.count == 1 ? "" : "s").")
    return lines.joined(separator: "\n")
  }

  private static func lines(of found: Break) -> [String] {
    [
      "BREAK  on \(day(found.at / 1000)) \(found.acceptedBy.joined(separator: ", ")) put this log, with "
        + "\(found.keptEntries) entries, in the place of one with \(found.lostEntries)",
      "       and head \(found.lostHead), which is lost. Nothing proves what stood in it.",
    ] + (found.hidesMark ? ["       What you saw last time is in the lost part."] : [])
  }

  private func table(of wallet: Wallet) -> [String] {
    let margin = wallet.margin >= 0 ? "\(wallet.margin) more than it takes" : "too few"
    return [
      "\(wallet.wallet) wallet, \(wallet.threshold) of \(wallet.seats.count): \(wallet.inTime) signed "
        + "a block in the last \(Self.span(wallet.promisedSeconds)), \(margin); \(wallet.service)",
      "  \("person".padded(16)) \("key".padded(9)) \("beats".padded(6)) \("block".padded(8)) "
        + "\("age".padded(9)) \("longest silence".padded(15)) \("last drill".padded(10)) condition",
    ]
      + wallet.seats.map { seat in
        "  \(seat.person.padded(16)) \((seat.isSuccessor ? "successor" : "holder").padded(9)) "
          + "\(String(seat.beats).padded(6)) "
          + "\((seat.blockHeight.map(String.init) ?? "-").padded(8)) "
          + "\((seat.ageSeconds.map(Self.span) ?? "-").padded(9)) "
          + "\(Self.span(seat.longestSilenceSeconds).padded(15)) "
          + "\((seat.lastDrill.map { String(Self.day($0).prefix(10)) } ?? "never").padded(10)) "
          + "\(seat.isInTime ? "in time" : seat.condition)"
      }
  }

  /// Such as "3 d 4 h" or "5 min".
  static func span(_ seconds: Int64) -> String {
    let minutes = max(0, seconds) / 60
    switch minutes {
    case ..<120: return "\(minutes) min"
    case ..<2880: return "\(minutes / 60) h"
    default:
      let hours = minutes / 60 % 24
      return "\(minutes / 1440) d" + (hours == 0 ? "" : " \(hours) h")
    }
  }

  /// Such as 2026-11-23 13:20, in UTC.
  static func day(_ seconds: Int64) -> String {
    let text = Date(timeIntervalSince1970: TimeInterval(seconds)).ISO8601Format()
    return String(text.prefix(16).map { $0 == "T" ? " " : $0 })
  }
}

extension RemindersReport {
  /// A line for each.
  var text: String {
    (items.isEmpty ? ["Nothing is due soon."] : items.map(\.text)).joined(separator: "\n")
  }
}

extension RemindersReport.Item {
  /// Such as "  key check of alice (hot wallet), overdue since 2026-11-23 13:20".
  var text: String {
    let what =
      switch task {
      case "keyCheck": "key check"
      case "drill": "drill of the shares"
      case "itinerary": "the next itinerary: the last declared stay ends"
      default: "refresh: all coins to new keys"
      }
    return "  \(what)\(person.map { ", \($0)" } ?? "") (\(wallet) wallet), "
      + (isOverdue ? "OVERDUE since " : "due by ") + LivenessReport.day(due)
  }
}

extension String {
  func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
