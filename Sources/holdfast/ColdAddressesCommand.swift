import ArgumentParser
import Bitcoin
import ColdAddresses
import Descriptors
import FoundationEssentials
import JSON
import Settings
import Statements
import Wire

/// Derives the cold addresses that the offline device has issued, on a host that has no key.
struct ColdAddressesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cold-addresses",
    abstract: "Derive issued cold addresses again before anything is sent to them.",
    discussion: """
      Reads every batch from the first on, checks the issuing key's signature and derives each \
      address from the cold wallet's descriptor. Needs no key, no node and no server. Run it on two \
      hosts that got the batches by different ways, and compare what they print, before coins are sent.

      With --address and --amount it says whether that address was issued and may get so much; it \
      ends with status 1 when not. It does not know whether the address was used before: see the \
      exchange's own register.

      Examples:
        holdfast cold-addresses --wallet cold.descriptor --batches batches --issuer 5ab3…
        holdfast cold-addresses --wallet cold.descriptor --batches batches --issuer 5ab3… --list
        holdfast cold-addresses --wallet cold.descriptor --batches batches --issuer 5ab3… \\
          --address bc1q… --amount 12.5 --json
      """)

  @Option(help: "The cold wallet's descriptor file or registered policy.")
  var wallet: String

  @Option(help: "Folder of the issued batches, files that end in .batch.")
  var batches: String

  @Option(help: "The issuing key's public half, 64 hexadecimal digits.")
  var issuer: String

  @Flag(help: "Print the addresses of the newest batch.")
  var list = false

  @Option(help: "Say whether this address was issued, and for how much.")
  var address: String?

  @Option(help: "The bitcoin that are to be sent to --address.")
  var amount: String?

  @OptionGroup var answer: AnswerOptions

  /// Bytes of a batch's file, far more than any has.
  private static let batchLimit = 1024

  func validate() throws {
    guard Hex.bytes(issuer)?.count == 32 else {
      throw ValidationError("--issuer is 64 hexadecimal digits.")
    }
    guard (address == nil) == (amount == nil) else {
      throw ValidationError("--address and --amount go together.")
    }
    guard try satoshis ?? 1 > 0 else { throw ValidationError("--amount is above 0.") }
  }

  private var satoshis: Int64? {
    get throws {
      guard let amount else { return nil }
      guard let satoshis = Bitcoins.satoshis(amount) else {
        throw ValidationError("--amount is bitcoin with at most 8 decimals, such as 12.5.")
      }
      return satoshis
    }
  }

  func run() throws {
    let series = try verified()
    var question: Answer?
    if let address, let satoshis = try satoshis {
      question = try Answer(address, satoshis: satoshis, in: series)
    }
    let addresses = try list ? newestAddresses(of: series) : []
    answer.give(
      json(series, addresses, question), text: text(series, addresses, question))
    if let question, question.problem != nil { throw ExitCode(1) }
  }

  /// Reads all batches, in the order of their names.
  private func verified() throws -> ColdAddressSeries {
    let file: DescriptorFile
    do {
      file = try DescriptorFile(
        parsing: String(
          decoding: try Self.read(wallet, limit: Descriptor.textLimit), as: UTF8.self))
    } catch let error as DescriptorFile.Failure {
      throw CommandFailure("\(wallet): \(error)")
    }
    var series = ColdAddressSeries(of: file.descriptor, issuedBy: Hex.bytes(issuer) ?? [])
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: batches) } catch {
      throw CommandFailure("\(batches): the folder cannot be read")
    }
    for name in names.filter({ $0.hasSuffix(".batch") }).sorted() {
      let path = "\(batches)/\(name)"
      let bytes = try Self.read(path, limit: Self.batchLimit)
      let signed: Signed<ColdAddressBatch>
      do { signed = try Signed(bytes: bytes) } catch {
        throw CommandFailure("\(path): no batch of cold addresses (\(error))")
      }
      do { try series.add(signed) } catch { throw CommandFailure("\(path): \(error)") }
    }
    guard !series.batches.isEmpty else { throw CommandFailure("\(batches): no batch") }
    return series
  }

  private static func read(_ path: String, limit: Int) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("\(path): cannot be read")
    }
    guard data.count <= limit else {
      throw CommandFailure("\(path): \(data.count) bytes are above the limit of \(limit)")
    }
    return Array(data)
  }

  private func newestAddresses(of series: ColdAddressSeries) throws -> [String] {
    guard let newest = series.batches.last else { return [] }
    return try (newest.firstIndex..<(newest.firstIndex + newest.count)).map { index in
      let script = try series.script(at: index)
      return Address.text(for: script, network: series.wallet.network) ?? Hex.text(script.bytes)
    }
  }

  private func json(
    _ series: ColdAddressSeries, _ addresses: [String], _ question: Answer?
  ) -> JSON {
    var members: [JSON.Member] = [
      .init("network", .string(series.wallet.network.rawValue)),
      .init("policyID", .string(Hex.text(series.wallet.policyID))),
      .init(
        "batches",
        .array(
          series.batches.map { batch in
            [
              "number": .integer(batch.number), "firstIndex": .integer(batch.firstIndex),
              "count": .integer(batch.count), "addressCapSatoshis": .integer(batch.addressCap),
              "epoch": .integer(batch.epoch), "epochCapSatoshis": .integer(batch.epochCap),
              "scriptsDigest": .string(Hex.text(batch.scriptsDigest)),
            ]
          })),
    ]
    if list { members.append(.init("addresses", .array(addresses.map { .string($0) }))) }
    if let question { members.append(.init("question", question.json)) }
    return .object(members)
  }

  private func text(
    _ series: ColdAddressSeries, _ addresses: [String], _ question: Answer?
  ) -> String {
    var lines = [
      "wallet \(Hex.text(series.wallet.policyID)) on \(series.wallet.network.rawValue)",
      table(
        ["batch", "addresses", "BTC each", "epoch", "BTC an epoch", "derived here"],
        series.batches.map { batch in
          [
            "\(batch.number)", "\(batch.firstIndex)-\(batch.firstIndex + batch.count - 1)",
            Bitcoins.text(batch.addressCap), "\(batch.epoch)", Bitcoins.text(batch.epochCap),
            Hex.text(batch.scriptsDigest),
          ]
        }),
    ]
    let first = series.batches.last?.firstIndex ?? 0
    lines += addresses.enumerated().map { "\(first + UInt32($0))  \($1)" }
    if let question { lines.append(question.text) }
    return lines.joined(separator: "\n")
  }
}

