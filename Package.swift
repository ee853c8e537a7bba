// swift-tools-version: 6.2
// The architecture: every arrow between targets is written here, and only points down.
import PackageDescription

/// The settings that every target of ours shares.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
  name: "holdfast",
  products: [
    // What Benchmarks/ measures.
    .library(name: "Bitcoin", targets: ["Bitcoin"]),
    .library(name: "Cryptography", targets: ["Cryptography"]),
    .library(name: "Custody", targets: ["Custody"]),
    .library(name: "Descriptors", targets: ["Descriptors"]),
    .library(name: "Engine", targets: ["Engine"]),
    .library(name: "Guard", targets: ["Guard"]),
    .library(name: "Journal", targets: ["Journal"]),
    .library(name: "Link", targets: ["Link"]),
    .library(name: "Matching", targets: ["Matching"]),
    .library(name: "Money", targets: ["Money"]),
    .library(name: "PSBT", targets: ["PSBT"]),
    .library(name: "Risk", targets: ["Risk"]),
    .library(name: "SignerProtocol", targets: ["SignerProtocol"]),
    .library(name: "Signing", targets: ["Signing"]),
    .library(name: "Statements", targets: ["Statements"]),
    .library(name: "Structures", targets: ["Structures"]),
    .library(name: "Wire", targets: ["Wire"]),
    .executable(name: "holdfast-signer", targets: ["holdfast-signer"]),
    // What the public referee for matching engines loads.
    .library(name: "MatchingReferee", type: .dynamic, targets: ["MatchingReferee"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
  ],
  targets: [
    // Foundations
    .target(name: "Money", swiftSettings: house),
    .target(name: "Structures", dependencies: ["CPrefetch", "Wire"], swiftSettings: house),
    .target(name: "Wire", swiftSettings: house),
    .systemLibrary(
      name: "CSecp256k1", pkgConfig: "libsecp256k1", providers: [.apt(["libsecp256k1-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
    .systemLibrary(name: "CLinux"),
    // Declarations alone: the module that the configuration names is loaded by the signer itself.
    .systemLibrary(name: "CPKCS11"),
    .systemLibrary(name: "CPrefetch"),
    .systemLibrary(
      name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // C++ behind one C function; libzxing-dev.
    .target(name: "CZXing", linkerSettings: [.linkedLibrary("ZXing")]),
    .target(name: "JSON", swiftSettings: house),
    // Protocols
    .target(
      name: "Cryptography", dependencies: ["CNettle", "CSodium", "CSecp256k1"], swiftSettings: house
    ),
    .target(name: "Bitcoin", dependencies: ["Cryptography", "Wire"], swiftSettings: house),
    .target(
      name: "Descriptors", dependencies: ["Bitcoin", "Cryptography", "Wire"], swiftSettings: house),
    .target(
      name: "PSBT", dependencies: ["Descriptors", "Bitcoin", "Cryptography", "Wire"],
      swiftSettings: house),
    .target(name: "Mnemonics", dependencies: ["Cryptography"], swiftSettings: house),
    .target(
      name: "WalletFiles",
      dependencies: ["Descriptors", "Bitcoin", "Cryptography", "JSON", "Wire"], swiftSettings: house
    ),
    .target(
      name: "Airgap",
      dependencies: ["Mnemonics", "Cryptography", "CZXing", "CZlib", "CPNG", "CQREncode", "Wire"],
      swiftSettings: house),
    .target(
      name: "Passkeys", dependencies: ["Cryptography", "JSON", "Wire"], swiftSettings: house),
    .target(
      name: "Statements", dependencies: ["Passkeys", "Cryptography", "Wire"], swiftSettings: house),
    .target(
      name: "Policies", dependencies: ["Statements", "Cryptography", "Wire", "Money"],
      swiftSettings: house),
    .target(name: "Link", dependencies: ["Cryptography", "Wire"], swiftSettings: house),
    // Core
    .systemLibrary(name: "CReferee"),
    .target(name: "Matching", dependencies: ["Wire", "Structures", "Money"], swiftSettings: house),
    .target(name: "Ledger", dependencies: ["Wire", "Structures", "Money"], swiftSettings: house),
    .target(name: "Algos", dependencies: ["Wire", "Structures", "Money"], swiftSettings: house),
    .target(name: "Risk", dependencies: ["Money"], swiftSettings: house),
    .target(
      name: "Engine",
      dependencies: ["Risk", "Algos", "Ledger", "Matching", "Wire", "Structures", "Money"],
      swiftSettings: house),
    // Durability
    .target(name: "Logbook", dependencies: ["Cryptography", "Wire"], swiftSettings: house),
    .target(
      name: "Journal", dependencies: ["Engine", "Cryptography", "Wire", "Structures", "Money"],
      swiftSettings: house),
    .target(name: "Replication", dependencies: ["Journal", "Link", "Wire"], swiftSettings: house),
    .target(
      name: "Simulation",
      dependencies: [
        "Journal", "Engine", "Matching", "Cryptography", "Wire", "Structures", "Money",
      ],
      swiftSettings: house),
    .target(
      name: "MatchingReferee", dependencies: ["Matching", "CReferee", "Structures", "Money"],
      swiftSettings: house),
    // Custody: decisions without input or output
    .target(
      name: "KeyHolders", dependencies: ["Statements", "Cryptography", "Wire"], swiftSettings: house
    ),
    .target(
      name: "Liveness",
      dependencies: [
        "KeyHolders", "Statements", "Descriptors", "Bitcoin", "Cryptography", "JSON", "Wire",
      ], swiftSettings: house),
    .target(
      name: "Custody",
      dependencies: ["Engine", "Descriptors", "Bitcoin", "Cryptography", "Structures", "Money"],
      swiftSettings: house),
    .target(
      name: "SignerProtocol", dependencies: ["ColdAddresses", "Statements", "Wire"],
      swiftSettings: house),
    .target(
      name: "Signing",
      dependencies: [
        "SignerProtocol", "ColdAddresses", "Logbook", "Link", "Policies", "Statements", "Mnemonics",
        "Descriptors", "Bitcoin", "Cryptography", "CLinux", "Wire", "Money",
      ], swiftSettings: house),
    .target(
      name: "PKCS11",
      dependencies: ["Signing", "Descriptors", "Bitcoin", "Cryptography", "CPKCS11", "Wire"],
      swiftSettings: house),
    .target(
      name: "ColdAddresses",
      dependencies: ["Statements", "Descriptors", "Bitcoin", "Cryptography", "Wire"],
      swiftSettings: house),
    .target(
      name: "ColdStorage",
      dependencies: [
        "Airgap", "Mnemonics", "PSBT", "Descriptors", "Bitcoin", "Cryptography", "Wire",
      ], swiftSettings: house),
    .target(
      name: "Guard",
      dependencies: [
        "SignerProtocol", "Custody", "ColdAddresses", "Journal", "Logbook", "Engine", "Risk",
        "Policies", "Statements", "Passkeys", "Descriptors", "Bitcoin", "Cryptography", "Wire",
        "Structures",
        "Money",
      ], swiftSettings: house),
    .target(
      name: "Reserves", dependencies: ["Engine", "Descriptors", "Structures", "Money"],
      swiftSettings: house),
    // Edges
    .target(
      name: "Settings",
      dependencies: [
        "Policies", "Passkeys", "Descriptors", "Bitcoin", "Money",
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: house),
    .target(
      name: "KeyOptions",
      dependencies: [
        "Signing", "Policies", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: house),
    .target(
      name: "Devnet", dependencies: ["Descriptors", "Bitcoin", "Cryptography", "JSON", "Wire"],
      swiftSettings: house),
    .target(
      name: "Nodes",
      dependencies: [
        "Bitcoin", "Cryptography", "JSON", "Wire",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ], swiftSettings: house),
    .target(
      name: "MarketData", dependencies: ["Engine", "Structures", "Money"], swiftSettings: house),
    .target(
      name: "Views",
      dependencies: [
        "Engine", "Risk", "Algos", "Matching", "Wire", "Structures", "Money",
        .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: house),
    .target(
      name: "Gateway",
      dependencies: [
        "Views", "MarketData", "Journal", "Engine", "Risk", "Algos", "Matching", "Statements",
        "Passkeys", "Bitcoin", "Cryptography", "JSON", "Wire", "Structures", "Money",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: house),
    .target(
      name: "Operations",
      dependencies: [
        "Nodes", "Settings", "Reserves", "Signing", "Custody", "ColdAddresses", "PSBT",
        "Replication", "Journal", "Engine", "Risk", "Statements", "Passkeys", "Descriptors",
        "Bitcoin", "Cryptography", "JSON", "Wire", "Structures", "Money",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: house),
    .target(
      name: "Demo",
      dependencies: [
        "Nodes", "Signing", "SignerProtocol", "Journal", "Engine", "Link", "Statements",
        "Descriptors", "Bitcoin", "Cryptography", "Wire", "Structures", "Money",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOFoundationCompat", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ], swiftSettings: house),
    // Programs: wiring, no decisions
    .executableTarget(
      name: "holdfast",
      dependencies: [
        "Demo", "Operations", "Gateway", "Views", "Nodes", "KeyOptions", "Settings", "Reserves",
        "ColdAddresses", "Signing", "Custody", "Replication", "Journal", "Engine", "Statements",
        "Descriptors",
        "Bitcoin", "Cryptography", "JSON", "Wire", "Money",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ], swiftSettings: house),
    .executableTarget(
      name: "holdfast-guard",
      dependencies: [
        "Nodes", "KeyOptions", "Settings", "Guard", "Liveness", "KeyHolders", "Signing",
        "SignerProtocol", "Custody",
        "Journal", "Engine", "Link", "Policies", "Statements", "Descriptors", "Bitcoin",
        "Cryptography", "JSON",
        "Wire", "Structures", "Money",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ], swiftSettings: house),
    .executableTarget(
      name: "holdfast-signer",
      dependencies: [
        "KeyOptions", "Settings", "PKCS11", "Signing", "SignerProtocol", "Link", "Policies",
        "Statements",
        "Descriptors", "Bitcoin", "Cryptography", "Wire", "Money",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: house),
    .executableTarget(
      name: "holdfast-vault",
      dependencies: [
        "KeyOptions", "Settings", "ColdStorage", "ColdAddresses", "Liveness", "KeyHolders",
        "Signing",
        "Policies", "Statements", "JSON", "Airgap", "WalletFiles", "PSBT", "Descriptors", "Bitcoin",
        "Cryptography", "Wire", "Money",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: house),
    .executableTarget(
      name: "holdfast-verify",
      dependencies: [
        "Nodes", "Liveness", "KeyHolders", "Statements", "Descriptors", "Bitcoin", "Wire",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: house),
    .executableTarget(
      name: "holdfast-devnet",
      dependencies: [
        "Devnet", "Settings", "Cryptography", "JSON", "Wire",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ], swiftSettings: house),
    .executableTarget(
      name: "holdfast-simulate",
      dependencies: [
        "Simulation", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: house),

    // What Tests/Judges/bitcoin_judge.py puts its questions to.
    .executableTarget(
      name: "bitcoin-under-judgement",
      dependencies: ["PSBT", "Descriptors", "Bitcoin", "Cryptography", "JSON", "Wire"],
      path: "Tests/Judges/BitcoinUnderJudgement", swiftSettings: house),

    // Tests
    .target(
      name: "TestVectors", dependencies: ["Wire"], path: "Tests/TestVectors", swiftSettings: house),
    .target(
      name: "TestPasskeys", dependencies: ["Passkeys", "Statements", "Cryptography"],
      path: "Tests/TestPasskeys", swiftSettings: house),
    .testTarget(
      name: "AirgapTests",
      dependencies: ["TestVectors", "Airgap", "Cryptography", "Wire", "Structures"],
      resources: [.copy("Vectors")], swiftSettings: house),
    .testTarget(
      name: "AlgosTests", dependencies: ["Algos", "Wire", "Structures", "Money"],
      swiftSettings: house),
    .testTarget(
      name: "BitcoinTests",
      dependencies: ["TestVectors", "Bitcoin", "Cryptography", "Wire", "Structures"],
      resources: [.copy("Vectors")], swiftSettings: house),
    .testTarget(
      name: "ColdAddressesTests",
      dependencies: ["ColdAddresses", "Statements", "Descriptors", "Bitcoin", "Cryptography"],
      swiftSettings: house),
    .testTarget(
      name: "ColdStorageTests",
      dependencies: [
        "ColdStorage", "Statements", "Airgap", "Mnemonics", "PSBT", "Descriptors", "Bitcoin",
        "Cryptography",
      ], swiftSettings: house),
    .testTarget(
      name: "CryptographyTests",
      dependencies: ["TestVectors", "Cryptography", "Wire", "Structures"],
      resources: [.copy("Vectors")], swiftSettings: house),
    .testTarget(
      name: "CustodyTests",
      dependencies: [
        "Custody", "Engine", "Risk", "Descriptors", "Bitcoin", "Cryptography", "Structures",
        "Money",
      ], swiftSettings: house),
    .testTarget(
      name: "DescriptorsTests",
      dependencies: [
        "TestVectors", "Descriptors", "Bitcoin", "Cryptography", "Wire", "Structures",
      ], resources: [.copy("Vectors")], swiftSettings: house),
    .testTarget(
      name: "DevnetTests",
      dependencies: ["Devnet", "Descriptors", "Bitcoin", "Cryptography", "JSON", "Wire"],
      swiftSettings: house),
    .testTarget(
      name: "EngineTests",
      dependencies: ["Engine", "Risk", "Algos", "Matching", "Wire", "Structures", "Money"],
      resources: [.copy("Tables")], swiftSettings: house),
    .testTarget(
      name: "ExamplesTests",
      dependencies: [
        "holdfast-devnet", "holdfast-signer", "holdfast-guard", "Guard", "Engine", "Settings",
        "Signing", "Statements", "Descriptors", "Bitcoin", "Cryptography", "Structures", "Money",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: house),
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "TestPasskeys", "Gateway", "Views", "MarketData", "Journal", "Engine", "Risk", "Algos",
        "Statements", "Passkeys", "Bitcoin", "Cryptography", "JSON", "Wire", "Structures", "Money",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOFoundationCompat", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: house),
    .testTarget(
      name: "GuardTests",
      dependencies: [
        "TestPasskeys", "Devnet", "ColdAddresses", "Guard", "Signing", "SignerProtocol", "Custody",
        "Journal", "Engine", "Policies", "Statements", "Passkeys", "Descriptors", "Bitcoin",
        "Cryptography",
        "JSON", "Wire",
        "Structures", "Money",
      ], swiftSettings: house),
    .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: house),
    .testTarget(
      name: "JournalTests",
      dependencies: ["Journal", "Engine", "Risk", "Cryptography", "Wire", "Structures", "Money"],
      swiftSettings: house),
    .testTarget(
      name: "KeyHoldersTests",
      dependencies: ["KeyHolders", "Statements", "Cryptography", "Wire", "Structures"],
      swiftSettings: house),
    .testTarget(
      name: "LivenessTests",
      dependencies: [
        "Liveness", "KeyHolders", "Statements", "Devnet", "Descriptors", "Bitcoin", "Cryptography",
        "JSON", "Wire", "holdfast-guard", "Guard", "Engine",
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: house),
    .testTarget(
      name: "LedgerTests", dependencies: ["Ledger", "Wire", "Structures", "Money"],
      swiftSettings: house),
    .testTarget(
      name: "LinkTests",
      dependencies: ["TestVectors", "Link", "Cryptography", "Wire", "Structures"],
      resources: [.copy("Vectors")], swiftSettings: house),
    .testTarget(
      name: "LogbookTests", dependencies: ["Logbook", "Structures"], swiftSettings: house),
    .testTarget(
      name: "MarketDataTests", dependencies: ["MarketData", "Engine", "Structures", "Money"],
      swiftSettings: house),
    .testTarget(
      name: "MatchingTests", dependencies: ["Matching", "Wire", "Structures", "Money"],
      swiftSettings: house),
    .testTarget(
      name: "MnemonicsTests",
      dependencies: ["TestVectors", "Mnemonics", "Bitcoin", "Cryptography", "Wire"],
      resources: [.copy("Vectors")], swiftSettings: house),
    .testTarget(name: "MoneyTests", dependencies: ["Money"], swiftSettings: house),
    .testTarget(
      name: "NodesTests",
      dependencies: [
        "Nodes", "Bitcoin", "Cryptography", "JSON", "Wire",
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: house),
    .testTarget(
      name: "OperationsTests",
      dependencies: [
        "Operations", "Nodes", "Devnet", "Settings", "Custody", "Journal", "Engine", "Statements",
        "Descriptors", "Bitcoin", "Cryptography", "JSON", "PSBT", "Wire", "Structures", "Money",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ], swiftSettings: house),
    .testTarget(
      name: "PSBTTests",
      dependencies: [
        "TestVectors", "PSBT", "Descriptors", "Bitcoin", "Cryptography", "Wire", "Structures",
      ], resources: [.copy("Vectors")], swiftSettings: house),
    .testTarget(
      name: "PasskeysTests", dependencies: ["TestVectors", "Passkeys", "Cryptography", "Wire"],
      resources: [.copy("Vectors")], swiftSettings: house),
    .testTarget(
      name: "PoliciesTests",
      dependencies: ["Policies", "Statements", "Cryptography", "Wire", "Structures"],
      swiftSettings: house),
    .testTarget(
      name: "ReplicationTests",
      dependencies: ["Replication", "Journal", "Engine", "Link", "Wire", "Structures", "Money"],
      swiftSettings: house),
    .testTarget(
      name: "ReservesTests", dependencies: ["Reserves", "Engine", "Structures", "Money"],
      swiftSettings: house),
    .testTarget(
      name: "RiskTests", dependencies: ["Risk", "Structures", "Money"], swiftSettings: house),
    .testTarget(name: "SettingsTests", dependencies: ["Settings", "Money"], swiftSettings: house),
    .testTarget(
      name: "SignerProtocolTests",
      dependencies: [
        "ColdAddresses", "SignerProtocol", "Statements", "Cryptography", "Wire", "Structures",
      ],
      swiftSettings: house),
    .testTarget(
      name: "SigningTests",
      dependencies: [
        "TestPasskeys", "holdfast-signer", "ColdAddresses", "PKCS11", "Signing", "SignerProtocol",
        "Link", "Logbook", "Policies", "Passkeys", "Statements", "Mnemonics", "Descriptors",
        "Bitcoin",
        "Cryptography", "CPKCS11", "CLinux", "Wire", "Structures", "Money",
      ], swiftSettings: house),
    .testTarget(
      name: "SimulationTests", dependencies: ["Simulation", "Journal", "Structures"],
      swiftSettings: house),
    .testTarget(
      name: "StatementsTests", dependencies: ["Statements", "Cryptography", "Wire"],
      swiftSettings: house),
    .testTarget(
      name: "StructuresTests", dependencies: ["Wire", "Structures"], resources: [.copy("Vectors")],
      swiftSettings: house),
    .testTarget(
      name: "VaultTests",
      dependencies: [
        "ColdStorage", "Signing", "Statements", "Airgap", "Descriptors", "Bitcoin", "Cryptography",
        "Wire",
      ], swiftSettings: house),
    .testTarget(
      name: "ViewsTests", dependencies: ["Views", "Engine", "Structures", "Money"],
      swiftSettings: house),
    .testTarget(
      name: "WalletFilesTests",
      dependencies: [
        "TestVectors", "WalletFiles", "Descriptors", "Bitcoin", "Cryptography", "JSON", "Wire",
      ], resources: [.copy("Vectors")], swiftSettings: house),
    .testTarget(name: "WireTests", dependencies: ["Wire", "Structures"], swiftSettings: house),
  ],
  cxxLanguageStandard: .cxx17
)
