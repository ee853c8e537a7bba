import Glibc
import Signing
import Testing

@Suite struct ProcessSecrecyTests {
  @Test func `a closed process leaves no core dump`() async {
    await #expect(processExitsWith: .success) {
      try ProcessSecrecy.close()
      var limit = rlimit(rlim_cur: 1, rlim_max: 1)
      let got = unsafe getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
      #expect(got == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0)
    }
  }
}
