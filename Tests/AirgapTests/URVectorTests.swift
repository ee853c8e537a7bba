import Airgap
import Cryptography
import TestVectors
import Testing
import Wire

/// Every vector of the reference implementation.
@Suite struct URVectorTests {
  private static func data(_ seed: String, _ count: Int) -> [UInt8] {
    var random = Xoshiro256(seed: Array(seed.utf8))
    return (0..<count).map { _ in UInt8(random.next(in: 0...255)) }
  }

  private static func numbers(_ value: JSONValue?) throws -> [Int] {
    try #require(value).list.map { Int(try $0.number()) }
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * $0)) }
  }

  @Test func `words, draws, fragments and parts are those of the reference`() throws {
    let file = try JSONValue(file: "bcur.json", in: .module)
    var tally = VectorTally("bcur.json")
    for vector in try file.member("crc32").list {
      let sum = Deflate.crc32(Array(try vector.member("text").string().utf8))
      tally.record(
        Hex.text(Self.bigEndian(sum)) == vector["crc32_hex"]?.text, "\(vector)")
    }
    let styles: [(String, Bytewords.Style)] = [
      ("standard", .standard), ("uri", .uri), ("minimal", .minimal),
    ]
    for vector in try file.member("bytewords").list {
      let bytes = try vector.member("hex").bytes()
      for (name, style) in styles {
        guard let text = vector[name]?.text else { continue }
        tally.record(
          try Bytewords.text(bytes, style: style) == text
            && Bytewords.bytes(text.uppercased(), style: style) == bytes, "\(name) \(text)")
      }
    }
    for vector in try file.member("bytewords_invalid").list {
      let name = try vector.member("style").string()
      let style = try #require(styles.first { $0.0 == name }).1
      let text = try vector.member("text").string()
      tally.record((try? Bytewords.bytes(text, style: style)) == nil, text)
    }
    try Self.draws(file, &tally)
    try Self.fountain(file, &tally)
    #expect(tally.report() == [])
    #expect(tally.passed == tally.total && tally.total > 60)
  }

  private static func draws(_ file: JSONValue, _ tally: inout VectorTally) throws {
    let draws = try file.member("xoshiro256")
    var byText = Xoshiro256(seed: Array("Wolf".utf8))
    tally.record(
      try numbers(draws["seed_string_Wolf_next_mod_100"])
        == (0..<100).map { _ in Int(byText.next() % 100) }, "seeded with text")
    var bySum = Xoshiro256(seed: bigEndian(Deflate.crc32(Array("Wolf".utf8))))
    tally.record(
      try numbers(draws["seed_crc32_of_Wolf_next_mod_100"])
        == (0..<100).map { _ in Int(bySum.next() % 100) }, "seeded with a checksum")
    var small = Xoshiro256(seed: Array("Wolf".utf8))
    tally.record(
      try numbers(draws["seed_string_Wolf_next_int_1_10"])
        == (0..<100).map { _ in small.next(in: 1...10) }, "1 to 10")

    for vector in try file.member("find_nominal_fragment_length").list {
      func number(_ name: String) throws -> Int { Int(try vector.member(name).number()) }
      tally.record(
        try Fountain.fragmentLength(
          messageCount: number("message_len"), minimum: number("min"), maximum: number("max"))
          == number("result"), "\(vector)")
    }

    let sampling = try file.member("random_sampler")
    let sampler = DegreeSampler(weights: try numbers(sampling["probs"]).map(Double.init))
    var random = Xoshiro256(seed: Array("Wolf".utf8))
    tally.record(
      try numbers(sampling["samples"]) == (0..<500).map { _ in sampler.next(using: &random) },
      "sampler")

    let shuffle = try file.member("shuffle")
    var shuffler = Xoshiro256(seed: Array("Wolf".utf8))
    for expected in try shuffle.member("results").list {
      tally.record(
        try shuffler.shuffled(numbers(shuffle["values"])) == numbers(expected), "\(expected)")
    }
  }

  private static func fountain(_ file: JSONValue, _ tally: inout VectorTally) throws {
    let message = data("Wolf", 1024)
    let partition = try file.member("partition")
    let length = Fountain.fragmentLength(messageCount: 1024, minimum: 10, maximum: 100)
    let fragments = Fountain.fragments(of: message, length: length)
    for (index, expected) in try partition.member("fragments_hex").list.enumerated() {
      tally.record(Hex.text(fragments[index]) == expected.text, "fragment \(index)")
    }
    for (index, expected) in try numbers(file.member("choose_degree")["degrees"]).enumerated() {
      var random = Xoshiro256(seed: Array("Wolf-\(index + 1)".utf8))
      tally.record(
        Fountain.degree(count: fragments.count, using: &random) == expected, "degree \(index)")
    }
    let sum = Deflate.crc32(message)
    for (index, expected) in try file.member("choose_fragments").list.enumerated() {
      tally.record(
        try Fountain.fragmentIndices(
          sequence: UInt32(index + 1), count: fragments.count, checksum: sum
        ).sorted()
          == numbers(expected), "fragments of part \(index + 1)")
    }
    let xor = try file.member("xor")
    tally.record(
      try Fountain.mix(xor.member("data1_hex").bytes(), xor.member("data2_hex").bytes())
        == xor.member("xor_hex").bytes(), "xor")

    var encoder = FountainEncoder(data("Wolf", 256), maximumLength: 30)
    let parts = (0..<20).map { _ in encoder.next() }
    for (part, expected) in zip(parts, try file.member("fountain_encoder_parts").list) {
      let text =
        "seqNum:\(part.sequence), seqLen:\(part.fragmentCount), messageLen:\(part.messageCount), "
        + "checksum:\(part.checksum), data:\(Hex.text(part.data))"
      tally.record(text == expected.text, "\(expected) is \(text)")
    }
    for (part, expected) in zip(parts, try file.member("fountain_encoder_parts_cbor_hex").list) {
      tally.record(
        try part.cbor == expected.bytes() && FountainPart(cbor: expected.bytes()) == part,
        "\(expected)")
    }

    let single = try file.member("single_part_ur").member("ur").string()
    let short = UniformResource(try CarriedMessage(.binary, data("Wolf", 50)))
    tally.record(
      try short.text == single && UniformResource(parsing: single.uppercased()) == short, single)
    let long = UniformResource(try CarriedMessage(.binary, data("Wolf", 256)))
    var sender = UREncoder(long, maximumFragment: 30)
    let texts = try file.member("ur_encoder").member("parts").list.map { try $0.string() }
    for text in texts { tally.record(sender.next() == text, text) }
    var decoder = URDecoder()
    for text in texts.reversed() where try decoder.resource() == nil { try decoder.add(text) }
    tally.record(try decoder.resource() == long, "parts backwards")
  }

  @Test func `the PSBT of BCR-2020-006 is read and written`() throws {
    let file = try JSONValue(file: "ur_psbt.json", in: .module)
    var tally = VectorTally("ur_psbt.json")
    let text = try file.member("ur").string()
    let bytes = try file.member("psbt_hex_decoded_and_crc_checked").bytes()
    let message = try CarriedMessage(.psbt, bytes)
    tally.record(try UniformResource(parsing: text).message() == message, "reading")
    tally.record(UniformResource(message).text == text, "writing")
    let older = text.replacing("ur:psbt/", with: "ur:crypto-psbt/")
    tally.record(try UniformResource(parsing: older).message() == message, "the older type")
    #expect(tally.report() == [])
    #expect(tally.passed == 3)
  }
}
