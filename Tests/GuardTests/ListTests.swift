import Bitcoin
import Cryptography
import Descriptors
import Engine
import Foundation
import Guard
import Money
import Statements
import Structures
import Testing
import Wire

/// The guard's own list of sanctioned addresses, and addresses that only look like the customer's.
@Suite struct ListTests {
  typealias K = GuardKeys
  private static let issuer = K.key(77)
  private static let day: Int64 = 86_400_000
  private static let terms = SanctionsTerms(
    key: issuer.publicKey.bytes, maximumAge: day)

  private static func file(
    _ addresses: Set<String>, issued: Timestamp, by key: Ed25519.PrivateKey = issuer
  ) throws -> [UInt8] {
    try Signed(
      SanctionsStatement(issuedAtMilliseconds: issued.milliseconds, addresses: addresses), by: key
    ).bytes
  }

  private func list(_ bytes: [UInt8]) throws -> SanctionsList {
    try SanctionsList(bytes: bytes, under: Self.terms, network: K.network)
  }

  @Test func `a listed address is refused in whatever letters it is written`() async throws {
    let world = try await GuardWorld(sanctions: Self.terms)
    try await world.openAlice()
    world.core.learn(
      try list(Self.file([K.address(1).uppercased(), "1elsewhere"], issued: world.clock.now)))
    let id = try await world.withdraw(300_000)
    try await world.round()
    #expect(
      ForgeryTests.refusal(try await world.state(id)) == "the address is on a sanctions list")
  }

  @Test func `without a young list withdrawals wait, and go on with one`() async throws {
    let world = try await GuardWorld(sanctions: Self.terms)
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    func isHeld() async throws -> Bool {
      try await world.round()
      guard case .guardHeld(_, let reason) = try await world.state(id) else { return false }
      return reason == "the guard's list of sanctioned addresses is missing or too old"
    }
    #expect(try await isHeld())
    world.core.learn(try list(Self.file([], issued: world.clock.now)))
    world.clock.advance(Self.day)
    #expect(try await isHeld())
    // An older one does not take its place, nor does one from the future let anything go.
    world.core.learn(
      try list(Self.file([], issued: world.clock.now.advanced(byMilliseconds: Self.day))))
    #expect(try await isHeld())
    let fresh = try await GuardWorld(sanctions: Self.terms)
    try await fresh.openAlice()
    fresh.core.learn(try list(Self.file([K.address(9)], issued: fresh.clock.now)))
    let paid = try await fresh.withdraw(300_000)
    for _ in 0..<2 { try await fresh.round() }
    #expect(try await fresh.state(paid) == .broadcast)
  }

  @Test func `a list is taken from its issuer alone, and in one form`() throws {
    let now = Timestamp(milliseconds: 1_700_000_000_000)
    let good = try Self.file([K.address(1), K.address(2)], issued: now)
    let read = try list(good)
    #expect(read.count == 2 && read.issuedAt == now)
    #expect(throws: SanctionsListError.signature) {
      try list(Self.file([K.address(1)], issued: now, by: K.mallory))
    }
    for index in stride(from: 0, to: good.count, by: 7) {
      var changed = good
      changed[index] ^= 1
      #expect(throws: SanctionsListError.self) { try list(changed) }
    }
    #expect(throws: SanctionsListError.self) { try list(good + [0]) }
    #expect(throws: SanctionsListError.self) { try list(Array(good.dropLast())) }
    // Two addresses in the wrong order, rightly signed.
    var swapped = SanctionsStatement(issuedAtMilliseconds: 5, addresses: ["a", "b"]).bytes
    swapped.swapAt(swapped.count - 1, swapped.count - 6)
    let signature = try Self.issuer.sign(swapped).bytes
    #expect(throws: SanctionsListError.malformed(.malformed(at: 64 + 33))) {
      try list(signature + swapped)
    }
  }

  /// Two addresses of nobody that begin and end with the same four letters, found by trying.
  private static let twins: (String, String) = {
    var seen: [String: String] = [:]
    var number: UInt64 = 0
    while true {
      number += 1
      let hash = SHA256.hash(Array(String(number).utf8))
      // A script hash written in segwit: the letters are those of the hash, its end a checksum.
      let program = [0x11, 0x22, 0x33] + hash[..<17]
      guard
        let address = Address.text(
          for: .payToWitness(version: 0, program: Array(program)), network: K.network)
      else { continue }
      let end = String(address.suffix(4))
      if let other = seen[end] { return (other, address) }
      seen[end] = address
    }
  }()

  @Test func `an address that looks like one that the customer uses waits, with the reason`()
    async throws
  {
    let (own, thiefs) = Self.twins
    let world = try await GuardWorld(
      delays: GuardDelays(newAddress: 0, newKey: 0, lookAlike: 3 * Self.day))
    try await world.openAlice()
    try await world.addAddress(own, nonce: 2)
    let first = try await world.withdraw(200_000, to: own)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.state(first) == .broadcast)
    let began = world.clock.now
    try await world.addAddress(thiefs, nonce: 3)
    let second = try await world.withdraw(200_000, to: thiefs)
    try await world.round()
    guard case .guardHeld(let until, let reason) = try await world.state(second) else {
      Issue.record("\(try await world.state(second))")
      return
    }
    #expect(until == began.advanced(byMilliseconds: 3 * Self.day))
    #expect(reason.text.contains(own) && reason.text.contains("every letter"))
    // The one that he uses goes on, and so does the other when he let it stand.
    let third = try await world.withdraw(200_000, to: own)
    for _ in 0..<2 { try await world.round() }
    // The coins are in the payout before.
    #expect(try await world.state(third) == .released)
    world.clock.advance(3 * Self.day)
    for _ in 0..<2 { try await world.round() }
    #expect(try await world.state(second) == .released)
  }
}
