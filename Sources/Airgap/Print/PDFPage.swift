/// One page of A4 with text in the two standard faces and filled squares, in points from its top
/// left corner.
public struct PDFPage: Sendable {
  /// The faces that every reader of PDF has by itself.
  public enum Face: String, Sendable {
    /// Helvetica.
    case text = "F1"
    /// Courier, in which every character is 0.6 of its size wide.
    case fixed = "F2"
    /// Helvetica-Bold.
    case bold = "F3"
  }

  /// Points: 210 by 297 mm.
  public static let width = 595.0
  public static let height = 842.0

  private(set) var content: [UInt8] = []

  public init() {}

  /// Draws a line of text with its baseline `top` points below the upper edge. Characters outside
  /// of ASCII are drawn as question marks, so that nothing is lost unseen.
  public mutating func draw(
    _ text: String, face: Face = .text, size: Double = 10, left: Double, top: Double
  ) {
    var escaped: [UInt8] = []
    for character in text.unicodeScalars {
      guard character.isASCII, character.value >= 32, character.value < 127 else {
        escaped.append(UInt8(ascii: "?"))
        continue
      }
      if "()\\".unicodeScalars.contains(character) { escaped.append(UInt8(ascii: "\\")) }
      escaped.append(UInt8(character.value))
    }
    write("BT /\(face.rawValue) \(Self.number(size)) Tf ")
    write("\(Self.number(left)) \(Self.number(Self.height - top)) Td (")
    content += escaped
    write(") Tj ET\n")
  }

  /// Draws a long text in lines of `columns` characters of the fixed face, and returns where the next
  /// line would stand. Lines are cut wherever they are full: read them without the breaks.
  public mutating func draw(
    lines text: String, columns: Int, size: Double, left: Double, top: Double
  ) -> Double {
    var top = top
    var rest = Substring(text)
    while !rest.isEmpty {
      draw(String(rest.prefix(columns)), face: .fixed, size: size, left: left, top: top)
      rest = rest.dropFirst(columns)
      top += size * 1.3
    }
    return top
  }

  /// Draws a symbol with its quiet zone in a square of `side` points.
  public mutating func draw(_ symbol: QRSymbol, left: Double, top: Double, side: Double) {
    let module = side / Double(symbol.width + 2 * QRSymbol.quietZone)
    for row in 0..<symbol.width {
      var column = 0
      while column < symbol.width {
        let start = column
        while symbol.isDark(row: row, column: column) { column += 1 }
        if column > start {
          // One bar for each run of dark modules: no seams between them.
          let x = left + Double(start + QRSymbol.quietZone) * module
          let y = Self.height - top - Double(row + 1 + QRSymbol.quietZone) * module
          write(
            "\(Self.number(x)) \(Self.number(y)) \(Self.number(Double(column - start) * module)) ")
          write("\(Self.number(module)) re\n")
        }
        column += 1
      }
    }
    write("f\n")
  }

  private mutating func write(_ text: String) { content += text.utf8 }

  /// Thousandths of a point.
  private static func number(_ value: Double) -> String {
    let thousandths = Int((value * 1000).rounded())
    let fraction = String(thousandths.magnitude % 1000)
    return (thousandths < 0 ? "-" : "") + "\(thousandths.magnitude / 1000)."
      + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}
