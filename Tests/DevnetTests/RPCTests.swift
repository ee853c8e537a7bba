import Bitcoin
import Descriptors
import Devnet
import JSON
import Testing
import Wire

@Suite struct RPCTests {
  @Test(arguments: [
    ("getblockhash", "[-1]", -8, "Block height out of range"),
    ("getblockhash", "[\"a\"]", -3, "Wrong type passed:"),
    ("getblockhash", "[1.5]", -1, "JSON integer out of range"),
    ("getblockhash", "[]", -1, "getblockhash height"),
    ("getblock", "[\"00\"]", -8, "blockhash must be of length 64 (not 2, for '00')"),
    ("getrawtransaction", "[\"\(String(repeating: "0", count: 64))\"]", -5, "No such mempool"),
    ("sendrawtransaction", "[\"00\"]", -22, "TX decode failed"),
    ("sendrawtransaction", "[\"00\", 1]", -22, "TX decode failed"),
    ("submitblock", "[\"00\"]", -22, "Block decode failed"),
    (
      "generatetoaddress", "[1, \"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4\"]", -5,
      "Error: Invalid"
    ),
    ("scantxoutset", "[\"start\"]", -1, "scanobjects argument is required"),
    ("scantxoutset", "[\"start\", [\"wsh(nonsense)\"]]", -5, ""),
    ("nosuchmethod", "[]", -32601, "Method not found"),
    ("getblockcount", "{\"height\": 1}", -8, "Unknown named parameter height"),
  ])
  func `a bad call gets Bitcoin Core's code and message`(
    method: String, params: String, code: Int, message: String
  ) throws {
    var node = DevnetNode(startTime: 0)
    let params = try JSON(parsing: params)
    let error = #expect(throws: RPCError.self) { try node.call(method, params, now: 0) }
    #expect(error?.code == code)
    #expect(error?.message.hasPrefix(message) == true)
    #expect(node.takeRecords().isEmpty)
  }

