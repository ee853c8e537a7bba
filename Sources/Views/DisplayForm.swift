import Wire

/// How people read a transaction id: the bytes backwards, in hexadecimal.
public enum DisplayForm {
  /// Returns the display form of an id in internal byte order.
  public static func text(_ transaction: [UInt8]) -> String { Hex.text(transaction.reversed()) }
}
