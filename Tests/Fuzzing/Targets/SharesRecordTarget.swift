import ColdStorage

/// Which sheet of a divided seed lies where.
enum SharesRecordTarget: FuzzTarget {
  static let seeds: [[UInt8]] = [
    """
    # holdfast seed shares
    key: holder-1
    account: xpub-1
    set: 7
    identifier: 1234
    groups needed: 2
    group: home 1
    sheet: A001 0123456789abcdef
    group: friends 2
    sheet: A002 00112233445566aa
    sheet: A003 00112233445566bb

    """
  ].map { Array($0.utf8) }

  static func check(_ input: [UInt8]) {
    let record = accepted { () throws(SharesRecord.Fault) in
      try SharesRecord(parsing: input.text)
    }
    if let record { require(record.text == input.text, "a record is written as it was read") }
  }
}
