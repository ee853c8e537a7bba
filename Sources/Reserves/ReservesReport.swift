public import Engine
public import Money
import Structures

/// The figures of all assets, for people.
public struct ReservesReport: Equatable, Sendable {
  /// By asset, in the order of the configuration.
  public var figures: [ReservesFigures]
  /// Name of the block on which the figures of the chain stand.
  public var point: ChainPoint

  public init(figures: [ReservesFigures], point: ChainPoint) {
    self.figures = figures
    self.point = point
  }

  /// Whether every asset is covered.
  public var isCovered: Bool { figures.allSatisfy(\.isCovered) }

  /// The report as a table, with a verdict below.
  public var table: String {
    let header = [
      "asset", "owed to customers", "owed in all", "on chain", "uncredited", "in flight", "ratio %",
      "evidence",
    ]
    let rows = figures.map { each in
      [
        each.code, each.text(each.owedToCustomers), each.text(each.owed), each.text(each.onChain),
        each.text(each.uncredited), each.text(each.inFlight), each.ratioPercent,
        each.evidence == .attestedByOperators ? "attested by operators" : "chain",
      ]
    }
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    let lines = ([header] + rows).map { row in
      row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        // Words to the left, numbers to the right.
        return column == 0 || column == row.count - 1 ? cell + space : space + cell
      }.joined(separator: "  ")
    }
    let short = figures.filter { !$0.isCovered }.map { each in
      "\(each.code): below 100 %, short by \(each.text(each.owed - each.covered))"
    }
    let verdict = short.isEmpty ? ["every asset is covered"] : short
    return (lines + verdict).map { line in
      var line = line[...]
      while line.last == " " { line = line.dropLast() }
      return String(line)
    }.joined(separator: "\n")
  }
}

extension ReservesReport {
  /// The figures of every asset of `exchange`, whose books stand at `point`.
  ///
  /// - Parameter onChain: Sum of the unspent outputs under the wallet's descriptor at `point`.
  public init(_ exchange: borrowing Exchange, onChain: Amount, at point: ChainPoint) {
    figures = []
    self.point = point
    for (index, asset) in (exchange.configuration?.assets ?? []).enumerated() {
      let id = AssetID(UInt64(index) + 1)
      let figures =
        asset.rail == .bitcoin
        ? ReservesFigures(id, in: exchange, onChain: onChain, at: point)
        : ReservesFigures(attested: id, in: exchange)
      if let figures { self.figures.append(figures) }
    }
  }
}
