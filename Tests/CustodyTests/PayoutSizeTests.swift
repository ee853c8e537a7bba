import Bitcoin
import Custody
import Descriptors
import Testing

@Suite struct PayoutSizeTests {
  @Test(
    arguments: [
      (DecayingPolicy.Form?.none, 1, 1), (nil, 25, 3), (.wsh, 1, 1), (.wsh, 3, 25),
      (.wsh, 250, 250),
      (.tr, 1, 1), (.tr, 25, 3), (.tr, 250, 250),
    ])
  func `a payout of every wallet is as large as it was measured to be`(
    form: DecayingPolicy.Form?, inputs: Int, outputs: Int
  ) throws {
    let wallet = try form.map(TestWallet.decaying) ?? TestWallet.descriptor()
    let place = try wallet.script(branch: 1, index: 0)
    let path = try place.spendingPath()
    let payment = TransactionOutput(
      value: 1, script: .payToWitness(version: 0, program: [UInt8](repeating: 1, count: 20)))
    let payments = Array(repeating: payment, count: outputs)
    let size = try PayoutSize(payments: payments, change: place)
    let spending = TransactionInput(
      outpoint: .null,
      witness: path.blankWitness(signatureByteCount: path.signatureByteCount))
    let change = TransactionOutput(value: 1, script: place.scriptPubKey)
    let transaction = Transaction(
      inputs: Array(repeating: spending, count: inputs), outputs: payments + [change])
    let measured = size.base + size.changeOutput + size.input * Int64(inputs)
    #expect(measured >= Int64(transaction.virtualSize))
    // A quarter of a byte for each input and what the counts may need.
    #expect(measured <= Int64(transaction.virtualSize + 4 + inputs))
  }

  /// Sizes of one input and one output to a P2WPKH address, measured with Bitcoin Core.
  @Test(arguments: [(DecayingPolicy.Form.wsh, 249), (.tr, 159)])
  func `two holders spend from the hot wallet in few bytes`(
    form: DecayingPolicy.Form, virtualSize: Int
  ) throws {
    let path = try TestWallet.decaying(form).script(branch: 0, index: 0).spendingPath()
    let input = TransactionInput(
      outpoint: .null,
      witness: path.blankWitness(signatureByteCount: path.usualSignatureByteCount))
    let output = TransactionOutput(
      value: 1, script: .payToWitness(version: 0, program: [UInt8](repeating: 1, count: 20)))
    #expect(Transaction(inputs: [input], outputs: [output]).virtualSize == virtualSize)
  }
}
