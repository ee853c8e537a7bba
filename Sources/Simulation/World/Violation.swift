/// Something that must never happen, and did.
package struct Violation: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

/// Stops the simulation unless `condition` holds.
func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws(Violation) {
  guard condition else { throw Violation(problem()) }
}
