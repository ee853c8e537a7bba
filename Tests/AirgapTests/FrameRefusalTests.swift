import Airgap
import Testing

@Suite struct FrameRefusalTests {
  @Test func `letters that only lower case makes those of a UR are refused`() throws {
    // The Kelvin sign is a "k" in lower case.
    let message = try UniformResource(CarriedMessage(.binary, [0x77])).text
    #expect(message.contains("k"))
    #expect(throws: Never.self) { try UniformResource(parsing: message) }
    let other = message.replacing("k", with: "\u{212A}", maxReplacements: 1)
    #expect(other.lowercased() == message)
    #expect(throws: AirgapError.self) { try UniformResource(parsing: other) }
  }

  @Test func `a refusal is short even where a character is long`() {
    let long = "e" + String(repeating: "\u{0301}", count: 2000)
    for text in [long, "B" + long, "ur:\(String(repeating: "a", count: 5000))/aeae"] {
      var receiver = FrameReceiver()
      let error = #expect(throws: AirgapError.self) { try receiver.add(text) }
      #expect((error?.description.utf8.count ?? 0) < 400)
    }
    #expect(throws: AirgapError.notAFrame("Bonjour")) { try BBQrPart(parsing: "Bonjour") }
  }
}