/// What may be sent to one address.
private struct Answer {
  let address: String
  let place: ColdAddressSeries.Place?
  /// Why nothing may be sent; `nil` when it may.
  let problem: String?

  init(_ address: String, satoshis: Int64, in series: ColdAddressSeries) throws {
    self.address = address
    let script: Script
    do throws(AddressError) {
      script = try Address.parse(address, network: series.wallet.network)
    } catch {
      throw CommandFailure("--address: \(error)")
    }
    place = try series.place(of: script)
    guard let place else {
      problem = "it is in none of the batches"
      return
    }
    let cap = place.batch.addressCap
    problem =
      satoshis > cap
      ? "\(Bitcoins.text(satoshis)) BTC are above its cap of \(Bitcoins.text(cap)) BTC" : nil
  }

  var json: JSON {
    [
      "address": .string(address), "ok": .bool(problem == nil),
      "problem": problem.map { .string($0) } ?? .null,
      "batch": place.map { .integer($0.batch.number) } ?? .null,
      "index": place.map { .integer($0.index) } ?? .null,
      "addressCapSatoshis": place.map { .integer($0.batch.addressCap) } ?? .null,
    ]
  }

  var text: String {
    if let problem { return "\(address): do not send: \(problem)" }
    guard let place else { return "\(address): do not send" }
    return """
      \(address): index \(place.index) of batch \(place.batch.number), at most \
      \(Bitcoins.text(place.batch.addressCap)) BTC
      """
  }
}
