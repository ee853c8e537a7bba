import Money
import Structures
package import Wire

extension CredentialChange: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(id)
    writer.write(account)
    writer.write(at)
    writer.write(cancellableUntil)
    writer.write(optional: codeDigest) { $0.write($1) }
    writer.write(isTold)
    switch kind {
    case .signingKey(let new, let previous, let counter):
      writer.write(UInt8(0))
      writer.write(new)
      writer.write(optional: previous) { $0.write($1) }
      writer.write(counter)
    case .address(let entry): writer.write(case: 1, entry)
    case .contact(let new, let previous):
      writer.write(UInt8(2))
      writer.write(new)
      writer.write(optional: previous) { $0.write($1) }
    case .withdrawal(let withdrawal): writer.write(case: 3, withdrawal)
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      id: try reader.read(), account: try reader.read(), kind: .withdrawal(WithdrawalID(0)),
      at: try reader.read(), cancellableUntil: try reader.read(),
      codeDigest: try reader.readOptional { r throws(WireError) in try r.read(limit: 32) },
      isTold: try reader.read())
    let at = reader.offset
    guard codeDigest.map({ $0.count == 32 }) ?? !isTold else { throw .malformed(at: at) }
    switch try reader.read(UInt8.self) {
    case 0:
      let limit = Exchange.signingKeyLengths.upperBound
      kind = .signingKey(
        new: try reader.read(limit: limit),
        previous: try reader.readOptional { r throws(WireError) in try r.read(limit: limit) },
        previousCounter: try reader.read())
    case 1: kind = .address(try reader.read())
    case 2:
      kind = .contact(
        new: try reader.read(limit: 254),
        previous: try reader.readOptional { r throws(WireError) in
          try r.read(String.self, limit: 254)
        })
    case 3: kind = .withdrawal(try reader.read())
    default: throw .malformed(at: at)
    }
  }
}

extension AccountHold: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(account)
    writer.write(change)
    writer.write(since)
    writer.write(keyEnds)
    writer.write(list: approvals) { $0.write($1) }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      account: try reader.read(), change: try reader.read(), since: try reader.read(),
      keyEnds: try reader.read(),
      approvals: try reader.readList { r throws(WireError) in try r.read(String.self) })
  }
}

extension NoticeGiven: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(account)
    writer.write(change)
    writer.write(codeDigest)
    writer.write(optional: cancellableUntil) { $0.write($1) }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      account: try reader.read(), change: try reader.read(), codeDigest: try reader.read(),
      cancellableUntil: try reader.readOptional { r throws(WireError) in try r.read() })
  }
}

extension CancelChange: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(account)
    writer.write(change)
    switch authority {
    case .code(let code):
      writer.write(UInt8(0))
      writer.write(code)
    case .key(let key, let signature):
      writer.write(UInt8(1))
      writer.write(key)
      writer.write(signature)
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    account = try reader.read()
    change = try reader.read()
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0: authority = .code(try reader.read())
    case 1: authority = .key(try reader.read(), signature: try reader.read())
    default: throw .malformed(at: at)
    }
  }
}

extension EndHold: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(account)
    writer.write(change)
    switch authority {
    case .key(let key, let signature):
      writer.write(UInt8(0))
      writer.write(key)
      writer.write(signature)
    case .operatorNamed(let name, let signature):
      writer.write(UInt8(1))
      writer.write(name)
      writer.write(signature)
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    account = try reader.read()
    change = try reader.read()
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0: authority = .key(try reader.read(), signature: try reader.read())
    case 1: authority = .operatorNamed(try reader.read(), signature: try reader.read())
    default: throw .malformed(at: at)
    }
  }
}

extension ChangeRegister: Canonical {
  package func encode(into writer: inout ByteWriter) {
    let parts = parts
    writer.write(next)
    writer.write(list: parts.contacts) { writer, contact in
      writer.write(contact.0)
      writer.write(contact.1)
    }
    writer.write(parts.changes)
    writer.write(parts.holds)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let next = try reader.read(ChangeID.self)
    let contacts = try reader.readList(limit: Int(UInt32.max)) { r throws(WireError) in
      (try r.read(AccountID.self), try r.read(String.self, limit: 254))
    }
    let register = ChangeRegister(
      next: next, contacts: contacts, changes: try reader.read(), holds: try reader.read())
    guard let register else { throw .malformed(at: reader.offset) }
    self = register
  }
}
