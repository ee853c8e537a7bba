import Airgap

/// QR texts of the carrier UR 2.0: each line is one symbol. Besides, the words and the parts inside.
enum UniformResourceTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    let bytes = (0..<150).map { UInt8($0) }
    guard let message = try? CarriedMessage(.psbt, bytes) else { return [] }
    var encoder = UREncoder(UniformResource(message), maximumFragment: 30)
    // The fragments themselves, and mixtures alone.
    let texts = (0..<20).map { _ in encoder.next() }
    return [texts.prefix(5), texts.suffix(15)].map { Array($0.joined(separator: "\n").utf8) }
  }

  static func check(_ input: [UInt8]) {
    let text = input.text
    var decoder = URDecoder()
    for line in text.split(separator: "\n") {
      let before = decoder.seen
      if accepted({ () throws(AirgapError) in try decoder.add(line) }) == nil {
        require(decoder.seen == before, "a refused frame changes nothing")
      }
    }
    if let resource = accepted({ () throws(AirgapError) in try decoder.resource() }), let resource {
      let again = sure("a resource that we write is read") { () throws(AirgapError) in
        try UniformResource(parsing: resource.text)
      }
      require(again == resource, "a resource is read as it was written")
      _ = accepted { () throws(AirgapError) in try resource.message() }
    }
    for style in [Bytewords.Style.standard, .uri, .minimal] {
      guard
        let bytes = accepted({ () throws(AirgapError) in
          try Bytewords.bytes(text, style: style)
        })
      else { continue }
      require(
        Bytewords.text(bytes, style: style) == text.lowercased(),
        "words are written as they were read")
    }
    if let part = accepted({ () throws(AirgapError) in try FountainPart(cbor: input) }) {
      require(part.cbor == input, "a part is written as it was read")
    }
    checkFountain(input)
  }

  /// Any parts that are enough give the message back; the first byte chooses which are lost.
  private static func checkFountain(_ input: [UInt8]) {
    guard let lost = input.first, let message = try? CarriedMessage(.binary, input) else { return }
    let resource = UniformResource(message)
    var encoder = UREncoder(resource, maximumFragment: max(10, input.count / 12))
    var decoder = URDecoder()
    var sent = 0
    while sure(
      "our own parts make our resource",
      { () throws(AirgapError) in
        try decoder.resource()
      }) != resource
    {
      let text = encoder.next()
      sent += 1
      if lost >> UInt8(sent % 8) & 1 == 1, encoder.count > 1, sent < 64 { continue }
      sure("our own parts are read") { () throws(AirgapError) in try decoder.add(text) }
      require(sent < 64 + 20 * encoder.count, "a fountain fills")
    }
  }
}
