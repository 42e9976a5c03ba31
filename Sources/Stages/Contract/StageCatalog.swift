/// The stages there are, by name.
public struct StageCatalog: Sendable {
  /// The stages in the order of their families.
  public let descriptors: [StageDescriptor]
  private let byName: [String: StageDescriptor]

  /// A catalog of families' lists; two stages of one name are a fault of the program.
  public init(_ families: [StageDescriptor]...) {
    descriptors = families.flatMap { $0 }
    byName = Dictionary(
      descriptors.map { ($0.name, $0) },
      uniquingKeysWith: { first, _ in preconditionFailure("two stages are named \(first.name)") })
  }

  /// The names in order.
  public var names: [String] { descriptors.map(\.name) }

  /// The stage of a name.
  public subscript(name: String) -> StageDescriptor? { byName[name] }
}
