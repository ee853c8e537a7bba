import Matching
import Money
package import Wire

extension Account: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(id)
    writer.write(name)
    writer.write(openedAt)
    writer.write(optional: signingKey) { $0.write($1) }
    writer.write(credentialsChangedAt)
    writer.write(master)
    writer.write(tag: selfTrade)
    writer.write(feeTier)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      id: try reader.read(),
      name: try reader.read(),
      openedAt: try reader.read(),
      signingKey: try reader.readOptional { r throws(WireError) in
        try r.read([UInt8].self)
      },
      credentialsChangedAt: try reader.readOptional(Timestamp.init(from:)),
      master: try reader.readOptional(AccountID.init(from:)),
      selfTrade: try reader.read(tag: SelfTradePrevention.self), feeTier: try reader.read())
  }
}

extension Balance: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(asset)
    writer.write(tag: wallet)
    writer.write(available)
    writer.write(held)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      asset: try reader.read(),
      wallet: try reader.read(tag: Wallet.self),
      available: try reader.read(),
      held: try reader.read())
  }
}

extension APIKey: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(key)
    writer.write(account)
    writer.write(label)
    writer.write(permissions)
    writer.write(sealed)
    writer.write(createdAt)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      key: try reader.read(),
      account: try reader.read(),
      label: try reader.read(),
      permissions: try reader.read(Permissions.self),
      sealed: try reader.read(),
      createdAt: try reader.read())
  }
}

extension AddressEntry: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(id)
    writer.write(account)
    writer.write(asset)
    writer.write(chain)
    writer.write(address)
    writer.write(label)
    writer.write(nonce)
    writer.write(signingKey)
    writer.write(signature)
    writer.write(addedAt)
    writer.write(usableAt)
    writer.write(firstUsedAt)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      id: try reader.read(),
      account: try reader.read(),
      asset: try reader.read(),
      chain: try reader.read(),
      address: try reader.read(),
      label: try reader.read(),
      nonce: try reader.read(),
      signingKey: try reader.read(),
      signature: try reader.read(),
      addedAt: try reader.read(),
      usableAt: try reader.read(),
      firstUsedAt: try reader.readOptional(Timestamp.init(from:)))
  }
}

extension Permissions: Canonical {
  package func encode(into writer: inout ByteWriter) { writer.write(rawValue) }
  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    self.init(rawValue: try reader.read())
    guard rawValue <= 7 else { throw .malformed(at: at) }
  }
}
