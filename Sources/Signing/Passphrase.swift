// Unsafe file. Sound because every read goes to one byte inside a buffer whose bound was checked
// just before, and every other pointer is that of a local value or a text that lives through the
// call.
public import Cryptography
import Glibc

/// Where a passphrase comes from.
public enum PassphraseSource: Hashable, Sendable {
  /// The terminal, without echo, after `prompt`.
  case terminal(prompt: String)
  /// A file that nobody but its owner may read; the passphrase is its only line.
  case file(String)
  /// The next line of an open descriptor, such as 0 for the standard input. Nothing behind the line
  /// is consumed, so several passphrases can follow each other.
  case descriptor(Int32)
}

/// Why no passphrase could be read.
public enum PassphraseError: Error, Equatable, Sendable {
  /// There is no terminal to ask on.
  case noTerminal
  /// The person pressed Ctrl-C.
  case interrupted
  /// Nothing came before the end of line or file.
  case empty(from: String)
  /// More than ``Passphrase/limit`` bytes.
  case tooLong(from: String)
  /// Fewer bytes than a new key asks for.
  case tooShort(minimum: Int)
  /// The second entry differs from the first.
  case notTheSame
  /// The file is no regular file.
  case notAFile(String)
  /// The file belongs to another user.
  case foreignOwner(String)
  /// Group or others may read or change the file.
  case permissionsTooOpen(String, mode: UInt32)
  /// There is more than one line in the file.
  case moreThanOneLine(String)
  /// The system refused, with `errno`.
  case system(call: String, source: String, code: Int32)
  /// The system grants no locked memory.
  case memoryNotLocked
}

extension PassphraseError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noTerminal: "there is no terminal to ask for the passphrase; give it in a file"
    case .interrupted: "interrupted"
    case .empty(let source): "\(source): no passphrase, the line is empty"
    case .tooLong(let source): "\(source): the passphrase is longer than \(Passphrase.limit) bytes"
    case .tooShort(let minimum): "a passphrase for a new key needs at least \(minimum) characters"
    case .notTheSame: "the two entries differ"
    case .notAFile(let path): "\(path): not a regular file"
    case .foreignOwner(let path): "\(path): belongs to another user"
    case .permissionsTooOpen(let path, let mode):
      "\(path): mode \(String(mode, radix: 8)) lets others in; allowed is 600 or 400"
    case .moreThanOneLine(let path): "\(path): more than one line; the passphrase is one line"
    case .system(let call, let source, let code): "\(source): cannot \(call): \(systemReason(code))"
    case .memoryNotLocked:
      "the system grants no locked memory; raise the limit (ulimit -l, LimitMEMLOCK)"
    }
  }
}

/// Reads passphrases straight into locked memory.
public enum Passphrase {
  /// Longest passphrase, in bytes.
  public static let limit = 1024
  /// Shortest passphrase that a new key accepts, in bytes.
  public static let minimumForNewKey = 12

  /// Reads one passphrase.
  public static func read(_ source: PassphraseSource) throws(PassphraseError) -> SecretBytes {
    switch source {
    case .terminal(let prompt): try PassphraseTerminal.read(prompt: prompt)
    case .file(let path): try readFile(path)
    case .descriptor(let descriptor):
      try line(of: descriptor, source: "descriptor \(descriptor)", isEdited: false)
    }
  }

  /// Reads the passphrase of a key about to be made: long enough, and on a terminal twice.
  ///
  /// - Parameter refused: On a terminal, told why an entry will not do before it is asked for again;
  ///   the third one that will not do is thrown.
  public static func readNew(
    _ source: PassphraseSource, refused: (PassphraseError) -> Void = { _ in }
  ) throws(PassphraseError) -> SecretBytes {
    if case .terminal = source {
      for _ in 0..<2 {
        do { return try readNewOnce(source) } catch {
          switch error {
          case .empty, .tooLong, .tooShort, .notTheSame: refused(error)
          default: throw error
          }
        }
      }
    }
    return try readNewOnce(source)
  }

  private static func readNewOnce(
    _ source: PassphraseSource
  ) throws(PassphraseError) -> SecretBytes {
    let passphrase = try read(source)
    guard passphrase.count >= minimumForNewKey else { throw .tooShort(minimum: minimumForNewKey) }
    if case .terminal(let prompt) = source {
      let again = try read(.terminal(prompt: "\(prompt) (again)"))
      guard isSame(passphrase, again) else { throw .notTheSame }
    }
    return passphrase
  }

