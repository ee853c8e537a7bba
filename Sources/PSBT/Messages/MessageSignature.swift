public import Bitcoin
import Wire

/// A message's signature in one of the three forms of BIP-322.
public enum MessageSignature: Hashable, Sendable {
  /// The witness of the first input alone.
  case simple([[UInt8]])
  /// The whole transaction.
  case full(Transaction)
  /// A finished PSBT, whose further inputs are coins shown to be the signer's.
  case proofOfFunds(PSBT)

  public enum Variant: String, Hashable, Sendable, CaseIterable {
    case simple = "smp"
    case full = "ful"
    case proofOfFunds = "pof"

    var name: String {
      switch self {
      case .simple: "simple"
      case .full: "full"
      case .proofOfFunds: "proof-of-funds"
      }
    }
  }

  /// Longest text, in bytes.
  public static let limit = 4 << 20

  public var variant: Variant {
    switch self {
    case .simple: .simple
    case .full: .full
    case .proofOfFunds: .proofOfFunds
    }
  }

  /// Reads a signature; one without a prefix is simple, as before the BIP was final.
  public init(parsing text: String) throws(SignedMessageError) {
    guard !text.isEmpty else { throw .empty }
    guard text.utf8.count <= Self.limit else {
      throw .signatureTooLong(bytes: text.utf8.count, limit: Self.limit)
    }
    let variant = Variant(rawValue: String(text.prefix(3)))
    guard let bytes = Base64.bytes(variant == nil ? text : String(text.dropFirst(3))) else {
      throw .notBase64
    }
    switch variant ?? .simple {
    case .simple: self = .simple(try Self.witness(bytes))
    case .full:
      do throws(BitcoinError) {
        self = .full(try Transaction(parsing: bytes))
      } catch {
        throw .malformed(.full, reason: "\(error)")
      }
    case .proofOfFunds:
      do throws(PSBTError) {
        self = .proofOfFunds(try PSBT(parsing: bytes))
      } catch {
        throw .malformed(.proofOfFunds, reason: "\(error)")
      }
    }
  }

  /// The text with its prefix.
  public var text: String {
    let bytes: [UInt8]
    switch self {
    case .simple(let witness):
      var writer = ConsensusWriter()
      writer.compactSize(witness.count)
      for item in witness { writer.counted(item) }
      bytes = writer.bytes
    case .full(let transaction): bytes = transaction.bytes
    case .proofOfFunds(let psbt): bytes = psbt.bytes
    }
    return variant.rawValue + Base64.text(bytes)
  }

  private static func witness(_ bytes: [UInt8]) throws(SignedMessageError) -> [[UInt8]] {
    do throws(BitcoinError) {
      var reader = ConsensusReader(bytes)
      var items: [[UInt8]] = []
      for _ in 0..<(try reader.count("witness", elementWidth: 1)) {
        items.append(try reader.bytes("witness item"))
      }
      try reader.finish()
      return items
    } catch {
      throw .malformed(.simple, reason: "\(error)")
    }
  }
}
