// TestVectors reads published vector files and counts what became of each vector. Only tests use it.
public import Foundation
import Wire

/// One value of a parsed JSON file.
public struct JSONValue: CustomStringConvertible {
  private let value: Any

  /// Reads the file `name` in the `Vectors` folder of `bundle`.
  public init(file name: String, in bundle: Bundle) throws {
    let url = bundle.bundleURL.appendingPathComponent("Vectors").appendingPathComponent(name)
    value = try JSONSerialization.jsonObject(with: try Data(contentsOf: url))
  }

  private init(_ value: Any) { self.value = value }

  /// The value as the parser describes it, for messages about failures.
  public var description: String { String(describing: value) }

  /// The elements, or none when it is no list.
  public var list: [JSONValue] { (value as? [Any] ?? []).map(JSONValue.init) }
  /// The text, or `nil`.
  public var text: String? { value as? String }
  /// The number as an integer, or `nil`.
  public var integer: Int64? { (value as? NSNumber)?.int64Value }
  /// An amount in bitcoins as satoshis, or `nil`.
  public var satoshis: Int64? {
    (value as? NSNumber).map { Int64(($0.doubleValue * 100_000_000).rounded()) }
  }
  /// The truth value, or `nil`.
  public var truth: Bool? { (value as? NSNumber)?.boolValue }
  /// Whether it is a list.
  public var isList: Bool { value is [Any] }

  /// The member `key`, or `nil` when it is absent, null, or this is no object.
  public subscript(key: String) -> JSONValue? {
    guard let found = (value as? [String: Any])?[key], !(found is NSNull) else { return nil }
    return JSONValue(found)
  }

  /// What a vector lacks, with the value that lacks it.
  public struct Missing: Error {
    /// What was looked for.
    public let what: String
    /// Where.
    public let value: String
  }

  /// Returns `found`, or throws naming `what`.
  private func require<T>(_ found: T?, _ what: String) throws -> T {
    guard let found else { throw Missing(what: what, value: description) }
    return found
  }

  /// Returns the member `key`.
  public func member(_ key: String) throws -> JSONValue { try require(self[key], key) }

  /// Returns the text.
  public func string() throws -> String { try require(text, "text") }

  /// Returns the number.
  public func number() throws -> Int64 { try require(integer, "number") }

  /// Returns the bytes that the text stands for in hexadecimal.
  public func bytes() throws -> [UInt8] { try require(Hex.bytes(string()), "hexadecimal text") }
}
