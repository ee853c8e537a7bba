// Policies owns the documents in which several people set the limits that guard and signers decide by:
// their one form, who has to have signed, which changes count at once and which wait, and the chain that
// they make. It refuses to know what a limit is compared with.

/// What the guard decides by. Amounts in ledger units, times in milliseconds.
public struct GuardTerms: Hashable, Sendable {
  /// A withdrawal above this is refused.
  public var perWithdrawal: Int64
  /// What it releases in any 60 minutes and in any 24 hours.
  public var budgetHour: Int64
  public var budgetDay: Int64
  /// Before the first use of an address-book entry, of a customer's key, and of an address that looks like
  /// one in use; and before the first notice to a contact counts.
  public var newAddress: Int64
  public var newKey: Int64
  public var lookAlike: Int64
  public var newContact: Int64
  /// Whose lists of sanctioned addresses count; without one none is looked at.
  public var sanctions: ListTerms?

  public init(
    perWithdrawal: Int64, budgetHour: Int64, budgetDay: Int64, newAddress: Int64, newKey: Int64,
    lookAlike: Int64, newContact: Int64, sanctions: ListTerms?
  ) {
    self.perWithdrawal = perWithdrawal
    self.budgetHour = budgetHour
    self.budgetDay = budgetDay
    self.newAddress = newAddress
    self.newKey = newKey
    self.lookAlike = lookAlike
    self.newContact = newContact
    self.sanctions = sanctions
  }
}

/// Whose lists of sanctioned addresses count, and for how long.
public struct ListTerms: Hashable, Sendable {
  /// Ed25519, 32 bytes.
  public var issuerKey: [UInt8]
  /// In milliseconds.
  public var maximumAge: Int64

  public init(issuerKey: [UInt8], maximumAge: Int64) {
    self.issuerKey = issuerKey
    self.maximumAge = maximumAge
  }
}

/// What every signer decides by. Amounts in ledger units, times in milliseconds.
public struct SignerTerms: Hashable, Sendable {
  /// What one transaction may take out of the wallet, network fee included.
  public var perTransaction: Int64
  /// What may leave in any 60 minutes and in any 24 hours.
  public var budgetHour: Int64
  public var budgetDay: Int64
  /// Network fee of one transaction, and per virtual byte.
  public var networkFee: Int64
  public var feeRateSatsPerVByte: Int64
  /// Different refusals within an hour after which a signer freezes by itself.
  public var refusals: Int64
  /// Which signers ask their holders, in ascending order of their fingerprints, none twice.
  public var approvals: [ApprovalBand]

  public init(
    perTransaction: Int64, budgetHour: Int64, budgetDay: Int64, networkFee: Int64,
    feeRateSatsPerVByte: Int64, refusals: Int64, approvals: [ApprovalBand]
  ) {
    self.perTransaction = perTransaction
    self.budgetHour = budgetHour
    self.budgetDay = budgetDay
    self.networkFee = networkFee
    self.feeRateSatsPerVByte = feeRateSatsPerVByte
    self.refusals = refusals
    self.approvals = approvals.sorted {
      $0.fingerprint.lexicographicallyPrecedes($1.fingerprint)
    }
  }
}

/// When one signer asks its holder.
public struct ApprovalBand: Hashable, Sendable {
  /// The signer's BIP-32 root fingerprint, 4 bytes.
  public var fingerprint: [UInt8]
  /// A transaction that takes more than this out of the wallet, in ledger units.
  public var above: Int64
  /// How long a question is open, in milliseconds.
  public var timeout: Int64

  public init(fingerprint: [UInt8], above: Int64, timeout: Int64) {
    self.fingerprint = fingerprint
    self.above = above
    self.timeout = timeout
  }
}

/// Who changes a policy, and how long a loosening waits.
public struct ChangeRules: Hashable, Sendable {
  /// One of those whose signatures count.
  public struct Person: Hashable, Sendable {
    public var name: String
    /// Ed25519, 32 bytes.
    public var publicKey: [UInt8]

    public init(name: String, publicKey: [UInt8]) {
      self.name = name
      self.publicKey = publicKey
    }
  }

  /// In ascending order of the bytes of their names, no name and no key twice.
  public var people: [Person]
  /// How many of them sign every document: at least two.
  public var signatures: UInt32
  /// How long a loosening waits, in milliseconds.
  public var delay: Int64

  public init(people: [Person], signatures: UInt32, delay: Int64) {
    self.people = people.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    self.signatures = signatures
    self.delay = delay
  }

  /// Where nobody may: what the configuration says stays.
  public static let nobody = ChangeRules(people: [], signatures: .max, delay: 0)
}
