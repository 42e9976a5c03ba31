import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// Which weights sparse fine-tuning chooses, against gradients that are computed here.
struct SparseMaskTests {
  /// BERT's maps are stored output by input, GPT-2's the other way round.
  private static let maps = [
    "bert": "bert.encoder.layer.1.attention.self.value", "gpt2": "transformer.h.1.attn.c_attn",
  ]

  /// The scores of a map's weights by a mask, as `[outputs, inputs]`.
  private func scores(
    _ mask: String, of map: Linear, _ model: any SequenceClassifier, _ records: [Record]
  ) throws -> [Float] {
    let examples = try records.map { record in
      guard case .text(let text) = record.content else { throw NoText() }
      let ids = try text.split(separator: " ").map { word in
        Int32(try #require(Workshop.words.firstIndex(of: String(word))))
      }
      return (ids, Int32(try #require(model.labels.firstIndex(of: record.label?.name ?? ""))))
    }
    map.weight.requiresGradient = true
    func gradient(_ examples: [([Int32], Int32)]) throws -> [Float] {
      let tape = Tape(training: nil)
      let logits = model.logits(tape, TokenBatch(examples.map(\.0)))
      tape.backward(from: tape.crossEntropy(logits, targets: examples.map(\.1)).mean)
      let values = try #require(map.weight.gradient).values
      map.weight.gradient = nil
      return values
    }
    var scores = map.weight.values.map { abs($0) }
    if mask == "gradient" { scores = try gradient(examples).map { abs($0) } }
    if mask == "fisher" {
      scores = try examples.map { try gradient([$0]) }.reduce(scores.map { _ in 0 }) {
        zip($0, $1).map { $0 + $1 * $1 }
      }
    }
    guard map.layout == .inputByOutput else { return scores }
    return (0..<scores.count).map { scores[$0 % map.inputs * map.outputs + $0 / map.inputs] }
  }

  @Test(arguments: ["bert", "gpt2"], ["magnitude", "gradient", "fisher"])
  func `the largest are chosen, whatever the batches of records`(
    architecture: String, mask: String
  ) throws {
    // 17 training records: two batches of eight and one record more.
    let records = Workshop.classified(29)
    let workshop = try Workshop(records)
    let shape: JSONValue = ["layers": 2, "width": 16, "heads": 2, "context": 32]
    let json = classification([
      "architecture": .object([architecture: shape]), "max-steps": 0,
      "method": ["sparse": ["share": 0.05, "mask": .string(mask)]],
    ])
    let (result, _) = try workshop.run("run", json)
    let name = try #require(Self.maps[architecture])
    let file = try SafetensorsFile(result.modelFolder + "/adapter_model.safetensors")
    let indices = try file.integers("base_model.model.\(name).shira_indices")
    let model = try ModelLoader.classifier("\(workshop.folder.path)/run/base")
    let map = try #require(model.linears.first { $0.name == name })
    let half = indices.count / 2
    let chosen = Set((0..<half).map { indices[$0] * map.inputs + indices[half + $0] })
    let scores = try scores(mask, of: map, model, Array(records.prefix(17)))
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    #expect(half == Int((0.05 * Double(scores.count)).rounded()) && chosen.count == half)
    #expect(chosen == Set(order.prefix(half)))
  }

  @Test(arguments: [0, 1, 255, 256, 257, 511, 512, 1000, 100_000])
  func `a sample has records from all of a side, at equal distances`(count: Int) {
    let places = EvenPlaces.of(count, most: 256)
    #expect(places.count == min(count, 256) && places.first ?? 0 == 0)
    let distances = zip(places.dropFirst(), places).map { $0 - $1 }
    let (least, most) = (distances.min() ?? 1, distances.max() ?? 1)
    #expect(least >= 1 && most - least <= 1)
    #expect(count - (places.last ?? count) <= least + 1)
  }
}

private struct NoText: Error {}
