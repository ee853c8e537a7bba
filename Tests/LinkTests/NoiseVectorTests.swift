import Cryptography
import Foundation
import Link
import TestVectors
import Testing
import Wire

@Suite struct NoiseVectorTests {
  /// One side of a published conversation.
  private static func side(
    _ role: NoiseKK.Role, _ vector: JSONValue
  ) throws -> NoiseKK {
    let name = role == .initiator ? "init" : "resp"
    func key(_ field: String) throws -> X25519.PrivateKey {
      try X25519.PrivateKey(SecretBytes(copying: try vector.member("\(name)_\(field)").bytes()))
    }
    let other = try vector.member("\(name)_remote_static").bytes()
    return try NoiseKK(
      role, prologue: try vector.member("\(name)_prologue").bytes(), own: try key("static"),
      other: try #require(X25519.PublicKey(bytes: other)), ephemeral: try key("ephemeral"))
  }

  /// Says every message as the sender and hears it as the receiver; `nil` when all are as published.
  private static func difference(_ vector: JSONValue) throws -> String? {
    var (initiator, responder) = (
      try side(.initiator, vector), try side(.responder, vector)
    )
    let messages = try vector.member("messages").list.map {
      (payload: try $0.member("payload").bytes(), ciphertext: try $0.member("ciphertext").bytes())
    }
    guard messages.count > 2 else { return "too few messages" }
    guard try initiator.write(messages[0].payload) == messages[0].ciphertext else {
      return "message 0 as written"
    }
    guard try responder.read(messages[0].ciphertext) == messages[0].payload else {
      return "message 0 as read"
    }
    guard try responder.write(messages[1].payload) == messages[1].ciphertext else {
      return "message 1 as written"
    }
    guard try initiator.read(messages[1].ciphertext) == messages[1].payload else {
      return "message 1 as read"
    }
    guard initiator.hash == responder.hash else { return "the hashes differ" }
    if let hash = vector["handshake_hash"], try hash.bytes() != initiator.hash { return "hash" }
    var sessions = [try initiator.split(), try responder.split()]
    for (index, message) in messages.enumerated().dropFirst(2) {
      guard try sessions[index % 2].seal(message.payload) == message.ciphertext else {
        return "message \(index) as written"
      }
      guard try sessions[1 - index % 2].open(message.ciphertext) == message.payload else {
        return "message \(index) as read"
      }
    }
    return nil
  }

  @Test(arguments: ["noise_kk_cacophony.json", "noise_kk_snow.json"])
  func `conversations run as published`(file: String) throws {
    var tally = VectorTally(file)
    for vector in try JSONValue(file: file, in: .module).member("vectors").list {
      try #require(vector["protocol_name"]?.text == "Noise_KK_25519_ChaChaPoly_SHA256")
      let difference = try Self.difference(vector)
      tally.record(difference == nil, difference ?? "")
    }
    #expect(tally.report() == [])
    #expect(tally.total == 1)
  }
}
