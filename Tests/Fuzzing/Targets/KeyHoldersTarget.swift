import KeyHolders

/// Logs of the key holders as anybody may publish them, and what their owners may sign.
enum KeyHoldersTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    var company = SampleHolders.enacted()
    let first = company.log.bytes
    _ = company.take(
      .freeze(SampleHolders.signed(Freeze(number: 1, person: "alice"), by: "alice")))
    company.nextBlock(after: 600_000)
    return [first, company.log.bytes]
      + (UInt8(0)..<8).map { kind in
        (UInt8(0)..<30).flatMap { [kind, $0, $0 &* 7] }
      }
  }

  /// Every act is signed and verified, twice.
  static var cost: Int { 20 }

  static func check(_ input: [UInt8]) {
    if let log = accepted({ () throws(KeyHolderLog.Problem) in try KeyHolderLog(bytes: input) }) {
      require(log.bytes == input, "a log is written as it was read")
      _ = accepted { () throws(KeyHolderLog.Problem) in
        try log.replay { _, _, _, proof in proof == [1] }
      }
    }
    checkStory(input)
  }

  private static let begun = SampleHolders.enacted()

  /// Three bytes an act: what, who, and a number.
  private static func checkStory(_ input: [UInt8]) {
    var company = begun
    var pieces = Pieces(Array(input.prefix(60)))
    while !pieces.isEmpty {
      let (kind, who, number) = (pieces.byte(), pieces.byte(), pieces.byte())
      let name = SampleHolders.names[Int(who) % SampleHolders.names.count]
      act(kind, name, number, in: &company)
      checkStanding(company.state)
    }
    let log = company.log
    let again = sure("a log that we write is one") { () throws(KeyHolderLog.Problem) in
      try KeyHolderLog(bytes: log.bytes)
    }
    require(again == log, "a log is read as it was written")
    let replayed = sure("what was taken is taken again") { () throws(KeyHolderLog.Problem) in
      try again.replay(head: company.state.logHead) { _, _, _, proof in proof == [1] }
    }
    require(replayed.logCount == company.state.logCount, "a replay leaves nothing out")
  }

  private static func act(
    _ kind: UInt8, _ name: String, _ number: UInt8, in company: inout SampleHolders
  ) {
    switch kind % 8 {
    case 0: company.nextBlock(after: Int64(number) * 600_000)
    case 1: _ = company.take(.beat(SampleHolders.signed(company.beat(of: name), by: name)))
    case 2:
      let claim = Claim(
        number: company.state.claimCount + UInt64(number & 1), wallet: .hot,
        person: SampleHolders.seats[Int(number) % 3], reason: .unreachable, claimant: name)
      _ = company.take(.claim(SampleHolders.signed(claim, by: name)))
    case 3:
      let word = Confirmation(claim: UInt64(number % 4), person: name)
      _ = company.take(.confirm(SampleHolders.signed(word, by: name)))
    case 4:
      let freeze = Freeze(number: company.state.freezeCount + UInt64(number & 1), person: name)
      _ = company.take(.freeze(SampleHolders.signed(freeze, by: name)))
    case 5:
      let thaw = Thaw(freeze: UInt64(number % 4), person: name)
      _ = company.take(.thaw(SampleHolders.signed(thaw, by: name)))
    case 6:
      let check = company.keyCheck(of: name, proof: [number & 1])
      _ = company.take(.keyCheck(SampleHolders.signed(check, by: name)))
    default:
      let roster = SampleHolders.roster(version: UInt32(number % 4))
      let count = Int(number) % (SampleHolders.names.count + 1)
      let signatures = SampleHolders.names.prefix(count).map {
        SampleHolders.signature(roster, by: $0)
      }
      _ = company.take(.enact(roster, signatures: signatures))
    }
  }

  private static func checkStanding(_ state: KeyHolders) {
    guard let standing = state.standing(of: .hot) else { fatalError("the wallet has a standing") }
    require(
      (0...3).contains(standing.live) && standing.threshold == 2, "three seats, two of which sign")
    require(!state.isFrozen || standing.service == .suspended, "a freeze suspends")
    let people = state.peopleInService(of: .hot)
    require(Set(people).count == people.count, "nobody has two seats")
  }
}
