/// A program of Bitcoin Script, or any bytes that stand where one is expected.
public struct Script: Hashable, Sendable {
  /// Largest script that is ever executed, in bytes. Not a limit for tapscript.
  public static let maximumByteCount = 10_000
  /// Largest element on the stack, in bytes.
  public static let maximumElementByteCount = 520

  /// The program as it is serialised.
  public private(set) var bytes: [UInt8]

  /// Creates a script of `bytes`, whatever they are.
  public init(_ bytes: [UInt8] = []) { self.bytes = bytes }

  /// Appends an operation.
  public mutating func append(_ opcode: Opcode) { bytes.append(opcode.rawValue) }

  /// Appends the shortest push of `data` as data: never `OP_1` and its like. For data that is a
  /// small number use ``append(number:)``.
  public mutating func append(push data: [UInt8]) {
    switch data.count {
    case ..<Int(Opcode.pushData1.rawValue): bytes.append(UInt8(data.count))
    case ...0xFF:
      bytes.append(Opcode.pushData1.rawValue)
      bytes.append(UInt8(data.count))
    case ...0xFFFF:
      bytes.append(Opcode.pushData2.rawValue)
      bytes.append(UInt8(data.count & 0xFF))
      bytes.append(UInt8(data.count >> 8))
    default:
      bytes.append(Opcode.pushData4.rawValue)
      for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: data.count >> shift)) }
    }
    bytes.append(contentsOf: data)
  }

  /// Appends the shortest push of `number`.
  public mutating func append(number: Int64) {
    switch number {
    case 0: bytes.append(0)
    case -1: append(.oneNegate)
    case 1...16: bytes.append(UInt8(0x50 + number))
    default: append(push: ScriptNumber.bytes(number))
    }
  }

  /// Appends another script as it stands.
  public mutating func append(_ other: Script) { bytes.append(contentsOf: other.bytes) }
}
