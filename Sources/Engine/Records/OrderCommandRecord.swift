import Matching
import Money
import Structures
import Wire

// The canonical bytes of order commands: little-endian 64-bit words, only those that are used, so
// that trading reads them as they lie in the journal.
//
// The first word holds, from its lowest byte on: the command's case; flags; the self-trade mode plus
// one, or 0; how many words the client's id has; how many the tag or the request's id has; and three
// zero bytes. Then come the account, and
// - to place: the instrument, the price if there is one, the size, the client's id, the tag;
// - to cancel: the order's id, or the client's;
// - to amend: the order's id, or the client's, the size and the price if given, the request's id.

/// The first word of an order command.
struct OrderCommandHeader: BitwiseCopyable {
  static let place: UInt8 = 9
  static let cancel: UInt8 = 10
  static let amend: UInt8 = 11

  // To place.
  static let isSell: UInt8 = 1
  static let typeShift: UInt8 = 1
  static let refusesShrinking: UInt8 = 1 << 4
  static let hasPrice: UInt8 = 1 << 5
  static let isByBudget: UInt8 = 1 << 6
  // To cancel and amend.
  static let isByClientID: UInt8 = 1
  // To amend.
  static let hasSize: UInt8 = 1 << 1
  static let hasNewPrice: UInt8 = 1 << 2
  static let cancelsOnFailure: UInt8 = 1 << 3

  var word: UInt64

  init(word: UInt64) { self.word = word }

  init(
    _ number: UInt8, flags: UInt8, selfTrade: SelfTradePrevention? = nil, clientWords: Int,
    otherWords: Int
  ) {
    word =
      UInt64(number) | UInt64(flags) << 8 | UInt64(selfTrade.map { $0.rawValue + 1 } ?? 0) << 16
      | UInt64(clientWords) << 24 | UInt64(otherWords) << 32
  }

  @inline(__always) var number: UInt8 { UInt8(truncatingIfNeeded: word) }
  @inline(__always) var flags: UInt8 { UInt8(truncatingIfNeeded: word >> 8) }
  @inline(__always) var selfTradeCode: UInt8 { UInt8(truncatingIfNeeded: word >> 16) }
  @inline(__always) var clientWords: Int { Int(word >> 24 & 0xFF) }
  @inline(__always) var otherWords: Int { Int(word >> 32 & 0xFF) }

  @inline(__always) func has(_ flag: UInt8) -> Bool { flags & flag != 0 }

  /// How many words a command of this number has; `nil` when no such command begins so.
  @inline(__always)
  func length(ofCommand number: UInt8) -> Int? {
    guard word >> 40 == 0, clientWords <= 4 else { return nil }
    if number == Self.place {
      // The last type is 5.
      guard flags < 1 << 7, flags & 0b1110 <= 5 << 1, selfTradeCode <= 3, otherWords <= 2
      else { return nil }
      return 4 + Int(flags >> 5 & 1) + clientWords + otherWords
    }
    // Only a client's id has words to count.
    guard has(Self.isByClientID) || clientWords == 0 else { return nil }
    if number == Self.cancel {
      // Nothing but the flag and the number of words.
      guard word & 0xFF_00FF_FE00 == 0 else { return nil }
      return 2 + nameWords
    }
    guard number == Self.amend, flags < 1 << 4, selfTradeCode == 0, otherWords <= 4 else {
      return nil
    }
    return 2 + nameWords + Int(flags >> 1 & 1) + Int(flags >> 2 & 1) + otherWords
  }

  @inline(__always)
  private var nameWords: Int { has(Self.isByClientID) ? clientWords : 1 }
}

/// Reads the words of one order command, whose bytes are all there.
///
/// Unsafe file. Sound because:
/// 1. The reader is a local value of the one function that has the span, and used while it does.
/// 2. `init` checked that the span has exactly the words that the header asks for, and every reading
///    method takes only words that the same header counts, so that `word()` stays inside.
/// 3. A word is an integer, for which all bits are valid, loaded without alignment.
@safe struct OrderCommandReader {
  private let base: UnsafeRawPointer
  private var next = 8
  let header: OrderCommandHeader

  /// Begins to read a command whose first byte is `number`.
  ///
  /// - Throws: ``WireError`` when no order command begins so or its length is another one.
  @inline(__always)
  init(_ bytes: Span<UInt8>, ofCommand number: UInt8) throws(WireError) {
    guard bytes.count >= 8,
      let first = unsafe bytes.withUnsafeBufferPointer({ $0.baseAddress })
    else { throw .truncated(at: 0) }
    unsafe base = UnsafeRawPointer(first)
    header = OrderCommandHeader(
      word: UInt64(littleEndian: unsafe base.loadUnaligned(as: UInt64.self)))
    guard let length = header.length(ofCommand: number) else { throw .malformed(at: 0) }
    guard bytes.count == length &* 8 else {
      throw bytes.count < length * 8
        ? .truncated(at: bytes.count) : .trailing(at: length * 8)
    }
  }

