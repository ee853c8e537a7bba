import Bitcoin
import CPKCS11
import Cryptography
import Descriptors
import Foundation
import PKCS11
import Signing
import Testing

/// A key in SoftHSM2, by itself.
@Suite struct TokenKeyTests {
  typealias F = SigningFixture

  /// The place of a wallet in which this key is the first holder's.
  private static func path(_ key: TokenKey) throws -> SpendingPath {
    try F.multisig.replacing(holder: 1, withFixed: [key.publicKey]).script(branch: 0, index: 0)
      .spendingPath()
  }

  @Test func `every signature of a token is strict, low, and right by libsecp256k1`() async {
    await #expect(processExitsWith: .success) {
      let hsm = try SoftHSM()
      let key = try hsm.makeKey()
      #expect(key.isBornThere)
      let path = try TokenKeyTests.path(key)
      for number in 0..<64 {
        let digest = SHA256.hash([UInt8(number)])
        let (place, signature) = try key.sign(digest, on: path)
        #expect(place.publicKey == key.publicKey)
        #expect(path.isValid(signature, by: place, over: digest))
        #expect(signature.count <= path.signatureByteCount)
        #expect(!path.isValid(signature, by: place, over: SHA256.hash([255])))
      }
      // Opened again, it is the same key.
      key.forget()
      let again = try TokenKey(hsm.place(), pin: SoftHSM.secret())
      #expect(again.publicKey == key.publicKey)
      #expect(again.expression == key.expression)
    }
  }

  @Test func `what is wrong with module, token, PIN and key is named`() async {
    await #expect(processExitsWith: .success) {
      let hsm = try SoftHSM()
      try hsm.makeKey().forget()
      let open = hsm.folder + "/open.so"
      try FileManager.default.copyItem(
        at: URL(filePath: SoftHSM.module).resolvingSymlinksInPath(), to: URL(filePath: open))
      try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: open)
      let text = hsm.folder + "/text.so"
      try "no library".write(toFile: text, atomically: true, encoding: .utf8)

      #expect(
        hsm.fault(hsm.place(module: "/nowhere/module.so"))
          == .moduleFile(path: "/nowhere/module.so", problem: "is not there"))
      #expect(
        hsm.fault(hsm.place(module: "/usr/lib"))
          == .moduleFile(
            path: "/usr/lib", problem: "is no regular file"))
      #expect(
        hsm.fault(hsm.place(module: open))
          == .moduleFile(
            path: open, problem: "mode 666 lets others change it"))
      guard case .moduleNotLoaded(text, _) = hsm.fault(hsm.place(module: text)) else {
        Issue.record("a text file was loaded")
        return
      }
      let zlib = "/usr/lib/x86_64-linux-gnu/libz.so.1"
      if FileManager.default.fileExists(atPath: zlib) {
        #expect(
          hsm.fault(hsm.place(module: zlib))
            == .notAModule(path: zlib, problem: "it has no C_GetFunctionList"))
      }
      guard
        case .tokenAbsent("the label signer-9", let present) = hsm.fault(
          hsm.place(token: "signer-9"))
      else {
        Issue.record("no token was found to be absent")
        return
      }
      #expect(present.count == 1 && present[0].hasPrefix("signer-1 (serial number "))
      // SoftHSM says after a wrong PIN that tries are running out, and never locks.
      #expect(hsm.fault(hsm.place(), pin: "0000 not it") == .pinWrong(left: .few))
      #expect(hsm.fault(hsm.place(), pin: "1") == .pinWrong(left: .few))
      #expect(
        hsm.fault(hsm.place("erin"))
          == .keyAbsent(wanted: "the label erin", present: ["dave"]))
      #expect(throws: TokenError.keyExists("dave")) { try hsm.makeKey() }
      try hsm.addToken("signer-1")
      guard case .tokenAmbiguous("the label signer-1", let serials) = hsm.fault(hsm.place()) else {
        Issue.record("two tokens of one label were told apart")
        return
      }
      // By its serial number it is found; only one of the two has the key.
      let faults = serials.map { hsm.fault(hsm.place(serial: $0)) }
      #expect(serials.count == 2 && faults.contains(nil))
      #expect(faults.contains(.keyAbsent(wanted: "the label dave", present: [])))
      #expect(hsm.fault(hsm.place()) != nil)
    }
  }

  /// Makes a key that no signer wants.
  private static func make(
    _ label: String, in hsm: SoftHSM, curve: [UInt8] = StoredKey.curve, isExtractable: Bool = false,
    isSensitive: Bool = true
  ) throws {
    let module = try Module(path: SoftHSM.module)
    defer { module.end() }
    let session = try Session(module, try module.token(hsm.place()), writes: true)
    try session.logIn(pin: SoftHSM.secret())
    var publicHalf = AttributeList()
    publicHalf.add(UInt(CKA_EC_PARAMS), curve)
    publicHalf.add(UInt(CKA_TOKEN), true)
    publicHalf.add(UInt(CKA_PRIVATE), false)
    publicHalf.add(UInt(CKA_LABEL), label)
    publicHalf.add(UInt(CKA_ID), [1])
    var privateHalf = AttributeList()
    privateHalf.add(UInt(CKA_TOKEN), true)
    privateHalf.add(UInt(CKA_PRIVATE), true)
    privateHalf.add(UInt(CKA_SENSITIVE), isSensitive)
    privateHalf.add(UInt(CKA_EXTRACTABLE), isExtractable)
    privateHalf.add(UInt(CKA_SIGN), true)
    privateHalf.add(UInt(CKA_LABEL), label)
    privateHalf.add(UInt(CKA_ID), [1])
    try session.generateKeyPair(public: publicHalf, private: privateHalf)
  }

  @Test func `a key on another curve, or one that may leave the token, is refused`() async {
    await #expect(processExitsWith: .success) {
      let hsm = try SoftHSM()
      // prime256v1, 1.2.840.10045.3.1.7.
      let other: [UInt8] = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
      try TokenKeyTests.make("p256", in: hsm, curve: other)
      #expect(hsm.fault(hsm.place("p256")) == .otherCurve("06082a8648ce3d030107"))
      try TokenKeyTests.make("leaves", in: hsm, isExtractable: true)
      #expect(hsm.fault(hsm.place("leaves")) == .keyLeaves("CKA_EXTRACTABLE is set"))
      try TokenKeyTests.make("open", in: hsm, isSensitive: false)
      #expect(hsm.fault(hsm.place("open")) == .keyLeaves("CKA_SENSITIVE is not set"))
      try TokenKeyTests.make("twin", in: hsm)
      try TokenKeyTests.make("twin", in: hsm)
      #expect(hsm.fault(hsm.place("twin")) == .keyAmbiguous(wanted: "the label twin", count: 2))
    }
  }

  @Test func `no attribute of a key that was made there gives it out`() async {
    await #expect(processExitsWith: .success) {
      let hsm = try SoftHSM()
      try hsm.makeKey().forget()
      let module = try Module(path: SoftHSM.module)
      let session = try Session(module, try module.token(hsm.place()))
      try session.logIn(pin: SoftHSM.secret())
      var wanted = AttributeList()
      wanted.add(UInt(CKA_CLASS), number: UInt(CKO_PRIVATE_KEY))
      let key = try #require(try session.objects(wanted).first)
      #expect(throws: TokenError.call("C_GetAttributeValue", code: UInt(CKR_ATTRIBUTE_SENSITIVE))) {
        try session.attribute(UInt(CKA_VALUE), of: key)
      }
      for attribute in [CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE, CKA_LOCAL] {
        #expect(try session.attribute(UInt(attribute), of: key) == [1])
      }
    }
  }

  @Test func `a token that is pulled out is missed, and signs again when it is back`() async {
    await #expect(processExitsWith: .success) {
      let hsm = try SoftHSM()
      let key = try hsm.makeKey()
      let path = try TokenKeyTests.path(key)
      let digest = SHA256.hash([1])
      for _ in 0..<3 {
        try hsm.remove()
        for _ in 0..<2 {
          #expect(throws: SigningKeyFault.self) { try key.makeReady() }
          do {
            _ = try key.sign(digest, on: path)
            Issue.record("signed without a token")
          } catch SigningKeyFault.away(let reason) {
            #expect(reason.contains("no token with the label signer-1 and the serial number"))
          }
        }
        // Another token of the same label is not the one, and does not get the PIN.
        try hsm.addToken("signer-1")
        #expect(throws: SigningKeyFault.self) { try key.makeReady() }
        try hsm.putBack()
        let (place, signature) = try key.sign(digest, on: path)
        #expect(path.isValid(signature, by: place, over: digest))
      }
      key.forget()
      #expect(throws: SigningKeyFault.gone) { try key.makeReady() }
      #expect(throws: SigningKeyFault.gone) { _ = try key.attest(digest) }
      #expect(throws: SigningKeyFault.gone) { _ = try key.sign(digest, on: path) }
    }
  }

  @Test func `after a refused PIN nothing is tried again`() async {
    await #expect(processExitsWith: .success) {
      let hsm = try SoftHSM()
      let key = try hsm.makeKey()
      // The PIN is changed while the token is out.
      try hsm.remove()
      #expect(throws: SigningKeyFault.self) { try key.makeReady() }
      try hsm.putBack()
      try hsm.changePIN(to: "another one")
      do {
        try key.makeReady()
        Issue.record("logged in with an old PIN")
      } catch SigningKeyFault.away(let reason) {
        #expect(reason.hasPrefix("wrong PIN"))
      }
      #expect(throws: SigningKeyFault.gone) { try key.makeReady() }
    }
  }

  @Test(arguments: [
    [], [0x04], [0x04, 0x21], [0x04, 0x21] + [UInt8](repeating: 2, count: 32),
    [0x04, 0x20] + [UInt8](repeating: 2, count: 32),
    [0x03, 0x21] + [UInt8](repeating: 2, count: 33),
    [0x04, 0x21] + [UInt8](repeating: 2, count: 34),
    [0x04, 0x21, 0x05] + [UInt8](repeating: 2, count: 32),
  ])
  func `a public key that is no point in an octet string is refused`(value: [UInt8]) {
    #expect(throws: TokenError.publicKeyMalformed) { try StoredKey.point(value) }
  }

  @Test func `points are read in both lengths`() throws {
    let key = try Secp256k1.publicKey(
      from: SecretBytes(copying: [UInt8](repeating: 7, count: 32)), compressed: true)
    let long = try Secp256k1.reencode(publicKey: key, compressed: false)
    #expect(try StoredKey.point([0x04, 0x21] + key) == key)
    #expect(try StoredKey.point([0x04, 0x41] + long) == key)
  }
}
