import Devnet
import Glibc
import JSON
import Logging
import ServiceLifecycle

/// Owns the node and its history: one call at a time, and no answer before the disk has it.
actor NodeHost {
  private enum State {
    case warmingUp
    case ready(Store)
    case failed
  }

  private let logger: Logger
  private var state = State.warmingUp
  private var node = DevnetNode(startTime: 0)
  private var stopWaiter: CheckedContinuation<Void, Never>?

  init(logger: Logger) { self.logger = logger }

  /// Seconds since 1970.
  static var now: Int64 { Int64(time(nil)) }

  /// Takes over a loaded node; from now on calls are answered.
  func begin(_ node: DevnetNode, store: sending Store) {
    self.node = node
    state = .ready(store)
  }

  /// Runs one method.
  func call(_ method: String, _ params: JSON) throws(RPCError) -> JSON {
    switch state {
    case .warmingUp: throw RPCError(.inWarmup, "Loading block index…")
    case .failed: throw RPCError(.misc, "The disk refused a write; see the log and restart.")
    case .ready(let store):
      let result: Result<JSON, RPCError>
      do throws(RPCError) {
        result = .success(try node.call(method, params, now: Self.now))
      } catch {
        result = .failure(error)
      }
      // A refused call may have left records too: a block that entered beside the active chain.
      store.append(node.takeRecords())
      do throws(StoreError) {
        try store.flush()
      } catch {
        state = .failed
        logger.critical(
          "the disk refused a write; nothing is answered until the node is started again",
          metadata: ["error": "\(error)"])
        throw RPCError(.misc, "\(error)")
      }
      if node.isStopping { resumeStop() }
      return try result.get()
    }
  }

  /// Returns when `stop` has been called or the task is cancelled.
  func waitForStop() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if Task.isCancelled || node.isStopping {
          continuation.resume()
        } else {
          stopWaiter = continuation
        }
      }
    } onCancel: {
      Task { await self.resumeStop() }
    }
  }

  private func resumeStop() {
    stopWaiter?.resume()
    stopWaiter = nil
  }
}

/// Loads the chain while the server already answers that it is loading, and ends the program when
/// `stop` is called.
struct NodeService: Service {
  let host: NodeHost
  let folder: String
  let logger: Logger

  func run() async throws {
    try await load()
    await cancelWhenGracefulShutdown { await host.waitForStop() }
  }

  /// Opens the history and replays it, outside the host so that it can answer meanwhile.
  private func load() async throws {
    let store = try Store(folder: folder)
    if store.cutByteCount > 0 {
      logger.warning(
        "an unfinished write was cut off", metadata: ["bytes": "\(store.cutByteCount)"])
    }
    let node: DevnetNode
    do {
      node = try DevnetNode(replaying: store.records, startTime: NodeHost.now)
    } catch {
      throw StoreError.inconsistent(path: "\(folder)/history.dat", reason: error.text)
    }
    await host.begin(node, store: store)
    logger.info(
      "chain is ready",
      metadata: ["height": "\(node.chain.height)", "tip": "\(node.chain.tip.hash)"])
  }
}
