// Unsafe file. Sound because every pointer handed over is that of a local value or of a text that
// lives through the call.
import Cryptography
import Glibc

/// Asks on the terminal of the process, whatever its standard streams are.
enum PassphraseTerminal {
  static func read(prompt: String) throws(PassphraseError) -> SecretBytes {
    let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { throw .noTerminal }
    defer { _ = close(terminal) }
    var saved = termios()
    guard unsafe tcgetattr(terminal, &saved) == 0 else { throw .noTerminal }
    var quiet = saved
    // Signals are off as well, so that Ctrl-C cannot leave a terminal without echo behind.
    quiet.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
    guard unsafe tcsetattr(terminal, TCSAFLUSH, &quiet) == 0 else {
      throw .system(call: "tcsetattr", source: "/dev/tty", code: errno)
    }
    defer {
      _ = unsafe tcsetattr(terminal, TCSAFLUSH, &saved)
      write("\n", to: terminal)
    }
    // Only now: setting the terminal throws away what was typed before.
    write("\(prompt): ", to: terminal)
    return try Passphrase.line(of: terminal, source: "terminal", isEdited: true)
  }

  private static func write(_ text: String, to terminal: Int32) {
    let bytes = Array(text.utf8)
    _ = unsafe Glibc.write(terminal, bytes, bytes.count)
  }
}
