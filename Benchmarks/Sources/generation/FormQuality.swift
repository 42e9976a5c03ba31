import Foundation
import Models
import Records
import Tensors
import Tokenize

/// What 8-bit weights cost a trained model: the perplexity of texts, or the vectors of them.
enum FormQuality {
  /// The perplexity of a causal model on a run's test records, with weights of each form.
  ///
  /// - Parameter run: A run's folder: `model`, and `data/test.jsonl` whose texts count as they are.
  static func perplexities(run: String) throws -> [WeightForm: Double] {
    let model = try ModelLoader.causal(run + "/model")
    let texts = try texts(run + "/data/test.jsonl", Tokenizer.load(run + "/tokenizer"), most: 256)
    return forms { form in
      model.prepareForInference(weights: form)
      var (sum, count) = (0.0, 0)
      for text in texts where text.count > 1 {
        let tape = Tape.inference()
        let logits = model.logits(tape, TokenBatch([text]))
        let targets = text.dropFirst() + [Tape.ignoredTarget]
        let losses = tape.crossEntropy(logits, targets: Array(targets))
        sum += Double(losses.mean.item) * Double(text.count - 1)
        count += text.count - 1
      }
      return exp(sum / Double(count))
    }
  }

  /// The least cosine of a text's mean vector with 8-bit weights to that without.
  static func leastCosine(model folder: String, file: String) throws -> Double {
    let model = try ModelLoader.encoder(folder)
    let texts = try texts(file, Tokenizer.load(folder), most: 128)
    let vectors = forms { form -> [[Float]] in
      if form == .int8 { model.prepareForInference(weights: form) }
      return texts.map { text in
        let tape = Tape.inference()
        let batch = TokenBatch([text])
        let mean = tape.meanRows(model.hiddenStates(tape, batch), layout: batch.layout)
        return tape.unitRows(mean).values
      }
    }
    let pairs = zip(vectors[.fp32] ?? [], vectors[.int8] ?? [])
    return pairs.map { zip($0, $1).reduce(0.0) { $0 + Double($1.0 * $1.1) } }.min() ?? 0
  }

  private static func forms<Result>(
    _ body: (WeightForm) throws -> Result
  ) rethrows -> [WeightForm: Result] {
    try [.fp32: body(.fp32), .int8: body(.int8)]
  }

  /// The tokens of each line's texts, of at most 200 lines; the quickstart's data holds broken ones.
  private static func texts(
    _ file: String, _ tokenizer: Tokenizer, most: Int
  ) throws -> [[Int32]] {
    let lines = try Data(contentsOf: URL(filePath: file)).split(separator: UInt8(ascii: "\n"))
    return lines.prefix(200).map { line in
      let fields = (try? JSONValue.parse(Array(line)))?.object?.members ?? []
      let text = fields.compactMap(\.value.string).joined(separator: "\n")
      return Array(tokenizer.ids(of: text).prefix(most))
    }.filter { !$0.isEmpty }
  }
}
