import Bitcoin
import Descriptors

/// Scripts that were derived before: whoever scans for a wallet after each block asks for the same ones
/// again, and deriving them is all the work.
struct DerivedScripts: Sendable {
  /// More are derived again.
  private static let limit = 50_000

  private struct Place: Hashable {
    var descriptor: String
    var branch: Int
    var index: UInt32
  }

  private var scripts: [Place: DerivedScript] = [:]

  /// The script of `descriptor`, whose text is `text`, at a place.
  mutating func script(
    of descriptor: Descriptor, text: String, branch: Int, index: UInt32
  ) throws(DescriptorError) -> DerivedScript {
    let place = Place(descriptor: text, branch: branch, index: index)
    if let known = scripts[place] { return known }
    let derived = try descriptor.script(branch: branch, index: index)
    if scripts.count >= Self.limit { scripts = [:] }
    scripts[place] = derived
    return derived
  }
}
