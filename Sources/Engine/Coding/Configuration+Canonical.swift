import Money
package import Wire

extension ExchangeConfiguration: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(assets)
    writer.write(instruments)
    writer.write(operators)
    writer.write(addressCoolingOffMilliseconds)
    writer.write(credentialHoldMilliseconds)
    writer.write(walletDescriptor)
    writer.write(guardKey)
    writer.write(capacity)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      assets: try reader.read(),
      instruments: try reader.read(),
      operators: try reader.read(),
      addressCoolingOffMilliseconds: try reader.read(),
      credentialHoldMilliseconds: try reader.read(),
      walletDescriptor: try reader.read(),
      guardKey: try reader.read(),
      capacity: try reader.read())
  }
}

extension Asset: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(code)
    writer.write(name)
    writer.write(Int64(decimals))
    writer.write(tag: rail)
    writer.write(chain)
    writer.write(minimumDeposit)
    writer.write(minimumWithdrawal)
    writer.write(withdrawalFee)
    writer.write(depositConfirmations)
    writer.write(withdrawalConfirmations)
    writer.write(limits)
    writer.write(depositLadder)
    writer.write(withdrawableConfirmations)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      code: try reader.read(),
      name: try reader.read(),
      decimals: Int(try reader.read(Int64.self)),
      rail: try reader.read(tag: Asset.Rail.self),
      chain: try reader.read(),
      minimumDeposit: try reader.read(),
      minimumWithdrawal: try reader.read(),
      withdrawalFee: try reader.read(),
      depositConfirmations: try reader.read(),
      withdrawalConfirmations: try reader.read(),
      limits: try reader.read(),
      depositLadder: try reader.read(),
      withdrawableConfirmations: try reader.read())
  }
}

extension ConfirmationStep: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(from)
    writer.write(confirmations)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(from: try reader.read(), confirmations: try reader.read())
  }
}

extension WithdrawalLimits: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(refuseAbove)
    writer.write(reviewAbove)
    writer.write(delayAbove)
    writer.write(delayMilliseconds)
    writer.write(customerHour)
    writer.write(customerDay)
    writer.write(assetHour)
    writer.write(assetDay)
    writer.write(countHour)
    writer.write(firstUseMilliseconds)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      refuseAbove: try reader.read(),
      reviewAbove: try reader.read(),
      delayAbove: try reader.read(),
      delayMilliseconds: try reader.read(),
      customerHour: try reader.read(),
      customerDay: try reader.read(),
      assetHour: try reader.read(),
      assetDay: try reader.read(),
      countHour: try reader.read(),
      firstUseMilliseconds: try reader.read())
  }
}

extension Instrument: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(symbol)
    writer.write(base)
    writer.write(quote)
    writer.write(tickUnits)
    writer.write(lotUnits)
    writer.write(minimumSize)
    writer.write(maximumSize)
    writer.write(makerFeePPM)
    writer.write(takerFeePPM)
    writer.write(listedAt)
    writer.write(feeTiers)
    writer.write(priceLimitPPM)
    writer.write(marketBandPPM)
    writer.write(openOrdersLimit)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      symbol: try reader.read(),
      base: try reader.read(),
      quote: try reader.read(),
      tickUnits: try reader.read(),
      lotUnits: try reader.read(),
      minimumSize: try reader.read(),
      maximumSize: try reader.read(),
      makerFeePPM: try reader.read(),
      takerFeePPM: try reader.read(),
      listedAt: try reader.read(),
      feeTiers: try reader.read(),
      priceLimitPPM: try reader.read(),
      marketBandPPM: try reader.read(),
      openOrdersLimit: try reader.read())
  }
}

extension Operator: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(name)
    writer.write(publicKey)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      name: try reader.read(),
      publicKey: try reader.read())
  }
}

extension FeeTier: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(makerPPM)
    writer.write(takerPPM)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(makerPPM: try reader.read(), takerPPM: try reader.read())
  }
}

extension ExchangeCapacity: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(orders)
    writer.write(accounts)
    writer.write(balances)
    writer.write(algos)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      orders: try reader.read(), accounts: try reader.read(), balances: try reader.read(),
      algos: try reader.read())
  }
}
