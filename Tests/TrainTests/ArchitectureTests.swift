import Models
import Records
import Stages
import TestSupport
import Testing
import Train

/// Every architecture that a pipeline can name learns.
struct ArchitectureTests {
  private static let decoders = ["gpt2", "gptj", "llama", "mistral", "qwen2"]

  @Test func `a pipeline can name every architecture that can begin with random weights`() {
    #expect(
      trainingArchitectures.map(\.name) == ["bert", "roberta", "distilbert"] + Self.decoders)
    #expect(Set(trainingArchitectures.map(\.name)).isSubset(of: ModelLoader.modelTypes))
  }

  @Test(arguments: trainingArchitectures.map(\.name))
  func `a classifier learns`(_ architecture: String) throws {
    let workshop = try Workshop(Workshop.classified(60))
    let shape: JSONValue = ["layers": 1, "width": 16, "heads": 2, "context": 32]
    let options = classification([
      "architecture": .object([architecture: shape]), "epochs": 8, "dropout": 0,
      "learning-rate": 0.01,
    ])
    let curve = try losses(workshop.run("run", options).events)
    #expect(curve[0] > 0.9)
    #expect(try #require(curve.last) < 0.7)
  }

  @Test(arguments: decoders)
  func `a language model learns`(_ architecture: String) throws {
    let workshop = try Workshop(Workshop.instructions(60))
    let shape: JSONValue = ["layers": 1, "width": 16, "heads": 2, "context": 64]
    let options = causal([
      "architecture": .object([architecture: shape]), "epochs": 10, "dropout": 0,
    ])
    let curve = try losses(workshop.run("run", options).events)
    #expect(curve[0] > 3.5)
    #expect(try #require(curve.last) < 2)
  }
}
