extension StringProtocol {
  /// What an error shows of a text that may be long: its first 40 characters, and whether there are
  /// more.
  package var excerpt: String {
    let head = prefix(40)
    return head.endIndex == endIndex ? String(self) : "\(head)…"
  }
}