  private static func isSame(_ a: SecretBytes, _ b: SecretBytes) -> Bool {
    guard a.count == b.count else { return false }
    let difference = try? unsafe a.withUnsafeBytes { a throws(CryptographyError) in
      try unsafe b.withUnsafeBytes { b in
        var difference: UInt8 = 0
        for index in 0..<a.count { unsafe difference |= a[index] ^ b[index] }
        return difference
      }
    }
    return difference == 0
  }

  /// Reads a file of secret lines, such as dice rolls: at least one, each at most ``limit`` bytes.
  public static func readLines(ofFile path: String) throws(PassphraseError) -> [SecretBytes] {
    let file = try openPrivate(path)
    defer { _ = close(file) }
    var lines: [SecretBytes] = []
    while true {
      do { lines.append(try line(of: file, source: path, isEdited: false)) } catch .empty {
        guard !lines.isEmpty else { throw .empty(from: path) }
        return lines
      }
    }
  }

  private static func readFile(_ path: String) throws(PassphraseError) -> SecretBytes {
    let file = try openPrivate(path)
    defer { _ = close(file) }
    let passphrase = try line(of: file, source: path, isEdited: false)
    var next: UInt8 = 0
    guard unsafe Glibc.read(file, &next, 1) == 0 else { throw .moreThanOneLine(path) }
    return passphrase
  }

  /// Opens a regular file that only its owner, this user or root, may read.
  static func openPrivate(_ path: String) throws(PassphraseError) -> Int32 {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard file >= 0 else { throw .system(call: "open", source: path, code: errno) }
    var status = stat()
    var failure: PassphraseError?
    if unsafe fstat(file, &status) != 0 {
      failure = .system(call: "fstat", source: path, code: errno)
    } else if status.st_mode & S_IFMT != S_IFREG {
      failure = .notAFile(path)
    } else if status.st_uid != geteuid(), status.st_uid != 0 {
      failure = .foreignOwner(path)
    } else if status.st_mode & 0o077 != 0 {
      failure = .permissionsTooOpen(path, mode: status.st_mode & 0o777)
    }
    if let failure {
      _ = close(file)
      throw failure
    }
    return file
  }

  private enum Ending {
    case line
    case tooLong
    case interrupted
    case failed(Int32)
  }

  /// Reads up to the end of the line, byte by byte so that nothing behind it is consumed.
  ///
  /// - Parameter isEdited: Obeys backspace, Ctrl-U and Ctrl-C, as a terminal in raw mode sends them.
  static func line(
    of descriptor: Int32, source: String, isEdited: Bool
  ) throws(PassphraseError) -> SecretBytes {
    var count = 0
    var ending = Ending.line
    do {
      let scratch = try unsafe SecretBytes(count: limit + 1) { buffer in
        reading: while true {
          guard count <= limit, let place = unsafe buffer.baseAddress?.advanced(by: count) else {
            ending = .tooLong
            return
          }
          let got = unsafe Glibc.read(descriptor, place, 1)
          if got < 0, errno == EINTR { continue }
          if got < 0 { ending = .failed(errno) }
          if got <= 0 { return }
          switch unsafe buffer[count] {
          case UInt8(ascii: "\n"): return
          case UInt8(ascii: "\r") where isEdited: return
          case 3 where isEdited:
            ending = .interrupted
            return
          case 4 where isEdited: return
          case 0x15 where isEdited: count = 0
          case 0x08 where isEdited, 0x7F where isEdited:
            // One character may be several bytes of UTF-8.
            while count > 0 {
              count -= 1
              if unsafe buffer[count] & 0xC0 != 0x80 { break }
            }
          default: count += 1
          }
        }
      }
      switch ending {
      case .line: break
      case .tooLong: throw PassphraseError.tooLong(from: source)
      case .interrupted: throw PassphraseError.interrupted
      case .failed(let code):
        throw PassphraseError.system(call: "read", source: source, code: code)
      }
      // A file written on another system may end its line with CR LF.
      if count > 0, try unsafe scratch.withUnsafeBytes({ unsafe $0[count - 1] }) == 13 {
        count -= 1
      }
      guard count > 0 else { throw PassphraseError.empty(from: source) }
      guard scratch.isLocked else { throw PassphraseError.memoryNotLocked }
      return try scratch.part(0..<count)
    } catch let error as PassphraseError {
      throw error
    } catch {
      throw .memoryNotLocked
    }
  }
}
