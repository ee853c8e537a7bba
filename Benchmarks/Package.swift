// swift-tools-version: 6.2
// Measures the product. Its own package, so that what it needs never reaches the product.
import PackageDescription

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
  name: "holdfast-benchmarks",
  products: [
    .library(name: "AllocationCounter", type: .dynamic, targets: ["AllocationCounter"])
  ],
  dependencies: [
    .package(name: "holdfast", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
  ],
  targets: [
    // Counts allocations when it is preloaded into a program; nothing links it.
    .target(name: "AllocationCounter"),
    // The C library's own account of its heap.
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    // The workload: bytes that every engine is measured with.
    .target(name: "OrderFlow", swiftSettings: house),
    // The workload as commands of the exchange.
    .target(
      name: "ExchangeFlow",
      dependencies: [
        "OrderFlow",
        .product(name: "Engine", package: "holdfast"),
        .product(name: "Money", package: "holdfast"),
        .product(name: "Structures", package: "holdfast"),
        .product(name: "Wire", package: "holdfast"),
      ], swiftSettings: house),
    // What is timed, counted and weighed: core and book alone in a process, without Foundation.
    .executableTarget(
      name: "order-flow",
      dependencies: [
        "CMalloc", "ExchangeFlow", "OrderFlow",
        .product(name: "Engine", package: "holdfast"),
        .product(name: "Matching", package: "holdfast"),
        .product(name: "Money", package: "holdfast"),
        .product(name: "Structures", package: "holdfast"),
        .product(name: "Wire", package: "holdfast"),
      ], swiftSettings: house),
    // The curve's library as its authors call it, for comparison.
    .target(name: "SecpYardstick", linkerSettings: [.linkedLibrary("secp256k1")]),
    // The Bitcoin side: signatures, addresses, blocks.
    .executableTarget(
      name: "bitcoin-flow",
      dependencies: [
        "SecpYardstick",
        .product(name: "Bitcoin", package: "holdfast"),
        .product(name: "Cryptography", package: "holdfast"),
        .product(name: "Custody", package: "holdfast"),
        .product(name: "Descriptors", package: "holdfast"),
        .product(name: "Engine", package: "holdfast"),
        .product(name: "Structures", package: "holdfast"),
      ], swiftSettings: house),
    // Withdrawals from the journal to the signed transaction, with real signers.
    .executableTarget(
      name: "withdrawal-flow",
      dependencies: [
        .product(name: "Bitcoin", package: "holdfast"),
        .product(name: "Cryptography", package: "holdfast"),
        .product(name: "Custody", package: "holdfast"),
        .product(name: "Descriptors", package: "holdfast"),
        .product(name: "Engine", package: "holdfast"),
        .product(name: "Guard", package: "holdfast"),
        .product(name: "Journal", package: "holdfast"),
        .product(name: "Link", package: "holdfast"),
        .product(name: "Money", package: "holdfast"),
        .product(name: "SignerProtocol", package: "holdfast"),
        .product(name: "Signing", package: "holdfast"),
        .product(name: "Statements", package: "holdfast"),
        .product(name: "Structures", package: "holdfast"),
        .product(name: "Wire", package: "holdfast"),
        .product(name: "holdfast-signer", package: "holdfast"),
      ], swiftSettings: house),
    .executableTarget(
      name: "holdfast-bench",
      dependencies: [
        "CSQLite", "ExchangeFlow", "OrderFlow",
        .product(name: "Bitcoin", package: "holdfast"),
        .product(name: "Cryptography", package: "holdfast"),
        .product(name: "Custody", package: "holdfast"),
        .product(name: "Descriptors", package: "holdfast"),
        .product(name: "Engine", package: "holdfast"),
        .product(name: "Journal", package: "holdfast"),
        .product(name: "Money", package: "holdfast"),
        .product(name: "PSBT", package: "holdfast"),
        .product(name: "Risk", package: "holdfast"),
        .product(name: "Structures", package: "holdfast"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: house),
  ]
)