  @Test(arguments: [
    ("x", 500, #"{"result":null,"error":{"code":-32700,"message":"Parse error"},"id":null}"#),
    (#"{"method":"getblockcount","id":1}"#, 200, #"{"result":0,"error":null,"id":1}"#),
    (
      #"{"method":"nosuch","id":1}"#, 404,
      #"{"result":null,"error":{"code":-32601,"message":"Method not found"},"id":1}"#
    ),
    ("{}", 400, #"{"result":null,"error":{"code":-32600,"message":"Missing method"}}"#),
    (
      #"{"jsonrpc":"2.0","method":"getblockcount","id":"a"}"#, 200,
      #"{"jsonrpc":"2.0","result":0,"id":"a"}"#
    ),
    (
      #"[{"method":"getblockcount","id":1},{"method":"nosuch","id":2}]"#, 200,
      #"[{"result":0,"error":null,"id":1},"#
        + #"{"result":null,"error":{"code":-32601,"message":"Method not found"},"id":2}]"#
    ),
  ])
  func `the envelope is Bitcoin Core's`(body: String, status: Int, answer: String) async {
    let response = await RPCEnvelope.answer(Array(body.utf8)) { method, params throws(RPCError) in
      var node = DevnetNode(startTime: 0)
      return try node.call(method, params, now: 0)
    }
    #expect(response.status == status)
    #expect(response.body?.description == answer)
  }

  @Test func `a scan finds the coins of both branches of a wallet and nothing else`() throws {
    var fixture = try Fixture()
    let key =
      "tpubD6NzVbkrYhZ4WaWSyoBvQwbpLkojyoTZPRsgXELWz3Popb3qkjcJyJUGLnL4qHHoQvao8ESaAstxYSnhyswJ76uZPStJRJCTKvosUCJZL5B"
    let wallet = try Descriptor(
      parsing: "wsh(sortedmulti(1,[d34db33f/48h/1h/0h/2h]\(key)/<0;1>/*,\(key)/<2;3>/*))",
      network: .regtest)
    let places = [(0, UInt32(3), Int64(1_000_000)), (1, 7, 2_000_000), (0, 9, 4_000_000)]
    for (index, place) in places.enumerated() {
      let script = try wallet.script(branch: place.0, index: place.1).scriptPubKey
      if index > 0 { try fixture.mine(1, to: fixture.alice) }
      if index > 0 { try fixture.mine(100) }
      let height = index == 0 ? 1 : fixture.node.chain.height - 100
      _ = try fixture.send(try fixture.payment(place.2, of: height, to: script))
    }
    try fixture.mine(1)
    let found = try fixture.call(
      "scantxoutset", "start", [["desc": .string(wallet.text), "range": [0, 8]]])
    #expect(found["total_amount"] == .number("0.03000000"))
    #expect(found["unspents"]?.array?.count == 2)
    let all = try fixture.call("scantxoutset", "start", [.string(wallet.text)])
    #expect(all["total_amount"] == .number("0.07000000"))
  }

  @Test(arguments: [
    ("and_v(v:pk(A),and_v(v:pk(B),older(4)))", "and_v(and_v(v:pk(A),v:pk(B)),older(4))"),
    ("and_v(and_v(v:pk(A),v:pk(B)),older(4))", "and_v(and_v(v:pk(A),v:pk(B)),older(4))"),
    ("and_v(v:and_v(v:pk(A),pk(B)),older(4))", "and_v(and_v(v:pk(A),v:pk(B)),older(4))"),
    (
      "and_v(v:pk(A),and_v(v:and_v(v:pk(B),pk(C)),older(4)))",
      "and_v(and_v(and_v(v:pk(A),v:pk(B)),v:pk(C)),older(4))"
    ),
    (
      "andor(pk(A),and_v(v:pk(B),and_v(v:pk(C),older(4))),pk(D))",
      "andor(pk(A),and_v(and_v(v:pk(B),v:pk(C)),older(4)),pk(D))"
    ),
  ])
  func `a found output is described as its script reads, from the left`(
    given: String, read: String
  ) throws {
    let keys = [
      "A": "02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5",
      "B": "02f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9",
      "C": "02e493dbf1c10d80f3581e4904930b1404cc6c13900ee0758474fa94abe8c4cd13",
      "D": "022f8bde4d1a07209355b4a7250a5c5128e88b84bddc619ab7cba8d569b240efe4",
    ]
    func descriptor(_ text: String) -> String {
      "wsh(\(text.map { keys[String($0)] ?? String($0) }.joined()))"
    }
    let text = descriptor(given)
    let script = try Descriptor(parsing: text, network: .regtest).script(branch: 0, index: 0)
    var fixture = try Fixture()
    _ = try fixture.send(try fixture.payment(1_000_000, of: 1, to: script.scriptPubKey))
    try fixture.mine(1)
    let found = try fixture.call("scantxoutset", "start", [.string(text)])
    let described = try #require(found["unspents"]?.array?.first?["desc"]?.string)
    let parsed = try Descriptor(parsing: described, network: .regtest)
    #expect(try parsed.script(branch: 0, index: 0).scriptPubKey == script.scriptPubKey)
    let withoutOrigins = described.split(separator: "#")[0].replacing(/\[[0-9a-f]{8}\]/, with: "")
    #expect(withoutOrigins == descriptor(read))
  }

  @Test func `help lists every method and explains one`() throws {
    var node = DevnetNode(startTime: 0)
    let overview = try node.call("help", now: 0).string ?? ""
    for method in ["getblock", "sendrawtransaction", "generatetoaddress", "scantxoutset", "stop"] {
      #expect(overview.contains("\n\(method)"))
    }
    #expect(try node.call("help", ["getblock"], now: 0).string?.hasPrefix("getblock ") == true)
  }

  @Test func `stop is noticed`() throws {
    var node = DevnetNode(startTime: 0)
    _ = try node.call("stop", now: 0)
    #expect(node.isStopping)
  }
}
