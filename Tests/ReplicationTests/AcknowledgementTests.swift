import Testing

@testable import Replication

@Suite struct AcknowledgementTests {
  private static func machine(
    _ withoutStandby: AcknowledgementRule.WithoutStandby
  ) -> AcknowledgementMachine {
    AcknowledgementMachine(
      rule: .standby(patienceMilliseconds: 500, withoutStandby: withoutStandby))
  }

  @Test func `an answer that needs only the own disk waits for nobody`() {
    var machine = AcknowledgementMachine(rule: .ownDisk)
    #expect(machine.decide(batch: 9, confirmed: nil, waited: 0) == .tell)
    #expect(machine.state == .ownDisk)
  }

  @Test func `answers wait once a standby is close, and fall back when it is gone`() {
    var machine = Self.machine(.degrade)
    #expect(machine.state == .degraded)
    #expect(machine.decide(batch: 100, confirmed: nil, waited: 0) == .tell)
    // Far behind: it catches up while answers go on.
    #expect(machine.decide(batch: 100, confirmed: 20, waited: 0) == .tell)
    #expect(machine.state == .degraded)
    #expect(machine.decide(batch: 101, confirmed: 99, waited: 0) == .wait(milliseconds: 500))
    #expect(machine.state == .standby)
    #expect(machine.decide(batch: 101, confirmed: 100, waited: 40) == .wait(milliseconds: 460))
    #expect(machine.decide(batch: 101, confirmed: 101, waited: 60) == .tell)
    #expect(machine.decide(batch: 102, confirmed: nil, waited: 499) == .wait(milliseconds: 1))
    #expect(machine.decide(batch: 102, confirmed: nil, waited: 500) == .tell)
    #expect(machine.state == .degraded)
    #expect(machine.decide(batch: 103, confirmed: nil, waited: 0) == .tell)
    #expect(machine.decide(batch: 104, confirmed: 104, waited: 0) == .tell)
    #expect(machine.state == .standby)
  }

  @Test func `answers do not wait again for a standby that stands still`() {
    var machine = Self.machine(.degrade)
    machine.observe(head: 100, confirmed: 100)
    #expect(machine.decide(batch: 101, confirmed: 100, waited: 500) == .tell)
    #expect(machine.state == .degraded)
    for batch in UInt64(102)...120 {
      #expect(machine.decide(batch: batch, confirmed: 100, waited: 0) == .tell)
    }
    #expect(machine.state == .degraded)
    // It has what it missed and is close: worth waiting for.
    #expect(machine.decide(batch: 121, confirmed: 101, waited: 0) == .wait(milliseconds: 500))
    #expect(machine.state == .standby)
  }

  @Test func `a standby that has everything counts before the next command comes`() {
    var machine = Self.machine(.degrade)
    machine.observe(head: 5, confirmed: nil)
    machine.observe(head: 5, confirmed: 4)
    #expect(machine.state == .degraded)
    machine.observe(head: 5, confirmed: 5)
    #expect(machine.state == .standby)
    #expect(machine.decide(batch: 6, confirmed: 5, waited: 0) == .wait(milliseconds: 500))
    var own = AcknowledgementMachine(rule: .ownDisk)
    own.observe(head: 5, confirmed: 5)
    #expect(own.state == .ownDisk)
  }

  @Test func `where that is asked for, no answer is given without a standby`() {
    var machine = Self.machine(.stop)
    #expect(machine.decide(batch: 1, confirmed: nil, waited: 0) == .wait(milliseconds: 500))
    #expect(machine.decide(batch: 1, confirmed: 0, waited: 499) == .wait(milliseconds: 1))
    #expect(machine.decide(batch: 1, confirmed: 0, waited: 500) == .stop)
    #expect(machine.state == .standby)
  }
}
