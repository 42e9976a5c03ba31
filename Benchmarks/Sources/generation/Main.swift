import Foundation
import Measurement
import Tensors

/// `generation TASK [fp32|int8] [ROUNDS]`: times generation and prints one line of JSON.
///
/// Scripts/generate_bench.sh runs it in turns with transformers and CTranslate2 on the same task.
/// `generation perplexity RUN`, `generation cosines MODEL JSONL` and `generation translations
/// PAIRS FOLDER STEPS`, whose files are for sacrebleu, tell what 8-bit weights cost.
@main
struct Main {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    if words.count == 2, words[0] == "perplexity" {
      for (form, perplexity) in try FormQuality.perplexities(run: words[1]) {
        print("perplexity in \(form.rawValue): \(perplexity)")
      }
      return
    }
    if words.count == 3, words[0] == "cosines" {
      print("least cosine: \(try FormQuality.leastCosine(model: words[1], file: words[2]))")
      return
    }
    if words.count == 4, words[0] == "translations", let steps = Int(words[3]) {
      let translator = try Translator(file: words[1])
      translator.train(steps: steps)
      return try translator.translate(into: words[2])
    }
    guard let name = words.first, let task = GenerationTask.all[name],
      let weights = WeightForm(rawValue: words.dropFirst().first ?? "fp32")
    else {
      let names = GenerationTask.all.keys.sorted().joined(separator: ", ")
      FileHandle.standardError.write(
        Data("usage: generation TASK [fp32|int8] [ROUNDS]; tasks: \(names)\n".utf8))
      exit(2)
    }
    let rounds = words.dropFirst(2).first.flatMap { Int($0) } ?? 5
    let before = Memory.peak
    let seconds = try task.measure(rounds: rounds, weights: weights)
    let tokens = Double(task.batch * GenerationTask.newTokens)
    let fields = [
      "\"task\":\"\(name)\"", "\"weights\":\"\(weights.rawValue)\"",
      "\"tok_s\":\(String(format: "%.1f", tokens / seconds))",
      "\"ms_per_step\":\(String(format: "%.3f", seconds * 1e3 / Double(GenerationTask.newTokens)))",
      "\"peak_mb\":\((Memory.peak - before) / 1_000_000)",
      "\"engine\":\"\(Engine.instructions), \(Engine.threads) threads\"",
    ]
    print("{\(fields.joined(separator: ","))}")
  }
}
