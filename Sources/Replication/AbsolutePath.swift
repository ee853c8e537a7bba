// Unsafe file. Sound because `getcwd` allocates what it returns, which is copied and then freed once.
import Glibc

/// Returns `path` so that it names the same file for a process that was started elsewhere.
public func absolutePath(_ path: String) -> String {
  guard !path.hasPrefix("/"), let folder = unsafe getcwd(nil, 0) else { return path }
  defer { unsafe free(folder) }
  return unsafe String(cString: folder) + "/" + path
}
