/// How guard and signer reach each other: never over IP.
public struct SignerLink: Equatable, Sendable {
  public enum Place: Equatable, Sendable {
    case socket(String)
    case serial(device: String, baud: Int)
  }

  public var place: Place
  /// The public link key of the other end, 32 bytes: nobody else is spoken to.
  public var peerKey: [UInt8]

  /// Reads `socket`, or `serial` with `baud`, and `peerKey`.
  public init(_ section: ConfigurationSection) throws(ConfigurationError) {
    let socket = try section.optionalPath("socket")
    let serial = try section.optionalPath("serial")
    let baud = try section.integer("baud", in: 9_600...921_600, default: 921_600)
    peerKey = try section.bytes("peerKey", count: 32)
    switch (socket, serial) {
    case (let socket?, nil): place = .socket(socket)
    case (nil, let device?): place = .serial(device: device, baud: Int(baud))
    case (nil, nil): throw section.error("socket", "is missing; give socket or serial")
    case (_?, _?): throw section.error("serial", "excludes socket; give one of them")
    }
  }
}
