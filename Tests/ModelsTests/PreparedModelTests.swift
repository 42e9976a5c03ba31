import Models
import Tensors
import Testing

/// Models whose weights are prepared for inference.
@Suite(.serialized)
struct PreparedModelTests {
  private static let models = ["tiny-gpt2", "tiny-t5", "tiny-marian", "tiny-fsmt"]
  private let prompts: [[Int32]] = [
    [3, 4, 9, 12], [5], [8, 8, 8], [7, 11], [4, 4, 3, 9, 10, 2],
  ]

  private func generator(_ name: String, beams: Int) throws -> TokenGenerator {
    var generator = try TokenGenerator(folder: Fixture.folder(name))
    generator.options = DecodingOptions()
    generator.options.maxNewTokens = 8
    generator.options.numBeams = beams
    generator.options.noRepeatNgramSize = 2
    return generator
  }

  @Test(arguments: models, [1, 3])
  func `generation in 8 bits depends neither on threads nor on what is generated together`(
    name: String, beams: Int
  ) throws {
    let generator = try generator(name, beams: beams)
    let plain = try generator.generate(prompts)
    generator.prepare(weights: .int8)
    let together = try generator.generate(prompts)
    #expect(together.map { $0[0].tokens.count } == plain.map { $0[0].tokens.count })
    #expect(try prompts.flatMap { try generator.generate([$0]) } == together)
    let threads = Engine.threads
    defer { Engine.threads = threads }
    Engine.threads = threads == 1 ? 3 : 1
    #expect(try generator.generate(prompts) == together)
    if beams > 1 { #expect(together.map { $0[0].score } != plain.map { $0[0].score }) }
  }

  @Test(arguments: models)
  func `preparation in fp32 leaves the tokens as they are`(name: String) throws {
    let generator = try generator(name, beams: 2)
    let plain = try generator.generate(prompts)
    generator.prepare()
    #expect(
      try generator.generate(prompts).map { $0.map(\.tokens) } == plain.map { $0.map(\.tokens) })
  }
}
