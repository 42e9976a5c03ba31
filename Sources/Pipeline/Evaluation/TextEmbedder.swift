import Evaluate
import Models
import Records
import Stages
import Synchronization
import Tensors
import Tokenize

/// An encoder as metrics see it: texts to vectors, in fp32 whatever the run computes with.
///
/// The model is loaded when the first text comes, so that a plan can be checked without it and training
/// has the memory for itself. What is found of a text does not depend on its neighbours.
final class TextEmbedder: Embedder {
  let name: String
  private let folder: String
  private let layers: Int?
  /// How whole texts are read; nil where vectors are of a layer within the model.
  private let sentences: SentenceVectors?
  private let loaded = Mutex<Loaded?>(nil)

  private struct Loaded {
    let model: any TextEncoder
    let tokenizer: Tokenizer
    let type: String
  }

  /// How many texts are read together; memory grows with it.
  private static let batchSize = 64

  /// Finds a model.
  /// - Throws: `ModelError.notFound` listing the places looked at, `.invalid` for a layer it lacks,
  ///   `.unsupported` for one that is no encoder, or whose vectors of texts are made in other ways.
  init(model: String, base: String?, layer: EncoderLayer) throws(ModelError) {
    folder = try ModelLocator().folder(of: model, base: base)
    try ModelLoader.checkEncoder(folder, layers: nil)
    let short = FilePaths.name(model.hasSuffix("/") ? String(model.dropLast()) : model)
    let all = try ModelConfiguration(folder: folder).size(
      "num_hidden_layers", "n_layers", "n_layer", "num_layers")
    let chosen =
      switch layer {
      case .usual: min(all, BERTScoreLayers.usual[short] ?? all)
      case .last: all
      case .number(let number): number
      }
    guard (1...all).contains(chosen) else {
      throw ModelError(
        .invalid, file: folder, problem: "the model has the layers 1 to \(all), not \(chosen)")
    }
    layers = chosen == all ? nil : chosen
    try ModelLoader.checkEncoder(folder, layers: layers)
    sentences = layer == .last ? try SentenceVectors(folder) : nil
    name = "\(short)_L\(chosen)"
  }

  /// The files that are read of the model.
  func files() throws(FileError) -> [String] {
    let all = try ModelFiles.all(of: folder)
    return all + SentenceVectors.files(of: folder).filter { !all.contains($0) }
  }

  func tokens(of texts: [String]) throws(TextModelError) -> [EmbeddedText] {
    let loaded = try load()
    return read(texts.map { tokens($0, loaded) }, loaded) { encoding, rows, width in
      EmbeddedText(
        ids: encoding.ids, isSpecial: encoding.specialMask.map { $0 != 0 }, width: width,
        values: Array(rows))
    }
  }

  func ids(of texts: [String]) throws(TextModelError) -> [[Int32]] {
    let loaded = try load()
    return texts.map { tokens($0, loaded).ids }
  }

  func vectors(of texts: [String]) throws(TextModelError) -> [[Float]] {
    guard let sentences else {
      throw TextModelError("\(name) is a layer for vectors of tokens, not of whole texts")
    }
    let loaded = try load()
    let encodings = texts.map { encoding($0, loaded, maximumLength: sentences.maximumLength) }
    return read(encodings, loaded) { encoding, rows, width in
      guard sentences.pooling == .mean else { return Array(rows.prefix(width)) }
      var sum = [Float](repeating: 0, count: width)
      for (place, value) in rows.enumerated() { sum[place % width] += value }
      return sum.map { $0 / Float(max(1, encoding.count)) }
    }
  }

  /// Reads texts in batches of about equal length, and calls `make` with the rows of each.
  private func read<Result>(
    _ encodings: [Encoding], _ loaded: Loaded,
    _ make: (Encoding, ArraySlice<Float>, Int) -> Result
  ) -> [Result] {
    let order = encodings.indices.sorted { (encodings[$0].count, $0) < (encodings[$1].count, $1) }
    var results = [Result?](repeating: nil, count: encodings.count)
    for start in stride(from: 0, to: order.count, by: Self.batchSize) {
      let batch = order[start..<min(start + Self.batchSize, order.count)]
      let states = Engine.$precision.withValue(.fp32) {
        loaded.model.hiddenStates(
          .inference(), TokenBatch(batch.map { encodings[$0].ids })
        )
      }
      let values = states.values
      let width = states.shape.last ?? 0
      var row = 0
      for place in batch {
        let end = row + encodings[place].count * width
        results[place] = make(encodings[place], values[row..<end], width)
        row = end
      }
    }
    return results.compactMap(\.self)
  }

  /// A text as bert-score reads it, which puts the blank that RoBERTa's words are learned with before
  /// the first as well.
  private func tokens(_ text: String, _ loaded: Loaded) -> Encoding {
    let isSpaced = loaded.type == "roberta" && !text.isEmpty
    return encoding(isSpaced ? " \(text)" : text, loaded, maximumLength: nil)
  }

  private func encoding(_ text: String, _ loaded: Loaded, maximumLength: Int?) -> Encoding {
    var options = EncodingOptions()
    let most = loaded.model.maximumLength
    options.truncation = Truncation(maximumLength: min(maximumLength ?? most, most))
    return loaded.tokenizer.encode(text, options: options)
  }

  private func load() throws(TextModelError) -> Loaded {
    do {
      return try loaded.withLock { held in
        if let held { return held }
        let made = Loaded(
          model: try ModelLoader.encoder(folder, layers: layers),
          tokenizer: try ModelTokenizer.load(folder),
          type: try ModelConfiguration(folder: folder).modelType)
        held = made
        return made
      }
    } catch {
      throw TextModelError("\(error)")
    }
  }
}

/// The layers that bert-score takes of models, by their correlation with people's judgement on WMT16.
private enum BERTScoreLayers {
  static let usual = [
    "bert-base-uncased": 9, "bert-large-uncased": 18, "bert-base-cased-finetuned-mrpc": 9,
    "bert-base-multilingual-cased": 9, "bert-base-chinese": 8, "roberta-base": 10,
    "roberta-large": 17, "roberta-large-mnli": 19, "scibert_scivocab_uncased": 8,
    "scibert_scivocab_cased": 9, "distilroberta-base": 5, "distilbert-base-uncased": 5,
    "distilbert-base-multilingual-cased": 5, "finbert": 10,
  ]
}
