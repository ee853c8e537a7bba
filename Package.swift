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
  dependencies: [
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2")
  ],
  targets: [
    // Foundations
    .target(name: "Money", swiftSettings: house),
    .target(name: "Structures", swiftSettings: house),
    .target(name: "Wire", swiftSettings: house),
    .systemLibrary(
      name: "CSecp256k1", pkgConfig: "libsecp256k1", providers: [.apt(["libsecp256k1-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
    .target(
      name: "Cryptography", dependencies: ["Wire", "CSecp256k1", "CSodium", "CNettle"],
      swiftSettings: house),

    // Protocols
    .target(name: "Bitcoin", dependencies: ["Cryptography", "Wire"], swiftSettings: house),
    .target(
      name: "Statements", dependencies: ["Cryptography", "Wire"], swiftSettings: house),

    // Core
    .target(name: "Risk", dependencies: ["Money"], swiftSettings: house),
    .target(
      name: "Engine", dependencies: ["Money", "Risk", "Structures", "Wire"], swiftSettings: house),

    .target(
      name: "Configuration", dependencies: ["Money", .product(name: "Yams", package: "Yams")],
      swiftSettings: house),

    .testTarget(
      name: "ConfigurationTests", dependencies: ["Configuration", "Money"], swiftSettings: house),
    .testTarget(name: "MoneyTests", dependencies: ["Money"], swiftSettings: house),
    .testTarget(name: "WireTests", dependencies: ["Wire"], swiftSettings: house),
    .testTarget(
      name: "CryptographyTests", dependencies: ["Cryptography", "Wire"],
      resources: [.copy("Vectors")], swiftSettings: house),
    .testTarget(
      name: "StatementsTests", dependencies: ["Cryptography", "Statements", "Wire"],
      swiftSettings: house),
  ]
)
