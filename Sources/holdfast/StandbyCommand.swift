import ArgumentParser
import JSON
import Journal
import Replication
import Signing

/// Runs a warm standby.
struct StandbyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "standby",
    abstract: "Follow a running exchange and keep its journal on a disk of its own.",
    discussion: """
      Takes every batch of the primary, exactly as it stands on the primary's disk, executes it, keeps it \
      durably in --data, and compares state hashes. Connects again after every cut. Its state is on \
      standard output, and in the file standby.json in --data. `holdfast promote` makes it the primary. \
      Ends in order on SIGTERM or Ctrl-C.

      Example:
        holdfast standby --from /var/lib/holdfast --data /mnt/second/holdfast
      """)

  @Option(help: "The primary's data folder, or its socket for followers.")
  var from: String

  @Option(help: "The standby's own data folder; made when missing.")
  var data: String

  @Option(help: "What the primary calls it in its log and its health page.")
  var name: String = "standby"

  @Flag(help: "Print the state as lines of JSON.")
  var json = false

  func validate() throws {
    guard (1...64).contains(name.utf8.count) else {
      throw ValidationError("--name has \(name.utf8.count) bytes; allowed 1 to 64")
    }
  }

  func run() throws {
    let signals = EndSignals()
    let primary = PrimaryPlace(absolutePath(from))
    try KeyFileStorage.makeFolder(data)
    let page = StatusPage(path: "\(data)/standby.json", printsJSON: json)
    do throws(StandbyFailure) {
      let standby = try Standby(
        socket: primary.socket, source: primary.folder, directory: data,
        options: StandbyOptions(name: name), note: { report("\($0)") })
      try standby.run(
        isAskedToEnd: { signals.arrived }, report: { page.show($0) },
        joined: { primary.bringServerKey(to: data) })
    } catch {
      page.show(error)
      // A promotion takes over from here: that is how a standby is meant to end.
      guard error == .promoting else { throw CommandFailure("\(error)") }
      report("\(error)")
    }
  }
}

/// Where the primary is, as far as files go.
private struct PrimaryPlace {
  let socket: String
  let folder: String

  /// - Parameter path: The data folder, or the socket in it.
  init(_ path: String) {
    if path.hasSuffix(".sock") {
      socket = path
      let slash = path.lastIndex(of: "/")
      folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    } else {
      socket = "\(path)/\(FollowerDoor.fileName)"
      folder = path
    }
  }

  /// Copies the key that customers' API secrets are sealed under: without it, no API key of before works
  /// on the promoted server.
  func bringServerKey(to data: String) {
    let (there, here) = ("\(folder)/api-seal.key", "\(data)/api-seal.key")
    guard !KeyFileStorage.exists(here) else { return }
    do {
      try KeyFileStorage.write(try KeyFileStorage.read(there), toNew: here, secret: true)
    } catch {
      report(
        "bring \(there) to \(here), with mode 600: customers' API keys depend on it (\(error))")
    }
  }
}
