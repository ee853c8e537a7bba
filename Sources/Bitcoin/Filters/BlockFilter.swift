import Cryptography

/// The basic filter of a block: a small set, of hashes of all scripts that the block pays to or
/// spends from, that never misses one and shows a foreign one in 784 931 times once. See BIP-158.
public struct BlockFilter: Hashable, Sendable {
  /// Bits of the remainder in the Golomb-Rice code.
  static let parameter = 19
  /// One foreign script in so many matches.
  public static let falsePositiveRate: UInt64 = 784_931

  /// The block that the filter is of; its hash is the key of the hashes inside.
  public let block: BlockHash
  /// Scripts in the filter.
  public let count: Int
  /// The serialisation: the count, and the differences of the sorted hashes.
  public let bytes: [UInt8]

  /// Creates the filter of `block`.
  ///
  /// - Parameters:
  ///   - block: The block.
  ///   - spent: The scripts of the outputs that its inputs spend, those of the coinbase excepted, in
  ///     any order.
  public init(of block: Block, spending spent: some Sequence<Script>) {
    var scripts: Set<Script> = []
    for script in spent where !script.bytes.isEmpty { scripts.insert(script) }
    for transaction in block.transactions {
      for output in transaction.outputs {
        guard let first = output.script.bytes.first, first != Opcode.return.rawValue else {
          continue
        }
        scripts.insert(output.script)
      }
    }
    self.init(of: scripts, in: block.hash)
  }

  private init(of scripts: Set<Script>, in block: BlockHash) {
    self.block = block
    count = scripts.count
    var writer = ConsensusWriter()
    writer.compactSize(count)
    var code = GolombRiceWriter(parameter: Self.parameter)
    var last: UInt64 = 0
    for value in Self.values(of: scripts, in: block, count: count) {
      code.append(value - last)
      last = value
    }
    bytes = writer.bytes + code.bytes
  }

  /// Reads a filter that fills `bytes` completely.
  public init(parsing bytes: [UInt8], of block: BlockHash) throws(BlockFilterError) {
    self.block = block
    self.bytes = bytes
    var reader = ConsensusReader(bytes)
    let stated: UInt64
    do { stated = try reader.compactSize("elements") } catch { throw .count(error) }
    // Each takes the remainder and the zero before it.
    let limit = reader.remaining * 8 / (Self.parameter + 1)
    guard stated <= UInt64(limit) else { throw .tooManyElements(stated, limit: limit) }
    count = Int(stated)
    var values = Values(self)
    for place in 0..<count {
      guard values.next() != nil else { throw .badElement(at: place, of: count) }
    }
    guard values.code.isAtEnd else { throw .trailingBits(values.code.remaining) }
  }

  /// Returns whether the block may pay to or spend from any of `scripts`: when not, it certainly
  /// does not.
  public func matches(any scripts: some Sequence<Script>) -> Bool {
    guard count > 0 else { return false }
    var sought = Self.values(of: scripts, in: block, count: count)[...]
    var values = Values(self)
    while let value = values.next() {
      while let first = sought.first, first < value { sought.removeFirst() }
      guard let first = sought.first else { return false }
      if first == value { return true }
    }
    return false
  }

  /// The hash of the serialisation.
  public var hash: [UInt8] { SHA256.double(bytes) }

  /// Returns the header of this filter, which commits to it and to all before.
  ///
  /// - Parameter previous: The header of the filter of the block before; ``FilterHeader/zero`` for
  ///   the first block.
  public func header(after previous: FilterHeader) -> FilterHeader {
    FilterHeader(hash: SHA256.double(hash + previous.bytes))
  }

  /// The hashes of `scripts`, each in the range of a filter of `count` elements, lowest first.
  private static func values(
    of scripts: some Sequence<Script>, in block: BlockHash, count: Int
  ) -> [UInt64] {
    guard let function = SipHash24(key: block.bytes.prefix(SipHash24.keyByteCount)) else {
      preconditionFailure("a block hash has 32 bytes")
    }
    let range = range(count)
    return scripts.map { function.hash($0.bytes).multipliedFullWidth(by: range).high }.sorted()
  }

  private static func range(_ count: Int) -> UInt64 { UInt64(count) * falsePositiveRate }

  /// Decodes the hashes, lowest first, as long as they are in range.
  private struct Values {
    private(set) var code: GolombRiceReader
    private let range: UInt64
    private var left: Int
    private var last: UInt64 = 0

    init(_ filter: BlockFilter) {
      code = GolombRiceReader(
        filter.bytes, from: ConsensusWriter.width(of: filter.count), parameter: parameter)
      range = BlockFilter.range(filter.count)
      left = filter.count
    }

    mutating func next() -> UInt64? {
      guard left > 0,
        let step = code.read(quotientLimit: range >> UInt64(BlockFilter.parameter))
      else { return nil }
      last += step
      guard last < range else { return nil }
      left -= 1
      return last
    }
  }
}

/// What commits to the filter of a block and to those of all blocks before. See BIP-157, "Filter
/// Headers".
public struct FilterHeader: Hashable, Sendable, CustomStringConvertible {
  /// The 32 bytes in the order in which they are hashed.
  public let bytes: [UInt8]

  init(hash: [UInt8]) { bytes = hash }

  /// Creates a header from its display form of 64 digits, or `nil`.
  public init?(hex: some StringProtocol) {
    guard let hash = BlockHash(hex: hex) else { return nil }
    bytes = hash.bytes
  }

  /// What stands before the filter of the first block.
  public static let zero = FilterHeader(hash: [UInt8](repeating: 0, count: 32))

  /// The display form: 64 lower-case digits, last byte first.
  public var hex: String { BlockHash(hash: bytes).hex }
  /// The display form.
  public var description: String { hex }
}
