// swift-tools-version: 6.2
// Targets are listed from the lowest layer to the highest; an arrow never points back up.
import PackageDescription

/// Settings every Swift target of the package shares.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// Dependencies of modules of this package.
func modules(_ names: String...) -> [Target.Dependency] { names.map { .byName(name: $0) } }

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let arguments: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

/// What a module's tests import besides the module itself, Records, Stages and TestSupport.
let testDependencies: [String: [Target.Dependency]] = [
  "Tensors": modules("CKernels"),
  "Models": modules("Tensors", "Tokenize"),
  "Train": modules("Tensors", "Models", "Tokenize", "Evaluate"),
  "Report": modules("Evaluate"),
  "Pipeline": modules("Augment", "Endpoint", "Evaluate", "Models", "Report", "Tensors", "Train"),
  "Augment": modules("TextKit"),
  "Clean": modules("TextKit"),
  "Write": modules("Parquet"),
  "Split": modules("Ingest", "TextKit"),
]

/// Files beside tests that are read at run time by their path.
let testFixtures: [String: [String]] = ["Tensors": ["Fixtures"]]

let package = Package(
  name: "anneal",
  products: [
    .executable(name: "anneal", targets: ["anneal"]),
    .library(
      name: "Anneal",
      targets: [
        "Records", "Stages", "TextKit", "Hub", "Parquet", "Ingest", "Write", "Clean", "Split",
        "Tokenize", "Evaluate", "Tensors", "Models", "Endpoint", "Augment", "Train", "Report",
        "Pipeline",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // System libraries and C: nothing above them names a C type of theirs.
    .systemLibrary(
      name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
    .systemLibrary(name: "CLzma", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
    .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
    .systemLibrary(
      name: "CICUSystem", pkgConfig: "icu-i18n", providers: [.apt(["libicu-dev"])]),
    .target(name: "CICU", dependencies: modules("CICUSystem")),
    .target(name: "COpenBLAS"),
    .target(name: "CKernels"),

    // Data: what a record is, what a stage is, and the families of stages.
    .target(name: "Records", swiftSettings: strict),
    .target(
      name: "Stages", dependencies: modules("Records") + [crypto], swiftSettings: strict),
    .target(
      name: "TextKit", dependencies: modules("Records", "Stages", "CICU", "CKernels"),
      swiftSettings: strict),
    .target(
      name: "Parquet", dependencies: modules("Records", "Stages", "CZlib", "CZstd", "CSnappy"),
      swiftSettings: strict),
    .target(
      name: "Hub", dependencies: modules("Records", "Stages") + [crypto], swiftSettings: strict),
    .target(
      name: "Ingest",
      dependencies: modules(
        "Records", "Stages", "TextKit", "Hub", "Parquet", "CLibXML2", "CZlib", "CZstd", "CBzip2",
        "CLzma", "CSnappy"),
      swiftSettings: strict),
    .target(
      name: "Write", dependencies: modules("Records", "Stages", "TextKit", "Parquet"),
      swiftSettings: strict),
    .target(
      name: "Clean", dependencies: modules("Records", "Stages", "TextKit", "CLibXML2"),
      swiftSettings: strict),
    .target(
      name: "Split", dependencies: modules("Records", "Stages", "TextKit"), swiftSettings: strict),
    .target(
      name: "Tokenize", dependencies: modules("Records", "Stages", "TextKit", "CKernels"),
      swiftSettings: strict),
    .target(
      name: "Evaluate", dependencies: modules("Records", "Stages", "TextKit"),
      swiftSettings: strict),

    // Numbers: storage and operations, architectures, training.
    .target(
      name: "Tensors", dependencies: modules("COpenBLAS", "CKernels"), swiftSettings: strict),
    .target(
      name: "Models", dependencies: modules("Records", "Stages", "Tensors", "Tokenize"),
      swiftSettings: strict),
    .target(name: "Endpoint", dependencies: modules("Records", "Stages"), swiftSettings: strict),
    .target(
      name: "Augment", dependencies: modules("Records", "Stages", "TextKit", "Evaluate"),
      swiftSettings: strict),
    .target(
      name: "Train",
      dependencies: modules("Records", "Stages", "Tokenize", "Tensors", "Models", "Evaluate"),
      swiftSettings: strict),

    // The product: the page, the plan and the command line.
    .target(
      name: "Report", dependencies: modules("Records", "Stages", "TextKit", "Evaluate"),
      swiftSettings: strict),
    .target(
      name: "Pipeline",
      dependencies: modules(
        "Records", "Stages", "TextKit", "Hub", "Ingest", "Write", "Clean", "Split", "Tokenize",
        "Evaluate", "Tensors", "Models", "Endpoint", "Augment", "Train", "Report") + [yams],
      swiftSettings: strict),
    .executableTarget(
      name: "anneal",
      dependencies: modules(
        "Records", "Stages", "Tokenize", "Evaluate", "Tensors", "Train", "Report", "Pipeline")
        + [arguments],
      swiftSettings: strict),

    // Tests mirror Sources.
    .target(
      name: "TestSupport", dependencies: modules("Records", "Stages"), path: "Tests/TestSupport",
      swiftSettings: strict),
  ]
    + [
      "Records", "Stages", "TextKit", "Hub", "Parquet", "Ingest", "Write", "Clean", "Split",
      "Tokenize", "Evaluate", "Tensors", "Models", "Endpoint", "Augment", "Train", "Report",
      "Pipeline",
    ].map { name in
      .testTarget(
        name: "\(name)Tests",
        dependencies: Set(["Records", "Stages", "TestSupport", name]).sorted()
          .map { .byName(name: $0) } + testDependencies[name, default: []],
        exclude: testFixtures[name, default: []], swiftSettings: strict)
    } + [
      .testTarget(
        name: "CommandLineTests", dependencies: modules("anneal", "Records", "TestSupport"),
        swiftSettings: strict)
    ]
)
