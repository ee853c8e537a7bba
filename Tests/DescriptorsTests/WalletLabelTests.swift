import Descriptors
import JSON
import TestVectors
import Testing

@Suite struct WalletLabelTests {
  @Test func `the BIP's labels are read and written back`() throws {
    var tally = VectorTally("bip329.json")
    for vector in try JSONValue(file: "bip329.json", in: .module).member("records").list {
      let members = ["type", "ref", "label", "origin"].compactMap { name in
        vector[name]?.text.map { JSON.Member(name, .string($0)) }
      }
      let spendable = vector["spendable"]?.truth.map { [JSON.Member("spendable", .bool($0))] } ?? []
      let line = JSON.object(members + spendable).description + "\n"
      let (labels, ignored) = try WalletLabels.parse(line)
      tally.record(
        labels.count == 1 && ignored == 0 && WalletLabels.text(labels) == line
          && labels[0].label == vector["label"]?.text
          && labels[0].isSpendable == vector["spendable"]?.truth, line)
    }
    #expect(tally.report() == [])
    #expect(tally.total == 8)
  }

  private static let id = "f91d0a8a78462bc59398f2c5d7a84fcff491c26ba54c4833478b202796c8aafd"

  @Test func `additional members are kept, unknown types left out, empty lines passed over`() throws
  {
    let known = #"{"type":"tx","ref":"\#(Self.id)","height":5,"rate":{"USD":105620.00}}"#
    let text = known + "\n\n" + #"{"type":"silo","ref":"x"}"# + "\n"
    let (labels, ignored) = try WalletLabels.parse(text)
    #expect(ignored == 1)
    #expect(labels[0].label == nil)
    #expect(WalletLabels.text(labels) == known + "\n")
  }

  @Test(arguments: [
    ("[]", "not a JSON object"), ("{", "not a JSON object"),
    (#"{"type":"tx"}"#, "ref: it is missing"), (#"{"ref":"x"}"#, "type: it is missing"),
    (#"{"type":"tx","ref":"00"}"#, "ref: no tx"),
    (#"{"type":"tx","type":"tx","ref":"00"}"#, "not a JSON object"),
    (#"{"type":"output","ref":"\#(id):01"}"#, "ref: no output"),
    (#"{"type":"output","ref":"\#(id):4294967296"}"#, "ref: no output"),
    (#"{"type":"output","ref":"\#(id):1","spendable":"false"}"#, "spendable: it is"),
    (#"{"type":"tx","ref":"\#(id)","spendable":false}"#, "only outputs have it"),
    (#"{"type":"tx","ref":"\#(id)","label":5}"#, "label: it is"),
    (#"{"type":"tx","ref":"\#(id)","label":"a\nb"}"#, "label: one line"),
    (#"{"type":"addr","ref":"bc1q34aq5drpuwy3wgl9lhup9892qp6svr8ldzyy7d"}"#, "ref: no addr"),
    (#"{"type":"xpub","ref":"xprv"}"#, "ref: no xpub"),
    (#"{"type":"pubkey","ref":"0500"}"#, "ref: no pubkey"),
  ])
  func `a record that is none is refused with its line`(line: String, problem: String) throws {
    let good = #"{"type":"tx","ref":"\#(Self.id)","label":"rent"}"#
    let error = #expect(throws: WalletLabels.Refusal.self) {
      try WalletLabels.parse(good + "\n" + line)
    }
    #expect(error?.line == 2)
    #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
  }
}
