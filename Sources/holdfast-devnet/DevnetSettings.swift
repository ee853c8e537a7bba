import ArgumentParser
import Settings
import Glibc

/// What the file and the flags say together.
struct DevnetSettings: Sendable {
  /// Folder of the chain, which exists.
  let folder: String
  /// Port on 127.0.0.1.
  let port: Int
  /// User and password for clients, or `nil` for a cookie.
  let user: (name: String, password: String)?

  private struct File {
    var folder: String?
    var port: Int64?
    var user: String?
    var password: String?
  }

  init(_ flags: HoldfastDevnet) throws {
    let file = try flags.config.map(DevnetSettings.read) ?? File()
    guard let folder = flags.datadir ?? file.folder else {
      throw ValidationError("datadir is missing: give --datadir or datadir in the file")
    }
    guard (0...65535).contains(flags.rpcport ?? 0) else {
      throw ValidationError("rpcport must be 0 to 65535")
    }
    self.folder = folder
    port = flags.rpcport ?? Int(file.port ?? 18443)
    switch (flags.rpcuser ?? file.user, flags.rpcpassword ?? file.password) {
    case (let name?, let password?):
      guard !name.isEmpty, !name.contains(":"), !password.isEmpty else {
        throw ValidationError("rpcuser must be non-empty without \":\", rpcpassword non-empty")
      }
      user = (name, password)
    case (nil, nil): user = nil
    case (_?, nil): throw ValidationError("rpcuser is given without rpcpassword")
    case (nil, _?): throw ValidationError("rpcpassword is given without rpcuser")
    }
    try DevnetSettings.create(folder)
  }

  private static func read(_ path: String) throws -> File {
    try ConfigurationSection.read(file: path) { section throws(ConfigurationError) in
      File(
        folder: try section.optionalPath("datadir"),
        port: section.has("rpcport") ? try section.integer("rpcport", in: 0...65535) : nil,
        user: try section.optionalString("rpcuser"),
        password: try section.optionalString("rpcpassword"))
    }
  }

  /// Creates a folder and those above it, for this user alone.
  private static func create(_ folder: String) throws {
    var path = folder.hasPrefix("/") ? "" : "."
    for part in folder.split(separator: "/") {
      path += "/\(part)"
      if unsafe mkdir(path, 0o700) != 0, errno != EEXIST {
        throw ValidationError("datadir \(folder) cannot be created (errno \(errno))")
      }
    }
  }
}
