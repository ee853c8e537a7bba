// swift-tools-version: 6.2
// Measures the product. Its own package, so that what it needs never reaches the product.
import PackageDescription

let package = Package(
  name: "holdfast-benchmarks",
  dependencies: [
    .package(name: "holdfast", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
  ],
  targets: [
    .executableTarget(
      name: "holdfast-bench",
      dependencies: [
        .product(name: "Cryptography", package: "holdfast"),
        .product(name: "Engine", package: "holdfast"),
        .product(name: "Journal", package: "holdfast"),
        .product(name: "Money", package: "holdfast"),
        .product(name: "Structures", package: "holdfast"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: [
        .swiftLanguageMode(.v6),
        .treatAllWarnings(as: .error),
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
      ])
  ]
)
