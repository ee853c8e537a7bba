// Unsafe file. Sound because rename is handed two texts that live through the call.
import Glibc
import KeyHolders
import Signing

/// The file in which a person's device remembers what it signed.
enum DeviceMemory {
  /// Puts `memory` in the place of what was remembered, whole or not at all.
  static func write(_ memory: HolderMemory, to path: String) throws {
    let fresh = "\(path).new"
    KeyFileStorage.remove(fresh)
    try KeyFileStorage.write(memory.bytes, toNew: fresh, secret: true)
    guard unsafe rename(fresh, path) == 0 else {
      throw KeyFileError.system(call: "rename", path: path, code: errno)
    }
  }
}
