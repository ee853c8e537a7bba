import Bitcoin
import Liveness
import Testing

@Suite struct HeaderChainTests {
  @Test func `headers read back as they were written, and know what was there when`() throws {
    var company = try Company()
    try company.pass(2 * Company.hour)
    let chain = try company.chain
    let read = try HeaderChain(parsing: chain.text)
    #expect(read.text == chain.text)
    #expect(read.tipHeight == 114 && read.time == company.now)
    #expect(read.tip(at: company.now - 1) == 113)
    #expect(read.tip(at: Company.start) == nil)
  }

  @Test func `headers that are no chain are refused at their place`() throws {
    var company = try Company()
    try company.pass(Company.hour)
    let lines = try company.chain.text.split(separator: "\n").map(String.init)
    func fault(_ lines: [String]) -> HeaderChain.Fault? {
      do { _ = try HeaderChain(parsing: lines.joined(separator: "\n")) } catch { return error }
      return nil
    }
    #expect(fault([]) == .noFirstHeight)
    #expect(fault(Array(lines.dropFirst())) == .noFirstHeight)
    #expect(fault(["# first height: -1"] + lines.dropFirst()) == .noFirstHeight)
    for height in ["+101", "0101", "", "101 "] {
      #expect(fault(["# first height: \(height)"] + lines.dropFirst()) == .noFirstHeight)
    }
    #expect(fault([lines[0]]) == .empty)
    #expect(fault(Array(lines[..<3]) + lines[4...]) == .notUponTheOneBefore(height: 102))
    #expect(fault(lines + ["00"]) == .badLine(lines.count + 1))
    #expect(fault(lines + [lines[1]]) == .notUponTheOneBefore(height: 99 + lines.count))
    // The hardest target with the same nonce: claims work that is not there.
    var header = try #require(company.headers.first)
    header.bits = 0x0300_0001
    #expect(throws: HeaderChain.Fault.noWork(height: 7)) {
      try HeaderChain(firstHeight: 7, headers: [header])
    }
  }
}
