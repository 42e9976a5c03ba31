// swift-tools-version: 6.2
// Speed of single parts (`make bench`) and of training steps (`make bench-train`). Whole pipelines:
// `make bench-pipelines`.
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"), .treatAllWarnings(as: .error),
]

let package = Package(
  name: "anneal-benchmarks",
  dependencies: [.package(name: "anneal", path: "..")],
  targets: ["benchmarks", "training"].map { name in
    .executableTarget(
      name: name, dependencies: [.product(name: "Anneal", package: "anneal")],
      swiftSettings: strict)
  }
)
