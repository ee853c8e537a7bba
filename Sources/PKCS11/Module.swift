// Unsafe file. Sound because:
// 1. The functions are those of a loaded library, which is never unloaded.
// 2. Each is called as its type in PKCS#11's own header says, with pointers to local values or arrays
//    that live through the call, and with their counts.
package import CPKCS11
import Glibc

/// A PKCS#11 module: a shared library by which a token is spoken to. Begun here and ended in `deinit`, or
/// by ``end()``; a process can have a module once at a time.
@safe
package final class Module {
  package let path: String
  private let functions: CK_FUNCTION_LIST
  private var hasEnded = false

  /// Loads the module and begins with it.
  ///
  /// - Throws: ``TokenError/moduleFile(path:problem:)``,
  ///   ``TokenError/moduleNotLoaded(path:reason:)`` or ``TokenError/notAModule(path:problem:)``.
  package init(path: String) throws(TokenError) {
    try Self.check(path)
    self.path = path
    // Never unloaded: what such libraries leave with the system, to be called at the end, must be there.
    guard let library = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) else {
      let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason given"
      throw .moduleNotLoaded(path: path, reason: reason)
    }
    guard let entry = unsafe dlsym(library, "C_GetFunctionList") else {
      throw .notAModule(path: path, problem: "it has no C_GetFunctionList")
    }
    typealias Entry =
      @convention(c) (UnsafeMutablePointer<UnsafeMutablePointer<CK_FUNCTION_LIST>?>?)
      -> CK_RV
    var list: UnsafeMutablePointer<CK_FUNCTION_LIST>?
    let code = unsafe unsafeBitCast(entry, to: Entry.self)(&list)
    guard code == 0, let list = unsafe list else {
      throw .notAModule(path: path, problem: "C_GetFunctionList: \(ReturnValue.name(UInt(code)))")
    }
    let version = unsafe list.pointee.version
    guard version.major == 2 || version.major == 3 else {
      throw .notAModule(
        path: path, problem: "it speaks version \(version.major).\(version.minor), not 2 or 3")
    }
    unsafe functions = list.pointee
    do { try call("C_Initialize") { $0.C_Initialize?(nil) } } catch {
      // Nothing was begun, so nothing is to be ended.
      hasEnded = true
      throw error
    }
  }

  deinit { end() }

  /// Ends every session and login of this process.
  package func end() {
    guard !hasEnded else { return }
    hasEnded = true
    _ = functions.C_Finalize?(nil)
  }

  /// Makes a call, and throws unless it returns CKR_OK.
  package func call(
    _ name: String, _ body: (CK_FUNCTION_LIST) -> CK_RV?
  ) throws(TokenError) {
    let code = returnValue(body)
    guard code == 0 else { throw .call(name, code: code) }
  }

  /// Makes a call; a function that the module does not have is CKR_FUNCTION_NOT_SUPPORTED.
  func returnValue(_ body: (CK_FUNCTION_LIST) -> CK_RV?) -> UInt {
    guard !hasEnded else { return UInt(CKR_CRYPTOKI_NOT_INITIALIZED) }
    return UInt(body(functions) ?? CK_RV(CKR_FUNCTION_NOT_SUPPORTED))
  }

  /// The module runs inside the process that has the PIN: who can change it can take the PIN.
  private static func check(_ path: String) throws(TokenError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw .moduleFile(
        path: path, problem: errno == ENOENT ? "is not there" : "cannot be looked at")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .moduleFile(path: path, problem: "is no regular file")
    }
    guard status.st_uid == 0 || status.st_uid == geteuid() else {
      throw .moduleFile(path: path, problem: "belongs to another user than this one and root")
    }
    guard status.st_mode & 0o022 == 0 else {
      throw .moduleFile(
        path: path,
        problem: "mode \(String(status.st_mode & 0o777, radix: 8)) lets others change it")
    }
  }
}
