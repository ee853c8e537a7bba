import Foundation
import OrderFlow

/// What is counted instead of timed: instructions and heap allocations. Noise-free.
enum CountedRows {
  static func run(_ laboratory: Laboratory, _ report: inout Report) throws {
    report.rows.append(try instructions(laboratory))
    report.rows.append(try allocations(laboratory))
  }

  /// Counted by callgrind in the function that carries out the timed commands.
  private static func instructions(_ laboratory: Laboratory) throws -> Row {
    let figure = "instructions per command, whole core, crypto 1x1k"
    let valgrind = "/usr/bin/valgrind"
    guard FileManager.default.isExecutableFile(atPath: valgrind) else {
      return Row(
        figure, commit: .atMost(600), aim: .atMost(350), measured: nil,
        note: "valgrind is not installed (apt-get install valgrind)")
    }
    Laboratory.say("counting instructions")
    let commands = min(laboratory.commands, 200_000)
    let result = try Laboratory.output(
      of: valgrind,
      [
        "--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*timedRegion*",
        laboratory.programs + "/order-flow", "core", "--once",
        try laboratory.file(OrderFlow(.crypto, commands: commands)),
      ])
    let counted = result.text.split(separator: "\n").last { $0.contains("Collected :") }?
      .split(separator: " ").last.flatMap { Double($0) }
    guard result.status == 0, let counted else {
      throw BenchmarkError("callgrind: \(result.text.suffix(500))")
    }
    return Row(
      figure, commit: .atMost(600), aim: .atMost(350), measured: counted / Double(commands),
      note: "callgrind over \(commands) commands, everything below the timed function")
  }

  /// Counted by a library that stands before malloc.
  private static func allocations(_ laboratory: Laboratory) throws -> Row {
    Laboratory.say("counting allocations")
    let program = try laboratory.own(
      "core", "core", try laboratory.file(OrderFlow(.crypto, commands: laboratory.commands)),
      environment: ["LD_PRELOAD": laboratory.programs + "/libAllocationCounter.so"])
    defer { program.end() }
    let pass = try program.pass()
    // Preparing the exchange allocates: a counter that saw nothing of it does not count.
    guard let count = pass["allocations"], let before = pass["allocationsBefore"], before > 1000
    else { throw BenchmarkError("libAllocationCounter.so was not loaded or does not count") }
    return Row(
      "heap allocations per command in steady state", commit: .atMost(0), aim: .atMost(0),
      measured: Double(count) / Double(laboratory.commands),
      note: "\(count) calls of malloc, calloc, realloc and their kin during "
        + "\(laboratory.commands) commands, counted by a preloaded library")
  }
}
