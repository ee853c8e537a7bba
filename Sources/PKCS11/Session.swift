// Unsafe file. Sound because every pointer handed to the module is that of a local value, of a secret's
// locked page or of an array of the count that goes with it, all of which live through the call.
import CPKCS11
package import Cryptography

/// A session with a token, logged in or not. Closed in `deinit`.
package final class Session {
  let module: Module
  let token: Token
  private let handle: CK_SESSION_HANDLE

  /// Opens a session.
  ///
  /// - Parameter writes: Whether something is to be made in the token.
  package init(_ module: Module, _ token: Token, writes: Bool = false) throws(TokenError) {
    self.module = module
    self.token = token
    let flags = UInt(CKF_SERIAL_SESSION) | (writes ? UInt(CKF_RW_SESSION) : 0)
    var handle: CK_SESSION_HANDLE = 0
    try module.call("C_OpenSession") {
      unsafe $0.C_OpenSession?(CK_SLOT_ID(token.slot), CK_FLAGS(flags), nil, nil, &handle)
    }
    self.handle = handle
  }

  deinit { _ = module.returnValue { $0.C_CloseSession?(handle) } }

  /// Logs in as the token's user. Never tries when the token says that one wrong PIN more locks it.
  ///
  /// - Throws: ``TokenError/pinWrong(left:)``, ``TokenError/pinLocked``, ``TokenError/oneTryLeft``,
  ///   ``TokenError/pinNotSet``, ``TokenError/loginRefused(code:)`` or ``TokenError/memoryNotLocked``.
  package func logIn(pin: SecretBytes) throws(TokenError) {
    guard pin.isLocked else { throw .memoryNotLocked }
    let before = try module.token(in: token.slot)
    guard before.has(UInt(CKF_USER_PIN_INITIALIZED)) else { throw .pinNotSet }
    guard !before.has(UInt(CKF_USER_PIN_LOCKED)) else { throw .pinLocked }
    guard !before.has(UInt(CKF_USER_PIN_FINAL_TRY)) else { throw .oneTryLeft }
    let code: UInt
    do {
      code = try unsafe pin.withUnsafeBytes { pin in
        module.returnValue {
          // The module reads the PIN; that its parameter is not const is C's.
          let bytes = unsafe UnsafeMutablePointer(
            mutating: pin.baseAddress?.assumingMemoryBound(to: CK_BYTE.self))
          return unsafe $0.C_Login?(
            handle, CK_USER_TYPE(CKU_USER), bytes, CK_ULONG(pin.count))
        }
      }
    } catch {
      // Wiped: whoever asks has been told to forget it.
      throw .pinNotSet
    }
    switch code {
    case 0, UInt(CKR_USER_ALREADY_LOGGED_IN): return
    case UInt(CKR_PIN_INCORRECT), UInt(CKR_PIN_INVALID), UInt(CKR_PIN_LEN_RANGE):
      throw .pinWrong(left: triesLeft())
    case UInt(CKR_PIN_LOCKED): throw .pinLocked
    case UInt(CKR_USER_PIN_NOT_INITIALIZED): throw .pinNotSet
    // The PIN was not looked at.
    case UInt(CKR_TOKEN_NOT_PRESENT), UInt(CKR_DEVICE_REMOVED), UInt(CKR_SESSION_CLOSED),
      UInt(CKR_SESSION_HANDLE_INVALID), UInt(CKR_CRYPTOKI_NOT_INITIALIZED),
      UInt(CKR_FUNCTION_NOT_SUPPORTED):
      throw .call("C_Login", code: code)
    default: throw .loginRefused(code: code)
    }
  }

  /// What the token says after a wrong PIN.
  private func triesLeft() -> TokenError.TriesLeft {
    guard let now = try? module.token(in: token.slot) else { return .unsaid }
    if now.has(UInt(CKF_USER_PIN_LOCKED)) { return .none }
    if now.has(UInt(CKF_USER_PIN_FINAL_TRY)) { return .one }
    return now.has(UInt(CKF_USER_PIN_COUNT_LOW)) ? .few : .unsaid
  }

  /// Logs out: private keys cannot be used until the next login.
  func logOut() { _ = module.returnValue { $0.C_Logout?(handle) } }

  /// Returns the objects that have these attributes, at most 64.
  package func objects(_ attributes: AttributeList) throws(TokenError) -> [UInt] {
    var attributes = attributes
    let begun = unsafe attributes.withTemplate { template, count in
      module.returnValue { unsafe $0.C_FindObjectsInit?(handle, template, count) }
    }
    guard begun == 0 else { throw .call("C_FindObjectsInit", code: begun) }
    defer { _ = module.returnValue { $0.C_FindObjectsFinal?(handle) } }
    var found: [UInt] = []
    // A module may give them one at a time, and says with none that there are no more.
    while found.count < 64 {
      var some = [CK_OBJECT_HANDLE](repeating: 0, count: 16)
      var count: CK_ULONG = 0
      try module.call("C_FindObjects") {
        unsafe $0.C_FindObjects?(handle, &some, CK_ULONG(some.count), &count)
      }
      guard count > 0 else { break }
      found += some.prefix(Int(min(count, CK_ULONG(some.count)))).map { UInt($0) }
    }
    return found
  }

  /// Returns one attribute of an object, or `nil` when it has none of that type; at most 4096 bytes.
  package func attribute(_ type: UInt, of object: UInt) throws(TokenError) -> [UInt8]? {
    var value = [UInt8](repeating: 0, count: 4096)
    var count = CK_ULONG(value.count)
    let code = unsafe value.withUnsafeMutableBytes { buffer in
      var attribute = unsafe CK_ATTRIBUTE(
        type: CK_ATTRIBUTE_TYPE(type), pValue: buffer.baseAddress, ulValueLen: count)
      let code = module.returnValue {
        unsafe $0.C_GetAttributeValue?(handle, CK_OBJECT_HANDLE(object), &attribute, 1)
      }
      unsafe count = attribute.ulValueLen
      return code
    }
    if code == UInt(CKR_ATTRIBUTE_TYPE_INVALID) { return nil }
    guard code == 0 else { throw .call("C_GetAttributeValue", code: code) }
    guard count <= CK_ULONG(value.count) else { return nil }
    return Array(value.prefix(Int(count)))
  }

  /// Signs a digest of 32 bytes with CKM_ECDSA.
  ///
  /// - Returns: R and S as the token gives them, unverified.
  func sign(_ digest: [UInt8], with key: UInt) throws(TokenError) -> [UInt8] {
    var mechanism = unsafe CK_MECHANISM(
      mechanism: CK_MECHANISM_TYPE(CKM_ECDSA), pParameter: nil, ulParameterLen: 0)
    try module.call("C_SignInit") {
      unsafe $0.C_SignInit?(handle, &mechanism, CK_OBJECT_HANDLE(key))
    }
    var digest = digest
    var signature = [UInt8](repeating: 0, count: 256)
    var count = CK_ULONG(signature.count)
    try module.call("C_Sign") {
      unsafe $0.C_Sign?(handle, &digest, CK_ULONG(digest.count), &signature, &count)
    }
    return Array(signature.prefix(Int(min(count, CK_ULONG(signature.count)))))
  }

  /// Makes a pair of keys in the token.
  package func generateKeyPair(
    public publicHalf: AttributeList, private privateHalf: AttributeList
  ) throws(TokenError) {
    var (publicHalf, privateHalf) = (publicHalf, privateHalf)
    var mechanism = unsafe CK_MECHANISM(
      mechanism: CK_MECHANISM_TYPE(CKM_EC_KEY_PAIR_GEN), pParameter: nil, ulParameterLen: 0)
    var (publicKey, privateKey): (CK_OBJECT_HANDLE, CK_OBJECT_HANDLE) = (0, 0)
    let code = unsafe publicHalf.withTemplate { publicTemplate, publicCount in
      unsafe privateHalf.withTemplate { privateTemplate, privateCount in
        module.returnValue {
          unsafe $0.C_GenerateKeyPair?(
            handle, &mechanism, publicTemplate, publicCount, privateTemplate, privateCount,
            &publicKey, &privateKey)
        }
      }
    }
    guard code == 0 else { throw .call("C_GenerateKeyPair", code: code) }
  }
}
