import Ingest
import Records
import Stages

/// Writes a first pipeline file for a data file, by looking at its records.
public struct PipelineTemplate {
  private let data: String
  private let sample: [Record]

  /// Looks at the first records of a data file; of a data set on the hub one file is fetched for it.
  /// - Throws: what reading the file throws, so that `init` fails where `run` would.
  public init(data: String, threads: Int) throws {
    self.data = data
    let fetching = Fetching.current
    let looking = Fetching(isAllowed: fetching.isAllowed, isSample: true) { fetching.say($0) }
    sample = try Fetching.$current.withValue(looking) { try Self.records(data, threads) }
  }

  private static let sampleSize = 2_000

  private static func records(_ data: String, _ threads: Int) throws -> [Record] {
    let text = "stages: [{ingest: {path: \(JSONValue.string(data).text), limit: \(sampleSize)}}]"
    let file = try PipelineFile(text: text, path: "anneal init", base: FilePaths.current)
    let plan = try Planner.plan(file)
    let folder =
      "\(FilePaths.temporary)/anneal-init-\(UInt64.random(in: 0 ... .max))"
    defer { try? Folders.remove(folder) }
    let results = try StageRunner(folder: folder, seed: 42, threads: threads).run(plan.steps)
    guard let result = results.last else { return [] }
    return try RecordCollection(path: result.records, count: result.counts.kept, threads: threads)
      .map { $0 }
  }

  /// The pipeline file as text; it passes `anneal check`.
  ///
  /// - Parameter folder: where the file will stand, which its paths resolve against.
  public func text(name: String, in folder: String) -> String {
    """
    # A first pipeline for \(FilePaths.name(data.withoutAddressSecrets)): \(finding).
    # 'anneal stages' lists what else it could do; 'anneal check' tells what is wrong with it.
    name: \(name)
    seed: 42
    variables: {data: \(JSONValue.string(path(from: folder)).text)}

    stages:
      - ingest: {path: "${data}"}
      - clean.unicode: {form: NFC}
      - clean.whitespace
      - clean.duplicates: {method: exact}
    \(rest)
    """
  }

  /// The data's path, relative where it lies below the file's folder; an address as it is.
  private func path(from folder: String) -> String {
    if data.contains("://") { return data }
    let full = FilePaths.join(FilePaths.current, data)
    let base = FilePaths.join(FilePaths.current, folder) + "/"
    return full.hasPrefix(base) ? String(full.dropFirst(base.count)) : full
  }

  private var labels: Int { Set(sample.compactMap { $0.label?.name }).count }

  /// A few classes, each with several records, are something to classify.
  private var isClassification: Bool { labels >= 2 && labels * 4 <= sample.count }

  private var finding: String {
    let schema = sample.first?.schema.rawValue ?? "text"
    return isClassification
      ? "records of schema '\(schema)' in \(labels) classes" : "records of schema '\(schema)'"
  }

  private var rest: String {
    isClassification
      ? """
        - split: {train: 0.8, validation: 0.1, test: 0.1, stratify: label}
        - tokenize: {tokenizer: model, max-length: 128}

      train:
        model: all-MiniLM-L6-v2
        objective: classification
        method: full
        epochs: 3
        batch-size: 32
        learning-rate: 5e-5
        warmup-ratio: 0.1

      evaluate: [accuracy, f1, confusion]

      """
      : """
        - split: {train: 0.9, validation: 0.05, test: 0.05}
        - tokenize: {tokenizer: {bpe: {vocabulary: 8000}}, max-length: 256}

      train:
        model: scratch
        architecture: {gpt2: {layers: 4, width: 256, heads: 4, context: 256}}
        objective: causal
        method: full
        epochs: 3
        batch-size: 16
        learning-rate: 5e-4
        warmup-ratio: 0.05

      evaluate: [perplexity]

      """
  }
}
