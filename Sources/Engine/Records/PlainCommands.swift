import Matching
import Money
import Structures
import Wire

// Order commands as nearly all of them are, read where they lie: one comparison says that a command has
// the usual words and no others. Whatever else there may be is read by OrderCommandReader.
//
// Unsafe file. Sound because whoever makes ``PlainWords`` has the bytes that they name, eight of them at
// least; each `init` made sure that there are exactly the words that the properties read, which are
// integers; and the values are locals of the function that has the bytes.

/// A command's bytes, and its first word, which says nearly everything.
@safe struct PlainWords {
  fileprivate let base: UnsafeRawPointer
  fileprivate let count: Int
  fileprivate let header: UInt64

  /// - Parameter count: How many bytes there are, at least 8.
  @inline(__always)
  init(_ base: UnsafeRawPointer, count: Int) {
    unsafe self.base = base
    self.count = count
    header = unsafe base.word(at: 0)
  }

  /// `nil` when they are too few for a plain command.
  @inline(__always)
  init?(_ bytes: Span<UInt8>) {
    guard bytes.count >= 24 else { return nil }
    unsafe self.init(bytes.start, count: bytes.count)
  }
}

/// A limit, post-only, FOK or IOC order with a price, without a tag, and with a client's id of 16
/// letters and digits or none.
@safe struct PlainPlacement {
  private let base: UnsafeRawPointer
  /// See OrderCommandRecord.
  private let header: UInt64

  // Number 9, a price, no budget, a self-trade code of two bits, no words or two of a client's id, no
  // others.
  private static var fixedBits: UInt64 { 0xFFFF_FFFF_FDFC_E0FF }
  private static var fixed: UInt64 { 0x2009 }
  /// Two words of a client's id, which are 16 bytes.
  private static var named: UInt64 { 1 << 25 }
  /// Set for all types that name a limit but those that may rest.
  private static var atOnce: UInt64 { 0b101 << 9 }
  /// By number, the types that name a limit: limit, post-only, FOK, IOC.
  private static var types: UInt64 { 0b1_1101 }

  /// An order that may rest and has a client's id, as nearly all do; `nil` when it is another command,
  /// or none.
  @inline(__always)
  init?(namedToRest words: PlainWords) {
    guard words.header & (Self.fixedBits | Self.named | Self.atOnce) == Self.fixed | Self.named,
      words.count == 56
    else { return nil }
    unsafe base = words.base
    header = words.header
    guard price > 0, AlphanumericWord.fill(client) else { return nil }
  }

  /// `nil` when it is another command, or none.
  @inline(__always)
  init?(_ words: PlainWords) {
    unsafe base = words.base
    header = words.header
    guard header & Self.fixedBits == Self.fixed, Self.types &>> (header >> 9 & 7) & 1 == 1,
      words.count == 40 &+ Int(header >> 21 & 16), price > 0,
      !hasClientOrderID || AlphanumericWord.fill(client)
    else { return nil }
  }

  @inline(__always) private func word(at offset: Int) -> UInt64 { unsafe base.word(at: offset) }

  /// All of it.
  var bytes: PlainBytes { unsafe PlainBytes(base, count: hasClientOrderID ? 56 : 40) }

  /// Side and type, as ``OrderFlags`` have them.
  @inline(__always) var sideAndType: UInt32 { UInt32(truncatingIfNeeded: header >> 8) & 0xF }
  @inline(__always) var isSell: Bool { header & 1 << 8 != 0 }
  /// Whether it is a limit or a post-only order.
  @inline(__always) var mayRest: Bool { header & Self.atOnce == 0 }
  /// The self-trade mode plus one, 0 for the account's.
  @inline(__always) var selfTradeCode: UInt32 { UInt32(truncatingIfNeeded: header >> 16) & 3 }
  @inline(__always) var hasClientOrderID: Bool { header & Self.named != 0 }
  @inline(__always) var account: UInt64 { word(at: 8) }
  @inline(__always) var instrument: UInt64 { word(at: 16) }
  @inline(__always) var price: Int64 { Int64(bitPattern: word(at: 24)) }
  @inline(__always) var size: Int64 { Int64(bitPattern: word(at: 32)) }
  /// The client's id. Only for placements that have one.
  @inline(__always) var client0: UInt64 { word(at: 40) }
  @inline(__always) var client1: UInt64 { word(at: 48) }
  /// Both words of it.
  @inline(__always) var client: SIMD2<UInt64> {
    #if _endian(little)
      unsafe base.loadUnaligned(fromByteOffset: 40, as: SIMD2<UInt64>.self)
    #else
      SIMD2(client0, client1)
    #endif
  }
}

/// A cancellation by the exchange's order id.
@safe struct PlainCancellation {
  private let base: UnsafeRawPointer

  @inline(__always)
  init?(_ words: PlainWords) {
    guard words.header == UInt64(OrderCommandHeader.cancel), words.count == 24 else { return nil }
    unsafe base = words.base
  }

  @inline(__always) var account: UInt64 { unsafe base.word(at: 8) }
  @inline(__always) var order: UInt64 { unsafe base.word(at: 16) }

  /// All of it.
  var bytes: PlainBytes { unsafe PlainBytes(base, count: 24) }
}

/// A change of nothing but the price, by the exchange's order id, without a request's id.
@safe struct PlainMove {
  private let base: UnsafeRawPointer

  // Number 11 and a new price; it may say that a failure cancels.
  private static var free: UInt64 { UInt64(OrderCommandHeader.cancelsOnFailure) << 8 }
  private static var fixed: UInt64 {
    UInt64(OrderCommandHeader.amend) | UInt64(OrderCommandHeader.hasNewPrice) << 8
  }

  @inline(__always)
  init?(_ words: PlainWords) {
    guard words.header & ~Self.free == Self.fixed, words.count == 32 else { return nil }
    unsafe base = words.base
    guard price > 0 else { return nil }
  }

  @inline(__always) var account: UInt64 { unsafe base.word(at: 8) }
  @inline(__always) var order: UInt64 { unsafe base.word(at: 16) }
  @inline(__always) var price: Int64 { Int64(bitPattern: unsafe base.word(at: 24)) }

  /// All of it.
  var bytes: PlainBytes { unsafe PlainBytes(base, count: 32) }
}

/// The bytes of a plain command, for whoever carries it out in the general way.
@safe struct PlainBytes {
  private let base: UnsafeRawPointer
  private let count: Int

  init(_ base: UnsafeRawPointer, count: Int) {
    unsafe self.base = base
    self.count = count
  }

  /// Gives `body` the bytes. It does not fail, since they were seen to be a command.
  func with(_ body: (Span<UInt8>) throws(WireError) -> Void) {
    do throws(WireError) {
      try body(
        unsafe UnsafeRawBufferPointer(start: base, count: count).bindMemory(to: UInt8.self).span)
    } catch {
      preconditionFailure("the bytes were seen to be a command")
    }
  }
}

extension UnsafeRawPointer {
  @inline(__always)
  fileprivate func word(at offset: Int) -> UInt64 {
    unsafe UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}

extension Span<UInt8> {
  /// Where the bytes of a span that has some begin.
  @inline(__always)
  fileprivate var start: UnsafeRawPointer {
    unsafe withUnsafeBytes { unsafe $0.baseAddress.unsafelyUnwrapped }
  }
}
