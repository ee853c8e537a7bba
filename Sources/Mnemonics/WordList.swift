// Unsafe file. Sound because the buffers that are read belong to secrets and are read inside their
// own closures only, at indices below their counts.
//
// Mnemonics owns the texts in which a person keeps a seed: words and shares. It knows no file, no
// printer and no network, and keeps every secret in locked memory.

/// Words in alphabetical order, each standing for its position.
@safe public struct WordList: Sendable {
  private let words: [[UInt8]]

  init(_ text: String) {
    words = text.split { $0 == " " || $0 == "\n" }.map { Array($0.utf8) }
  }

  /// How many words there are.
  public var count: Int { words.count }

  /// The word at `position`, in ASCII.
  public subscript(position: Int) -> [UInt8] { words[position] }

  /// The position of a word that stands in a secret, found without copying it.
  func position(of word: UnsafeRawBufferPointer) -> Int? {
    var low = 0
    var high = words.count
    while low < high {
      let middle = (low + high) / 2
      switch unsafe Self.order(words[middle], word) {
      case 0: return middle
      case ..<0: low = middle + 1
      default: high = middle
      }
    }
    return nil
  }

  /// Below zero when `a` comes before `b`, zero when they are equal.
  private static func order(_ a: [UInt8], _ b: UnsafeRawBufferPointer) -> Int {
    for index in 0..<min(a.count, b.count) where unsafe a[index] != b[index] {
      return unsafe Int(a[index]) - Int(b[index])
    }
    return a.count - b.count
  }
}
