// swift-tools-version: 6.2
// Speed of single parts; `make bench` builds and runs it. Whole pipelines: `make bench-pipelines`.
import PackageDescription

let package = Package(
  name: "anneal-benchmarks",
  dependencies: [.package(name: "anneal", path: "..")],
  targets: [
    .executableTarget(
      name: "benchmarks", dependencies: [.product(name: "Anneal", package: "anneal")],
      swiftSettings: [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .treatAllWarnings(as: .error),
      ])
  ]
)
