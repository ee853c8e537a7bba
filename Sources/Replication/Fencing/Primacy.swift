public import Journal

/// Why a data folder may not be served.
public enum PrimacyError: Error, Equatable, Sendable {
  case fence(FenceError)
  case journal(JournalError)
  /// The folder follows a primary.
  case isStandby(folder: String)
  /// Its promotion began and did not end.
  case isPromoting(folder: String)
  /// There is a journal, and a fence that it knows nothing of.
  case unknownFence(folder: String, fence: String)
  /// There is a fence that was raised to `term`, and nothing of what it guards.
  case journalMissing(folder: String, fence: String, term: UInt64)
}

extension PrimacyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .fence(let error): "\(error)"
    case .journal(let error): "\(error)"
    case .isStandby(let folder):
      "\(folder): this folder is a standby; `holdfast promote --data \(folder)` makes it the primary"
    case .isPromoting(let folder):
      "\(folder): a promotion began and did not end; run `holdfast promote --data \(folder)` again"
    case .unknownFence(let folder, let fence):
      "\(folder): there is a journal without the file `role`, and a fence at \(fence): which of them is "
        + "right is unknown. Bring `role` back, or name another fence"
    case .journalMissing(let folder, let fence, let term):
      "\(folder): there is no journal, but the fence \(fence) stands at term \(term): the exchange that it "
        + "guards is not here. Is its disk mounted, and is `data` the right folder? To begin a new exchange, "
        + "remove the fence first"
    }
  }
}

/// The right to write the journal of a data folder.
public enum Primacy {
  /// Where the fence of the data folder `directory` is when nobody says otherwise: beside the folder.
  public static func standardFence(of directory: String) -> String {
    var path = directory
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path + ".fence"
  }

  /// Takes the place of the primary for the folder `directory`, or says why that cannot be.
  ///
  /// - Parameter fence: Path of the fence for a folder that has none yet, and for one whose fence was
  ///   moved; `nil` keeps what the folder knows.
  public static func claim(
    directory: String, fence path: String?
  ) throws(PrimacyError) -> (fence: Fence, term: UInt64) {
    let known = try journal { () throws(JournalError) in try FolderRole.read(directory) }
    switch known?.part {
    case .standby: throw .isStandby(folder: directory)
    case .promoting: throw .isPromoting(folder: directory)
    case .primary, nil: break
    }
    let place = absolutePath(path ?? known?.fence ?? standardFence(of: directory))
    let opened: Fence
    let term: UInt64
    if let known {
      opened = try fence { () throws(FenceError) in
        let fence = try Fence(path: place)
        try fence.check(known.term)
        return fence
      }
      term = known.term
    } else {
      let isFresh = !JournalReader(directory: directory).exists && path == nil
      guard isFresh || !Fence.exists(place) else {
        throw .unknownFence(folder: directory, fence: place)
      }
      let last = try journal { () throws(JournalError) in
        try JournalReader(directory: directory).lastTerm()
      }
      opened = try fence { () throws(FenceError) in
        try Fence.create(path: place, term: last)
        return try Fence(path: place)
      }
      // A disk that is not mounted leaves an empty folder: raising the fence would shut out its owner.
      guard opened.term == last else {
        throw .journalMissing(folder: directory, fence: place, term: opened.term)
      }
      guard last < .max else { throw .fence(.exhausted(path: place)) }
      term = last + 1
    }
    let role = FolderRole(part: .primary, term: term, fence: place)
    if role != known {
      try journal { () throws(JournalError) in try role.write(to: directory) }
    }
    // Behind the role, so that a start that is interrupted here goes on. A fence that was restored from a
    // copy may be older, too, than what it guards.
    try fence { () throws(FenceError) in try opened.catchUp(to: term) }
    return (opened, term)
  }

  private static func fence<T>(
    _ body: () throws(FenceError) -> T
  ) throws(PrimacyError) -> T {
    do { return try body() } catch { throw .fence(error) }
  }

  private static func journal<T>(
    _ body: () throws(JournalError) -> T
  ) throws(PrimacyError) -> T {
    do { return try body() } catch { throw .journal(error) }
  }
}
