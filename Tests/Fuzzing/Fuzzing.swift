// Unsafe file. Sound because libFuzzer owns the input for the length of the call, in which it is copied.
//
// Fuzzing owns what libFuzzer runs: for each parser of outside data one target that hands it any bytes
// and checks more than that it survives. Built by build.py, not by SwiftPM; see run.
import Glibc

/// One parser of outside data.
protocol FuzzTarget {
  /// Inputs to begin with, beside those that the published vectors give.
  static var seeds: [[UInt8]] { get }
  /// How many usual inputs one of this target costs; so many times fewer are tried where their number
  /// is given.
  static var cost: Int { get }
  /// Feeds the parser; stops the process when a property does not hold.
  static func check(_ input: [UInt8])
}

extension FuzzTarget {
  static var seeds: [[UInt8]] { [] }
  static var cost: Int { 1 }
}

/// The target that the environment names.
private let target: any FuzzTarget.Type = {
  let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
  guard let target = targets[name] else {
    fatalError("FUZZ_TARGET is one of \(targets.keys.sorted().joined(separator: " "))")
  }
  return target
}()

@_cdecl("LLVMFuzzerInitialize")
public func initialise(
  _ count: UnsafeMutablePointer<CInt>?,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
  if unsafe getenv("FUZZ_LIST") != nil {
    for (name, target) in targets.sorted(by: { $0.key < $1.key }) { print(name, target.cost) }
    exit(0)
  }
  if let folder = unsafe getenv("FUZZ_SEEDS") {
    writeSeeds(to: unsafe String(cString: folder))
    exit(0)
  }
  _ = target
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  target.check(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

private func writeSeeds(to folder: String) {
  for (name, target) in targets {
    for (number, seed) in target.seeds.enumerated() {
      let path = "\(folder)/\(name)/own-\(number)"
      guard let file = unsafe fopen(path, "w") else { fatalError("\(path) cannot be written") }
      let written = unsafe fwrite(seed, 1, seed.count, file)
      guard unsafe fclose(file) == 0, written == seed.count else {
        fatalError("\(path) is cut short")
      }
    }
  }
}

/// Stops the fuzzer unless `condition` holds.
func require(_ condition: @autoclosure () -> Bool, _ property: String) {
  guard condition() else { fatalError("does not hold: \(property)") }
}

/// Checks what a refusal says: something, and not the whole input back.
func checkRefusal(_ error: any Error) {
  let text = String(describing: error)
  require(!text.isEmpty, "a refusal says why")
  require(text.utf8.count <= 2000, "a refusal is short, not \(text.utf8.count) bytes")
}

/// Returns what `parse` returns; `nil` when it refuses, after a look at the refusal.
func accepted<Value, Refusal: Error>(_ parse: () throws(Refusal) -> Value) -> Value? {
  do throws(Refusal) { return try parse() } catch {
    checkRefusal(error)
    return nil
  }
}

/// Carries out what must not be refused.
func sure<Value, Refusal: Error>(
  _ property: String, _ work: () throws(Refusal) -> Value
) -> Value {
  do throws(Refusal) { return try work() } catch {
    fatalError("does not hold: \(property): \(error)")
  }
}
