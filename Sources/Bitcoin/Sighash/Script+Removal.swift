/// What the first generation of signatures takes out of a script before hashing it.
extension Script {
  /// The script without its `OP_CODESEPARATOR`s; from a broken push on, everything stays.
  var withoutCodeSeparators: Script {
    var kept: [UInt8] = []
    var start = 0
    var position = 0
    while position < bytes.count {
      let from = position
      guard let next = instruction(at: &position) else { break }
      if next.opcode == .codeSeparator {
        kept += bytes[start..<from]
        start = position
      }
    }
    return start == 0 ? self : Script(kept + bytes[start...])
  }

  /// Returns the script without the runs of bytes equal to `pattern` that begin at an instruction,
  /// and how many they were. Consensus for outputs outside the witness.
  func removing(_ pattern: [UInt8]) -> (script: Script, count: Int) {
    guard !pattern.isEmpty else { return (self, 0) }
    var kept: [UInt8] = []
    var count = 0
    var start = 0
    var position = 0
    while true {
      kept += bytes[start..<position]
      while bytes.count - position >= pattern.count,
        bytes[position..<(position + pattern.count)].elementsEqual(pattern)
      {
        position += pattern.count
        count += 1
      }
      start = position
      guard instruction(at: &position) != nil else { break }
    }
    return count == 0 ? (self, 0) : (Script(kept + bytes[start...]), count)
  }
}
