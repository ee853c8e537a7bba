extension QRSymbol {
  /// The symbol as lines of characters, two rows of modules in each, with its quiet zone.
  ///
  /// - Parameter colour: Whether to set black and white with escape sequences, so that it reads on
  ///   any terminal; without, it needs light characters on a dark ground.
  public func terminalText(colour: Bool = true) -> String {
    let zone = Self.quietZone
    var lines: [String] = []
    for top in stride(from: -zone, to: width + zone, by: 2) {
      var line = colour ? "\u{1B}[97;40m" : ""
      for column in -zone..<(width + zone) {
        let upper = isDark(row: top, column: column)
        // With an odd number of rows the last line has nothing below: light.
        let lower = isDark(row: top + 1, column: column)
        let character =
          switch (upper, lower) {
          case (false, false): "█"
          case (false, true): "▀"
          case (true, false): "▄"
          case (true, true): " "
          }
        line += character
      }
      lines.append(line + (colour ? "\u{1B}[0m" : ""))
    }
    return lines.joined(separator: "\n")
  }

  /// The symbol as a picture with its quiet zone.
  ///
  /// - Parameter scale: Pixels on a side of each module, 1 to 32.
  public func image(scale: Int = 6) -> GreyImage {
    precondition((1...32).contains(scale), "1 to 32 pixels for a module")
    let side = (width + 2 * Self.quietZone) * scale
    var pixels = [UInt8](repeating: 255, count: side * side)
    for row in 0..<width {
      for column in 0..<width where modules[row * width + column] {
        let left = (column + Self.quietZone) * scale
        for y in ((row + Self.quietZone) * scale)..<((row + Self.quietZone + 1) * scale) {
          for x in left..<(left + scale) { pixels[y * side + x] = 0 }
        }
      }
    }
    return GreyImage(width: side, height: side, pixels: pixels)
  }
}
