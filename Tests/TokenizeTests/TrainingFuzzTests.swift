import Foundation
import Records
import TestSupport
import Testing
import Tokenize

/// Vocabularies learned from any text: the same on any number of threads, or refused.
struct TrainingFuzzTests {
  @Test func `any text can be learned from, on any number of threads`() throws {
    let reader = try Tokenizer(json: SmallTokenizers.files()[0].bytes)
    try Fuzzing.run("training", rounds: 40) { random in
      let options = Self.options(&random)
      let text = (0..<1 + random.below(6)).map { _ in
        HostileText.random(&random, special: reader) + "\n"
      }
      let block = text.joined().utf8 + HostileText.bytes(&random, random.below(30))
      Fuzzing.note(Array(block))
      let files = try [1, 1 + random.below(4)].map { threads in
        try Self.learned(Array(block), options, threads: threads)
      }
      #expect(files[0] == files[1], "\(options)")
    }
  }

  /// The file learned, or the reason against it.
  private static func learned(
    _ block: [UInt8], _ options: VocabularyOptions, threads: Int
  ) throws -> [UInt8] {
    do throws(TokenizerError) {
      var trainer = try TokenizerTrainer(options)
      trainer.count(linesOf: block, threads: threads)
      return try trainer.train(threads: threads).json
    } catch {
      return Array("\(error)".utf8)
    }
  }

  private static func options(_ random: inout CounterRandom) -> VocabularyOptions {
    let models = VocabularyOptions.Model.allCases
    var options = VocabularyOptions(models[random.below(models.count)])
    options.vocabularySize = 1 + random.below(900)
    options.minFrequency = random.below(4)
    if random.below(3) == 0 { options.maxTokenLength = 1 + random.below(12) }
    if random.below(4) == 0 { options.limitAlphabet = 1 + random.below(60) }
    if random.below(4) == 0 { options.endOfWordSuffix = "</w>" }
    if random.below(4) == 0 { options.mostWords = 1 + random.below(50) }
    return options
  }
}
