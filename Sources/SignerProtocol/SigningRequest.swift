public import ColdAddresses
public import Statements
public import Wire

/// A transaction together with everything a signer needs to judge it by itself.
public struct SigningRequest: Equatable, Sendable {
  /// Where an input's coin comes from.
  public struct Input: Equatable, Sendable {
    /// The whole transaction that made the coin, with or without witnesses: its id proves the amount
    /// and the script, of which taproot's signatures cover those of all inputs.
    public var previousTransaction: [UInt8]
    /// The place of the coin's script in the wallet's descriptor.
    public var branch: UInt8
    public var index: UInt32

    public init(previousTransaction: [UInt8], branch: UInt8, index: UInt32) {
      self.previousTransaction = previousTransaction
      self.branch = branch
      self.index = index
    }
  }

  /// What an output is for.
  public enum Purpose: Equatable, Sendable {
    /// Pays the payment at this position of ``SigningRequest/payments``.
    case payment(UInt32)
    /// Comes back to the wallet, at this index of the change branch.
    case change(UInt32)
    /// Goes to cold storage, to the address that the offline device gave out under this index.
    case cold(UInt32)
  }

  /// One released withdrawal and the customer's word for it.
  public struct Payment: Equatable, Sendable {
    /// What of a customer's statement the release does not say.
    public enum Authority: Equatable, Sendable {
      /// An address statement.
      case address(nonce: UInt64)
      /// A withdrawal statement; ledger units and milliseconds since 1970.
      case withdrawal(maximumFee: Int64, nonce: UInt64, expiresAt: Int64)
    }

    /// The guard's signed release.
    public var release: Signed<Release>
    /// What the customer signed.
    public var authority: Authority
    /// The customer's key, as ``CustomerKey/bytes`` has it.
    public var customerKey: [UInt8]
    /// The customer's signature: 64 bytes of Ed25519, or a passkey's assertion.
    public var customerSignature: [UInt8]

    public init(
      release: Signed<Release>, authority: Authority, customerKey: [UInt8],
      customerSignature: [UInt8]
    ) {
      self.release = release
      self.authority = authority
      self.customerKey = customerKey
      self.customerSignature = customerSignature
    }

    /// Whether the customer signed for this payment, or for its destination, with ``customerKey``.
    public var isSignedByCustomer: Bool {
      switch authority {
      case .address(let nonce):
        return AddressStatement(
          account: release.statement.account, asset: release.statement.asset,
          chain: release.statement.chain, address: release.statement.address, nonce: nonce
        ).isSigned(byCustomer: customerKey, customerSignature)
      case .withdrawal(let maximumFee, let nonce, let expiresAt):
        return WithdrawalStatement(
          account: release.statement.account, asset: release.statement.asset,
          chain: release.statement.chain, address: release.statement.address,
          amountUnits: release.statement.amountUnits, maximumFeeUnits: maximumFee, nonce: nonce,
          expiresAtMilliseconds: expiresAt
        ).isSigned(byCustomer: customerKey, customerSignature)
      }
    }
  }

  /// The unsigned transaction in consensus serialisation.
  public var transaction: [UInt8]
  /// One for each input, in order.
  public var inputs: [Input]
  /// One for each output, in order.
  public var outputs: [Purpose]
  public var payments: [Payment]
  /// The guard's order to gather coins or to take them to cold storage; only of a transaction without
  /// payments.
  public var consolidation: Signed<ConsolidationOrder>?
  /// The batches that the cold addresses belong to, as the offline device signed them.
  public var coldBatches: [Signed<ColdAddressBatch>]
  /// The newest position of this signer's own log that the guard has seen. A signer whose log does
  /// not hold it has been rolled back, and refuses.
  public var knownPosition: LogPosition?

  public init(
    transaction: [UInt8], inputs: [Input], outputs: [Purpose], payments: [Payment],
    consolidation: Signed<ConsolidationOrder>? = nil,
    coldBatches: [Signed<ColdAddressBatch>] = [], knownPosition: LogPosition?
  ) {
    self.transaction = transaction
    self.inputs = inputs
    self.outputs = outputs
    self.payments = payments
    self.consolidation = consolidation
    self.coldBatches = coldBatches
    self.knownPosition = knownPosition
  }
}

/// A place in a signer's hash-chained log.
public struct LogPosition: Hashable, Sendable {
  /// Records up to here; 0 is the empty log.
  public var sequence: UInt64
  /// Hash of the record, 32 bytes.
  public var hash: [UInt8]

  public init(sequence: UInt64, hash: [UInt8]) {
    self.sequence = sequence
    self.hash = hash
  }

  public func encode(into writer: inout ByteWriter) {
    writer.write(sequence)
    writer.write(fixed: hash)
  }

  public init(from reader: inout ByteReader) throws(WireError) {
    sequence = try reader.read()
    hash = try reader.read(fixed: 32)
  }
}
