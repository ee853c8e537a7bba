import Bitcoin
import KeyHolders
import Wire

extension LivenessCheck {
  /// How a wallet stands by the chain's clock.
  func wallet(of keySet: KeySet) -> LivenessReport.Wallet {
    let seats = zip(keySet.seats, state.peopleInService(of: keySet.wallet)).map { seat, person in
      self.seat(person, isSuccessor: person != seat.holder.person, keySet)
    }
    let inTime = seats.count(where: \.isInTime)
    return LivenessReport.Wallet(
      wallet: "\(keySet.wallet)", policyID: Hex.text(keySet.policyID), threshold: keySet.threshold,
      promisedSeconds: keySet.times.lateAfter / 1000, inTime: inTime,
      margin: inTime - keySet.threshold,
      service: state.standing(of: keySet.wallet).map { "\($0.service)" } ?? "suspended",
      seats: seats)
  }

  private func seat(
    _ person: String, isSuccessor: Bool, _ keySet: KeySet
  ) -> LivenessReport.Seat {
    let condition = state.condition(of: person)
    let history = beats[person].flatMap { $0.last.policyID == keySet.policyID ? $0 : nil }
    let height = history.map { Int($0.last.blockHeight) }
    // A block that the chain has left proves nothing about when it was signed.
    let isOfTheChain = height.flatMap(headers.hash(at:))?.bytes == history?.last.blockHash
    let age = isOfTheChain ? height.flatMap(headers.time(at:)).map { headers.time - $0 } : nil
    return LivenessReport.Seat(
      person: person, isSuccessor: isSuccessor, beats: history?.count ?? 0,
      sequence: history?.last.sequence, blockHeight: height, ageSeconds: age,
      isInTime: condition != .surrendered
        && age.map { $0 <= keySet.times.lateAfter / 1000 } ?? false,
      longestSilenceSeconds: max(history?.longestSilence ?? 0, age ?? 0),
      lastDrill: history.flatMap { $0.last.lastDrill > 0 ? $0.last.lastDrill / 1000 : nil },
      condition: condition.map { "\($0)" } ?? "unknown")
  }
}
