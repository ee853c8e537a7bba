public import Airgap
public import ArgumentParser
import Bitcoin
public import ColdStorage
import FoundationEssentials
import PSBT
import Signing

extension Carrier: ExpressibleByArgument {}
extension RegisteredPolicy.Role: ExpressibleByArgument {}

/// A fault of a command's own files, with the file and the reason.
struct FileFault: Error, CustomStringConvertible {
  let path: String
  let reason: String
  var description: String { "\(path): \(reason)" }
}

/// The folder of registered policies.
struct RegisterOptions: ParsableArguments {
  @Option(help: "Folder of the registered policies.")
  var policies: String

  static let suffix = ".policy"

  func register() throws -> PolicyRegister {
    try PolicyRegister(
      filesOf(policies, ending: Self.suffix).map { path in
        let bytes = try KeyFileStorage.read(path, limit: 1 << 16)
        do { return try RegisteredPolicy(parsing: String(decoding: bytes, as: UTF8.self)) } catch {
          throw FileFault(path: path, reason: "\(error)")
        }
      })
  }
}

/// How frames are drawn.
struct FrameOptions: ParsableArguments {
  @Option(help: "How frames are cut: bbqr or ur.")
  var carrier = Carrier.bbqr

  @Option(help: "The largest QR version, 5 (small and many) to 40 (dense and few).")
  var qrVersion = 15

  @Option(help: "Folder for the frames as PNG; it is made, and must be empty.")
  var png: String?

  /// Writes each frame once. Of UR as many mixed ones follow as there are fragments, so that lost
  /// pictures do no harm.
  func write(_ message: CarriedMessage, to folder: String) throws -> Int {
    var sender = try FrameSender(message, carrier: carrier, version: qrVersion)
    try KeyFileStorage.makeFolder(folder)
    guard try filesOf(folder, ending: "").isEmpty else {
      throw FileFault(path: folder, reason: "the folder is not empty")
    }
    let count = sender.count == 1 || carrier == .bbqr ? sender.count : 2 * sender.count
    for number in 1...count {
      let symbol = try QRSymbol(sender.next())
      let digits = String(number)
      let name = "frame-\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits).png"
      try KeyFileStorage.write(symbol.image().png, toNew: "\(folder)/\(name)", secret: false)
    }
    return count
  }
}

/// The files of a folder whose names end so, in the order of their names.
func filesOf(_ folder: String, ending suffix: String) throws -> [String] {
  do {
    return try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(suffix) }.sorted().map { "\(folder)/\($0)" }
  } catch {
    throw FileFault(path: folder, reason: "the folder cannot be read")
  }
}

/// Reads a PSBT file, in bytes or in Base64.
func readPSBT(_ path: String) throws -> (psbt: PSBT, message: CarriedMessage) {
  let bytes = try KeyFileStorage.read(path, limit: 2 * CarriedMessage.maximumCount)
  do {
    let psbt: PSBT
    if bytes.starts(with: "psbt".utf8) {
      psbt = try PSBT(parsing: bytes)
      return (psbt, try CarriedMessage(.psbt, bytes))
    }
    let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
    psbt = try PSBT(base64: text)
    return (psbt, try CarriedMessage(.psbt, psbt.bytes))
  } catch {
    throw FileFault(path: path, reason: "\(error)")
  }
}

/// Reads an amount of bitcoin, such as 0.5.
func satoshis(_ text: String, _ option: String) throws -> Int64 {
  guard let satoshis = Bitcoins.satoshis(text), satoshis > 0 else {
    throw ValidationError("\(option): \"\(text)\" is no amount of bitcoin such as 0.5.")
  }
  return satoshis
}
