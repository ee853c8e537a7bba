/// The thread that carries commands out and fills batches while the journal's thread makes the batch before
/// durable. It sleeps as long as there is so little to do that the journal's thread does it on the way.
final class CoreThread: Sendable {
  private let inbox: Inbox<SequencerRequest>
  private let handover: Handover

  init(inbox: Inbox<SequencerRequest>, handover: Handover) {
    self.inbox = inbox
    self.handover = handover
  }

  /// Works until the inbox is closed and empty.
  func run() {
    while true {
      let isClosed = inbox.sleep { handover.isDiskFree }
      var isEmpty = false
      while !isEmpty {
        let served = handover.withMachine { machine in machine.serve() }
        if served == .untilFull || handover.isDiskFree { handover.handOver() }
        isEmpty = served == .all
      }
      if isClosed { break }
    }
    handover.handOver()
    handover.close()
  }
}
