import Airgap

/// Pictures from a camera, and the symbols in them.
enum PictureTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    ["7", "ur:bytes/gdhdueiytacy", "B$HB0100AB"].compactMap { text in
      try? QRSymbol(text).image(scale: 2).png
    } + [GreyImage(width: 3, height: 2, pixels: [0, 50, 100, 150, 200, 255]).png]
  }

  static func check(_ input: [UInt8]) {
    if let picture = accepted({ () throws(AirgapError) in try GreyImage(png: input) }) {
      require(
        picture.width * picture.height == picture.pixels.count, "each pixel has its place")
      if picture.pixels.count <= 1 << 16 { checkSearch(picture) }
    }
    // Any pixels, for the reader of symbols.
    var pieces = Pieces(input)
    let width = Int(pieces.byte() % 96) + 1
    let noise = pieces.remainder()
    if noise.count >= width {
      let height = noise.count / width
      checkSearch(
        GreyImage(width: width, height: height, pixels: Array(noise.prefix(width * height))))
    }
    checkSymbol(Array(noise.prefix(60)))
  }

  private static func checkSearch(_ picture: GreyImage) {
    let back = sure("a picture that we write is one") { () throws(AirgapError) in
      try GreyImage(png: picture.png)
    }
    require(back == picture, "a picture comes back")
    _ = accepted { () throws(AirgapError) in try picture.symbolTexts() }
  }

  /// What we draw is what a camera reads; letters and digits, as our frames have them.
  private static func checkSymbol(_ bytes: [UInt8]) {
    let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)
    let text = bytes.map { alphabet[Int($0) % alphabet.count] }.text
    guard
      let symbol = accepted({ () throws(AirgapError) in try QRSymbol(text, correction: .medium) })
    else { return }
    let texts = sure("our own picture is searched") { () throws(AirgapError) in
      try symbol.image(scale: 3).symbolTexts()
    }
    require(texts == [text], "a symbol is read as it was drawn")
  }
}
