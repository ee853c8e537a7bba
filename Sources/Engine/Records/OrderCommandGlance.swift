import Matching
import Money
import Structures

/// What an order command seems to say: enough to ask memory for what it will touch. Nothing is checked
/// but where the bytes end, and whatever bytes there are do no harm.
///
/// Unsafe file. Sound because every word is loaded below the end of the span that it belongs to.
struct OrderCommandGlance: BitwiseCopyable {
  /// Counted from 0; may be none.
  var account: UInt32
  /// Where it places an order, counted from 0; none when it places none.
  var market: UInt32 = .none
  /// The exchange's id of the order that it names, or 0.
  var order: UInt64 = 0
  /// The price that it names, in ticks; 0 for none.
  var price: Int64 = 0
  /// The first 16 characters of the client's id that it names, if they are all.
  var client0: UInt64 = 0
  var client1: UInt64 = 0
  /// The slot of the order that it names, as far as it was found.
  var slot: UInt32 = .none
  var side = Side.buy
  /// Whether the account's balances on the market have to be looked up.
  var needsBalances = false

  /// `nil` when the bytes are no order command.
  @inline(__always)
  init?(_ bytes: Span<UInt8>) {
    let count = bytes.count
    guard count >= 24 else { return nil }
    let (header, account, third) = unsafe bytes.withUnsafeBytes { bytes in
      (
        OrderCommandHeader(word: unsafe Self.word(bytes, 0)), unsafe Self.word(bytes, 8),
        unsafe Self.word(bytes, 16)
      )
    }
    let number = header.number
    guard number &- OrderCommandHeader.place <= 2 else { return nil }
    self.account = UInt32(truncatingIfNeeded: account &- 1)
    var at = 16
    if number == OrderCommandHeader.place {
      market = UInt32(truncatingIfNeeded: third &- 1)
      side = header.has(OrderCommandHeader.isSell) ? .sell : .buy
      at = 32
      if header.has(OrderCommandHeader.hasPrice), count >= 40 {
        price = unsafe bytes.withUnsafeBytes { unsafe Int64(bitPattern: Self.word($0, 24)) }
        at = 40
      }
    } else if !header.has(OrderCommandHeader.isByClientID) {
      order = third
      if number == OrderCommandHeader.amend, header.has(OrderCommandHeader.hasNewPrice) {
        let offset = header.has(OrderCommandHeader.hasSize) ? 32 : 24
        guard count >= offset &+ 8 else { return nil }
        price = unsafe bytes.withUnsafeBytes { unsafe Int64(bitPattern: Self.word($0, offset)) }
      }
      return
    }
    // Longer ids are rare.
    let words = header.clientWords
    guard words == 1 || words == 2, count >= at &+ words &* 8 else { return }
    (client0, client1) = unsafe bytes.withUnsafeBytes { bytes in
      (unsafe Self.word(bytes, at), words == 2 ? unsafe Self.word(bytes, at &+ 8) : 0)
    }
  }

  /// Under what the client's id that it names is found.
  @inline(__always)
  func clientHash(_ seed: MixSeed) -> UInt64 {
    seed.hash(account, Text32(unchecked: client0, client1, 0, 0))
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
