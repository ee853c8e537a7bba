import Structures
import Testing

@testable import Journal

@Suite struct SequencerStatusTests {
  /// Waking a reader and cancelling it take the same two locks; in two orders, both threads stay.
  @Test(.timeLimit(.minutes(1)))
  func `readers that stop waiting while batches come hold nobody up`() async throws {
    let status = SequencerStatus(sequence: 0, hash: [], subscriberLimit: 64)
    let last: UInt64 = 5_000
    await withTaskGroup(of: Void.self) { group in
      for seed in 1...8 {
        group.addTask {
          var random = SplitMix64(seed: UInt64(seed))
          while status.head.sequence < last {
            let batches = status.subscribe()
            let reader = Task { for await _ in batches { break } }
            for _ in 0..<random.next() % 8 { await Task.yield() }
            reader.cancel()
            await reader.value
          }
        }
      }
      await withCheckedContinuation { continuation in
        let thread = try? OwnThread("subscriber") {
          var random = SplitMix64(seed: 9)
          for sequence in 1...last {
            for _ in 0..<random.next() % 2000 { _ = status.failure }
            status.advance(to: CommittedBatch(sequence: sequence, hash: [], entries: []))
          }
          continuation.resume()
        }
        thread?.detach()
      }
    }
    #expect(status.head.sequence == last)
  }
}
