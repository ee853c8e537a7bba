import Glibc

// Unsafe file. Sound because headers and commands are BitwiseCopyable without padding, so that every
// byte of them is defined and any bytes make one; the arrays that are read into have the asked count.

/// Why a workload file cannot be used.
public enum WorkloadFileError: Error, Equatable, CustomStringConvertible {
  case cannot(String, path: String, code: Int32)
  case notAWorkload(path: String)
  case truncated(path: String)

  public var description: String {
    switch self {
    case .cannot(let what, let path, let code):
      "\(path): cannot \(what) (\(unsafe String(cString: strerror(code))))"
    case .notAWorkload(let path): "\(path): does not begin with XWORKLD1"
    case .truncated(let path): "\(path): is shorter than its header says"
    }
  }
}

extension Workload {
  /// Writes the file; under another name first, so that a half-written one is never taken for whole.
  public func write(to path: String) throws(WorkloadFileError) {
    let temporary = path + ".part\(getpid())"
    guard let file = unsafe fopen(temporary, "w") else {
      throw .cannot("be created", path: temporary, code: errno)
    }
    var header = header
    let size = MemoryLayout<OrderFlowCommand>.stride
    let headers = unsafe withUnsafeBytes(of: &header) { bytes in
      unsafe fwrite(bytes.baseAddress, bytes.count, 1, file)
    }
    let written = unsafe commands.withUnsafeBytes { bytes in
      unsafe fwrite(bytes.baseAddress, size, bytes.count / size, file)
    }
    let closed = unsafe fclose(file)
    guard headers == 1, written == commands.count, closed == 0,
      unsafe rename(temporary, path) == 0
    else { throw .cannot("be written", path: path, code: errno) }
  }

  /// Reads a whole file.
  public init(path: String) throws(WorkloadFileError) {
    guard let file = unsafe fopen(path, "r") else {
      throw .cannot("be opened", path: path, code: errno)
    }
    defer { unsafe fclose(file) }
    let header = try unsafe Self.header(of: file, path: path)
    let count = Int(header.prefill + header.commands)
    let size = MemoryLayout<OrderFlowCommand>.stride
    var read = 0
    let commands = unsafe [OrderFlowCommand](unsafeUninitializedCapacity: count) {
      buffer, initialized in
      read = unsafe fread(buffer.baseAddress, size, count, file)
      initialized = read
    }
    guard read == count else { throw .truncated(path: path) }
    self.init(header: header, commands: commands)
  }

  /// Reads only the header of a file.
  public static func header(path: String) throws(WorkloadFileError) -> OrderFlowHeader {
    guard let file = unsafe fopen(path, "r") else {
      throw .cannot("be opened", path: path, code: errno)
    }
    defer { unsafe fclose(file) }
    return try unsafe header(of: file, path: path)
  }

  private static func header(
    of file: UnsafeMutablePointer<FILE>, path: String
  ) throws(WorkloadFileError) -> OrderFlowHeader {
    var header = OrderFlowHeader()
    let magic = header.magic
    let count = unsafe withUnsafeMutableBytes(of: &header) { bytes in
      unsafe fread(bytes.baseAddress, bytes.count, 1, file)
    }
    guard count == 1, header.magic == magic else { throw .notAWorkload(path: path) }
    return header
  }
}
