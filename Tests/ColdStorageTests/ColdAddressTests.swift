import Bitcoin
import ColdStorage
import Cryptography
import Descriptors
import Statements
import Testing

@Suite struct ColdAddressTests {
  private static func key(_ seed: UInt8) throws -> Ed25519.PrivateKey {
    try Ed25519.PrivateKey(
      seed: try SecretBytes(copying: [UInt8](repeating: seed, count: 32)))
  }

  private static func batch(
    _ world: ColdWorld, following previous: ColdAddressBatch? = nil, count: Int = 5,
    cap: Int64 = 100, epoch: UInt32 = 1, epochCap: Int64 = 250
  ) throws -> ColdAddressBatch {
    try ColdAddressBatch(
      following: previous, of: world.cold, count: count, addressCap: cap, epoch: epoch,
      epochCap: epochCap)
  }

  @Test func `batches follow each other and are derived again from the descriptor alone`() throws {
    let world = try ColdWorld()
    let key = try Self.key(1)
    let first = try Self.batch(world)
    let second = try Self.batch(world, following: first, count: 3)
    #expect(first.number == 1 && first.firstIndex == 0 && second.number == 2)
    #expect(second.firstIndex == 5 && first.scriptsDigest != second.scriptsDigest)
    let signed = try Signed(second, by: key)
    let received = try Signed<ColdAddressBatch>(bytes: signed.bytes)
    #expect(
      try ColdAddressBatch.verify(
        received, issuedBy: key.publicKey.bytes, of: world.cold, following: first) == second)
    #expect(throws: ColdStorageError.badSignature) {
      try ColdAddressBatch.verify(
        received, issuedBy: Self.key(2).publicKey.bytes, of: world.cold, following: first)
    }
    // Left out, or put in the wrong place.
    #expect(throws: ColdStorageError.batchDiffers("number")) {
      try ColdAddressBatch.verify(
        received, issuedBy: key.publicKey.bytes, of: world.cold, following: nil)
    }
    // Another wallet's, though signed by the right key.
    let other = try RegisteredPolicy(
      name: "cold-2", role: .cold, descriptor: world.hot.descriptor)
    #expect(throws: ColdStorageError.batchDiffers("policy")) {
      try ColdAddressBatch.verify(
        try Signed(first, by: key), issuedBy: key.publicKey.bytes, of: other, following: nil)
    }
    for length in signed.bytes.indices {
      #expect(throws: (any Error).self) {
        try Signed<ColdAddressBatch>(bytes: Array(signed.bytes[..<length]))
      }
    }
    #expect(throws: (any Error).self) {
      try Signed<ColdAddressBatch>(bytes: signed.bytes + [0])
    }
  }

  @Test func `counts, caps and epochs out of range are refused`() throws {
    let world = try ColdWorld()
    let first = try Self.batch(world)
    #expect(throws: ColdStorageError.badCount(0, limit: 10_000)) {
      try Self.batch(world, count: 0)
    }
    #expect(throws: ColdStorageError.badCount(10_001, limit: 10_000)) {
      try Self.batch(world, count: 10_001)
    }
    for (cap, epochCap) in [(Int64(0), Int64(1)), (5, 4), (1, 2_100_000_000_000_001)] {
      #expect(throws: ColdStorageError.self) {
        try Self.batch(world, cap: cap, epochCap: epochCap)
      }
    }
    #expect(throws: ColdStorageError.outOfSequence("epoch 0 is before epoch 1")) {
      try Self.batch(world, following: first, epoch: 0)
    }
    #expect(throws: ColdStorageError.badCap("epoch 1 was given 250 satoshis already")) {
      try Self.batch(world, following: first, epochCap: 251)
    }
    #expect(try Self.batch(world, following: first, epoch: 2, epochCap: 251).epochCap == 251)
    #expect(throws: ColdStorageError.noColdPolicy("hot-1")) {
      try ColdAddressBatch(
        following: nil, of: world.hot, count: 1, addressCap: 1, epoch: 1, epochCap: 1)
    }
  }

  @Test func `each address is used once, up to its cap, and an epoch up to its own`() throws {
    let world = try ColdWorld()
    var book = ColdAddressBook(world.cold)
    #expect(throws: ColdStorageError.noAddressLeft) { try book.use(1, in: 1) }
    let first = try Self.batch(world, count: 4)
    try book.add(first)
    #expect(throws: ColdStorageError.outOfSequence("number 1 does not follow 1")) {
      try book.add(first)
    }
    #expect(throws: ColdStorageError.overCap("address", satoshis: 101, limit: 100)) {
      try book.use(101, in: 1)
    }
    var places: Set<PolicyPlace> = []
    for amount in [Int64(100), 100] {
      let use = try book.use(amount, in: 1)
      #expect(places.insert(use.place).inserted)
      #expect(
        try world.cold.descriptor.script(branch: 0, index: use.place.index).scriptPubKey
          == use.script)
    }
    #expect(throws: ColdStorageError.overCap("epoch 1", satoshis: 251, limit: 250)) {
      try book.use(51, in: 1)
    }
    #expect(try book.use(50, in: 1).place.index == 2)
    #expect(book.remaining == 1)
    try book.add(try Self.batch(world, following: first, count: 2, epoch: 2))
    // What the old epoch leaves over stays unused.
    #expect(try book.use(10, in: 2).place.index == 4)
    #expect(throws: ColdStorageError.noAddressLeft) { try book.use(10, in: 1) }
    #expect(throws: ColdStorageError.noAddressLeft) { try book.use(10, in: 3) }
  }
}
