import Money
import Structures

/// What the core knows of the chain: the last blocks, the wallet's coins and its addresses.
struct ChainRegister: Sendable {
  /// How many blocks can be disconnected again.
  static let recentLimit = 300

  /// A connected block with what is needed to take it back.
  struct Block: Equatable, Sendable {
    var point: ChainPoint
    var received: [ChainOutpoint]
    /// Our coins that the block spent, as they were.
    var spent: [OwnedOutput]

    init(point: ChainPoint, received: [ChainOutpoint], spent: [OwnedOutput]) {
      self.point = point
      self.received = received
      self.spent = spent
    }
  }

  /// Oldest first.
  var recent: [Block] = []
  /// The wallet's unspent coins.
  var outputs = OutputSet()
  /// Their sum, in satoshi.
  var outputTotal = Amount.zero
  /// By position in the deposit branch.
  private(set) var addresses = PackedList<DepositAddress>()
  /// By account index: its positions in the deposit branch.
  private var addressLists = OwnerLists()
  var nextChangeIndex: UInt32 = 0

  init() {}

  var tip: ChainPoint? { recent.last?.point }

  /// Blocks from `height` to the tip, both included; 0 when the tip is below.
  func depth(of height: UInt32) -> UInt32 {
    guard let tip, tip.height >= height else { return 0 }
    return UInt32(clamping: Int64(tip.height) - Int64(height) + 1)
  }

  /// Hands out the next deposit address.
  mutating func assign(_ address: DepositAddress) {
    addressLists.append(to: UInt32(address.account.raw - 1))
    addresses.append(address)
  }

  /// The account's addresses, in the order in which it got them.
  func addresses(of account: AccountID) -> [DepositAddress] {
    guard let owner = account.index(in: Int(UInt32.max)) else { return [] }
    return addressLists.numbers(of: UInt32(owner)).compactMap { addresses[Int($0)] }
  }
}
