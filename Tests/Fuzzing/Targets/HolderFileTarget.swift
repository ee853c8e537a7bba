import Cryptography
import KeyHolders
import Wire

/// What a key holder's device is handed and keeps: briefs, its memory, its key file.
enum HolderFileTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    let company = SampleHolders.enacted()
    var seeds = [HolderMemory(of: company.beat(of: "alice")).bytes]
    if let brief = try? HolderBrief(for: "alice", in: company.state) { seeds.append(brief.bytes) }
    let signature = SampleHolders.signature(SampleHolders.roster(version: 1), by: "bob")
    return seeds + [signature.bytes, keyFile]
  }

  /// The fields of a key file behind its magic.
  private static var keyFile: [UInt8] {
    var writer = ByteWriter()
    writer.write(UInt16(1))
    writer.write("alice")
    writer.write(fixed: [UInt8](repeating: 3, count: 32))
    writer.write(UInt64(3))
    writer.write(UInt64(256 << 20))
    for _ in 0..<2 { writer.write(fixed: [UInt8](repeating: 4, count: 16 + 2 * (24 + 48))) }
    return writer.bytes
  }

  static func check(_ input: [UInt8]) {
    let memory = accepted { () throws(WireError) in try HolderMemory(bytes: input) }
    if let memory { require(memory.bytes == input, "a memory is written as it was read") }
    let brief = accepted { () throws(WireError) in try HolderBrief(bytes: input) }
    if let brief { require(brief.bytes == input, "a brief is written as it was read") }
    let signature = accepted { () throws(WireError) in try RosterSignature(bytes: input) }
    if let signature { require(signature.bytes == input, "a signature is written as it was read") }
    // Each beside one that is right.
    for (memory, brief) in [(memory, ownBrief), (ownMemory, brief)] {
      guard let memory, let brief else { continue }
      _ = accepted { () throws(HolderMemory.Contradiction) in try memory.check(brief) }
    }
    readKeyFile(input)
    let framed = Array("HOLDFAST BEAT".utf8) + input
    readKeyFile(framed + SHA256.hash(framed))
  }

  private static func readKeyFile(_ bytes: [UInt8]) {
    let file = accepted { () throws(BeatKeyFile.Failure) in try BeatKeyFile(parsing: bytes) }
    if let file { require(file.bytes == bytes, "a key file is kept as it was read") }
  }

  private static let ownMemory: HolderMemory? = HolderMemory(
    of: SampleHolders.enacted().beat(of: "alice"))
  private static let ownBrief = try? HolderBrief(for: "alice", in: SampleHolders.enacted().state)
}
