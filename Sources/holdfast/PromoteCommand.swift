import ArgumentParser
import JSON
import Journal
import Replication
import Signing
import Wire

/// Makes a standby the primary.
struct PromoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote",
    abstract: "Make a standby the primary; the old primary answers nobody any more.",
    discussion: """
      Raises the term in the fence first: from that instant the old primary acknowledges nothing and ends, \
      also when it was stopped and goes on later. Then takes over what only the old primary's disk holds. \
      A running `holdfast standby` on the folder ends by itself. Can be interrupted and run again. \
      Afterwards start the server on the folder: `holdfast serve` with `data` set to it.

      Examples:
        holdfast promote --data /mnt/second/holdfast
        holdfast promote --data /mnt/second/holdfast --without-old-disk
      """)

  @Option(help: "The standby's data folder.")
  var data: String

  @Option(help: "The old primary's data folder, when it is not where the standby followed it.")
  var old: String?

  @Flag(
    help:
      "Do not read the old primary's disk. What it acknowledged and the standby does not have is lost."
  )
  var withoutOldDisk = false

  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    if withoutOldDisk, old != nil { throw ValidationError("--old excludes --without-old-disk") }
  }

  func run() throws {
    let promotion = Promotion(
      directory: data, old: old.map(absolutePath), readsOldDisk: !withoutOldDisk)
    let promoted: Promotion.Report
    do throws(PromotionError) {
      promoted = try promotion.run(
        note: { report("\($0)") }, bring: { bringGuardCounter(from: $0) })
    } catch {
      throw CommandFailure("\(error)")
    }
    answer.give(
      [
        "ok": true, "term": .integer(promoted.term), "batch": .integer(promoted.head),
        "hash": .string(Hex.text(promoted.hash)),
        "fetchedBatches": promoted.fetched.map { .integer($0) } ?? .null,
      ],
      text: """
        \(data) is the primary of term \(promoted.term), at batch \(promoted.head)
        \(promoted.fetched.map { "\($0) batches came from the old primary's disk" } ?? "the old primary's disk was not read")
        start it: holdfast serve, with data: \(data)
        """)
  }

  /// Brings the number of the last order of the guard that was taken, so that none is taken twice.
  private func bringGuardCounter(from source: String) {
    let (there, here) = ("\(source)/guard-counter", "\(data)/guard-counter")
    guard KeyFileStorage.exists(there) else { return }
    do {
      let counter = try KeyFileStorage.read(there, limit: 64)
      KeyFileStorage.remove(here)
      try KeyFileStorage.write(counter, toNew: here, secret: true)
    } catch {
      report("bring \(there) to \(here): the guard's orders are counted in it (\(error))")
    }
  }
}
