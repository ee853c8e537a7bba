/// Relative lock times in the sequence of an input. See BIP-68.
public enum RelativeLock {
  /// Bit that switches the lock off.
  public static let disabled: UInt32 = 1 << 31
  /// Bit that makes the value a time.
  public static let isTime: UInt32 = 1 << 22
  /// Bits of the value: blocks, or units of 512 seconds.
  public static let valueMask: UInt32 = 0xFFFF
  /// Seconds in a unit of time, as a shift.
  static let granularityShift: Int64 = 9
}

extension Transaction {
  /// The highest block and time at which the transaction is still locked; `-1` means never.
  public struct SequenceLocks: Hashable, Sendable {
    /// The transaction may stand in a block above this height.
    public var height: Int
    /// The transaction may stand in a block whose predecessor has a median time above this.
    public var time: Int64

    /// Creates locks that hold up to and including `height` and `time`.
    public init(height: Int, time: Int64) {
      self.height = height
      self.time = time
    }

    /// Whether a block at `blockHeight`, on a block of median time past
    /// `previousMedianTimePast`, may hold the transaction.
    public func allow(blockHeight: Int, previousMedianTimePast: UInt32) -> Bool {
      height < blockHeight && time < Int64(previousMedianTimePast)
    }
  }

  /// Returns the relative locks of all inputs. See BIP-68, "Specification".
  ///
  /// - Parameters:
  ///   - inputHeights: For each input, the height of the block that has its output; for an output
  ///     in the mempool, the height of the next block.
  ///   - medianTimePast: Seconds since 1970, the median time past of the block at a height.
  public func sequenceLocks(
    inputHeights: [Int], medianTimePast: (Int) -> UInt32
  ) -> SequenceLocks {
    precondition(inputHeights.count == inputs.count, "one height per input")
    var locks = SequenceLocks(height: -1, time: -1)
    guard UInt32(bitPattern: version) >= 2 else { return locks }
    for (input, height) in zip(inputs, inputHeights)
    where input.sequence & RelativeLock.disabled == 0 {
      let value = input.sequence & RelativeLock.valueMask
      if input.sequence & RelativeLock.isTime != 0 {
        // Time counts from the median time past of the block before the one with the output.
        let start = Int64(medianTimePast(Swift.max(height - 1, 0)))
        let end = start + (Int64(value) << RelativeLock.granularityShift) - 1
        locks.time = Swift.max(locks.time, end)
      } else {
        locks.height = Swift.max(locks.height, height + Int(value) - 1)
      }
    }
    return locks
  }

  /// Whether the absolute lock time lets the transaction into a block at `blockHeight`.
  ///
  /// - Parameter blockTime: Since BIP-113 the median time past of the block before.
  public func isFinal(blockHeight: Int, blockTime: UInt32) -> Bool {
    guard lockTime != 0 else { return true }
    let reached = lockTime < Consensus.lockTimeThreshold ? Int64(blockHeight) : Int64(blockTime)
    return Int64(lockTime) < reached || inputs.allSatisfy { $0.sequence == .max }
  }
}
