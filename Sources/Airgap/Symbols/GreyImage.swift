// Unsafe file. Sound because every pointer handed to libpng is that of an array that lives through
// the call and has the size that libpng was told or itself asked for. Its simplified interface
// reports errors by its result and never by longjmp, which Swift could not survive.
import CPNG

/// A picture of 8-bit grey pixels.
public struct GreyImage: Hashable, Sendable {
  /// The most pixels of a picture that is read.
  public static let maximumPixels = 64 << 20
  /// The most bytes of a PNG file that is read.
  public static let maximumFileCount = 64 << 20

  public let width: Int
  public let height: Int
  /// Rows from the top; 0 is black.
  public let pixels: [UInt8]

  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0 && pixels.count == width * height)
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Reads a PNG, of any colours, on white where it is transparent.
  ///
  /// - Throws: ``AirgapError/badImage(_:)``.
  public init(png bytes: [UInt8]) throws(AirgapError) {
    var image = unsafe png_image()
    unsafe image.version = UInt32(PNG_IMAGE_VERSION)
    defer { unsafe png_image_free(&image) }
    var size = (width: 0, height: 0)
    var pixels: [UInt8] = []
    let problem: String? = unsafe bytes.withUnsafeBytes { source in
      guard unsafe png_image_begin_read_from_memory(&image, source.baseAddress, source.count) != 0
      else { return "no PNG" }
      size = (Int(unsafe image.width), Int(unsafe image.height))
      guard size.width > 0, size.height > 0, size.width <= Self.maximumPixels / size.height else {
        return "\(size.width) by \(size.height) is above \(Self.maximumPixels) pixels"
      }
      unsafe image.format = 0
      pixels = [UInt8](repeating: 0, count: size.width * size.height)
      var white = png_color(red: 255, green: 255, blue: 255)
      return unsafe pixels.withUnsafeMutableBytes { target in
        unsafe png_image_finish_read(&image, &white, target.baseAddress, 0, nil) != 0
          ? nil : "damaged PNG"
      }
    }
    if let problem { throw .badImage(problem) }
    self.init(width: size.width, height: size.height, pixels: pixels)
  }

  /// The picture as a PNG file.
  public var png: [UInt8] {
    var image = unsafe png_image()
    unsafe image.version = UInt32(PNG_IMAGE_VERSION)
    unsafe image.width = UInt32(width)
    unsafe image.height = UInt32(height)
    // Format 0 is one byte of grey.
    unsafe image.format = 0
    defer { unsafe png_image_free(&image) }
    // Without compression a row takes a byte more; with headers this is always enough.
    var file = [UInt8](repeating: 0, count: pixels.count + pixels.count / 64 + height + 4096)
    var count = file.count
    let result = unsafe pixels.withUnsafeBytes { source in
      unsafe file.withUnsafeMutableBytes { target in
        unsafe png_image_write_to_memory(
          &image, target.baseAddress, &count, 0, source.baseAddress, 0, nil)
      }
    }
    precondition(result != 0, "libpng refuses a plain grey picture")
    return Array(file[..<count])
  }

  /// The picture with `other` to its right, both with the same height.
  public func beside(_ other: GreyImage) -> GreyImage {
    precondition(height == other.height)
    var joined: [UInt8] = []
    for row in 0..<height {
      joined += pixels[(row * width)..<((row + 1) * width)]
      joined += other.pixels[(row * other.width)..<((row + 1) * other.width)]
    }
    return GreyImage(width: width + other.width, height: height, pixels: joined)
  }
}
