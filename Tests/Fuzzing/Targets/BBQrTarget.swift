import Airgap

/// QR texts of the carrier BBQr: each line is one symbol.
enum BBQrTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    let message = [UInt8]("pay alice, pay bob, pay alice, pay carol".utf8)
    return BBQrPart.Encoding.allCases.compactMap { encoding in
      guard let carried = try? CarriedMessage(.unicode, message + message),
        let parts = try? BBQr.parts(of: carried, encoding: encoding, version: 5)
      else { return nil }
      return Array(parts.map(\.text).joined(separator: "\n").utf8)
    }
  }

  static func check(_ input: [UInt8]) {
    var receiver = FrameReceiver()
    for line in input.text.split(separator: "\n") {
      if let part = accepted({ () throws(AirgapError) in try BBQrPart(parsing: line) }) {
        require(part.text == line, "a part is written as it was read")
      }
      let before = receiver.seen
      if accepted({ () throws(AirgapError) in try receiver.add(line) }) == nil {
        require(receiver.seen == before, "a refused frame changes nothing")
      }
    }
    if let message = accepted({ () throws(AirgapError) in try receiver.message() }), let message {
      checkRoundTrip(message)
    }
    for kind in [CarriedMessage.Kind.psbt, .json] {
      if let own = accepted({ () throws(AirgapError) in try CarriedMessage(kind, input) }) {
        checkRoundTrip(own)
      }
    }
    _ = accepted { () throws(AirgapError) in try Deflate.unpacked(input, limit: 1 << 16) }
  }

  private static func checkRoundTrip(_ message: CarriedMessage) {
    for encoding in BBQrPart.Encoding.allCases {
      // Of what was unpacked, the other forms may take more symbols than there are numbers for.
      guard message.bytes.count <= 1 << 14 else { return }
      let parts = sure("a short message is cut") { () throws(AirgapError) in
        try BBQr.parts(of: message, encoding: encoding, version: 10)
      }
      var joiner = BBQrJoiner()
      sure("our own parts are joined, in any order") { () throws(AirgapError) in
        for part in parts.reversed() { try joiner.add(BBQrPart(parsing: part.text)) }
      }
      let back = sure("all parts make a message") { () throws(AirgapError) in try joiner.message() }
      require(back == message, "a message comes back")
    }
  }
}
