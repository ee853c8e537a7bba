/// Finds the word that somebody probably meant.
enum NearMiss {
  /// Returns the member of `words` closest to `word`, when it is close enough to be a slip of the
  /// pen: at most two edits, and fewer than half of its letters. Case and separators do not count.
  static func suggestion(for word: String, among words: some Sequence<String>) -> String? {
    let wanted = plain(word)
    var best: (word: String, distance: Int)?
    for candidate in words.sorted() {
      let distance = editDistance(wanted, plain(candidate))
      guard distance <= 2, distance * 2 < max(wanted.count, 2) else { continue }
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.word
  }

  private static func plain(_ word: String) -> [UInt8] {
    Array(word.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") })
  }

  /// The number of insertions, deletions and replacements that turn `a` into `b` (Levenshtein).
  private static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, right) in b.enumerated() {
        let replaced = diagonal + (left == right ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
