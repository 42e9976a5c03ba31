import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// What a checkpoint lends to a task that it was not trained for.
struct HeadTests {
  @Test func `new classes begin the scores afresh and keep the layer that pools`() throws {
    let sizes = ModelSizes(vocabulary: 30, layers: 1, hidden: 8, heads: 2, positions: 8)
    let outputs = [
      "bert": "classifier", "roberta": "classifier.out_proj", "distilbert": "classifier",
      "gpt2": "score", "gptj": "score", "llama": "score", "mistral": "score", "qwen2": "score",
    ]
    for (type, output) in outputs {
      let made = try ModelLoader.make(
        type, sizes, for: .classification(labels: ["a", "b"]), seed: 1)
      let folder = try TemporaryFolder()
      try ModelLoader.save(made, to: folder.path)
      let kept = try ModelLoader.load(
        folder.path, for: .classification(labels: ["b", "a"]), seed: 2)
      #expect(kept.fresh.isEmpty, "\(type)")
      #expect((kept.model as? any SequenceClassifier)?.labels == ["a", "b"], "\(type)")
      let new = try ModelLoader.load(
        folder.path, for: .classification(labels: ["a", "b", "c"]), seed: 2)
      #expect(new.fresh.allSatisfy { $0.hasPrefix(output + ".") }, "\(type): \(new.fresh)")
      #expect(new.fresh.isEmpty == false && new.ignored.isEmpty, "\(type)")
      #expect(new.model.headNames == [output + "."], "\(type)")
    }
  }

  @Test func `the layer that pools is known by its name`() throws {
    let sizes = ModelSizes(vocabulary: 30, layers: 1, hidden: 8, heads: 2, positions: 8)
    for type in ["bert", "roberta", "distilbert"] {
      let model = try ModelLoader.make(
        type, sizes, for: .classification(labels: ["a", "b"]), seed: 1)
      for beginning in model.poolingNames + model.headNames {
        #expect(model.parameters.count { $0.name.hasPrefix(beginning) } == 2, "\(type)")
      }
      #expect(model.poolingNames.count == 1, "\(type)")
    }
  }

  @Test(arguments: ["regression", "multi_label_classification", "single_label_classification"])
  func `a classifier of any problem loads`(_ problem: String) throws {
    for name in ["gptj-classification", "bert-reward"] {
      let variant = try Variant.named(name)
      let folder = try variant.folder { $0["problem_type"] = .string(problem) }
      let scores = try ModelLoader.classifier(folder.path).logits(
        .inference(), variant.example().batch)
      #expect(try distance(scores.values, variant.example().outputs) < 1e-4)
    }
  }

  @Test func `a language model becomes a classifier, a reward model and an encoder`() throws {
    let folder = try Variant.named("llama-linear").folder()
    for task in [ModelTask.classification(labels: ["a", "b"]), .reward] {
      let loaded = try ModelLoader.load(folder.path, for: task, seed: 1)
      #expect(loaded.fresh == ["score.weight"])
      #expect(loaded.ignored == ["lm_head.weight"])
    }
    let encoder = try ModelLoader.encoder(folder.path)
    let causal = try ModelLoader.causal(folder.path)
    let batch = TokenBatch([[3, 4, 5], [6, 7]])
    #expect(
      encoder.hiddenStates(.inference(), batch).values
        == causal.hiddenStates(.inference(), batch).values)
  }

  @Test func `a reward model has no class that transformers would train as one of several`() throws
  {
    let folder = try Variant.named("llama-linear").folder()
    let model = try ModelLoader.load(folder.path, for: .reward, seed: 1).model
    #expect(model is any RewardModel && !(model is any SequenceClassifier))
    let saved = try TemporaryFolder()
    try ModelLoader.save(model, to: saved.path)
    let fields = try ModelConfiguration(folder: saved.path).fields
    #expect(fields["id2label"]?.object?.count == 1 && fields["problem_type"] == nil)
    let batch = TokenBatch([[3, 4, 5], [6, 7]])
    let again = try ModelLoader.reward(saved.path).rewards(.inference(), batch)
    #expect(again.shape == [2, 1])
    #expect(try again.values == model.outputs(batch).values)
  }

  @Test func `a decoder reads a text's class before the padding token that ends it`() throws {
    let model = try Variant.named("mistral-classification").model()
    let plain = try model.outputs(TokenBatch([[3, 4, 5], [6, 7]])).values
    let padded = try model.outputs(TokenBatch([[3, 4, 5, 0, 0], [6, 7, 0]])).values
    #expect(distance(plain, padded) < 1e-6)
  }

  @Test func `a checkpoint without the head of a task is not taken for one that has it`() throws {
    let folder = try Variant.named("llama-encoding").folder()
    #expect(throws: ModelError.self) { try ModelLoader.causal(folder.path) }
    #expect(throws: ModelError.self) { try ModelLoader.reward(folder.path) }
    #expect(throws: ModelError.self) { try ModelLoader.classifier(folder.path) }
    #expect(try ModelLoader.encoder(folder.path).maximumLength == 32)
  }

  @Test func `two classes without names are those of transformers`() throws {
    let folder = try Variant.named("llama-reward").folder {
      $0["id2label"] = nil
      $0["label2id"] = nil
    }
    let error = #expect(throws: ModelError.self) { try ModelLoader.classifier(folder.path) }
    #expect(error?.description.contains("score.weight has the shape [1, 16], not [2, 16]") == true)
  }
}
