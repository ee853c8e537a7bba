/// Operations that decide what runs.
extension ScriptMachine {
  mutating func executeControl(_ opcode: Opcode, isRunning: Bool) throws(ScriptError) {
    switch opcode {
    case .if, .notIf:
      // Inside a branch that does not run, the argument does not exist and nothing may run.
      guard isRunning else {
        conditions.append(false)
        return
      }
      guard let argument = stack.last else { throw .invalidStackOperation }
      let isMinimal = argument.isEmpty || argument == [1]
      if version == .tapscript, !isMinimal { throw .tapscriptMinimalIf }
      if version == .witnessV0, flags.contains(.minimalIf), !isMinimal { throw .minimalIf }
      stack.removeLast()
      conditions.append(Self.isTrue(argument) == (opcode == .if))
    case .else:
      guard let current = conditions.popLast() else { throw .unbalancedConditional }
      conditions.append(!current)
    case .endIf:
      guard conditions.popLast() != nil else { throw .unbalancedConditional }
    case .verify:
      guard let argument = stack.last else { throw .invalidStackOperation }
      guard Self.isTrue(argument) else { throw .verify }
      stack.removeLast()
    case .return: throw .returned
    default: preconditionFailure("not a control operation")
    }
  }
}
