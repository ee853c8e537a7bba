/// Operations that ask the transaction to wait. They leave their argument on the stack.
extension ScriptMachine {
  /// Checks an absolute lock time. See BIP-65.
  func checkLockTime() throws(ScriptError) {
    guard flags.contains(.checkLockTimeVerify) else { return }
    guard let argument = stack.last else { throw .invalidStackOperation }
    // Five bytes, so that lock times above 2^31 can be written.
    let wanted = try number(argument, limit: 5)
    guard wanted >= 0 else { throw .negativeLockTime }
    let threshold = Int64(Consensus.lockTimeThreshold)
    let actual = Int64(spending.transaction.lockTime)
    guard (wanted < threshold) == (actual < threshold), wanted <= actual,
      spending.transaction.inputs[input].sequence != .max
    else { throw .unsatisfiedLockTime }
  }

  /// Checks a relative lock time. See BIP-112.
  func checkSequence() throws(ScriptError) {
    guard flags.contains(.checkSequenceVerify) else { return }
    guard let argument = stack.last else { throw .invalidStackOperation }
    let wanted = try number(argument, limit: 5)
    guard wanted >= 0 else { throw .negativeLockTime }
    // A disabled lock is no lock; the bit is kept for upgrades.
    guard wanted & Int64(RelativeLock.disabled) == 0 else { return }
    let sequence = spending.transaction.inputs[input].sequence
    guard UInt32(bitPattern: spending.transaction.version) >= 2,
      sequence & RelativeLock.disabled == 0
    else { throw .unsatisfiedLockTime }
    let mask = RelativeLock.isTime | RelativeLock.valueMask
    let wantedLock = UInt32(truncatingIfNeeded: wanted) & mask
    let actualLock = sequence & mask
    guard wantedLock & RelativeLock.isTime == actualLock & RelativeLock.isTime,
      wantedLock <= actualLock
    else { throw .unsatisfiedLockTime }
  }
}
