import Models
import Records
import Stages
import TestSupport
import Testing
import Train

/// Every architecture that a pipeline can name learns.
struct ArchitectureTests {
  private static let encoders = ["bert", "roberta", "distilbert"]
  private static let decoders = ["gpt2", "gptj", "llama", "mistral", "qwen2"]
  private static let translators = ["t5", "marian", "fsmt"]

  @Test func `a pipeline can name every architecture that can begin with random weights`() {
    #expect(
      trainingArchitectures.map(\.name) == Self.encoders + Self.decoders + Self.translators)
    #expect(Set(trainingArchitectures.map(\.name)).isSubset(of: ModelLoader.modelTypes))
  }

  @Test(arguments: translators)
  func `a task that an architecture has no head for is refused`(_ architecture: String) throws {
    let shape: JSONValue = ["layers": 1, "width": 16, "heads": 2, "context": 32]
    let options = classification(["architecture": .object([architecture: shape])])
    let error = #expect(throws: ModelError.self) {
      try Workshop(Workshop.classified(60)).run("run", options)
    }
    #expect(error?.problem.contains("does no classification") == true)
  }

  @Test(arguments: encoders + decoders)
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
