extension StringProtocol {
  /// What an error shows of a text that may be long: its first 40 Unicode scalars, and whether there
  /// are more.
  package var excerpt: String { excerpt(upTo: 40) }

  /// The first `limit` Unicode scalars, and whether there are more. Not characters: one of those may be
  /// as long as the whole text.
  package func excerpt(upTo limit: Int) -> String {
    let head = unicodeScalars.prefix(limit)
    guard head.count < unicodeScalars.count else { return String(self) }
    return String(String.UnicodeScalarView(head)) + "…"
  }
}
