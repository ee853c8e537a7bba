import Cryptography
import Wire

/// A signature of a message, in one of the forms of BIP-322, "Types of Signatures".
public enum MessageSignature: Hashable, Sendable {
  /// The form before BIP-322, for P2PKH.
  case legacy(LegacyMessageSignature)
  /// The witness alone.
  case simple([[UInt8]])
  /// The whole signing transaction.
  case full(Transaction)
  /// A finalised PSBT with the outputs of which control is shown.
  case funds([UInt8])

  /// The greatest length of a text, in characters: a transaction of the greatest standard weight.
  public static let characterLimit = 600_000

  /// Reads a signature.
  ///
  /// Without a prefix, 65 bytes are a legacy signature and everything else is a witness, as older
  /// programs wrote it.
  public init(parsing text: String) throws(MessageError) {
    let count = text.utf8.count
    guard count <= Self.characterLimit else {
      throw .tooLong(count, limit: Self.characterLimit)
    }
    guard !text.isEmpty else { throw .empty }
    func bytes(_ text: some StringProtocol) throws(MessageError) -> [UInt8] {
      guard let bytes = Base64.bytes(text), !bytes.isEmpty else { throw .notBase64 }
      return bytes
    }
    let body = text.dropFirst(3)
    switch text.prefix(3) {
    // A prefix has three characters, Base64 fours: text without a prefix is never taken for one.
    case "smp" where body.utf8.count.isMultiple(of: 4):
      self = .simple(try Self.witness(try bytes(body)))
    case "ful" where body.utf8.count.isMultiple(of: 4):
      let bytes = try bytes(body)
      do throws(BitcoinError) { self = .full(try Transaction(parsing: bytes)) } catch {
        throw .badTransaction(error)
      }
    case "pof" where body.utf8.count.isMultiple(of: 4): self = .funds(try bytes(body))
    default:
      let bytes = try bytes(text)
      if let legacy = LegacyMessageSignature(bytes) {
        self = .legacy(legacy)
      } else {
        self = .simple(try Self.witness(bytes))
      }
    }
  }

  /// The signature with its prefix.
  public var text: String {
    switch self {
    case .legacy(let signature): return Base64.text(signature.bytes)
    case .simple(let witness):
      var writer = ConsensusWriter()
      writer.compactSize(witness.count)
      for item in witness { writer.counted(item) }
      return "smp" + Base64.text(writer.bytes)
    case .full(let transaction): return "ful" + Base64.text(transaction.bytes)
    case .funds(let psbt): return "pof" + Base64.text(psbt)
    }
  }

  private static func witness(_ bytes: [UInt8]) throws(MessageError) -> [[UInt8]] {
    do throws(BitcoinError) {
      var reader = ConsensusReader(bytes)
      var witness: [[UInt8]] = []
      for _ in 0..<(try reader.count("witness", elementWidth: 1)) {
        witness.append(try reader.bytes("witness item"))
      }
      try reader.finish()
      return witness
    } catch {
      throw .badWitness(error)
    }
  }
}
