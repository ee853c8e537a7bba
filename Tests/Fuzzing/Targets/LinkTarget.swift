import Link

/// Frames on the line between guard and signer.
enum LinkTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    let frames = [
      Frame(kind: .handshake, request: 7, payload: [UInt8](repeating: 1, count: 48)),
      Frame(kind: .answer, request: 7, payload: [1, 2, 3]),
    ].compactMap { try? $0.encoded() }
    return frames + [frames.flatMap { $0 }]
  }

  static func check(_ input: [UInt8]) {
    var whole = FrameDecoder()
    let together = Result { try whole.receive(input) }
    var stepwise = FrameDecoder()
    var frames: [Frame] = []
    var problem: (any Error)?
    for byte in input {
      do { frames += try stepwise.receive([byte]) } catch {
        problem = error
        break
      }
    }
    switch together {
    case .success(let received):
      require(problem == nil && received == frames, "chunks do not matter")
      let bytes = frames.flatMap { frame in (try? frame.encoded()) ?? [] }
      require(input.starts(with: bytes), "frames are written as they were read")
      require(whole.isInsideFrame == (bytes.count < input.count), "nothing is lost")
    case .failure(let error):
      checkRefusal(error)
      require(problem != nil, "chunks do not matter")
      require((try? whole.receive([])) == nil, "a refused line stays refused")
    }
    // With a right checksum the search gets further.
    if let first = input.first {
      let kinds = Frame.Kind.allCases
      let frame = Frame(
        kind: kinds[Int(first) % kinds.count], request: UInt32(input.count), payload: input)
      var decoder = FrameDecoder()
      let bytes = sure("a short frame is sent") { () throws(LinkError) in try frame.encoded() }
      let back = sure("a frame that we send is read") { () throws(LinkError) in
        try decoder.receive(bytes)
      }
      require(back == [frame], "a frame comes back")
    }
  }
}
