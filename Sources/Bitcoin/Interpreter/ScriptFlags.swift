/// Rules that a verification enforces beyond those of the first release, by Bitcoin Core's names.
public struct ScriptFlags: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  // Consensus on every network today

  /// Evaluate redeem scripts. See BIP-16.
  public static let p2sh = ScriptFlags(rawValue: 1 << 0)
  /// Strict DER. See BIP-66.
  public static let derSignatures = ScriptFlags(rawValue: 1 << 1)
  /// `OP_CHECKLOCKTIMEVERIFY`. See BIP-65.
  public static let checkLockTimeVerify = ScriptFlags(rawValue: 1 << 2)
  /// `OP_CHECKSEQUENCEVERIFY`. See BIP-112.
  public static let checkSequenceVerify = ScriptFlags(rawValue: 1 << 3)
  /// The extra element of a multi-signature check is empty. See BIP-147.
  public static let nullDummy = ScriptFlags(rawValue: 1 << 4)
  /// Segregated witness. See BIP-141 and BIP-143.
  public static let witness = ScriptFlags(rawValue: 1 << 5)
  /// Taproot and tapscript. See BIP-341 and BIP-342.
  public static let taproot = ScriptFlags(rawValue: 1 << 6)

  // Policy of relaying nodes

  /// Defined signature hash types and key encodings.
  public static let strictEncoding = ScriptFlags(rawValue: 1 << 7)
  /// S in the lower half. See BIP-62, rule 5.
  public static let lowS = ScriptFlags(rawValue: 1 << 8)
  /// Nothing but pushes in every scriptSig. See BIP-62, rule 2.
  public static let signaturePushOnly = ScriptFlags(rawValue: 1 << 9)
  /// Shortest pushes and numbers. See BIP-62, rules 3 and 4.
  public static let minimalData = ScriptFlags(rawValue: 1 << 10)
  /// Refuse the no-operations kept for upgrades.
  public static let discourageUpgradableNops = ScriptFlags(rawValue: 1 << 11)
  /// One element at the end. See BIP-62, rule 6. Only with ``p2sh`` and ``witness``.
  public static let cleanStack = ScriptFlags(rawValue: 1 << 12)
  /// Refuse witness versions kept for upgrades.
  public static let discourageUpgradableWitnessProgram = ScriptFlags(rawValue: 1 << 13)
  /// The argument of `OP_IF` in a witness is empty or 1.
  public static let minimalIf = ScriptFlags(rawValue: 1 << 14)
  /// A signature that fails is empty. See BIP-146.
  public static let nullFail = ScriptFlags(rawValue: 1 << 15)
  /// Compressed keys in version 0 witnesses. See BIP-143.
  public static let witnessPublicKeyType = ScriptFlags(rawValue: 1 << 16)
  /// No `OP_CODESEPARATOR` and no signature inside the script it signs, outside the witness.
  public static let constantScriptCode = ScriptFlags(rawValue: 1 << 17)
  /// Refuse taproot leaf versions kept for upgrades.
  public static let discourageUpgradableTaprootVersion = ScriptFlags(rawValue: 1 << 18)
  /// Refuse tapscript operations kept for upgrades.
  public static let discourageOpSuccess = ScriptFlags(rawValue: 1 << 19)
  /// Refuse tapscript key lengths kept for upgrades.
  public static let discourageUpgradablePublicKeyType = ScriptFlags(rawValue: 1 << 20)

  // Rules of signed messages

  /// Every signature covers all inputs and outputs. See BIP-322, "required rules". No rule of Bitcoin
  /// Core, so it is not among ``names``.
  public static let sighashAll = ScriptFlags(rawValue: 1 << 21)

  /// What every block must keep.
  public static let consensus: ScriptFlags = [
    .p2sh, .derSignatures, .checkLockTimeVerify, .checkSequenceVerify, .nullDummy, .witness,
    .taproot,
  ]

  /// What Bitcoin Core asks of a transaction before it relays it.
  public static let standard: ScriptFlags = [
    .consensus, .strictEncoding, .lowS, .minimalData, .discourageUpgradableNops, .cleanStack,
    .discourageUpgradableWitnessProgram, .minimalIf, .nullFail, .witnessPublicKeyType,
    .constantScriptCode, .discourageUpgradableTaprootVersion, .discourageOpSuccess,
    .discourageUpgradablePublicKeyType,
  ]

  /// Every flag that Bitcoin Core has, under its name, in the order of declaration.
  public static let names: [(name: String, flag: ScriptFlags)] = [
    ("P2SH", .p2sh), ("DERSIG", .derSignatures), ("CHECKLOCKTIMEVERIFY", .checkLockTimeVerify),
    ("CHECKSEQUENCEVERIFY", .checkSequenceVerify), ("NULLDUMMY", .nullDummy),
    ("WITNESS", .witness), ("TAPROOT", .taproot), ("STRICTENC", .strictEncoding),
    ("LOW_S", .lowS), ("SIGPUSHONLY", .signaturePushOnly), ("MINIMALDATA", .minimalData),
    ("DISCOURAGE_UPGRADABLE_NOPS", .discourageUpgradableNops), ("CLEANSTACK", .cleanStack),
    ("DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM", .discourageUpgradableWitnessProgram),
    ("MINIMALIF", .minimalIf), ("NULLFAIL", .nullFail),
    ("WITNESS_PUBKEYTYPE", .witnessPublicKeyType), ("CONST_SCRIPTCODE", .constantScriptCode),
    ("DISCOURAGE_UPGRADABLE_TAPROOT_VERSION", .discourageUpgradableTaprootVersion),
    ("DISCOURAGE_OP_SUCCESS", .discourageOpSuccess),
    ("DISCOURAGE_UPGRADABLE_PUBKEYTYPE", .discourageUpgradablePublicKeyType),
  ]
}
