/// Which weights of a map are chosen.
public enum SparseMask: String, Sendable, CaseIterable {
  /// Any.
  case random
  /// The largest.
  case magnitude
  /// Those of the largest gradient over a sample of the data.
  case gradient
  /// Those of the largest mean square of gradients, example by example (FISH: Sung and others 2021).
  case fisher

  /// Whether examples must be seen to choose.
  public var needsData: Bool { self == .gradient || self == .fisher }
}

/// Which weights of a model are trained, and how many.
public struct SparseOptions: Sendable {
  /// As many values of a map as a low-rank update of this rank has.
  public var rank = 8
  /// The share of a map's values in the place of a rank.
  public var share: Double?
  /// Which are chosen.
  public var mask = SparseMask.random
  /// The maps whose weights are trained; queries and values if nil.
  public var targets: ModuleTargets?
  /// Modules of the model that are trained and saved whole, such as a new head.
  public var savedModules: [String] = []

  /// As many values as a low-rank update of rank 8 has, anywhere in queries and values.
  public init() {}

  /// How many values of a map are trained.
  func count(_ map: Linear) throws(ModelError) -> Int {
    let all = map.inputs * map.outputs
    let count =
      share.map { max(1, Int(($0 * Double(all)).rounded())) } ?? rank * (map.inputs + map.outputs)
    guard count <= all else {
      throw ModelError(
        .invalid, file: "rank",
        problem: "\(rank) asks for \(count) values of \(map.name), which has \(all)",
        remedy: "Lower it, or give a share.")
    }
    return count
  }
}
