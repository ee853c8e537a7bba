public import Link
public import SignerProtocol

/// Serves one connection: a request, its answer, and again, until the other side goes away.
public enum SignerSession {
  /// How long an answer may take to go out.
  static let patience: Duration = .seconds(30)
  /// How long a silent connection is looked at before its owner may do something else.
  static let pause: Duration = .seconds(1)

  /// Answers requests on `connection` until it ends or `shouldStop` says so.
  ///
  /// A damaged, replayed or foreign frame ends the session; a message of the guard's that cannot be
  /// read is answered with a refusal.
  ///
  /// - Returns: Why the connection ended, or `nil` when `shouldStop` did it.
  public static func serve(
    _ connection: consuming AnsweringConnection, with signer: Signer, shouldStop: () -> Bool,
    note: (SignerAnswer) -> Void
  ) -> LinkError? {
    defer { connection.close() }
    while !shouldStop() {
      // What went wrong is said to the next request.
      try? signer.obeyFreezeFile()
      signer.askHolder()
      if let outcome = signer.takePolicyFile() { note(outcome) }
      do {
        let message = try connection.read(before: .now.advanced(by: pause))
        let answer: SignerAnswer
        if let request = try? SignerRequest(type: message.type, payload: message.payload) {
          answer = signer.answer(request)
        } else {
          answer = signer.refuseUnreadable(message.payload)
        }
        note(answer)
        try connection.answer(
          LinkMessage(type: answer.type.rawValue, payload: answer.payload),
          before: .now.advanced(by: patience))
      } catch .timedOut {
        continue
      } catch {
        return error
      }
    }
    return nil
  }
}
