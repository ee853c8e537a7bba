import WalletFiles

/// Labels of transactions and addresses. See BIP-329.
enum LabelFileTarget: FuzzTarget {
  static func check(_ input: [UInt8]) {
    do throws(LabelFile.Failure) {
      let file = try LabelFile(parsing: input)
      let again = sure("a file that we write is one") { () throws(LabelFile.Failure) in
        try LabelFile(parsing: file.bytes)
      }
      require(again.labels == file.labels, "labels are read as they were written")
      require(again.ignoredCount == 0, "we write no kind that we do not know")
    } catch {
      checkRefusal(error)
      require(error.line >= 1 && error.line <= input.count + 1, "a refusal names a line")
    }
  }
}
