import Settings

/// Configuration files.
enum SettingsTarget: FuzzTarget {
  static let seeds: [[UInt8]] = [
    "name: alice\ncount: 3\nwait: 30s\nlisten: 127.0.0.1:80\nkey: \"00ff\"\nflag: true\n",
    "list:\n  - one\n  - two\ninner:\n  name: bob\n", "a: &x [1]\nb: *x\n", "a: 1\na: 2\n",
    "--- !!map\n? a\n: b\n...\n", "{a: 1, b: [2, {c: d}]}", "a: |\n  text\n  more\n", "- 1\n",
  ].map { Array($0.utf8) }

  static func check(_ input: [UInt8]) {
    let text = input.text
    _ = accepted { () throws(ConfigurationError) in
      try ConfigurationSection.read(text: text, file: "/etc/holdfast.yaml", body)
    }
  }

  private static func body(_ file: ConfigurationSection) throws(ConfigurationError) {
    _ = accepted { () throws(ConfigurationError) in try file.optionalString("name") }
    if let count = accepted({ () throws(ConfigurationError) in
      try file.integer("count", in: 1...9, default: 1)
    }) {
      require((1...9).contains(count), "a number keeps its range")
    }
    if let (host, port) = accepted({ () throws(ConfigurationError) in
      try file.endpoint("listen", default: "127.0.0.1:0")
    }) {
      require(!host.isEmpty && (0...65_535).contains(port), "an endpoint has a host and a port")
    }
    _ = accepted { () throws(ConfigurationError) in try file.strings("list") }
    for section in accepted({ () throws(ConfigurationError) in try file.sections("list") }) ?? [] {
      _ = section.has("a")
    }
    let inner = accepted { () throws(ConfigurationError) in try file.optionalSection("inner") }
    if let inner = inner.flatMap(\.self) {
      _ = accepted { () throws(ConfigurationError) in try inner.optionalString("name") }
    }
  }
}
