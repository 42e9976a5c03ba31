import Models
import Stages

/// Trains some weights of maps and freezes the others (sparse fine-tuning; SHiRA: Bhardwaj and others
/// 2024).
struct SparseMethod: TrainingMethod {
  private let options: SparseOptions

  private static let rank = Parameter<Int?>(
    "rank", default: nil, aliases: ["r"],
    "As many weights of a map are trained as a low-rank update of this rank has; 32 by default, as "
      + "in PEFT.",
    check: Check.optionalAtLeast(1))
  private static let share = Parameter<Double?>(
    "share", default: nil, aliases: ["density"],
    "The share of a map's weights that is trained, in the place of a rank; PEFT has no such files.",
    check: { ($0.map { $0 > 0 && $0 <= 1 } ?? true) ? nil : "must be above 0 and at most 1" })
  private static let mask = Parameter(
    "mask", default: SparseMask.random, aliases: ["mask_type"],
    "Which weights: random ones, those of the largest magnitude, or of the largest gradient or "
      + "Fisher information over up to 256 records.")
  private static let targets = Parameter<[String]?>(
    "targets", default: nil, aliases: ["target_modules"],
    "The maps whose weights are trained: roles or ends of names; queries and values by default.")

  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "sparse", "Single weights of maps are trained, as PEFT's SHiRA does; the others are frozen.",
      parameters: [rank, share, mask, targets],
      check: { values in
        guard values[rank] != nil, values[share] != nil else { return [] }
        return [
          Diagnostic("has a rank and a share, which say the same", remedy: "leave one of them out")
        ]
      }),
    make: { values in
      var options = SparseOptions()
      options.rank = values[rank] ?? options.rank
      options.share = values[share]
      options.mask = values[mask]
      options.targets = values[targets].map { ModuleTargets($0) }
      return SparseMethod(options: options)
    })

  func prepare(_ model: any Model, _ start: MethodStart) throws(ModelError) -> PreparedMethod {
    var options = options
    options.savedModules = TaskHead.modules(of: model, start)
    let adapter = try SparseAdapter(options, to: model, seed: start.seed)
    var prepared = PreparedMethod(adapter)
    guard options.mask.needsData else { return prepared }
    let isFisher = options.mask == .fisher
    prepared.choose = { sample in
      adapter.choose(
        isFisher
          ? sample.meanSquares(of: adapter.weights) : sample.magnitudes(of: adapter.weights))
    }
    return prepared
  }
}
