import Models
import Stages
import Synchronization
import Tensors
import Tokenize
import Train

/// A classifier that a pipeline trained, as metrics see it; in fp32 whatever the run computes with.
///
/// The model is loaded when the first text comes, so that a plan can be checked without it. What is found
/// of a text does not depend on its neighbours.
final class ModelClassifier: TextClassifier {
  let name: String
  let labels: [String]
  let isMultiLabel: Bool
  private let folder: String
  private let loaded = Mutex<Loaded?>(nil)

  private struct Loaded {
    let model: any SequenceClassifier
    let encoder: SegmentEncoder
  }

  /// How many texts are read together; memory grows with it.
  private static let batchSize = 64

  /// Finds a classifier.
  /// - Parameters:
  ///   - model: A run, a folder or a name in a cache, as a person wrote it.
  ///   - base: The folder that relative paths resolve against; the current one if nil.
  /// - Throws: `ModelError.notFound` listing the places looked at, `.mismatch` for a model without
  ///   classes, `.unsupported` for one whose head gives a number.
  init(model: String, base: String?) throws(ModelError) {
    let place = try ModelPlace(model, base: base)
    folder = place.folder
    labels = try ModelLoader.labels(folder)
    isMultiLabel = try LabelProblem.ofClasses(place.folders.configuration) == .multiLabel
    name = FilePaths.name(place.run ?? folder)
  }

  /// The files that are read of the model and of an adapter on it.
  func files() throws -> [String] {
    let folders = try ModelFolders(folder)
    return try ([folders.base, folders.adapter].compactMap(\.self)).flatMap {
      try ModelFiles.all(of: $0)
    }
  }

  func fingerprint() throws -> String {
    ContentHash.of(try files().map { try ContentHash.ofFile($0) }.joined(separator: " "))
  }

  func probabilities(of texts: [ClassifiedText]) throws -> [[Float]] {
    let loaded = try load()
    let encodings = texts.map { Self.encoding($0, loaded.encoder) }
    if let empty = encodings.firstIndex(where: { $0.ids.isEmpty }) {
      throw TextModelError("\(name) reads no token of text \(empty + 1), which is empty")
    }
    var found = [[Float]](repeating: [], count: texts.count)
    let batches = BatchOrder.sortedBatches(
      lengths: encodings.map(\.count), batchSize: Self.batchSize)
    for batch in batches {
      try Interruption.check()
      let tokens = TokenBatch(
        batch.map { encodings[$0].ids }, types: batch.map { encodings[$0].typeIds })
      let values = Engine.$precision.withValue(.fp32) {
        probabilities(loaded.model.logits(.inference(), tokens)).values
      }
      for (row, place) in batch.enumerated() {
        found[place] = Array(values[row * labels.count..<(row + 1) * labels.count])
      }
    }
    return found
  }

  /// Those of classes of which a text has one, or of each class by itself.
  private func probabilities(_ logits: Tensor) -> Tensor {
    isMultiLabel ? Tape.inference().activation(logits, .sigmoid) : logits.softmaxRows()
  }

  /// A text without a token is read as a line break: a model may well write nothing.
  private static func encoding(_ text: ClassifiedText, _ encoder: SegmentEncoder) -> Encoding {
    let encoding = encoder.encode(text)
    return encoding.ids.isEmpty ? encoder.encode(ClassifiedText("\n")) : encoding
  }

  private func load() throws(TextModelError) -> Loaded {
    do {
      return try loaded.withLock { held in
        if let held { return held }
        let model = try ModelLoader.classifier(folder)
        let made = Loaded(
          model: model,
          encoder: SegmentEncoder(
            try ModelTokenizer.load(folder), maximumLength: model.maximumLength))
        held = made
        return made
      }
    } catch {
      throw TextModelError("\(error)")
    }
  }
}
