/// Operations on numbers. Arguments have at most 4 bytes, so no result leaves 64 bits.
extension ScriptMachine {
  mutating func executeNumber(_ opcode: Opcode) throws(ScriptError) {
    switch opcode {
    case .oneAdd, .oneSub, .negate, .abs, .not, .zeroNotEqual:
      try require(1)
      let value = try number(stack[stack.count - 1])
      stack.removeLast()
      push(number: unary(opcode, value))
    case .within:
      try require(3)
      let count = stack.count
      let value = try number(stack[count - 3])
      let low = try number(stack[count - 2])
      let high = try number(stack[count - 1])
      stack.removeLast(3)
      push(low <= value && value < high)
    default:
      try require(2)
      let a = try number(stack[stack.count - 2])
      let b = try number(stack[stack.count - 1])
      stack.removeLast(2)
      if opcode == .numEqualVerify {
        guard a == b else { throw .numEqualVerify }
      } else {
        push(number: binary(opcode, a, b))
      }
    }
  }

  private func unary(_ opcode: Opcode, _ value: Int64) -> Int64 {
    switch opcode {
    case .oneAdd: value + 1
    case .oneSub: value - 1
    case .negate: -value
    case .abs: Swift.abs(value)
    case .not: value == 0 ? 1 : 0
    case .zeroNotEqual: value != 0 ? 1 : 0
    default: preconditionFailure("not an operation on one number")
    }
  }

  private func binary(_ opcode: Opcode, _ a: Int64, _ b: Int64) -> Int64 {
    switch opcode {
    case .add: a + b
    case .sub: a - b
    case .boolAnd: a != 0 && b != 0 ? 1 : 0
    case .boolOr: a != 0 || b != 0 ? 1 : 0
    case .numEqual: a == b ? 1 : 0
    case .numNotEqual: a != b ? 1 : 0
    case .lessThan: a < b ? 1 : 0
    case .greaterThan: a > b ? 1 : 0
    case .lessThanOrEqual: a <= b ? 1 : 0
    case .greaterThanOrEqual: a >= b ? 1 : 0
    case .min: Swift.min(a, b)
    case .max: Swift.max(a, b)
    default: preconditionFailure("not an operation on two numbers")
    }
  }
}
