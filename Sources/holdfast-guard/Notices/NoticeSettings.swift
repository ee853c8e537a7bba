import Settings
import Statements

/// How owners are told, and how their answers come back.
struct NoticeSettings: Sendable {
  /// Where answers to notices arrive.
  struct Answers: Sendable {
    /// The address that they go to; its mail system puts up with `name+anything@domain`.
    var address: ContactAddress
    /// The folder in which each is a file, such as `new` of a Maildir.
    var folder: String
  }

  /// A program that takes one message on standard input, as sendmail does: called with
  /// `-i -f from -- recipient`.
  var program: String
  var from: ContactAddress
  /// The page of the exchange on which a code is typed in.
  var page: String
  var answers: Answers?

  init(_ section: ConfigurationSection) throws(ConfigurationError) {
    program = try section.path("program")
    from = try Self.address("from", section)
    page = try section.string("page")
    guard page.hasPrefix("https://") || page.hasPrefix("http://"),
      page.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") })
    else {
      throw section.error(
        "page", "\(page) is no address; expected such as https://exchange.example.org/cancel")
    }
    switch (section.has("answersTo"), try section.optionalPath("answers")) {
    case (true, let folder?):
      let address = try Self.address("answersTo", section)
      // The code stands between the name and the @.
      guard address.text.prefix(while: { $0 != "@" }).utf8.count <= 16 else {
        throw section.error("answersTo", "has more than 16 bytes before the @")
      }
      answers = Answers(address: address, folder: folder)
    case (false, nil): answers = nil
    default:
      throw section.error("answers", "and answersTo belong together; expected both or none")
    }
  }

  private static func address(
    _ key: String, _ section: ConfigurationSection
  ) throws(ConfigurationError) -> ContactAddress {
    let text = try section.string(key)
    do { return try ContactAddress(text) } catch { throw section.error(key, "\(text) \(error)") }
  }
}
