import Settings
import Foundation
import Money
import Testing

private enum Colour: String, CaseIterable { case red, green, blue }

/// Reads every kind of value once.
private struct Sample: Equatable {
  var name: String
  var count: Int64
  var wait: Int64
  var limits: [Amount]

  init(_ section: ConfigurationSection) throws(ConfigurationError) {
    name = try section.string("name")
    count = try section.integer("count", in: 1...10, default: 3)
    wait = try section.milliseconds("coolingOff", in: 0...86_400_000, default: 1000)
    _ = try section.boolean("verbose", default: false)
    _ = try section.choice("colour", of: Colour.self, default: .red)
    _ = try section.endpoint("listen", default: "127.0.0.1:8080")
    _ = section.has("key") ? try section.bytes("key", count: 2) : []
    limits = []
    for asset in try section.sections("assets") {
      let decimals = try asset.integer("decimals", in: 0...18)
      limits.append(try asset.amount("limit", decimals: Int(decimals)))
    }
    if let node = try section.optionalSection("node") { _ = try node.string("url") }
    _ = try section.strings("tags")
  }
}

@Suite struct ConfigurationSectionTests {
  @Test func `a complete file is read`() throws {
    let text = """
      name: "alpha"
      count: 7
      coolingOff: 24h
      verbose: true
      colour: green
      listen: "[::1]:9000"
      key: 00fF
      assets:
        - {decimals: 8, limit: 0.5}
        - {decimals: 6, limit: "1000"}
      node: {url: http://127.0.0.1}
      tags: [a, b]
      """
    let sample = try ConfigurationSection.read(text: text, file: "x.yaml", Sample.init)
    #expect(sample.name == "alpha")
    #expect(sample.count == 7)
    #expect(sample.wait == 86_400_000)
    #expect(sample.limits == [Amount(units: 50_000_000), Amount(units: 1_000_000_000)])
  }

  @Test(arguments: [
    ("", "x.yaml: is empty"),
    ("- a", "x.yaml: is a list; expected keys with values"),
    ("count: 3", "x.yaml: name: is missing"),
    ("name: ", "x.yaml: name: has no value; expected text"),
    ("name: ''", "x.yaml: name: is empty; expected text"),
    ("name: 12", "x.yaml: name: 12 is not text; write it in quotes if it is meant so"),
    ("name: [a]", "x.yaml: name: is a list; expected text"),
    ("name: a\ncount: 11", "x.yaml: count: 11 is out of range; allowed 1 to 10"),
    ("name: a\ncount: 2.5", "x.yaml: count: 2.5 is not a whole number; allowed 1 to 10"),
    ("name: a\ncount: '2'", "x.yaml: count: \"2\" is not a whole number; allowed 1 to 10"),
    (
      "name: a\ncoolingOff: 5",
      "x.yaml: coolingOff: 5 is not a time; expected a whole number with a unit: 500ms, 30s, 10m, 24h, 7d"
    ),
    ("name: a\ncoolingOff: 2d", "x.yaml: coolingOff: 2d is out of range; allowed 0s to 1d"),
    ("name: a\nverbose: yes", "x.yaml: verbose: yes is not allowed; allowed true, false"),
    (
      "name: a\ncolour: gren",
      "x.yaml: colour: gren is not allowed; allowed red, green, blue (did you mean green?)"
    ),
    (
      "name: a\nlisten: localhost",
      "x.yaml: listen: localhost is not host:port; expected such as 127.0.0.1:8080, port 0 to 65535"
    ),
    ("name: a\nlisten: ':80'", "x.yaml: listen: :80 has no host; expected such as 127.0.0.1:8080"),
    (
      "name: a\nkey: 00f",
      "x.yaml: key: is not 2 bytes in hexadecimal; expected 4 digits 0-9, a-f"
    ),
    ("name: a\nassets: 3", "x.yaml: assets: is a single value; expected a list"),
    (
      "name: a\nassets: [{decimals: 8, limit: 1}, {decimals: 19, limit: 1}]",
      "x.yaml: assets[1].decimals: 19 is out of range; allowed 0 to 18"
    ),
    (
      "name: a\nassets: [{decimals: 2, limit: 0.001}]",
      "x.yaml: assets[0].limit: 0.001 has too many decimals; allowed 2"
    ),
    (
      "name: a\nassets: [{decimals: 2, limit: 1e3}]",
      "x.yaml: assets[0].limit: 1e3 is not a decimal number such as 0.001"
    ),
    (
      "name: a\nassets: [{decimals: 2, limit: -1}]",
      "x.yaml: assets[0].limit: -1 is out of range; allowed 0 to 92233720368547758.07"
    ),
    (
      "name: a\ncooling_of: 24h",
      "x.yaml: cooling_of: is not a known key; did you mean coolingOff?"
    ),
    (
      "name: a\nnode: {url: x, wallet: y}",
      "x.yaml: node.wallet: is not a known key; allowed url"
    ),
    ("name: a\nname: b", "x.yaml: is not YAML: the key name is given twice"),
  ])
  func `what is wrong is said in one line`(text: String, message: String) throws {
    let error = try #require(throws: ConfigurationError.self) {
      try ConfigurationSection.read(text: text, file: "x.yaml", Sample.init)
    }
    #expect(error.description == message)
  }

  @Test func `text that is no YAML is refused in one line`() throws {
    let error = try #require(throws: ConfigurationError.self) {
      try ConfigurationSection.read(text: "a: [b", file: "x.yaml", Sample.init)
    }
    #expect(error.description.hasPrefix("x.yaml: is not YAML: "))
    #expect(!error.description.contains("\n"))
  }

  @Test func `a missing file is named`() throws {
    let error = try #require(throws: ConfigurationError.self) {
      try ConfigurationSection.read(file: "/nowhere/x.yaml", Sample.init)
    }
    #expect(error.description == "/nowhere/x.yaml: cannot be read")
  }

  @Test(arguments: [
    ("etc/x.yaml", "data", "etc/data"), ("etc/x.yaml", "/data", "/data"), ("x.yaml", "d", "d"),
  ])
  func `paths are relative to the file`(file: String, path: String, resolved: String) throws {
    let found = try ConfigurationSection.read(text: "data: \(path)", file: file) {
      (section) throws(ConfigurationError) in try section.path("data")
    }
    #expect(found == resolved)
  }
}
