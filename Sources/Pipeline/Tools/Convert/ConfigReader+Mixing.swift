import Records
import Stages

extension ConfigReader {
  /// Reads how LLaMA-Factory mixes data sets: `mix_strategy`, and `interleave_probs` in the order of
  /// `dataset`.
  mutating func mixing(_ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    let strategy = leaves.first { $0.key == "mix_strategy" }?.text ?? "concat"
    if strategy == "concat" { return .needless("every record comes once an epoch") }
    let ends = ["interleave_under": "first", "interleave_over": "last"]
    guard let end = ends[strategy] else {
      return .not("an epoch ends where the first or the last part is through; see train.mixture")
    }
    let names = leaves.first { $0.key == "dataset" }.map(Self.names) ?? []
    guard names.count > 1 else { return .needless("one data set is not mixed") }
    guard Set(names).count == names.count else { return .not("a data set is named twice") }
    guard names.allSatisfy({ located($0) != nil }) else {
      return .not("a data set is not in dataset_info.json; write train.mixture once it has a file")
    }
    guard let weights = mixingWeights(names.count) else {
      return .not("interleave_probs must be \(names.count) numbers above 0, as dataset has names")
    }
    for (index, name) in names.enumerated() {
      pipeline.sources[index, default: .init()].name = name
    }
    let shares = zip(names, weights).map { ($0, JSONValue.real($1)) }
    pipeline.train["mixture"] = [
      "weights": .object(JSONObject(shares)), "until": .string(end),
    ]
    return .converted(
      leaf.key == "mix_strategy" ? "train.mixture.until: \(end)" : "train.mixture.weights")
  }

  /// The numbers of `interleave_probs`, equal ones where it is not written; nil where they do not fit.
  private func mixingWeights(_ count: Int) -> [Double]? {
    guard let leaf = leaves.first(where: { $0.key == "interleave_probs" }), !leaf.texts.isEmpty
    else { return Array(repeating: 1, count: count) }
    let numbers = Self.names(leaf).compactMap { Double($0) }.filter { $0 > 0 && $0.isFinite }
    return numbers.count == count ? numbers : nil
  }

  /// The values of a list that may be written as one text with commas.
  static func names(_ leaf: ConfigLeaf) -> [String] {
    leaf.texts.flatMap { $0.split(separator: ",").map { $0.filter { $0 != " " } } }
  }
}
