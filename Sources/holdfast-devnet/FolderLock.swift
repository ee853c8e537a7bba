// Unsafe file. Sound because the path is a string that outlives the call, and the descriptor is
// closed exactly once, in `deinit`.
import Devnet
import Glibc

/// Keeps a second node out of a data folder, before it touches anything in there.
final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Locks the folder for the life of this object.
  init(_ folder: String) throws(StoreError) {
    let path = folder + "/.lock"
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .file(path: path, operation: "open", errno: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      _ = close(descriptor)
      throw .inUse(path: folder)
    }
    self.descriptor = descriptor
  }

  deinit { _ = close(descriptor) }
}
