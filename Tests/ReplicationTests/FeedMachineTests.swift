import Replication
import Testing

@Suite struct FeedMachineTests {
  static let zeros = [UInt8](repeating: 0, count: 32)
  static let identity = [UInt8](repeating: 1, count: 32)
  static let hash = [UInt8](repeating: 2, count: 32)

  static func hello(
    version: UInt16 = ReplicationMessage.version, role: FollowerRole = .standby,
    identity: [UInt8] = identity, sequence: UInt64 = 5, hash: [UInt8] = hash, term: UInt64 = 1,
    credit: UInt32 = 1000
  ) -> ReplicationMessage {
    .hello(
      .init(
        version: version, role: role, identity: identity, sequence: sequence, hash: hash,
        term: term, credit: credit, name: "standby"))
  }

  static func place(
    head: UInt64 = 9, term: UInt64 = 1, hash: [UInt8]? = hash, refusal: FollowerRefusal? = nil
  ) -> FeedMachine.Place {
    .init(identity: identity, head: head, term: term, hash: hash, refusal: refusal)
  }

  static func machine() -> FeedMachine {
    FeedMachine(options: FeedOptions(), fence: "/fence", at: 0)
  }

  /// A follower at batch 5 of 9 that was welcomed.
  static func streaming(credit: UInt32 = 1000) -> FeedMachine {
    var machine = machine()
    _ = machine.receive(hello(credit: credit), at: 0)
    _ = machine.lookedUp(place(), at: 0)
    return machine
  }

  @Test func `a follower on the chain is welcomed and gets what it lacks`() {
    var machine = Self.machine()
    #expect(machine.receive(Self.hello(), at: 0) == [.lookUp(sequence: 5)])
    let welcome = ReplicationMessage.Welcome(
      identity: Self.identity, head: 9, term: 1, heartbeatMilliseconds: 200, fence: "/fence")
    #expect(
      machine.lookedUp(Self.place(), at: 0) == [
        .send(.welcome(welcome)), .progressed(sequence: 5), .read(after: 5, limitBytes: 1000),
      ])
    let batches: [[UInt8]] = [[6], [7, 7]]
    #expect(
      machine.read(batches, through: 7, at: 0) == [
        .send(.batches(batches)), .read(after: 7, limitBytes: 997),
      ])
  }

  @Test(arguments: [
    (hello(version: 2), place(), FollowerRefusal.unknownVersion(spoken: 2)),
    (hello(identity: hash), place(), .otherJournal),
    (hello(sequence: 10), place(hash: nil), .ahead(follower: 10, head: 9)),
    (hello(hash: identity), place(), .forked(at: 5)),
    (hello(term: 2), place(), .higherTerm(follower: 2, own: 1)),
    (hello(sequence: 10, term: 2), place(hash: nil), .higherTerm(follower: 2, own: 1)),
    (hello(), place(hash: nil), .unreadable(at: 5)),
    (hello(), place(hash: nil, refusal: .pruned(after: 5)), .pruned(after: 5)),
  ])
  func `a follower that cannot go on from here is told why`(
    hello: ReplicationMessage, place: FeedMachine.Place, refusal: FollowerRefusal
  ) {
    var machine = Self.machine()
    var actions = machine.receive(hello, at: 0)
    if actions == [.lookUp(sequence: 5)] || actions == [.lookUp(sequence: 10)] {
      actions = machine.lookedUp(place, at: 0)
    }
    #expect(actions == [.send(.refusal(refusal)), .close(.refused(refusal))])
    #expect(machine.headMoved(to: 20, term: 1).isEmpty)
    #expect(machine.timePassed(to: 1_000_000).isEmpty)
  }

  @Test func `without credit nothing is read, and with it no more than that`() {
    var machine = Self.streaming(credit: 100)
    // A single batch may exceed the credit, or it would never come.
    let big = [UInt8](repeating: 0, count: 250)
    #expect(machine.read([big], through: 6, at: 0) == [.send(.batches([big]))])
    #expect(machine.headMoved(to: 12, term: 1).isEmpty)
    #expect(
      machine.receive(.progress(.init(sequence: 6, credit: 150)), at: 0) == [
        .progressed(sequence: 6)
      ])
    #expect(
      machine.receive(.progress(.init(sequence: 6, credit: 100)), at: 0) == [
        .progressed(sequence: 6), .read(after: 6, limitBytes: 100),
      ])
  }

  @Test(arguments: [
    ReplicationMessage.progress(.init(sequence: 10, credit: 0)),
    .progress(.init(sequence: 4, credit: 0)), .progress(.init(sequence: 5, credit: 1)),
    hello(), .heartbeat(.init(head: 1, term: 1)), .batches([[1]]),
  ])
  func `a follower that says what cannot be is dropped`(message: ReplicationMessage) {
    var machine = Self.streaming()
    let actions = machine.receive(message, at: 0)
    #expect(actions.count == 1)
    guard case .close(.misbehaved) = actions.first else {
      Issue.record("\(actions)")
      return
    }
  }

  @Test func `a silent follower is dropped, one that is heard stays and hears`() {
    var machine = Self.streaming()
    #expect(machine.timePassed(to: 199).isEmpty)
    let heartbeat = FeedMachine.Action.send(.heartbeat(.init(head: 9, term: 1)))
    #expect(machine.timePassed(to: 200) == [heartbeat])
    #expect(machine.timePassed(to: 399).isEmpty)
    _ = machine.receive(.progress(.init(sequence: 5, credit: 0)), at: 4_000)
    #expect(machine.timePassed(to: 8_999) == [heartbeat])
    #expect(machine.timePassed(to: 9_000) == [.close(.silent)])
  }

  @Test func `at the end a follower still gets what it lacks, for a moment`() {
    let goodbye: [FeedMachine.Action] = [.send(.refusal(.ending)), .close(.refused(.ending))]
    var machine = Self.streaming()
    #expect(machine.finish(at: 100).isEmpty)
    #expect(machine.read([[6], [7], [8], [9]], through: 9, at: 150).count == 1)
    #expect(machine.finish(at: 200).isEmpty)
    _ = machine.receive(.progress(.init(sequence: 9, credit: 4)), at: 300)
    #expect(machine.finish(at: 300) == goodbye)
    #expect(machine.finish(at: 400).isEmpty)

    machine = Self.streaming()
    #expect(machine.finish(at: 100).isEmpty)
    #expect(machine.finish(at: 3_099).isEmpty)
    #expect(machine.finish(at: 3_100) == goodbye)

    machine = Self.machine()
    #expect(machine.finish(at: 0) == goodbye)
  }

  @Test func `whoever says nothing at all is dropped too`() {
    var machine = Self.machine()
    #expect(machine.timePassed(to: 4_999).isEmpty)
    #expect(machine.timePassed(to: 5_000) == [.close(.silent)])
  }
}
