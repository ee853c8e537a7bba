// swift-format-ignore-file: NeverUseForceTry, NeverForceUnwrap
// Unsafe file. Sound because each pointer handed to the module is that of a local value that lives
// through the call, and the environment is set in a process that has nothing else to do yet.
// Fixed inputs of tests: what traps here is a wrong test.
import CPKCS11
import Cryptography
import Foundation
import PKCS11
import Testing

/// SoftHSM2 with a folder of its own. A process has a module once, and the module finds its folder by
/// an environment variable: so each test that uses one runs in a process of its own.
final class SoftHSM {
  static let module = "/usr/lib/softhsm/libsofthsm2.so"
  static let pin = "4711 and more"

  let folder: String
  private var tokens: String { folder + "/tokens" }
  private var away: String { folder + "/away" }

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/hsm-" + UUID().uuidString.prefix(8)
    try FileManager.default.createDirectory(
      atPath: folder + "/tokens", withIntermediateDirectories: true)
    try "directories.tokendir = \(folder)/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
      .write(toFile: folder + "/softhsm2.conf", atomically: true, encoding: .utf8)
    unsafe setenv("SOFTHSM2_CONF", folder + "/softhsm2.conf", 1)
    try addToken("signer-1")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func addToken(_ label: String, pin: String = pin) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/softhsm2-util")
    process.arguments = [
      "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "87654321",
    ]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  /// Pulls every token out.
  func remove() throws {
    try FileManager.default.moveItem(atPath: tokens, toPath: away)
    try FileManager.default.createDirectory(
      atPath: tokens, withIntermediateDirectories: true)
  }

  /// Puts the tokens back that were there; others that have come meanwhile go.
  func putBack() throws {
    try FileManager.default.removeItem(atPath: tokens)
    try FileManager.default.moveItem(atPath: away, toPath: tokens)
  }

  func place(
    _ key: String = "dave", token: String? = "signer-1", serial: String? = nil,
    module: String = SoftHSM.module
  ) -> TokenPlace {
    TokenPlace(module: module, label: token, serial: serial, key: key)!
  }

  static func secret(_ pin: String = pin) -> SecretBytes {
    try! SecretBytes(copying: Array(pin.utf8))
  }

  func makeKey(_ label: String = "dave") throws -> TokenKey {
    let key = try TokenKeyGeneration.make(place(label), pin: Self.secret())
    key.pause = .zero
    return key
  }

  /// What opening a key comes to.
  func fault(_ place: TokenPlace, pin: String = pin) -> TokenError? {
    do {
      _ = try TokenKey(place, pin: Self.secret(pin))
      return nil
    } catch {
      return error
    }
  }

  /// Changes the PIN as its user would, with C_SetPIN.
  func changePIN(to pin: String) throws {
    let module = try Module(path: Self.module)
    defer { module.end() }
    let slot = try module.token(place()).slot
    let flags = CK_FLAGS(CKF_SERIAL_SESSION | CKF_RW_SESSION)
    var (old, new) = (Array(Self.pin.utf8), Array(pin.utf8))
    var session: CK_SESSION_HANDLE = 0
    try module.call("C_OpenSession") {
      unsafe $0.C_OpenSession?(CK_SLOT_ID(slot), flags, nil, nil, &session)
    }
    try module.call("C_Login") {
      unsafe $0.C_Login?(session, CK_USER_TYPE(CKU_USER), &old, CK_ULONG(old.count))
    }
    try module.call("C_SetPIN") {
      unsafe $0.C_SetPIN?(session, &old, CK_ULONG(old.count), &new, CK_ULONG(new.count))
    }
  }
}
