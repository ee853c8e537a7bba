// Unsafe file. Sound because the symbol that libqrencode returns is read only within its own width
// and freed once, and the text handed over lives through the call.
import CQREncode

/// A QR symbol: a square of dark and light modules. See ISO/IEC 18004.
public struct QRSymbol: Hashable, Sendable {
  /// How much of a symbol may be lost.
  public enum Correction: Sendable {
    /// About 7%: for screens, where frames come again.
    case low
    /// About 15%: for paper.
    case medium
    /// About 25%.
    case quartile
  }

  /// Light modules that a reader needs on each side.
  public static let quietZone = 4

  /// Modules on a side: 21 to 177.
  public let width: Int
  /// Rows from the top; true is dark.
  public let modules: [Bool]

  /// Encodes `text`, in the mode that takes least: digits, capitals, or bytes.
  ///
  /// - Parameter version: The smallest version to use, 1 to 40, or `nil` for whatever fits.
  /// - Throws: ``AirgapError/symbolTooLarge(count:)``.
  public init(
    _ text: String, correction: Correction = .low, version: Int? = nil
  ) throws(AirgapError) {
    let level =
      switch correction {
      case .low: QR_ECLEVEL_L
      case .medium: QR_ECLEVEL_M
      case .quartile: QR_ECLEVEL_Q
      }
    guard !text.isEmpty, !text.utf8.contains(0),
      let code = unsafe QRcode_encodeString(text, Int32(version ?? 0), level, QR_MODE_8, 1)
    else { throw .symbolTooLarge(count: text.utf8.count) }
    defer { unsafe QRcode_free(code) }
    let width = Int(unsafe code.pointee.width)
    self.width = width
    // The lowest bit of each module says whether it is dark.
    modules = (0..<(width * width)).map { unsafe code.pointee.data[$0] & 1 == 1 }
  }

  /// Whether the module is dark; light outside of the symbol.
  public func isDark(row: Int, column: Int) -> Bool {
    guard (0..<width).contains(row), (0..<width).contains(column) else { return false }
    return modules[row * width + column]
  }

  /// The most characters of the alphanumeric mode in any symbol.
  public static let maximumAlphanumericCount = 4296

  /// Characters of the alphanumeric mode that `version` holds at the lowest correction.
  public static func alphanumericCapacity(version: Int) -> Int {
    precondition((1...40).contains(version), "QR has versions 1 to 40")
    return capacities[version - 1]
  }

  private static let capacities = [
    25, 47, 77, 114, 154, 195, 224, 279, 335, 395, 468, 535, 619, 667, 758, 854, 938, 1046, 1153,
    1249, 1352, 1460, 1588, 1704, 1853, 1990, 2132, 2223, 2369, 2520, 2677, 2840, 3009, 3183, 3351,
    3537, 3729, 3927, 4087, 4296,
  ]
}
