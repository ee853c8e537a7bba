import SignerProtocol

/// Carries to each signer what the others say of their records and of his: signers who ask for witnesses
/// give no signature before the others have seen the entry about it.
struct WitnessRound {
  private let signers: SignerGroup
  /// What each signer said last, by line.
  private var words: [Int: Attestation] = [:]

  init(signers: SignerGroup) { self.signers = signers }

  /// Asks the signers on `lines` until nothing is new: first where they are, then what each has seen of
  /// the others, then they hear of that.
  mutating func run(on lines: [Int]) async {
    for _ in 0..<3 {
      let before = words.mapValues { Position($0) }
      await ask(lines)
      if words.mapValues({ Position($0) }) == before { return }
    }
  }

  /// What of a word is news.
  private struct Position: Equatable {
    let own: LogPosition
    let challenge: [UInt8]
    let seen: [Attestation.Seen]

    init(_ word: Attestation) {
      (own, challenge, seen) = (word.own.position, word.challenge, word.seen)
    }
  }

  private mutating func ask(_ lines: [Int]) async {
    let words = words.filter { lines.contains($0.key) }
    let signers = signers
    self.words = await withTaskGroup(of: (Int, Attestation?).self) { group in
      for line in lines {
        let others = words.filter { $0.key != line }.values
        let news = WitnessNews(
          attestations: Array(others), challenges: others.map(\.challenge))
        group.addTask {
          guard case .success(.attested(let word)) = await signers.lines[line].ask(.witness(news))
          else { return (line, nil) }
          return (line, word)
        }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }
}
