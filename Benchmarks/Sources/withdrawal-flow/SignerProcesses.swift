import Cryptography
import Foundation
import Link
import SignerProtocol
import Synchronization
import Wire

/// Three real signers, each in a process of its own, and the guard's ends of the lines to them.
final class SignerProcesses: Sendable {
  private let processes: [Process]
  let lines: [FlowLine]

  /// Starts them and waits until they answer.
  ///
  /// - Parameter baud: Over serial lines of that rate; otherwise over local sockets.
  init(_ wallet: Wallet, folder: String, baud: Int?) throws {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "holdfast-signer")
    var (processes, lines): ([Process], [FlowLine]) = ([], [])
    for number in 1...3 {
      let cable = try baud.map { _ in try SlowLine() }
      let place =
        if let cable, let baud {
          "serial: \(cable.ends.1)\n  baud: \(baud)"
        } else {
          "socket: signer-\(number).sock"
        }
      try """
      network: regtest
      keyFile: holder-\(number).key
      passphraseFile: passphrase
      descriptorFile: wallet
      guardKey: \(Hex.text(wallet.guardKey.publicKey.bytes))
      record: record-\(number)
      link:
        \(place)
        keyFile: signer-\(number).link
        peerKey: \(Hex.text(wallet.guardLink.publicKey.bytes))
      unfreeze:
        approvals: 2
        delay: 1h
        people:
          - {name: dave, publicKey: \(String(repeating: "01", count: 32))}
          - {name: erin, publicKey: \(String(repeating: "02", count: 32))}
      limits: {perTransaction: 1000, budgetHour: 100000, budgetDay: 100000, networkFee: 1, feeRateSatsPerVByte: 1000}
      """.write(toFile: "\(folder)/signer-\(number).yaml", atomically: true, encoding: .utf8)
      let process = Process()
      process.executableURL = program
      process.arguments = ["--config", "\(folder)/signer-\(number).yaml"]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      process.standardInput = FileHandle.nullDevice
      try process.run()
      processes.append(process)
      let keys = LinkKeys(own: wallet.guardLink, peer: wallet.signerLinks[number - 1].publicKey)
      lines.append(
        FlowLine(
          keys: keys, number: number,
          place: cable.map { .serial($0.ends.0, baud: SlowLine.baud) }
            ?? .socket("\(folder)/signer-\(number).sock")))
    }
    (self.processes, self.lines) = (processes, lines)
    let end = ContinuousClock.now.advanced(by: .seconds(120))
    for (line, process) in zip(lines, processes) {
      while line.status == nil {
        guard process.isRunning, .now < end else { throw Problem("a signer does not answer") }
        Thread.sleep(forTimeInterval: 0.1)
      }
    }
  }

  deinit {
    for process in processes {
      process.terminate()
      process.waitUntilExit()
    }
  }

  /// Asks all of them at once, as the guard does.
  func sign(_ requests: [SigningRequest]) async -> [SigningAnswer] {
    await withTaskGroup(of: SigningAnswer?.self) { group in
      for (line, request) in zip(lines, requests) {
        group.addTask { await line.signed(request) }
      }
      return await group.reduce(into: []) { if let answer = $1 { $0.append(answer) } }
    }
  }
}

/// The guard's end of the line to one signer.
final class FlowLine: Sendable {
  enum Place: Sendable {
    case socket(String)
    case serial(String, baud: Int)
  }

  private let queue: DispatchQueue
  private let keys: LinkKeys
  private let place: Place
  private let connection = Mutex<AskingConnection?>(nil)

  init(keys: LinkKeys, number: Int, place: Place) {
    self.keys = keys
    self.place = place
    queue = DispatchQueue(label: "signer \(number)")
  }

  var status: SignerStatus? {
    if case .status(let status) = ask(.hello) { status } else { nil }
  }

  /// The line blocks, so it never holds a thread of the tasks.
  func signed(_ request: SigningRequest) async -> SigningAnswer? {
    await withCheckedContinuation { continuation in
      queue.async {
        if case .signed(let answer) = self.ask(.sign(request)) {
          continuation.resume(returning: answer)
        } else {
          continuation.resume(returning: nil)
        }
      }
    }
  }

  private func ask(_ request: SignerRequest) -> SignerAnswer? {
    connection.withLock { connection in
      do {
        if connection == nil || connection?.isWorn == true {
          let channel =
            switch place {
            case .socket(let path): try UnixSocket.connect(to: path)
            case .serial(let device, let baud): try SerialLine.open(device: device, baud: baud)
            }
          connection = try AskingConnection(over: channel, keys: keys, timeout: .seconds(5))
        }
        let message = LinkMessage(type: request.type.rawValue, payload: request.payload)
        guard let reply = try connection?.exchange(message, timeout: .seconds(60)) else {
          return nil
        }
        return try SignerAnswer(type: reply.type, payload: reply.payload)
      } catch {
        connection = nil
        return nil
      }
    }
  }
}
