import JSON
import Passkeys
import Statements
import Wire

extension Parameters {
  /// Whether the customer's own signature is among them, in either form.
  var hasCustomerSignature: Bool { !isBlank("signature") || !isBlank("assertion") }

  /// The bytes that `name` stands for in base64url without padding.
  func base64url(_ name: String) throws(Rejection) -> [UInt8] {
    guard let bytes = Base64URL.bytes(try required(name)) else {
      throw Rejection(.parameterInvalid, name: name, problem: "must be base64url without padding")
    }
    return bytes
  }

  /// The bytes that `name` stands for in hexadecimal.
  func hexadecimal(_ name: String, count: Int) throws(Rejection) -> [UInt8] {
    guard let bytes = Hex.bytes(try required(name)), bytes.count == count else {
      throw Rejection(
        .parameterInvalid, name: name, problem: "must be \(2 * count) hexadecimal digits")
    }
    return bytes
  }

  /// The customer's signature over `statement`, once it is found to be by `key`: `signature` in
  /// hexadecimal by an Ed25519 key, or `assertion` with the three parts of a passkey's answer.
  func signature(
    over statement: some Statement, by key: [UInt8]
  ) throws(Rejection) -> [UInt8] {
    guard let key = CustomerKey(bytes: key) else {
      throw Rejection(.internalError, "System error. Try again later.")
    }
    let name: String
    let signature: [UInt8]
    switch key {
    case .ed25519:
      name = "signature"
      signature = try hexadecimal(name, count: 64)
    case .passkey:
      name = "assertion"
      signature = try assertion(name).bytes
      guard signature.count <= CustomerKey.signatureLimit else {
        throw Rejection(
          .parameterInvalid, name: name,
          problem: "is \(signature.count) bytes; at most \(CustomerKey.signatureLimit)")
      }
    }
    if let problem = key.problem(of: signature, over: statement) {
      throw Rejection(
        .parameterInvalid, name: name,
        problem: "is not by the enrolled key over the statement: \(problem)")
    }
    return signature
  }

  private func assertion(_ name: String) throws(Rejection) -> PasskeyAssertion {
    guard case .object(let members) = self[name] else {
      throw isBlank(name)
        ? Rejection(.parameterEmpty, name: name)
        : Rejection(
          .parameterInvalid, name: name,
          problem: "must be an object of authenticatorData, clientDataJSON and signature")
    }
    let parts = Parameters(members)
    return PasskeyAssertion(
      authenticatorData: try parts.base64url("authenticatorData"),
      clientData: try parts.base64url("clientDataJSON"),
      signature: try parts.base64url("signature"))
  }
}
