import ArgumentParser
import KeyOptions
import Bitcoin
import Cryptography
import Descriptors
import Signing

/// Makes all keys of one wallet.
struct CeremonyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ceremony",
    abstract: "Make the keys of a wallet and of its guard.",
    discussion: """
      Writes into a folder: holder-1.key and so on (one for each holder, encrypted), a backup key \
      for each holder's successor (backup-1.key ...), the recovery council's keys (council-1.key \
      ...), guard.key (the key with which the guard signs releases, encrypted), wallet.descriptor \
      (public) and ceremony.json (public: fingerprints, xpubs, first addresses to compare on \
      another device). Nothing is ever overwritten; every file is read back and opened before the \
      command ends.

      The policy decays: each coin that nobody spends opens to others as it ages, by relative locks \
      of the chain.
        hot       the holders; after 1008 blocks each holder or his backup, still as many; after \
      4032 blocks the council
        cold      the holders; after 12960 blocks each holder or his backup; after 25920 blocks \
      fewer holders with one trustee; after 61200 blocks the trustees
        multisig  the holders and nobody else, ever

      With --people, the ceremony is held only when nobody's roles or journeys meet: a line for \
      each key with its person and region, each custodian of a vault, each owner of a sheet's \
      passphrase and each journey (docs/operations/holdfast-vault.md). Cold storage on mainnet \
      needs it. ceremony.people keeps the lines, and the record their digest.

      Passphrases have at least 12 characters, one for each key: holders, backups, council, \
      trustees, guard; asked on the terminal, or one --passphrase-file for each key in that order, \
      or with --passphrase-stdin one line for each key.

      With --share-among, each holder's key is sealed once more, for the signer's machine: \
      holder-1.shared.key opens with so many of those people's shares, the words in \
      holder-1.PERSON.share (see share-key).

      Examples:
        holdfast-vault ceremony --network mainnet --threshold 2 --holders 3 \\
          --form tr --out keys --dice rolls
        holdfast-vault ceremony --network mainnet --policy cold --threshold 3 \\
          --holders 5 --out cold --dice rolls
        holdfast-vault ceremony --network regtest --policy multisig --threshold 2 \\
          --holders 3 --out keys --kdf interactive --passphrase-stdin < passphrases
      """)

  @Option(help: "The wallet's chain.")
  var network: Network

  @OptionGroup var wallet: WalletOptions

  @Option(help: "How many holders must sign.")
  var threshold: Int

  @Option(help: "How many holders there are, 1 to 15.")
  var holders: Int

  @Option(help: "Folder for the files; made if it is not there.")
  var out: String

  @Option(
    name: .customLong("passphrase-file"), parsing: .singleValue,
    help: "File with one key's passphrase; give it once for each key, the guard's last.")
  var passphraseFiles: [String] = []

  @Flag(
    name: .customLong("passphrase-stdin"),
    help: "Read the passphrases from standard input, one line for each key.")
  var standardInput = false

  @Option(help: "File that says who has which key, who guards the sheets and who travels.")
  var people: String?

  @OptionGroup var sharing: SharingOptions
  @OptionGroup var newKey: NewKeyOptions
  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    guard passphraseFiles.isEmpty || !standardInput else {
      throw ValidationError("--passphrase-file and --passphrase-stdin exclude each other.")
    }
    guard people != nil || wallet.policy != .cold || network != .mainnet else {
      throw ValidationError("Cold storage on mainnet needs --people.")
    }
  }

  func run() throws {
    let plan = try CeremonyPlan(
      network: network, wallet: wallet.plan(threshold: threshold, holders: holders),
      cost: newKey.kdf.cost, created: currentTime(),
      people: try people.map { path in
        let bytes = try KeyFileStorage.read(path, limit: CeremonyPeople.maximumCount)
        return try CeremonyPeople(parsing: String(decoding: bytes, as: UTF8.self))
      })
    let labels = plan.labels
    guard passphraseFiles.isEmpty || passphraseFiles.count == labels.count else {
      throw CeremonyError.passphraseCount(passphraseFiles.count, needed: labels.count)
    }
    let keyNames = labels.map { "\($0).key" }
    for name in keyNames + ["wallet.descriptor", "ceremony.json", "ceremony.people"] {
      guard !KeyFileStorage.exists(path(name)) else { throw KeyFileError.exists(path(name)) }
    }
    let dice = try newKey.diceLines()
    var passphrases: [SecretBytes] = []
    for (index, label) in labels.enumerated() {
      passphrases.append(
        try Passphrase.readNew(source(index: index, label: label)) { report("\($0)") })
    }
    report("Making \(labels.count) keys; this takes a while.")
    let ceremony = try Ceremony(plan: plan, passphrases: passphrases, dice: dice)
    let keys = ceremony.files
    try KeyFileStorage.makeFolder(out)
    var written: [String] = []
    do {
      func write(_ bytes: [UInt8], _ name: String, secret: Bool) throws {
        try KeyFileStorage.write(bytes, toNew: path(name), secret: secret)
        written.append(path(name))
      }
      for (name, key) in zip(keyNames, keys) { try write(key.bytes, name, secret: true) }
      let wallet = DescriptorFile(ceremony.descriptor).text
      try write(Array(wallet.utf8), "wallet.descriptor", secret: false)
      if let people = plan.people {
        try write(Array(people.text.utf8), "ceremony.people", secret: true)
      }
      let record = try AnswerOptions.jsonText(ceremony.record) + "\n"
      try write(Array(record.utf8), "ceremony.json", secret: false)
      if sharing.isAsked {
        for (index, key) in ceremony.holders.enumerated() {
          try sharing.share(key, passphrase: passphrases[index], folder: out) {
            written.append($0)
          }
        }
      }
      for (index, (name, key)) in zip(keyNames, keys).enumerated() {
        let read = try KeyFile(parsing: try KeyFileStorage.read(path(name)))
        guard read == key else { throw KeyFileError.altered }
        try read.check(passphrase: passphrases[index])
      }
    } catch {
      // Half a ceremony must not be mistaken for a whole one.
      written.forEach(KeyFileStorage.remove)
      throw error
    }
    try answer.give(ceremony.record, text: summary(ceremony))
  }

  private func path(_ name: String) -> String { out.hasSuffix("/") ? out + name : "\(out)/\(name)" }

  private func source(index: Int, label: String) -> PassphraseSource {
    if !passphraseFiles.isEmpty { return .file(passphraseFiles[index]) }
    return standardInput ? .descriptor(0) : .terminal(prompt: "Passphrase for \(label)")
  }

  private func summary(_ ceremony: Ceremony) -> String {
    let record = ceremony.record
    let people = record.holders + record.backups + record.council + record.trustees
    func column(_ label: String) -> String {
      label + String(repeating: " ", count: max(1, 14 - label.count))
    }
    return """
      Wallet        \(record.threshold) of \(record.holders.count) on \(record.network)
      Who spends    \(record.tiers.joined(separator: "\n              "))
      Policy        \(record.policyID)
      Descriptor    \(record.descriptor)
      \(people.map { column($0.label) + $0.fingerprint }.joined(separator: "\n"))
      guard         \(record.guardPublicKey)
      First deposit addresses, to be compared with those that another device derives:
      \(record.firstReceiveAddresses.enumerated().map { "  \($0)  \($1)" }.joined(separator: "\n"))
      Every key was read back from \(out) and opened with its passphrase.
      """
  }
}
