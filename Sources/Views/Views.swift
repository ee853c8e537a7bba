public import Engine
import Foundation
import GRDB

// Views owns the history that customers may ask for: orders, fills, bills, deposits, withdrawals and
// trades, in SQLite, built from the core's events. It refuses to be the truth: any of it can be
// deleted and is rebuilt from the journal.

/// Why a view cannot be read or written.
public enum ViewsError: Error, Equatable, Sendable {
  /// What SQLite said.
  case database(String)
  /// Batches came with a gap: the last one written and the one offered.
  case gap(last: UInt64, offered: UInt64)
}

/// The events of one batch of the journal, command by command.
public struct ViewBatch: Sendable {
  /// Position in the journal, from 1.
  public var sequence: UInt64
  /// The batch's hash, which tells this journal from another.
  public var hash: [UInt8]
  public var entries: [[Event]]

  public init(sequence: UInt64, hash: [UInt8], entries: [[Event]]) {
    self.sequence = sequence
    self.hash = hash
    self.entries = entries
  }
}

/// The read models of an exchange.
///
/// The events of a batch and the mark that they are in are written in one transaction, so that a
/// crash neither loses nor doubles anything.
public final class Views: Sendable {
  let pool: DatabasePool

  /// Opens the database at `path`, or makes one. A database of another shape is thrown away: its
  /// checkpoint is then 0 and everything is written again.
  public init(path: String) throws(ViewsError) {
    pool = try rethrowing {
      var configuration = Configuration()
      configuration.prepareDatabase { database in
        // A lost tail after a power cut is written again from the journal.
        try database.execute(sql: "PRAGMA synchronous = NORMAL")
      }
      // Every customer's history is in it; SQLite gives its other files the same mode.
      if !FileManager.default.fileExists(atPath: path) {
        _ = FileManager.default.createFile(
          atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
      }
      let pool = try DatabasePool(path: path, configuration: configuration)
      try pool.write(ViewSchema.prepare)
      return pool
    }
  }

  /// The last batch that is written, 0 for none.
  public func checkpoint() throws(ViewsError) -> UInt64 {
    try rethrowing { try pool.read(Self.checkpoint) }
  }

  /// The hash of the last batch that is written; empty for none.
  public func checkpointHash() throws(ViewsError) -> [UInt8] {
    try rethrowing {
      try pool.read { database in
        Array(try Data.fetchOne(database, sql: "SELECT hash FROM checkpoint") ?? Data())
      }
    }
  }

  /// Throws everything away: the checkpoint is 0 again. For views that belong to another journal.
  public func clear() async throws(ViewsError) {
    try await rethrowing { try await pool.write(ViewSchema.create) }
  }

  /// Writes `batches`, which follow the checkpoint without a gap, in one transaction. Batches that
  /// are already written are passed over.
  public func write(_ batches: [ViewBatch]) async throws(ViewsError) {
    let result = try await rethrowing {
      try await pool.write { database -> ViewsError? in
        var last = try Self.checkpoint(database)
        var hash: [UInt8]?
        var writer = ViewWriter(database: database)
        for batch in batches where batch.sequence > last {
          guard batch.sequence == last + 1 else {
            return .gap(last: last, offered: batch.sequence)
          }
          for events in batch.entries { try writer.write(events) }
          last = batch.sequence
          hash = batch.hash
        }
        if let hash {
          try database.execute(
            sql: "UPDATE checkpoint SET sequence = ?, hash = ?",
            arguments: [Int64(bitPattern: last), Data(hash)])
        }
        return nil
      }
    }
    if let result { throw result }
  }

  private static func checkpoint(_ database: Database) throws -> UInt64 {
    let row = try Int64.fetchOne(database, sql: "SELECT sequence FROM checkpoint")
    return UInt64(bitPattern: row ?? 0)
  }
}

/// Runs `body` and turns whatever it throws into the error of this domain.
func rethrowing<T>(_ body: () throws -> T) throws(ViewsError) -> T {
  do {
    return try body()
  } catch let error as ViewsError {
    throw error
  } catch {
    throw .database("\(error)")
  }
}

/// The same for work that waits.
func rethrowing<T: Sendable>(_ body: () async throws -> T) async throws(ViewsError) -> T {
  do {
    return try await body()
  } catch let error as ViewsError {
    throw error
  } catch {
    throw .database("\(error)")
  }
}
