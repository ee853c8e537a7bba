import ArgumentParser
import Descriptors
import Liveness

/// Tells who may be missing, and for how long.
struct MatrixCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matrix",
    abstract:
      "Print who may be missing: which tier of a policy opens when, for every set of people.",
    discussion: """
      Computed by satisfying the policy's own scripts. A slot shows who is there: the holder (H), his \
      successor with the backup key (B), both, or nobody (-). "others" are the recovery council of a \
      hot wallet or the trustees of a cold one. Each coin has its own clock, which begins with the \
      block that it is mined in; a day is 144 blocks.

      Examples:
        holdfast-verify matrix hot-1.policy
        holdfast-verify matrix cold-1.policy --missing 4 --json
      """)

  @Argument(help: "File of a registered policy, or a wallet's descriptor file.")
  var policy: String

  @Option(help: "Only sets of people with at most so many missing.")
  var missing: Int?

  @Flag(help: "Answer in JSON.")
  var json = false

  func validate() throws {
    guard (missing ?? 0) >= 0 else { throw ValidationError("--missing is at least 0.") }
  }

  private struct Result: Encodable {
    struct Row: Encodable {
      let slots: [String]
      let othersFrom: Int
      let othersTo: Int
      let sets: Int
      /// Missing for never.
      let delayBlocks: UInt32?
      let example: [String]
    }
    let delays: [UInt32]
    let people: [String: String]
    let sets: Int
    let rows: [Row]
  }

  func run() async throws {
    try await reading {
      let matrix: AbsenceMatrix
      let rows: [AbsenceMatrix.Row]
      do {
        matrix = try AbsenceMatrix(try PublicFiles.policy(policy))
        rows = try matrix.rows(missing: missing)
      } catch let fault as AbsenceMatrix.Fault {
        throw Unreadable(description: "\(policy): \(fault)")
      }
      print(json ? try jsonText(result(matrix, rows)) : text(matrix, rows))
    }
  }

  private func result(_ matrix: AbsenceMatrix, _ rows: [AbsenceMatrix.Row]) -> Result {
    let people = matrix.people
    return Result(
      delays: matrix.delays,
      people: Dictionary(
        people.all.compactMap { origin in people.name(of: origin).map { ($0, origin.text) } },
        uniquingKeysWith: { first, _ in first }),
      sets: rows.reduce(0) { $0 + $1.count },
      rows: rows.map {
        Result.Row(
          slots: $0.slots, othersFrom: $0.recovery.lowerBound, othersTo: $0.recovery.upperBound,
          sets: $0.count, delayBlocks: $0.delay, example: $0.example)
      })
  }

  private func text(_ matrix: AbsenceMatrix, _ rows: [AbsenceMatrix.Row]) -> String {
    let slots = matrix.people.slots.count
    let width = max(8, slots * 3)
    var lines = ["\("slots".padded(width)) others  sets   opens"]
    for row in rows {
      let others =
        row.recovery.count == 1
        ? "\(row.recovery.lowerBound)"
        : "\(row.recovery.lowerBound)-\(row.recovery.upperBound)"
      let opens = row.delay.map { delay in
        delay == 0
          ? "at once" : "after \(delay) blocks (\(delay / 144) d), tier \(tier(delay, matrix))"
      }
      lines.append(
        "\(row.slots.map { $0.padded(2) }.joined(separator: " ").padded(width)) "
          + "\(others.padded(7)) \(String(row.count).padded(6)) \(opens ?? "never")")
    }
    lines.append("")
    let total = rows.reduce(0) { $0 + $1.count }
    for delay in matrix.delays.map(Optional.some) + [nil] {
      let count = rows.filter { $0.delay == delay }.reduce(0) { $0 + $1.count }
      let name = delay.map { $0 == 0 ? "at once" : "after \($0) blocks" } ?? "never"
      lines.append("\(name.padded(20)) \(count) of \(total) sets of people")
    }
    return lines.joined(separator: "\n")
  }

  private func tier(_ delay: UInt32, _ matrix: AbsenceMatrix) -> Int {
    matrix.delays.firstIndex(of: delay) ?? 0
  }
}
