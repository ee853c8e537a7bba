// Unsafe file. Sound because the program handed to the kernel is an array that lives through the call,
// with its own length; the kernel copies it.
import CLinux
import Glibc

/// Takes from this process what a key's process never needs: networks, other programs, and a look into
/// other processes. See seccomp(2) and docs/decisions/0029.
///
/// What is refused with an error: every socket but the local ones (AF_UNIX). What ends the process at
/// once: starting a program, attaching to or reading another process, io_uring (which would make
/// sockets past the filter), loading programs into the kernel, and any call of another
/// architecture. It cannot be taken off again, and holds for every thread and child.
public enum SystemCallFilter {
  /// Why the filter could not be put on.
  public struct Failure: Error, CustomStringConvertible, Sendable {
    /// The call that failed.
    public let call: String
    /// Its `errno`.
    public let code: Int32
    public var description: String {
      "\(call): \(systemReason(code)): this system cannot confine the process"
    }
  }

  /// Calls that end the process, by name and number.
  static let deadly: [(name: String, number: Int32)] = [
    ("execve", SYS_execve), ("execveat", SYS_execveat), ("ptrace", SYS_ptrace),
    ("process_vm_readv", SYS_process_vm_readv), ("process_vm_writev", SYS_process_vm_writev),
    ("pidfd_getfd", SYS_pidfd_getfd), ("kcmp", SYS_kcmp),
    ("io_uring_setup", SYS_io_uring_setup), ("io_uring_enter", SYS_io_uring_enter),
    ("io_uring_register", SYS_io_uring_register), ("bpf", SYS_bpf),
    ("perf_event_open", SYS_perf_event_open), ("userfaultfd", SYS_userfaultfd),
    ("init_module", SYS_init_module), ("finit_module", SYS_finit_module),
    ("kexec_load", SYS_kexec_load), ("mount", SYS_mount), ("setns", SYS_setns),
    ("unshare", SYS_unshare),
  ]

  /// Calls that make sockets; they may make local ones.
  static let sockets: [Int32] = [SYS_socket, SYS_socketpair]

  /// Puts the filter on. Call it before anything from outside is read.
  public static func install() throws(Failure) {
    guard holdfast_forbid_privileges() == 0 else {
      throw Failure(call: "prctl(PR_SET_NO_NEW_PRIVS)", code: errno)
    }
    let steps = program()
    let code = unsafe holdfast_install_filter(steps, UInt16(steps.count))
    guard code == 0 else { throw Failure(call: "seccomp", code: code) }
  }

  /// Tries to make a socket of each family that leads off this machine, and a local one.
  ///
  /// - Returns: Of each family its `errno`, or 0 when there was a socket.
  public static func trial() -> [(family: String, code: Int32)] {
    let families: [(String, Int32)] = [
      ("AF_INET", AF_INET), ("AF_INET6", AF_INET6), ("AF_NETLINK", AF_NETLINK),
      ("AF_PACKET", AF_PACKET), ("AF_UNIX", AF_UNIX),
    ]
    return families.map { name, family in
      let descriptor = socket(family, Int32(SOCK_DGRAM.rawValue), 0)
      guard descriptor >= 0 else { return (name, errno) }
      _ = Glibc.close(descriptor)
      return (name, 0)
    }
  }

  /// The filter as the kernel runs it for each call: first the architecture, then the number, and of
  /// a socket its family.
  static func program() -> [sock_filter] {
    // Places in struct seccomp_data.
    let (number, architecture, firstArgument): (UInt32, UInt32, UInt32) = (0, 4, 16)
    let kill: UInt32 = 0x8000_0000
    let allow: UInt32 = 0x7FFF_0000
    let refuse: UInt32 = 0x0005_0000 | UInt32(EPERM)
    var steps = [
      load(architecture),
      unlessEqual(holdfast_audit_architecture, skip: 0, otherwise: 1),
      jump(1), answer(kill),
      load(number),
    ]
    #if arch(x86_64)
      // The calls of the x32 interface have other numbers on the same architecture.
      steps += [
        sock_filter(code: 0x35, jt: 0, jf: 1, k: 0x4000_0000),
        answer(kill),
      ]
    #endif
    for call in deadly {
      steps += [unlessEqual(UInt32(call.number), skip: 0, otherwise: 1), answer(kill)]
    }
    for call in sockets {
      steps += [
        unlessEqual(UInt32(call), skip: 0, otherwise: 4),
        load(firstArgument),
        unlessEqual(UInt32(AF_UNIX), skip: 1, otherwise: 0),
        answer(refuse), answer(allow),
      ]
    }
    return steps + [answer(allow)]
  }

  /// BPF_LD | BPF_W | BPF_ABS.
  private static func load(_ place: UInt32) -> sock_filter {
    sock_filter(code: 0x20, jt: 0, jf: 0, k: place)
  }

  /// BPF_JMP | BPF_JEQ | BPF_K: skips so many steps when what was loaded is `value`, and otherwise.
  private static func unlessEqual(_ value: UInt32, skip: UInt8, otherwise: UInt8) -> sock_filter {
    sock_filter(code: 0x15, jt: skip, jf: otherwise, k: value)
  }

  /// BPF_JMP | BPF_JA.
  private static func jump(_ count: UInt32) -> sock_filter {
    sock_filter(code: 0x05, jt: 0, jf: 0, k: count)
  }

  /// BPF_RET | BPF_K.
  private static func answer(_ value: UInt32) -> sock_filter {
    sock_filter(code: 0x06, jt: 0, jf: 0, k: value)
  }
}
