/// How guard and signer reach each other: never over IP.
public enum SignerLink: Equatable, Sendable {
  case socket(String)
  case serial(device: String, baud: Int)

  /// Reads `socket`, or `serial` with `baud`.
  public init(_ section: ConfigurationSection) throws(ConfigurationError) {
    let socket = try section.optionalPath("socket")
    let serial = try section.optionalPath("serial")
    let baud = try section.integer("baud", in: 9_600...921_600, default: 921_600)
    switch (socket, serial) {
    case (let socket?, nil): self = .socket(socket)
    case (nil, let device?): self = .serial(device: device, baud: Int(baud))
    case (nil, nil): throw section.error("socket", "is missing; give socket or serial")
    case (_?, _?): throw section.error("serial", "excludes socket; give one of them")
    }
  }
}
