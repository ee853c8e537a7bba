public import Algos
public import Engine
import Foundation
import GRDB
import Money
public import Structures
import Wire

/// OKX `ordType` of an algo order, as a column.
public enum AlgoType: Int64, CaseIterable, Sendable {
  case conditional = 0
  case oco = 1
  case trigger = 2
  case trailing = 3
  case iceberg = 4
  case twap = 5

  public init(_ plan: AlgoPlan) {
    switch plan {
    case .conditional: self = .conditional
    case .oco: self = .oco
    case .trigger: self = .trigger
    case .trailing: self = .trailing
    case .iceberg: self = .iceberg
    case .twap: self = .twap
    }
  }
}

/// Why the order of an algo order was refused, without the figures.
public enum AlgoFailure: Int64, Equatable, Sendable {
  case other = 0
  case insufficientBalance = 1
  case noLiquidity = 2
  case belowMinimum = 3
  case aboveMaximum = 4
  case priceAboveLimit = 5
  case priceBelowLimit = 6
  case tooManyOpenOrders = 7
  case suspended = 8

  public init(_ refusal: Refusal) {
    switch refusal {
    case .insufficientBalance: self = .insufficientBalance
    case .noLiquidity: self = .noLiquidity
    case .sizeBelowMinimum: self = .belowMinimum
    case .sizeAboveMaximum, .notionalTooLarge: self = .aboveMaximum
    case .priceAboveLimit: self = .priceAboveLimit
    case .priceBelowLimit: self = .priceBelowLimit
    case .tooManyOpenOrders: self = .tooManyOpenOrders
    case .instrumentSuspended, .onlyLimitInAuction: self = .suspended
    default: self = .other
    }
  }
}

/// An algo order, and why its order was refused, if one was.
public struct AlgoRecord: Equatable, Sendable {
  public var algo: Algo
  public var failure: AlgoFailure?

  public init(algo: Algo, failure: AlgoFailure? = nil) {
    self.algo = algo
    self.failure = failure
  }
}

/// Names an algo order by either id.
public enum AlgoName: Equatable, Sendable {
  case id(AlgoID)
  case client(Text32)
}

extension Views {
  /// Which algo orders are wanted.
  public struct AlgoFilter: Sendable {
    public var types: [AlgoType]
    public var instrument: InstrumentID?
    public var state: Algo.State?
    public var id: AlgoID?

    public init(
      types: [AlgoType] = AlgoType.allCases, instrument: InstrumentID? = nil,
      state: Algo.State? = nil, id: AlgoID? = nil
    ) {
      self.types = types
      self.instrument = instrument
      self.state = state
      self.id = id
    }
  }

  /// Returns algo orders of `account` that have ended; the cursor is the algo order's id.
  public func finishedAlgos(
    of account: AccountID, _ filter: AlgoFilter = AlgoFilter(), page: ViewPage = ViewPage()
  ) async throws(ViewsError) -> [AlgoRecord] {
    try await rethrowing {
      try await pool.read { database in
        var query = ViewQuery("algos")
        query.require("account = ?", account.column)
        let types = filter.types.map { String($0.rawValue) }.joined(separator: ", ")
        query.require("type IN (\(types))")
        query.require("state >= ?", Int64(Algo.State.effective.rawValue))
        query.require("state <= ?", Int64(Algo.State.partiallyFailed.rawValue))
        query.require("instrument = ?", filter.instrument?.column)
        query.require("state = ?", filter.state.map { Int64($0.rawValue) })
        query.require("id = ?", filter.id?.column)
        query.page(page, time: "createdAt")
        return try query.rows(database, limit: page.limit).map(AlgoRecord.init(row:))
      }
    }
  }

  /// Returns what is or was attached to each of `orders`, by age.
  public func attachedAlgos(
    to orders: [OrderID]
  ) async throws(ViewsError) -> [OrderID: [Algo]] {
    try await rethrowing {
      try await pool.read { database in
        var found: [OrderID: [Algo]] = [:]
        for id in orders {
          var query = ViewQuery("algos")
          query.require("parent = ?", id.column)
          let rows = try query.rows(database, order: "id", limit: AttachedAlgo.limit)
          if !rows.isEmpty { found[id] = try rows.map { try AlgoRecord(row: $0).algo } }
        }
        return found
      }
    }
  }

  /// Returns the algo order named by `name`; of several with one client id, the newest.
  public func algo(_ name: AlgoName, of account: AccountID) async throws(ViewsError) -> AlgoRecord?
  {
    try await rethrowing {
      try await pool.read { database in
        var query = ViewQuery("algos")
        query.require("account = ?", account.column)
        switch name {
        case .id(let id): query.require("id = ?", id.column)
        case .client(let text): query.require("clientID = ?", text.description)
        }
        return try query.rows(database, limit: 1).first.map(AlgoRecord.init(row:))
      }
    }
  }
}

extension AlgoRecord {
  init(row: Row) throws {
    let record: Data = row["record"]
    let failure: Int64? = row["failure"]
    var reader = ByteReader(Array(record))
    do throws(WireError) {
      let algo: Algo = try reader.read()
      try reader.finish()
      self.init(algo: algo, failure: failure.flatMap(AlgoFailure.init(rawValue:)))
    } catch {
      throw ViewsError.database("column record holds no algo order")
    }
  }
}
