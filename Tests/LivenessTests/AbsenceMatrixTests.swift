import Bitcoin
import Descriptors
import Liveness
import Testing

@Suite struct AbsenceMatrixTests {
  private func set(_ names: String, of matrix: AbsenceMatrix) throws -> Set<KeyOrigin> {
    Set(
      try names.split(separator: " ").map { name in
        try #require(matrix.people.all.first { matrix.people.name(of: $0) == String(name) })
      })
  }

  @Test(arguments: DecayingPolicy.Form.allCases)
  func `a hot wallet opens as its design says`(form: DecayingPolicy.Form) throws {
    let wallet = try Wallet(.hot(delays: [1008, 4032]), form: form)
    let matrix = try AbsenceMatrix(wallet.descriptor)
    #expect(matrix.delays == [0, 1008, 4032])
    let cells: [(present: String, opens: UInt32?)] = [
      ("H1 H2", 0), ("H1 H3 B2", 0), ("H1 B2", 1008), ("B1 B3", 1008), ("H1 B1 H2 B2", 0),
      ("H1 B1", nil), ("H1", nil), ("B3 H3 R1 R2", nil), ("R1 R3 R5", 4032),
      ("H1 B1 R1 R2 R4", 4032), ("", nil),
    ]
    for cell in cells {
      #expect(
        matrix.opening(for: try set(cell.present, of: matrix)) == cell.opens, "\(cell.present)")
    }
  }

  @Test(arguments: DecayingPolicy.Form.allCases)
  func `a cold wallet opens as its design says`(form: DecayingPolicy.Form) throws {
    let wallet = try Wallet(.cold(delays: [12_960, 25_920, 61_200]), form: form)
    let matrix = try AbsenceMatrix(wallet.descriptor)
    let cells: [(present: String, opens: UInt32?)] = [
      ("H1 H2 H5", 0), ("H1 H2 B4", 12_960), ("B2 B3 B4", 12_960), ("H1 B1 H2 B2", nil),
      ("H1 B1 H2 B2 R1", 25_920), ("B1 B2 R1 R2", 61_200), ("R2 R3", 61_200), ("R1 H1", nil),
    ]
    for cell in cells {
      #expect(
        matrix.opening(for: try set(cell.present, of: matrix)) == cell.opens, "\(cell.present)")
    }
  }

  /// Counted by hand: n of m choose.
  @Test func `every set of a hot wallet's people is counted once`() throws {
    let matrix = try AbsenceMatrix(Wallet(.hot(delays: [1008, 4032]), form: .wsh).descriptor)
    let rows = try matrix.rows()
    func sets(_ delay: UInt32?) -> Int {
      rows.filter { $0.delay == delay }.reduce(0) { $0 + $1.count }
    }
    // Two or three of three holders, with any of eight others.
    #expect(sets(0) == 4 * 256)
    // Two or three of three slots (3 of 4 ways to fill each, 1 to leave it empty): 54; less those
    // with two holders: 4 of 8 times the 8 of the successors, 32; times 32 of the council.
    #expect(sets(1008) == (54 - 32) * 32)
    // At most one slot: 10; the council with three or more of five: 16, with fewer: 16.
    #expect(sets(4032) == 10 * 16)
    #expect(sets(nil) == 10 * 16)
    #expect(rows.reduce(0) { $0 + $1.count } == 2048)
  }

  @Test func `with four of a cold wallet's people missing something always opens`() throws {
    let matrix = try AbsenceMatrix(
      Wallet(.cold(delays: [12_960, 25_920, 61_200]), form: .tr).descriptor)
    let rows = try matrix.rows(missing: 4)
    // 13 choose 0 to 4.
    let sets: Int = 1 + 13 + 78 + 286 + 715
    #expect(rows.map(\.count).reduce(0, +) == sets)
    #expect(rows.allSatisfy { $0.delay != nil })
    // However they are chosen, the successors are enough after 90 days.
    #expect(rows.allSatisfy { ($0.delay ?? .max) <= 12_960 })
  }

  @Test func `a policy of locks by time has no such table`() throws {
    let wallet = try Wallet(.hot(delays: [1008, 4032]), form: .wsh)
    let text = String(wallet.descriptor.text.split(separator: "#")[0])
      .replacing("older(1008)", with: "older(4194305)")
    let descriptor = try Descriptor(parsing: text, network: .regtest)
    #expect(throws: AbsenceMatrix.Fault.timeLock(4_194_305)) { try AbsenceMatrix(descriptor) }
  }
}
