/// Operations that move elements, and the means by which the others reach them.
extension ScriptMachine {
  func require(_ count: Int) throws(ScriptError) {
    guard stack.count >= count else { throw .invalidStackOperation }
  }

  mutating func pop() throws(ScriptError) -> [UInt8] {
    guard let top = stack.popLast() else { throw .invalidStackOperation }
    return top
  }

  mutating func push(_ truth: Bool) { stack.append(truth ? [1] : []) }

  mutating func push(number: Int64) { stack.append(ScriptNumber.bytes(number)) }

  /// Reads an element as a number of at most `limit` bytes.
  func number(_ element: [UInt8], limit: Int = 4) throws(ScriptError) -> Int64 {
    do {
      return try ScriptNumber.value(
        element, limit: limit, requireMinimal: flags.contains(.minimalData))
    } catch {
      throw .scriptNumber
    }
  }

  /// Copies the `count` elements that begin `depth` below the top to the top.
  private mutating func copy(from depth: Int, count: Int) throws(ScriptError) {
    try require(depth)
    let start = stack.count - depth
    stack.append(contentsOf: Array(stack[start..<(start + count)]))
  }

  /// Moves the `count` elements that begin `depth` below the top to the top.
  private mutating func raise(from depth: Int, count: Int) throws(ScriptError) {
    try require(depth)
    let start = stack.count - depth
    let moved = Array(stack[start..<(start + count)])
    stack.removeSubrange(start..<(start + count))
    stack.append(contentsOf: moved)
  }

  mutating func executeStack(_ opcode: Opcode) throws(ScriptError) {
    switch opcode {
    case .toAltStack: altStack.append(try pop())
    case .fromAltStack:
      guard let top = altStack.popLast() else { throw .invalidAltStackOperation }
      stack.append(top)
    case .twoDrop:
      try require(2)
      stack.removeLast(2)
    case .twoDup: try copy(from: 2, count: 2)
    case .threeDup: try copy(from: 3, count: 3)
    case .twoOver: try copy(from: 4, count: 2)
    case .twoRot: try raise(from: 6, count: 2)
    case .twoSwap: try raise(from: 4, count: 2)
    case .ifDup:
      try require(1)
      if Self.isTrue(stack[stack.count - 1]) { try copy(from: 1, count: 1) }
    case .depth: push(number: Int64(stack.count))
    case .drop: _ = try pop()
    case .dup: try copy(from: 1, count: 1)
    case .nip:
      try require(2)
      stack.remove(at: stack.count - 2)
    case .over: try copy(from: 2, count: 1)
    case .pick, .roll:
      try require(2)
      let depth = try number(try pop())
      guard depth >= 0, depth < stack.count else { throw .invalidStackOperation }
      if opcode == .pick {
        try copy(from: Int(depth) + 1, count: 1)
      } else {
        try raise(from: Int(depth) + 1, count: 1)
      }
    case .rot: try raise(from: 3, count: 1)
    case .swap: try raise(from: 2, count: 1)
    case .tuck:
      try require(2)
      stack.insert(stack[stack.count - 1], at: stack.count - 2)
    case .size:
      try require(1)
      push(number: Int64(stack[stack.count - 1].count))
    case .equal, .equalVerify:
      try require(2)
      let isEqual = try pop() == pop()
      if opcode == .equal { push(isEqual) } else if !isEqual { throw .equalVerify }
    default: preconditionFailure("not a stack operation")
    }
  }
}
