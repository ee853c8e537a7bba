public import Link
public import SignerProtocol

/// Serves one connection: a request, its answer, and again, until the other side goes away.
public enum SignerSession {
  /// How long a half-sent frame may take to arrive, and an answer to go out.
  static let patience: Duration = .seconds(30)
  /// How long a silent connection is looked at before its owner may do something else.
  static let pause: Duration = .seconds(1)

  /// Answers requests on `connection` until it ends or `shouldStop` says so.
  ///
  /// A damaged frame ends the session; a frame whose message cannot be read is answered with a
  /// refusal.
  public static func serve(
    _ connection: consuming FrameConnection, with signer: Signer, shouldStop: () -> Bool,
    note: (SignerAnswer) -> Void
  ) {
    while !shouldStop() {
      let frame: Frame
      do {
        frame = try connection.read(before: .now.advanced(by: pause))
      } catch .timedOut {
        continue
      } catch {
        break
      }
      let answer: SignerAnswer
      if let request = try? SignerRequest(type: frame.type, payload: frame.payload) {
        answer = signer.answer(request)
      } else {
        answer = .refused(SignerRefusal(.malformedRequest, "the message cannot be read"))
      }
      note(answer)
      let reply = Frame(type: answer.type.rawValue, request: frame.request, payload: answer.payload)
      do { try connection.write(reply, before: .now.advanced(by: patience)) } catch { break }
    }
    connection.close()
  }
}
