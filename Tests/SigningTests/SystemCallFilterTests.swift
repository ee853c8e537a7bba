import CLinux
import Glibc
import Signing
import Testing

@Suite struct SystemCallFilterTests {
  @Test func `sockets that lead off the machine are refused, local ones and files are not`() async {
    await #expect(processExitsWith: .success) {
      try SystemCallFilter.install()
      for (family, code) in SystemCallFilter.trial() {
        precondition(code == (family == "AF_UNIX" ? 0 : EPERM), "\(family): \(code)")
      }
      precondition(holdfast_try_call(Int(SYS_getpid), 0, 0, 0) == 0)
    }
  }

  @Test func `starting a program ends the process`() async {
    await #expect(processExitsWith: .signal(SIGSYS)) {
      try SystemCallFilter.install()
      _ = holdfast_try_call(Int(SYS_execve), 0, 0, 0)
    }
  }

  @Test func `attaching to a process ends this one`() async {
    await #expect(processExitsWith: .signal(SIGSYS)) {
      try SystemCallFilter.install()
      _ = holdfast_try_call(Int(SYS_ptrace), 16, 1, 0)
    }
  }

  @Test func `reading another process ends this one`() async {
    await #expect(processExitsWith: .signal(SIGSYS)) {
      try SystemCallFilter.install()
      _ = holdfast_try_call(Int(SYS_process_vm_readv), 1, 0, 0)
    }
  }

  @Test func `a queue of calls past the filter ends the process`() async {
    await #expect(processExitsWith: .signal(SIGSYS)) {
      try SystemCallFilter.install()
      _ = holdfast_try_call(Int(SYS_io_uring_setup), 1, 0, 0)
    }
  }

  @Test func `without the filter the same calls end nothing`() async {
    await #expect(processExitsWith: .success) {
      _ = holdfast_try_call(Int(SYS_execve), 0, 0, 0)
      _ = holdfast_try_call(Int(SYS_process_vm_readv), 1, 0, 0)
    }
  }
}
