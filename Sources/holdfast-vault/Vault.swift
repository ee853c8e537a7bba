// The offline tool of key holders, operators and customers: it makes keys, opens them and signs
// with them. It is wiring only; the decisions are in Signing, ColdStorage and KeyHolders. It links no network
// code.
import ArgumentParser
import Signing

@main struct Vault: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holdfast-vault",
    abstract: "Make, check and use keys on a machine without a network.",
    discussion: """
      A wallet begins with a ceremony, which makes one encrypted key file for each holder:
        holdfast-vault ceremony --network regtest --threshold 2 --holders 3 --out keys

      An operator or a customer makes a key of his own:
        holdfast-vault keygen --out alice.key --label alice

      Every command takes --json for a machine-readable answer on standard output.
      """,
    subcommands: [
      CeremonyCommand.self, KeygenCommand.self, LinkKeyCommand.self, InspectCommand.self,
      CheckKeyCommand.self, ShareKeyCommand.self, SharePINCommand.self, TokenWalletCommand.self,
      AddressCommand.self, SignAddressCommand.self,
      SignSanctionsCommand.self,
      SignEnrolmentCommand.self, ApproveUnfreezeCommand.self,
    ],
    groupedSubcommands: [
      CommandGroup(
        name: "Cold storage",
        subcommands: [
          RegisterCommand.self, PoliciesCommand.self, SheetCommand.self, RequestCommand.self,
          ReviewCommand.self, SignCommand.self, FinishCommand.self, IssueAddressesCommand.self,
          VerifyAddressesCommand.self, FindAddressCommand.self, KeyRecordCommand.self,
          WalletRecordCommand.self, CheckRecordCommand.self,
        ]),
      CommandGroup(
        name: "Key holders",
        subcommands: [
          BeatKeyCommand.self, RosterCommand.self, SignRosterCommand.self, HeartbeatCommand.self,
          KeyCheckCommand.self, ClaimCommand.self, ConfirmCommand.self, FreezeCommand.self,
          ThawCommand.self, AcceptLogCommand.self, SplitSeedCommand.self, CombineSharesCommand.self,
        ]),
      CommandGroup(
        name: "Policies of guard and signers",
        subcommands: [
          DraftPolicyCommand.self, SignPolicyCommand.self, CheckPolicyCommand.self,
        ]),
      CommandGroup(name: "Frames", subcommands: [ShowCommand.self, ReadCommand.self]),
    ])

  /// Closes the process to others and to networks before anything is read, then runs the command.
  static func main() {
    do {
      try ProcessSecrecy.close()
      try SystemCallFilter.install()
      var command = try parseAsRoot()
      try command.run()
    } catch {
      exit(withError: error)
    }
  }
}
