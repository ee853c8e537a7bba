import Bitcoin
import Cryptography
import Descriptors
import Glibc
import JSON
import PSBT
import Wire

/// Answers the questions of a judge: one JSON object a line on standard input, one a line back.
///
/// A judge asks it and other software the same, and compares; see bitcoin_judge.py.
@main struct Program {
  static func main() {
    while let line = readLine(strippingNewline: true) {
      let answer: JSON
      do { answer = try Question(JSON(parsing: line)).answer() } catch {
        answer = ["error": .string("\(error)")]
      }
      print(answer.description)
      // The judge waits for this line before it asks again.
      fflush(nil)
    }
  }
}

/// A question that is not one of those below.
struct BadQuestion: Error {
  let problem: String
}

/// One question with its parts.
struct Question {
  let json: JSON

  init(_ json: JSON) { self.json = json }

  func text(_ name: String) throws -> String {
    guard let text = json[name]?.string else { throw BadQuestion(problem: "no text \(name)") }
    return text
  }

  func number(_ name: String) throws -> Int64 {
    guard let number = json[name]?.integer else { throw BadQuestion(problem: "no number \(name)") }
    return number
  }

  func bytes(_ name: String) throws -> [UInt8] {
    guard let bytes = Hex.bytes(try text(name)) else {
      throw BadQuestion(problem: "\(name): no hex")
    }
    return bytes
  }

  func list(_ name: String) throws -> [Question] {
    guard let list = json[name]?.array else { throw BadQuestion(problem: "no list \(name)") }
    return list.map(Question.init)
  }

  func network() throws -> Network {
    guard let network = Network(rawValue: try text("network")) else {
      throw BadQuestion(problem: "no such network")
    }
    return network
  }

  func answer() throws -> JSON {
    switch try text("do") {
    case "derive": try derive()
    case "create": try create()
    case "sign": try sign()
    case "convert": try convert()
    case "finalize": try finalize()
    default: throw BadQuestion(problem: "no such question")
    }
  }
}

extension Question {
  /// The scripts of a descriptor at some places, and how much a spend adds to an input at most.
  private func derive() throws -> JSON {
    let network = try network()
    let descriptor = try Descriptor(
      parsing: try text("descriptor"), network: network, privateKeys: .madePublic)
    var places: [JSON] = []
    for branch in 0..<descriptor.branchCount {
      for index in try list("indices") {
        guard let index = index.json.integer.flatMap(UInt32.init(exactly:)) else {
          throw BadQuestion(problem: "an index that is none")
        }
        let place = try descriptor.script(branch: branch, index: index)
        places.append([
          "script": .string(Hex.text(place.scriptPubKey.bytes)),
          "address": Address.text(for: place.scriptPubKey, network: network).map(JSON.string)
            ?? nil,
          "witnessScript": place.witnessScript.map { .string(Hex.text($0.bytes)) } ?? nil,
          "redeemScript": place.redeemScript.map { .string(Hex.text($0.bytes)) } ?? nil,
        ])
      }
    }
    return [
      "descriptor": .string(descriptor.text), "branches": .integer(descriptor.branchCount),
      "places": .array(places),
      "weight": descriptor.satisfactionWeight.map { .integer($0) } ?? nil,
    ]
  }

  /// The place of a wallet that an input spends from or an output pays to.
  private func place() throws -> DerivedScript {
    let descriptor = try Descriptor(
      parsing: try text("descriptor"), network: try network(), privateKeys: .madePublic)
    return try descriptor.script(
      branch: Int(try number("branch")), index: UInt32(try number("index")))
  }

  /// A PSBT of an unsigned transaction, with all that signers need.
  private func create() throws -> JSON {
    let transaction = try Transaction(parsingWithoutWitness: try bytes("transaction"))
    guard let unsigned = UnsignedTransaction(transaction) else {
      throw BadQuestion(problem: "signed already")
    }
    var psbt = PSBT(creating: unsigned, version: try version())
    for (index, input) in try list("inputs").enumerated() {
      let previous = try Transaction(parsing: try input.bytes("previous"))
      let place = try input.place()
      let output = previous.outputs[Int(transaction.inputs[index].outpoint.index)]
      if place.taproot == nil { try psbt.setPreviousTransaction(previous, forInput: index) }
      if place.witnessScript != nil || place.taproot != nil {
        try psbt.setSpentOutput(output, forInput: index)
      }
      try psbt.update(input: index, from: place)
    }
    for (index, output) in try list("outputs").enumerated() where !output.json.isNull {
      try psbt.update(output: index, from: try output.place())
    }
    return ["psbt": .string(psbt.base64), "fee": .integer(try psbt.fee() ?? -1)]
  }

  /// The PSBT in another version.
  private func convert() throws -> JSON {
    let psbt = try PSBT(base64: try text("psbt"))
    return ["psbt": .string(psbt.converted(to: try version()).base64)]
  }

  private func version() throws -> PSBT.Version {
    guard let version = PSBT.Version(rawValue: UInt32(try number("version"))) else {
      throw BadQuestion(problem: "no such version")
    }
    return version
  }

  /// The PSBT with the signatures of all keys that have a place in it.
  private func sign() throws -> JSON {
    var psbt = try PSBT(base64: try text("psbt"))
    var count = 0
    for key in try list("keys") {
      guard let bytes = key.json.string.flatMap(Hex.bytes) else {
        throw BadQuestion(problem: "a key that is no hex")
      }
      let key = try SecretBytes(copying: bytes)
      for index in psbt.inputs.indices {
        do throws(PSBTError) {
          count += try psbt.sign(
            input: index, with: key, auxiliary: [UInt8](repeating: 0, count: 32))
        } catch {
          guard case .foreignKey = error else { throw error }
        }
      }
    }
    return ["psbt": .string(psbt.base64), "signatures": .integer(count)]
  }

  /// The finished transaction; which inputs lack something when it cannot be finished.
  private func finalize() throws -> JSON {
    var psbt = try PSBT(base64: try text("psbt"))
    var open: [JSON] = []
    for (index, input) in try list("inputs").enumerated() {
      do throws(PSBTError) {
        try psbt.finalize(input: index, from: try? input.place())
      } catch {
        guard case .incomplete = error else { throw error }
        open.append(.integer(index))
      }
    }
    guard open.isEmpty else { return ["open": .array(open)] }
    return [
      "open": [], "transaction": .string(Hex.text(try psbt.extract().transaction.bytes)),
      "psbt": .string(psbt.base64),
    ]
  }
}
