import JSON

enum JSONTarget: FuzzTarget {
  static let seeds: [[UInt8]] = [
    #"{"a":[1,-0.5e+7,true,false,null],"b":{"c":"\u00e9\ud83d\ude00\n\\"}}"#, "[]", "{}", "0",
    #"[[[["deep"]]]]"#, #"{"a":1,"a":2}"#, "[1,]", "01", #""\ud800""#,
  ].map { Array($0.utf8) }

  static func check(_ input: [UInt8]) {
    guard let value = accepted({ () throws(JSONError) in try JSON(parsing: input) }) else { return }
    let again = sure("JSON that we write is JSON") { () throws(JSONError) in
      try JSON(parsing: value.bytes)
    }
    require(again == value, "a value is read as it was written")
    // A control character is written in six bytes where "\b" has two.
    require(value.bytes.count <= 3 * input.count, "writing adds nothing but escapes")
  }
}
