/// One figure of the table: what the project commits to, what it aims for, and what this run measured.
struct Row: Encodable, Sendable {
  enum Verdict: String, Encodable, Sendable {
    case met, missed
    /// There was nothing to measure it with; the note says what.
    case unmeasured = "not measured"
  }

  /// A limit from either side.
  enum Goal: Sendable {
    case atMost(Double)
    case atLeast(Double)

    var limit: Double {
      switch self {
      case .atMost(let limit), .atLeast(let limit): limit
      }
    }

    func verdict(on value: Double) -> Verdict {
      switch self {
      case .atMost(let limit): value <= limit ? .met : .missed
      case .atLeast(let limit): value >= limit ? .met : .missed
      }
    }

    var text: String {
      switch self {
      case .atMost(let limit): "<= \(Figure.text(limit))"
      case .atLeast(let limit): ">= \(Figure.text(limit))"
      }
    }
  }

  let figure: String
  let unit: String
  let commit: Goal
  let aim: Goal
  /// Medians of what was measured in this run.
  let measured: Double?
  /// What it was made of.
  let note: String

  init(
    _ figure: String, unit: String = "", commit: Goal, aim: Goal, measured: Double?, note: String
  ) {
    self.figure = figure
    self.unit = unit
    self.commit = commit
    self.aim = aim
    self.measured = measured
    self.note = note
  }

  var verdict: Verdict { measured.map(commit.verdict) ?? .unmeasured }
  var aimVerdict: Verdict { measured.map(aim.verdict) ?? .unmeasured }

  private enum Key: String, CodingKey {
    case figure, unit, commit, aim, measured, verdict, aimVerdict, note
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(figure, forKey: .figure)
    try values.encode(unit, forKey: .unit)
    try values.encode(commit.text, forKey: .commit)
    try values.encode(aim.text, forKey: .aim)
    try values.encodeIfPresent(measured, forKey: .measured)
    try values.encode(verdict, forKey: .verdict)
    try values.encode(aimVerdict, forKey: .aimVerdict)
    try values.encode(note, forKey: .note)
  }
}
