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
    .target(name: "Structures", swiftSettings: house),
    .target(name: "Wire", swiftSettings: house),
    .systemLibrary(
      name: "CSecp256k1", pkgConfig: "libsecp256k1", providers: [.apt(["libsecp256k1-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
    // Protocols
    .target(
      name: "Cryptography", dependencies: ["CNettle", "CSodium", "CSecp256k1"], swiftSettings: house
    ),
    .target(name: "Bitcoin", dependencies: ["Cryptography", "Wire"], swiftSettings: house),
    .target(name: "Statements", dependencies: ["Cryptography", "Wire"], swiftSettings: house),
    // Core
    .target(name: "Risk", dependencies: ["Money"], swiftSettings: house),
    .target(name: "Engine", dependencies: ["Risk", "Structures", "Money"], swiftSettings: house),
    // Edges
    .target(
      name: "Demo",
      dependencies: [
        "Cryptography", .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOFoundationCompat", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ], swiftSettings: house),

    // Tests
    .testTarget(
      name: "CryptographyTests", dependencies: ["Cryptography", "Wire"],
      resources: [.copy("Vectors")], swiftSettings: house),
    .testTarget(name: "MoneyTests", dependencies: ["Money"], swiftSettings: house),
    .testTarget(
      name: "StatementsTests", dependencies: ["Statements", "Cryptography", "Wire"],
      swiftSettings: house),
    .testTarget(name: "WireTests", dependencies: ["Wire"], swiftSettings: house),
  ]
)
