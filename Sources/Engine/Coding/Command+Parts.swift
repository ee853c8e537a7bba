import Money
package import Wire

extension AddAddress: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(account)
    writer.write(asset)
    writer.write(chain)
    writer.write(address)
    writer.write(label)
    writer.write(nonce)
    writer.write(signature)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      account: try reader.read(),
      asset: try reader.read(),
      chain: try reader.read(),
      address: try reader.read(),
      label: try reader.read(),
      nonce: try reader.read(),
      signature: try reader.read())
  }
}

extension AttestReceipt: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(operatorName)
    writer.write(account)
    writer.write(asset)
    writer.write(amount)
    writer.write(reference)
    writer.write(signature)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      operatorName: try reader.read(),
      account: try reader.read(),
      asset: try reader.read(),
      amount: try reader.read(),
      reference: try reader.read(),
      signature: try reader.read())
  }
}

extension ConnectBlock: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(point)
    writer.write(previous)
    writer.write(received)
    writer.write(spent)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      point: try reader.read(),
      previous: try reader.read(),
      received: try reader.read(),
      spent: try reader.read())
  }
}

extension ConnectBlock.Received: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(outpoint)
    writer.write(script)
    writer.write(amount)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      outpoint: try reader.read(), script: try reader.read(), amount: try reader.read())
  }
}

extension ConnectBlock.Spent: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(outpoint)
    writer.write(by)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(outpoint: try reader.read(), by: try reader.read())
  }
}

extension RequestWithdrawal: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(account)
    writer.write(asset)
    writer.write(address)
    writer.write(amount)
    writer.write(clientID)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      account: try reader.read(),
      asset: try reader.read(),
      address: try reader.read(),
      amount: try reader.read(),
      clientID: try reader.read())
  }
}

extension ReviewWithdrawal: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(operatorName)
    writer.write(withdrawal)
    writer.write(approves)
    writer.write(reason)
    writer.write(signature)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      operatorName: try reader.read(),
      withdrawal: try reader.read(),
      approves: try reader.read(),
      reason: try reader.read(),
      signature: try reader.read())
  }
}

extension PayoutBuilt: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(asset)
    writer.write(withdrawals)
    writer.write(inputs)
    // One that brings nothing to cold storage looks as it did before there was any.
    if !cold.isEmpty {
      writer.write(Self.coldFollows)
      writer.write(cold)
    }
    if !split.isEmpty {
      writer.write(Payout.Version.splitFollows)
      writer.write(list: split) { $0.write($1) }
    }
    writer.write(optional: changeIndex) { $0.write($1) }
    writer.write(change)
    writer.write(networkFee)
    writer.write(unsigned)
    writer.write(transaction)
  }

  /// Where else it says whether there is change: what goes to cold storage comes first.
  private static let coldFollows: UInt8 = 2

  package init(from reader: inout ByteReader) throws(WireError) {
    let asset = try reader.read(AssetID.self)
    let withdrawals = try reader.read([WithdrawalID].self)
    let inputs = try reader.read([ChainOutpoint].self)
    var cold: [ColdPayment] = []
    if reader.peek() == Self.coldFollows {
      let at = reader.offset
      _ = try reader.read(UInt8.self)
      cold = try reader.read()
      guard !cold.isEmpty else { throw .malformed(at: at) }
    }
    let split = try Payout.Version.readSplit(from: &reader)
    self.init(
      asset: asset, withdrawals: withdrawals, inputs: inputs,
      changeIndex: try reader.readOptional { r throws(WireError) in
        try r.read(UInt32.self)
      },
      change: try reader.read(),
      networkFee: try reader.read(),
      unsigned: try reader.read(),
      transaction: try reader.read(), cold: cold, split: split)
  }
}

extension GuardReport: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(connected)
    writer.write(signersReachable)
    writer.write(signersTotal)
    writer.write(threshold)
    writer.write(optional: halted) { $0.write($1) }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      connected: try reader.read(),
      signersReachable: try reader.read(),
      signersTotal: try reader.read(),
      threshold: try reader.read(),
      halted: try reader.readOptional { r throws(WireError) in
        try r.read(String.self)
      })
  }
}
