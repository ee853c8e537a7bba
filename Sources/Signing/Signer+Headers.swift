import Bitcoin
import SignerProtocol

extension Signer {
  /// Takes headers of the chain, and says how far it is known then.
  func take(_ news: ChainNews) throws(SignerRefusal) -> ChainPosition {
    guard var chain = record.chain else {
      throw SignerRefusal(.headers, "no checkpoint is configured")
    }
    var headers: [BlockHeader] = []
    for bytes in news.headers {
      guard let header = try? BlockHeader(parsing: bytes) else {
        throw SignerRefusal(.malformedRequest, "a header that is none")
      }
      headers.append(header)
    }
    do {
      if try chain.take(headers) { try remember(headers) }
    } catch let fault as ChainClock.Fault {
      throw SignerRefusal(.headers, "\(fault)")
    } catch let refusal as SignerRefusal {
      throw refusal
    } catch {
      throw SignerRefusal(.internalFault, "\(error)")
    }
    let tip = chain.tip
    return ChainPosition(
      height: UInt32(tip.height), hash: tip.hash.bytes, base: UInt32(chain.base))
  }
}
