/// What was done since the last block, so that it is not done again before the next one.
struct OncePerBlock<Subject: Hashable> {
  private var height: UInt32 = 0
  private var done: Set<Subject> = []

  /// Whether it is the first time for `subject` at this height of the chain.
  mutating func isFirst(_ subject: Subject, at height: UInt32) -> Bool {
    if height != self.height { (self.height, done) = (height, []) }
    return done.insert(subject).inserted
  }
}
