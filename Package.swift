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
  targets: [
    // Foundations
    .target(name: "Money", swiftSettings: house),
    .target(name: "Structures", swiftSettings: house),
    .target(name: "Wire", swiftSettings: house),
    .systemLibrary(
      name: "CSecp256k1", pkgConfig: "libsecp256k1", providers: [.apt(["libsecp256k1-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),

    // Core
    .target(name: "Matching", dependencies: ["Money", "Wire"], swiftSettings: house),
    .target(name: "Ledger", dependencies: ["Money", "Wire"], swiftSettings: house),
    .target(name: "Risk", dependencies: ["Money"], swiftSettings: house),
    .target(
      name: "Engine",
      dependencies: ["Ledger", "Matching", "Money", "Risk", "Structures", "Wire"],
      swiftSettings: house),

    .testTarget(name: "MoneyTests", dependencies: ["Money"], swiftSettings: house),
    .testTarget(name: "WireTests", dependencies: ["Wire"], swiftSettings: house),
    .testTarget(
      name: "MatchingTests", dependencies: ["Matching", "Money", "Structures", "Wire"],
      swiftSettings: house),
    .testTarget(name: "LedgerTests", dependencies: ["Ledger", "Money", "Wire"], swiftSettings: house),
    .testTarget(
      name: "RiskTests", dependencies: ["Risk", "Money", "Structures"], swiftSettings: house),
    .testTarget(
      name: "EngineTests", dependencies: ["Engine", "Money", "Risk", "Structures", "Wire"],
      swiftSettings: house),
  ]
)
