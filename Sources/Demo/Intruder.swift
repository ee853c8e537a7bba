import Bitcoin
import Cryptography
import Descriptors
import Engine
import Foundation
import Journal
import Link
import Money
import Nodes
import SignerProtocol
import Statements
import Structures
import Wire

/// Somebody who owns the online server with everything on it, and reaches the signers' link.
///
/// He has the server's own code and files, but no customer's key, no guard's key and no holder's. Only
/// where it is said does he have the guard's link key as well.
struct Intruder {
  /// An address of his own.
  let address: String

  init() throws { address = try OutsideWallet.freshAddress() }

  /// Writes an address-book entry that `victim` never signed, and a withdrawal to it, into the
  /// stopped server's journal, with a perfect hash chain.
  ///
  /// - Returns: The forged withdrawal's number.
  func forgeWithdrawal(dataFolder: String, victim: UInt64, amount: Int64) async throws -> UInt64 {
    // He may turn the clock, so the entry's cooling-off is over at once.
    let later = Int64(Date().timeIntervalSince1970 * 1000)
    let clock = Clock(milliseconds: later)
    let journal = try Sequencer.open(directory: dataFolder, clock: { clock.now })
    let account = AccountID(victim)
    let (asset, nonce) = try await journal.read { exchange in
      (exchange.assetID(code: "BTC"), exchange.lastNonce(of: account) + 1)
    }
    guard let asset else { throw StoryError("no BTC in the journal") }
    let added = try await journal.submit(
      .addAddress(
        AddAddress(
          account: account, asset: asset, chain: "BTC-Bitcoin", address: address, label: "savings",
          nonce: nonce, signature: SecureRandom.bytes(64))))
    if let refusal = added.refusal { throw StoryError("the core refused the entry: \(refusal)") }
    guard
      case .addressAdded(let entry)? = added.events.first(where: {
        if case .addressAdded = $0 { true } else { false }
      })
    else { throw StoryError("no entry came of it") }
    clock.advance(to: entry.usableAt)
    let requested = try await journal.submit(
      .requestWithdrawal(
        RequestWithdrawal(
          account: account, asset: asset, address: address, amount: Amount(units: amount),
          clientID: "")))
    if let refusal = requested.refusal {
      throw StoryError("the core refused the withdrawal: \(refusal)")
    }
    let withdrawal = requested.events.compactMap { event -> Withdrawal? in
      if case .withdrawal(let withdrawal) = event { withdrawal } else { nil }
    }.last
    guard let withdrawal else { throw StoryError("no withdrawal came of it") }
    await journal.shutdown()
    return withdrawal.id.raw
  }

  /// Shakes hands with a signer with a link key of his own making.
  ///
  /// - Returns: How the signer ended the connection.
  func intrude(socket: String, signerKey: X25519.PublicKey) throws -> LinkError {
    let keys = LinkKeys(own: try .random(), peer: signerKey)
    do throws(LinkError) {
      let connection = try AskingConnection(
        over: try UnixSocket.connect(to: socket), keys: keys, timeout: .seconds(60))
      connection.close()
    } catch {
      return error
    }
    throw StoryError("the signer shook hands with an intruder")
  }

  /// Asks a signer to pay the wallet's first coin to himself, with a release he signed himself.
  ///
  /// - Parameter keys: The guard's link keys, stolen: without them nobody is listened to.
  /// - Returns: What the signer refused with.
  func forgeRelease(
    socket: String, keys: LinkKeys, descriptorFile: String, node: BitcoinNode
  ) async throws -> SignerRefusal {
    let text = try String(contentsOfFile: descriptorFile, encoding: .utf8)
    let descriptor = try DescriptorFile(parsing: text).descriptor
    let scan = try await node.scan([ScanRange(descriptor: descriptor.text, indices: 0...100)])
    guard let coin = scan.outputs.first,
      let height = coin.height, let block = try await node.blockHash(at: height),
      let previous = try await node.transaction(coin.outpoint.transaction, in: block)
    else { throw StoryError("the hot wallet has no coin to steal") }
    var place: (branch: UInt8, index: UInt32)?
    for branch in 0..<2 {
      for index in UInt32(0)...100
      where try descriptor.script(branch: branch, index: index).scriptPubKey == coin.output.script {
        place = (UInt8(branch), index)
      }
    }
    guard let place else { throw StoryError("the coin is not the wallet's") }

    let ownKey = try Ed25519.PrivateKey(seed: SecretBytes(copying: SecureRandom.bytes(32)))
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    let value = coin.output.value - 1_000
    let release = Release(
      withdrawal: 999_999, account: 1, asset: "BTC", chain: "BTC-Bitcoin", address: address,
      amountUnits: value, maximumNetworkFeeUnits: 10_000, releasedAtMilliseconds: now,
      expiresAtMilliseconds: now + 3_600_000)
    let statement = AddressStatement(
      account: 1, asset: "BTC", chain: "BTC-Bitcoin", address: address, nonce: 1)
    let transaction = Transaction(
      inputs: [TransactionInput(outpoint: coin.outpoint, sequence: 0xFFFF_FFFD)],
      outputs: [
        TransactionOutput(value: value, script: try Address.parse(address, network: .regtest))
      ])
    let request = SigningRequest(
      transaction: transaction.bytes,
      inputs: [
        .init(
          previousTransaction: previous.transaction.bytes, branch: place.branch, index: place.index)
      ],
      outputs: [.payment(0)],
      payments: [
        .init(
          release: try Signed(release, by: ownKey),
          authority: .address(nonce: 1), customerKey: ownKey.publicKey.bytes,
          customerSignature: try statement.signed(by: ownKey))
      ], knownPosition: nil)
    let asked = SignerRequest.sign(request)
    var connection = try AskingConnection(
      over: try UnixSocket.connect(to: socket), keys: keys, timeout: .seconds(60))
    defer { connection.close() }
    let reply = try connection.exchange(
      LinkMessage(type: asked.type.rawValue, payload: asked.payload), timeout: .seconds(60))
    switch try SignerAnswer(type: reply.type, payload: reply.payload) {
    case .refused(let refusal): return refusal
    case .signed: throw StoryError("the signer signed for an intruder")
    case .status, .chain, .attested, .promised, .policyState:
      throw StoryError("the signer answered something else")
    }
  }
}
