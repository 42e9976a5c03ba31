// swift-tools-version: 6.2
// Speed of single parts (`make bench`), of training steps (`make bench-train`), of generation
// (`make bench-generate`), of tokenization (`make bench-tokenize`) and of metrics and tests
// (`make bench-evaluate`). Whole pipelines: `make bench-pipelines`. `templates` times nothing: it
// renders chat templates for `Scripts/chat_fuzz.py`.
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"), .treatAllWarnings(as: .error),
]

let package = Package(
  name: "anneal-benchmarks",
  dependencies: [.package(name: "anneal", path: "..")],
  targets: [
    "benchmarks", "training", "generation", "tokenization", "scoring", "evaluation", "templates",
  ]
  .map { name in
    .executableTarget(
      name: name,
      dependencies: ["Measurement", .product(name: "Anneal", package: "anneal")],
      swiftSettings: strict)
  } + [
    .target(name: "Measurement", swiftSettings: strict), .executableTarget(name: "machine"),
  ]
)