  @inline(__always)
  mutating func word() -> UInt64 {
    defer { next &+= 8 }
    return UInt64(
      littleEndian: unsafe base.loadUnaligned(fromByteOffset: next, as: UInt64.self))
  }

  @inline(__always)
  mutating func signed() -> Int64 { Int64(bitPattern: word()) }

  /// The next `count` words, which need not be a text.
  @inline(__always)
  private mutating func words(_ count: Int) throws(WireError) -> Text32 {
    guard count > 0 else { return Text32() }
    let first = word()
    var last = first
    var (second, third, fourth): (UInt64, UInt64, UInt64) = (0, 0, 0)
    if count > 1 {
      second = word()
      last = second
      if count > 2 {
        third = word()
        last = third
        if count > 3 {
          fourth = word()
          last = fourth
        }
      }
    }
    guard last != 0 else { throw .malformed(at: next - 8) }
    return Text32(unchecked: first, second, third, fourth)
  }

  /// A text of exactly `count` words, and whether it has only letters and digits.
  @inline(__always)
  private mutating func text(
    words count: Int
  ) throws(WireError) -> (text: Text32, isPlain: Bool) {
    let at = next
    let text = try words(count)
    if text.isAlphanumeric { return (text, true) }
    guard Text32(words: text.word0, text.word1, text.word2, text.word3) != nil else {
      throw .malformed(at: at)
    }
    return (text, false)
  }

  @inline(__always)
  mutating func price() throws(WireError) -> Int64 {
    let price = signed()
    guard price > 0 else { throw .malformed(at: next - 8) }
    return price
  }

  /// The name of an order. A client's id that is no text names none.
  @inline(__always)
  mutating func name() throws(WireError) -> OrderName {
    header.has(OrderCommandHeader.isByClientID)
      ? OrderName(try words(header.clientWords)) : OrderName(id: word())
  }

  /// The word at `offset`, in bytes.
  @inline(__always)
  func word(at offset: Int) -> UInt64 {
    UInt64(littleEndian: unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// The client's id of a placement, `offset` bytes from the beginning, and whether it has only letters
  /// and digits.
  @inline(__always)
  func clientOrderID(at offset: Int) throws(WireError) -> (id: ClientOrderID, isPlain: Bool) {
    let count = header.clientWords
    if count == 2 {
      let id = Text32(unchecked: word(at: offset), word(at: offset &+ 8), 0, 0)
      if id.word1 != 0, AlphanumericWord.allow(id.word0, id.word1) { return (id, true) }
    }
    return count == 0 ? (ClientOrderID(), true) : try anyClientOrderID(at: offset)
  }

  /// The same for ids that are not of 9 to 16 letters and digits.
  @inline(never)
  private func anyClientOrderID(
    at offset: Int
  ) throws(WireError) -> (id: ClientOrderID, isPlain: Bool) {
    let count = header.clientWords
    let id = Text32(
      unchecked: word(at: offset), count > 1 ? word(at: offset + 8) : 0,
      count > 2 ? word(at: offset + 16) : 0, count > 3 ? word(at: offset + 24) : 0)
    try requireText(id, at: offset, words: count)
    return (id, id.isAlphanumeric)
  }

  /// The tag of a placement that has one, and whether it has only letters and digits.
  @inline(never)
  func tag(at offset: Int) throws(WireError) -> (tag: OrderTag, isPlain: Bool) {
    let count = header.otherWords
    let tag = OrderTag(unchecked: word(at: offset), count > 1 ? word(at: offset + 8) : 0)
    try requireText(Text32(unchecked: tag.word0, tag.word1, 0, 0), at: offset, words: count)
    return (tag, tag.isAlphanumeric)
  }

  /// Refuses words that are no text, or the last of which is empty.
  private func requireText(_ text: Text32, at offset: Int, words: Int) throws(WireError) {
    let last = offset + words * 8 - 8
    guard word(at: last) != 0 else { throw .malformed(at: last) }
    guard Text32(words: text.word0, text.word1, text.word2, text.word3) != nil else {
      throw .malformed(at: offset)
    }
  }

  @inline(__always)
  mutating func cancellation() throws(WireError) -> (
    account: UInt64, order: OrderName
  ) {
    let account = word()
    return (account, try name())
  }

  @inline(__always)
  mutating func amendment() throws(WireError) -> AmendRequest {
    let account = word()
    let order = try name()
    let size = header.has(OrderCommandHeader.hasSize) ? signed() : nil
    let price = header.has(OrderCommandHeader.hasNewPrice) ? try price() : 0
    return AmendRequest(
      account: account, order: order, requestID: try text(words: header.otherWords).text,
      size: size,
      price: price,
      cancelsOnFailure: header.has(OrderCommandHeader.cancelsOnFailure))
  }
}
