import ArgumentParser
import Bitcoin
import Descriptors
import Dispatch
import FoundationEssentials
import Glibc
import Guard
import Logging
import Nodes
import Signing

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Follow the journal and judge until told to end.")

  @OptionGroup var start: StartOptions

  func run() async throws {
    let configuration = try GuardConfiguration(file: start.config)
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = configuration.logLevel
      return handler
    }
    let logger = Logger(label: "holdfast-guard")
    guard let text = try? String(contentsOfFile: configuration.tokenFile, encoding: .utf8),
      let token = text.split(whereSeparator: \.isWhitespace).first
    else { throw ValidationError("\(configuration.tokenFile): no token can be read from it.") }
    let core = try start.core(configuration)
    let descriptor = configuration.policy.descriptor
    let linkKey = try LinkKeyFile.read(configuration.linkKeyFile)
    let signers = SignerGroup(
      lines: try configuration.signers.enumerated().map {
        try SignerLine(
          $0.element, key: linkKey, number: $0.offset + 1,
          timeoutMilliseconds: configuration.signerTimeoutMilliseconds)
      }, policyID: descriptor.policyID, logger: logger)
    let keyHolders = try configuration.keyHolders.map {
      try KeyHolderWatch(
        $0, policy: descriptor, logger: logger)
    }
    let service = GuardService(
      core: core,
      server: ServerClient(
        url: configuration.server, token: String(token),
        client: BitcoinNode.connections),
      node: BitcoinNode(configuration.node, logger: logger),
      second: configuration.secondNode.map { BitcoinNode($0, logger: logger) },
      tolerance: .init(milliseconds: configuration.nodesToleranceMilliseconds),
      sanctions: SanctionsFile(configuration), signers: signers, fees: configuration.fees,
      keyHolders: keyHolders, policyFolder: configuration.policyFolder,
      notices: configuration.notices.map { NoticeRound($0, logger: logger) }, logger: logger)
    logger.notice(
      "ready",
      metadata: [
        "network": "\(descriptor.network.rawValue)", "signers": "\(signers.lines.count)",
        "threshold": "\(configuration.policy.quorum.threshold)",
      ])
    try await Self.untilSignalled { try await service.run() }
    logger.notice("ended")
  }

  /// Runs `work` and cancels it at SIGTERM or SIGINT.
  private static func untilSignalled(
    _ work: @escaping @Sendable () async throws -> Void
  ) async throws {
    let task = Task { try await work() }
    let sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { task.cancel() }
      source.activate()
      return source
    }
    defer { for source in sources { source.cancel() } }
    try await task.value
  }
}
